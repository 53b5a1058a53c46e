"""What can be done to a pull request beyond an issue, to releases and to reactions."""

from collections.abc import Sequence
from datetime import datetime

from app.demo.github import shapes
from app.demo.github.ids import sha
from app.demo.github.items import check_length, check_writable, record, tell
from app.demo.github.model import (
    Account,
    Commit,
    File,
    Item,
    Pull,
    Release,
    Repo,
    Review,
)
from app.demo.github.references import refer, refer_from_commit
from app.demo.github.shapes.pulls import head_sha, the_pull
from app.demo.github.state import Rejected, State, email_of, invalid


def new_commit(
    state: State,
    repo: Repo,
    message: str,
    by: Account | None,
    *,
    at: datetime | None = None,
    email: str | None = None,
) -> Commit:
    """Make a commit in `repo`; by nobody whom GitHub knows where `by` is None."""
    at = at or state.now()
    name = (by.name or by.login) if by else "unknown"
    address = email or (email_of(by) if by else "unknown@localhost")
    digest = sha(repo.id, message, address, at, len(repo.commits))
    commit = Commit(digest, repo, message, by, name, address, at)
    repo.commits[digest] = commit
    return commit


def written(pull: Pull) -> dict[str, str]:
    """Give the text of the files of a pull request's branch that it changes."""
    return {file.path: file.content for file in pull.files if file.content is not None}


def files_at(repo: Repo, ref: str) -> dict[str, str] | None:
    """Give the files at a branch, a commit of a pull request or refs/pull/1/head; None: no such."""
    if ref == repo.default_branch:
        return repo.files
    for item in repo.items.values():
        if item.pull is None:
            continue
        names = {head_sha(item), f"refs/pull/{item.number}/head", f"pull/{item.number}/head"}
        if ref in names or (item.pull.head_repo is repo and ref == item.pull.head_ref):
            return repo.files | written(item.pull)
    return None


def push_to_default(
    state: State, repo: Repo, by: Account, message: str, *, at: datetime | None = None
) -> Commit:
    """Commit to the default branch; the message leaves references at what it mentions."""
    commit = new_commit(state, repo, message, by, at=at)
    repo.updated_at = max(repo.updated_at, commit.at)
    repo.contributors.add(by.id)
    refer_from_commit(state, commit, by)
    return commit


def push(
    state: State, item: Item, by: Account, commits: Sequence[Commit], files: Sequence[File] = ()
) -> None:
    """Add commits (and the files they touch) to an open pull request."""
    pull, before = the_pull(item), head_sha(item)
    pull.commits.extend(commits)
    known = {file.path for file in pull.files}
    told = {file.path: file for file in files}
    pull.files[:] = [
        new if (new := told.get(old.path)) and new.content is not None else old
        for old in pull.files
    ]
    pull.files.extend(file for file in files if file.path not in known)
    for commit in commits:
        item.updated_at = max(item.updated_at, commit.at)
        refer_from_commit(state, commit, by)
    tell(state, item, "synchronize", by, {"before": before, "after": head_sha(item)})


def set_draft(state: State, item: Item, by: Account, *, draft: bool) -> None:
    """Turn a pull request into a draft, or make it ready for review."""
    pull = the_pull(item)
    if pull.draft != draft:
        pull.draft = draft
        item.updated_at = state.now()
        tell(state, item, "converted_to_draft" if draft else "ready_for_review", by)


def merge(state: State, item: Item, by: Account, *, at: datetime | None = None) -> None:
    """Merge a pull request; what it closes is closed, its author has contributed."""
    check_writable(item)
    pull = the_pull(item)
    if item.state != "open":
        raise Rejected(405, "Pull Request is not mergeable")
    at = at or state.now()
    pull.merged_at, pull.merged_by = at, by
    item.state, item.closed_at, item.closed_by = "closed", at, by
    message = f"Merge pull request #{item.number} from {pull.head_ref}\n\n{item.title}"
    pull.merge_commit = new_commit(state, item.repo, message, by, at=at)
    if pull.base_ref == item.repo.default_branch:
        item.repo.files |= written(pull)
    if item.author is not None:
        item.repo.contributors.add(item.author.id)
    record(state, item, "merged", by, at)
    item.events[-1].commit = pull.merge_commit
    record(state, item, "closed", by, at)
    tell(state, item, "closed", by)
    for closed in pull.closes:
        if closed.state == "open" and closed.repo is item.repo:
            closed.state, closed.state_reason = "closed", "completed"
            closed.closed_at, closed.closed_by = at, by
            record(state, closed, "closed", by, at)
            tell(state, closed, "closed", by)


def review(
    state: State,
    item: Item,
    by: Account | None,
    verdict: str,
    *,
    body: str = "",
    at: datetime | None = None,
) -> Review:
    """Submit a review; `verdict` is APPROVED, CHANGES_REQUESTED or COMMENTED."""
    check_writable(item)
    pull = the_pull(item)
    check_length(body, "PullRequestReview")
    at = at or state.now()
    commit = pull.commits[-1] if pull.commits else None
    new = Review(state.ids.next("review"), item, by, verdict, body, at, commit)
    pull.reviews.append(new)
    item.updated_at = max(item.updated_at, at)
    state.reviews[new.id] = new
    if by is not None:
        state.reviewed[by.id].add(item)
    refer(state, item, body, by, at)
    state.sink(
        "pull_request_review",
        "submitted",
        item.repo,
        by or item.repo.owner,
        lambda: {
            "review": shapes.review(state, new) | {"state": verdict.lower()},
            "pull_request": shapes.pull_request_simple(state, item),
        },
    )
    return new


def publish(
    state: State,
    repo: Repo,
    by: Account,
    tag: str,
    *,
    name: str | None = None,
    body: str = "",
    draft: bool = False,
    prerelease: bool = False,
    at: datetime | None = None,
) -> Release:
    """Publish a release; 422 already_exists where one of that tag is there."""
    if any(release.tag == tag for release in repo.releases):
        raise invalid("Release", "tag_name", "already_exists")
    at = at or state.now()
    published = None if draft else at
    new = Release(state.ids.next("release"), repo, tag, name, body, by, at, published)
    new.draft, new.prerelease = draft, prerelease
    repo.releases.append(new)
    if not draft:
        state.sink(
            "release", "published", repo, by, lambda: {"release": shapes.release(state, new)}
        )
    return new
