"""Pull requests, their files, commits and reviews, and releases."""

from app.demo.github.ids import node_id, sha
from app.demo.github.model import Commit, File, Item, Pull, Release, Repo, Review
from app.demo.github.shapes.accounts import user
from app.demo.github.shapes.common import Json, when
from app.demo.github.shapes.items import assigned, item_page, label, maybe_user
from app.demo.github.shapes.repos import repo_url, repository
from app.demo.github.state import State, association


def the_pull(item: Item) -> Pull:
    """Give what a pull request has beyond an issue; only for items that are one."""
    if item.pull is None:
        raise TypeError(f"{item.repo.full_name}#{item.number} is an issue")
    return item.pull


def changed_files(pull: Pull) -> int:
    """Count the changed paths: a story may tell of more than it lists."""
    return len(pull.files) if pull.changed_files is None else pull.changed_files


def head_sha(item: Item) -> str:
    """Give the hash of a pull request's last commit."""
    commits = the_pull(item).commits
    return commits[-1].sha if commits else sha("head", item.id)


def pull_request_simple(state: State, item: Item) -> Json:
    """Give GitHub's pull-request-simple, the form in lists."""
    pull = the_pull(item)
    repo = repo_url(state, item.repo)
    url, page = f"{repo}/pulls/{item.number}", item_page(state, item)
    links = _links(repo, url, page, item)
    return {
        "url": url,
        "id": item.id,
        "node_id": node_id(item),
        "html_url": page,
        "diff_url": f"{page}.diff",
        "patch_url": f"{page}.patch",
        **{f"{key}_url": links[key]["href"] for key in _LINKED},
        "number": item.number,
        "state": item.state,
        "locked": item.locked,
        "title": item.title,
        "user": maybe_user(state, item.author),
        "body": item.body or None,
        "created_at": when(item.created_at),
        "updated_at": when(item.updated_at),
        "closed_at": when(item.closed_at),
        "merged_at": when(pull.merged_at),
        "merge_commit_sha": pull.merge_commit.sha if pull.merge_commit else None,
        **assigned(state, item),
        "requested_reviewers": [],
        "requested_teams": [],
        # Here, and here alone, GitHub's description gives a label's description no null.
        "labels": [label(state, x) | {"description": x.description or ""} for x in item.labels],
        "milestone": None,
        "draft": pull.draft,
        "head": _end(state, pull.head_repo, pull.head_ref, head_sha(item)),
        "base": _end(state, item.repo, pull.base_ref, sha("base", item.repo.id)),
        "_links": links,
        "author_association": association(item, item.author),
        "auto_merge": None,
        "active_lock_reason": None,
    }


def pull_request(state: State, item: Item) -> Json:
    """Give GitHub's pull-request."""
    pull = the_pull(item)
    merged = pull.merged_at is not None
    return pull_request_simple(state, item) | {
        "labels": [label(state, x) for x in item.labels],
        "merged": merged,
        "mergeable": None if merged else True,
        "rebaseable": None if merged else True,
        "mergeable_state": "unknown" if merged else "clean",
        "merged_by": maybe_user(state, pull.merged_by),
        "comments": len(item.comments),
        "review_comments": 0,
        "maintainer_can_modify": False,
        "commits": len(pull.commits),
        "additions": sum(file.additions for file in pull.files),
        "deletions": sum(file.deletions for file in pull.files),
        "changed_files": changed_files(pull),
    }


_LINKED = ("issue", "commits", "review_comments", "review_comment", "comments", "statuses")


def _links(repo: str, url: str, page: str, item: Item) -> Json:
    hrefs = {
        "self": url,
        "html": page,
        "issue": f"{repo}/issues/{item.number}",
        "comments": f"{repo}/issues/{item.number}/comments",
        "review_comments": f"{url}/comments",
        "review_comment": f"{repo}/pulls/comments{{/number}}",
        "commits": f"{url}/commits",
        "statuses": f"{repo}/statuses/{head_sha(item)}",
    }
    return {key: {"href": href} for key, href in hrefs.items()}


def _end(state: State, repo: Repo | None, ref: str, commit: str) -> Json:
    return {
        "label": f"{repo.owner.login}:{ref}" if repo else f"unknown repository:{ref}",
        "ref": ref,
        "sha": commit,
        "user": user(state, repo.owner) if repo else None,
        "repo": repository(state, repo) if repo else None,
    }


def file(state: State, item: Item, file: File) -> Json:
    """Give GitHub's diff-entry."""
    head, path = head_sha(item), file.path
    page = f"{state.html_url}/{item.repo.full_name}"
    return {
        "sha": sha("blob", path, head),
        "filename": path,
        "status": file.status,
        "additions": file.additions,
        "deletions": file.deletions,
        "changes": file.additions + file.deletions,
        "blob_url": f"{page}/blob/{head}/{path}",
        "raw_url": f"{page}/raw/{head}/{path}",
        "contents_url": f"{repo_url(state, item.repo)}/contents/{path}?ref={head}",
        "patch": "@@ -1 +1 @@",
    }


def commit(state: State, commit: Commit) -> Json:
    """Give GitHub's commit."""
    repo = repo_url(state, commit.repo)
    url = f"{repo}/commits/{commit.sha}"
    person = {"name": commit.author_name, "email": commit.author_email, "date": when(commit.at)}
    tree = sha("tree", commit.sha)
    return {
        "sha": commit.sha,
        "node_id": node_id(commit),
        "commit": {
            "author": person,
            "committer": person,
            "message": commit.message,
            "tree": {"sha": tree, "url": f"{repo}/git/trees/{tree}"},
            "url": f"{repo}/git/commits/{commit.sha}",
            "comment_count": 0,
            "verification": UNSIGNED,
        },
        "url": url,
        "html_url": f"{state.html_url}/{commit.repo.full_name}/commit/{commit.sha}",
        "comments_url": f"{url}/comments",
        "author": maybe_user(state, commit.author),
        "committer": maybe_user(state, commit.author),
        "parents": [],
    }


UNSIGNED = {
    "verified": False,
    "reason": "unsigned",
    "signature": None,
    "payload": None,
    "verified_at": None,
}


def review(state: State, review: Review) -> Json:
    """Give GitHub's pull-request-review."""
    page = f"{item_page(state, review.item)}#pullrequestreview-{review.id}"
    pull = f"{repo_url(state, review.item.repo)}/pulls/{review.item.number}"
    return {
        "id": review.id,
        "node_id": node_id(review),
        "user": maybe_user(state, review.author),
        "body": review.body,
        "state": review.state,
        "html_url": page,
        "pull_request_url": pull,
        "author_association": association(review.item, review.author),
        "_links": {"html": {"href": page}, "pull_request": {"href": pull}},
        "submitted_at": when(review.submitted_at),
        "commit_id": review.commit.sha if review.commit else head_sha(review.item),
    }


def release(state: State, release: Release) -> Json:
    """Give GitHub's release."""
    repo, page = repo_url(state, release.repo), f"{state.html_url}/{release.repo.full_name}"
    url = f"{repo}/releases/{release.id}"
    return {
        "url": url,
        "assets_url": f"{url}/assets",
        "upload_url": f"{url}/assets{{?name,label}}",
        "html_url": f"{page}/releases/tag/{release.tag}",
        "id": release.id,
        "node_id": node_id(release),
        "author": user(state, release.author),
        "tag_name": release.tag,
        "target_commitish": release.repo.default_branch,
        "name": release.name,
        "draft": release.draft,
        "prerelease": release.prerelease,
        "created_at": when(release.created_at),
        "published_at": when(release.published_at),
        "assets": [],
        "tarball_url": f"{repo}/tarball/{release.tag}",
        "zipball_url": f"{repo}/zipball/{release.tag}",
        "body": release.body,
    }
