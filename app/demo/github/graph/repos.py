"""Repositories, their labels, branches, files, commits, releases, and boards."""

import re
from collections.abc import Callable

from app.demo.github.access import AsInstallation
from app.demo.github.graph.connections import connect, ordered
from app.demo.github.graph.context import (
    Args,
    Blob,
    Connection,
    Context,
    Fields,
    GitActor,
    PullCommit,
    Ref,
    paged,
    refused,
)
from app.demo.github.graph.items import ORDER, item_state, path
from app.demo.github.ids import int32, node_id, sha
from app.demo.github.model import Commit, Item, Release, Repo
from app.demo.github.search import moment
from app.demo.github.shapes.common import when
from app.demo.github.shapes.items import item_page

_SHORTEST = 7
_CO_AUTHOR = re.compile(r"^Co-authored-by:\s*(.*?)\s*<(.+?)>\s*$", re.IGNORECASE | re.MULTILINE)


def _item(kind: str, name: str) -> Callable[[Repo, Context, Args], Item]:
    def resolve(repo: Repo, context: Context, args: Args) -> Item:
        item = repo.items.get(args["number"])
        is_pull = item is not None and item.pull is not None
        if item is None or kind not in {"any", "pull" if is_pull else "issue"}:
            message = f"Could not resolve to {name} with the number of {args['number']}."
            raise refused("NOT_FOUND", message)
        return context.readable(item)

    return resolve


def _items(*, pulls: bool) -> Callable[[Repo, Context, Args], Connection]:
    def resolve(repo: Repo, context: Context, args: Args) -> Connection:
        found = [item for item in repo.items.values() if (item.pull is not None) == pulls]
        if found:
            context.readable(found[0])
        return connect(ordered(_filtered(found, args), args, ORDER), args)

    return resolve


def _filtered(found: list[Item], args: Args) -> list[Item]:
    limits = args.get("filterBy") or {}
    if states := args.get("states") or limits.get("states"):
        found = [i for i in found if item_state(i) in states]
    if labels := args.get("labels") or limits.get("labels"):
        names = {name.lower() for name in labels}
        found = [i for i in found if any(label.name.lower() in names for label in i.labels)]
    if since := limits.get("since"):
        found = [i for i in found if i.updated_at >= moment(since)]
    if creator := limits.get("createdBy"):
        found = [i for i in found if i.author and i.author.login.lower() == creator.lower()]
    if head := args.get("headRefName"):
        found = [i for i in found if i.pull and i.pull.head_ref == head]
    if base := args.get("baseRefName"):
        found = [i for i in found if i.pull and i.pull.base_ref == base]
    return found


def _labels(repo: Repo, _: Context, args: Args) -> Connection:
    labels = ordered(list(repo.labels.values()), args, {"NAME": "name"})
    if query := args.get("query"):
        labels = [label for label in labels if query.lower() in label.name.lower()]
    return connect(labels, args)


def _releases(repo: Repo) -> list[Release]:
    published = [release for release in repo.releases if not release.draft]
    return sorted(published, key=lambda release: release.created_at, reverse=True)


def _release_page(repo: Repo, _: Context, args: Args) -> Connection:
    if args.get("orderBy") is None:
        return connect(_releases(repo), args)
    return connect(ordered(_releases(repo), args, {"NAME": "name"}), args)


def _latest(repo: Repo) -> Release | None:
    return next((release for release in _releases(repo) if not release.prerelease), None)


def _object(repo: Repo, context: Context, args: Args) -> Blob | Commit | None:
    if (oid := args.get("oid")) is not None:
        return repo.commits.get(oid)
    revision, _, file = (args.get("expression") or "").partition(":")
    if not file:
        head = revision in {"HEAD", repo.default_branch}
        return _head(repo) if head else repo.commits.get(_whole(repo, revision))
    if revision not in {"HEAD", repo.default_branch} or file not in repo.files:
        return None
    if repo.private and isinstance(context.actor, AsInstallation):
        token = context.actor.token
        listed = file in token.installation.app.single_files
        if not token.may("contents", "read") and not (listed and token.may("single_file", "read")):
            raise refused("FORBIDDEN", "Resource not accessible by integration")
    return Blob(repo, file)


def _head(repo: Repo) -> Commit | None:
    """Give the last commit: the demo has no branches beside the default one."""
    return next(reversed(repo.commits.values()), None)


def _whole(repo: Repo, short: str) -> str:
    """Give the one hash that begins with `short`, which has seven digits at least."""
    found = [commit for commit in repo.commits if commit.startswith(short)]
    return found[0] if len(found) == 1 and len(short) >= _SHORTEST else ""


def _permission(repo: Repo, context: Context, _: Args) -> str | None:
    if not isinstance(context.actor, AsInstallation):
        return None
    token = context.actor.token
    writes = any(token.may(name, "write") for name in ("contents", "issues", "pull_requests"))
    return "WRITE" if token.covers(repo) and writes else "READ"


def _authors(commit: Commit, context: Context, args: Args) -> Connection:
    actors = [_author(commit)]
    for name, email in _CO_AUTHOR.findall(commit.message):
        account = context.state.account_by_email(email)
        actors.append(GitActor(name, email, account, when(commit.at)))
    return connect(actors, args)


def _author(commit: Commit) -> GitActor:
    return GitActor(commit.author_name, commit.author_email, commit.author, when(commit.at))


def _pulls_of(commit: Commit, _: Context, args: Args) -> Connection:
    found = [
        item
        for item in commit.repo.items.values()
        if item.pull and (commit in item.pull.commits or item.pull.merge_commit is commit)
    ]
    return connect(ordered(found, args, ORDER), args)


def _oid(blob: Blob) -> str:
    return sha("blob", blob.repo.files[blob.path].encode())


REPOSITORY: Fields = paged(lambda repo: f"/{repo.full_name}") | {
    "id": lambda repo, _, __: node_id(repo),
    "databaseId": lambda repo, _, __: int32(repo.id),
    "name": "name",
    "nameWithOwner": "full_name",
    "description": "description",
    "isPrivate": "private",
    "visibility": lambda repo, _, __: "PRIVATE" if repo.private else "PUBLIC",
    "isArchived": "archived",
    "archivedAt": lambda repo, _, __: repo.updated_at if repo.archived else None,
    "isDisabled": lambda *_: False,
    "isLocked": lambda *_: False,
    "isFork": "is_fork",
    "hasIssuesEnabled": lambda *_: True,
    "owner": "owner",
    "parent": "parent",
    "viewerPermission": _permission,
    "createdAt": "created_at",
    "updatedAt": "updated_at",
    "pushedAt": "updated_at",
    "defaultBranchRef": lambda repo, _, __: Ref(repo, repo.default_branch),
    "object": _object,
    "label": lambda repo, _, args: repo.labels.get(args["name"].lower()),
    "labels": _labels,
    "issue": _item("issue", "an Issue"),
    "pullRequest": _item("pull", "a PullRequest"),
    "issueOrPullRequest": _item("any", "an issue or pull request"),
    "issues": _items(pulls=False),
    "pullRequests": _items(pulls=True),
    "release": lambda repo, _, args: next(
        (release for release in _releases(repo) if release.tag == args["tagName"]), None
    ),
    "releases": _release_page,
    "latestRelease": lambda repo, _, __: _latest(repo),
}

LABEL: Fields = paged(lambda label: f"/{label.repo.full_name}/labels/{label.name}") | {
    "id": lambda label, _, __: node_id(label),
    "name": "name",
    "color": "color",
    "description": "description",
    "isDefault": lambda *_: False,
    "createdAt": "created_at",
    "updatedAt": "created_at",
    "repository": "repo",
}

REF: Fields = {
    "id": lambda ref, _, __: f"REF_{ref.repo.id}_{ref.name}",
    "name": "name",
    "prefix": lambda *_: "refs/heads/",
    "target": lambda ref, _, __: _head(ref.repo),
    "repository": "repo",
}

BLOB: Fields = {
    "id": lambda blob, _, __: f"B_{blob.repo.id}_{_oid(blob)}",
    "oid": lambda blob, _, __: _oid(blob),
    "abbreviatedOid": lambda blob, _, __: _oid(blob)[:7],
    "repository": "repo",
    "byteSize": lambda blob, _, __: len(blob.repo.files[blob.path].encode()),
    "isBinary": lambda *_: False,
    "isTruncated": lambda *_: False,
    "text": lambda blob, _, __: blob.repo.files[blob.path],
}

COMMIT: Fields = paged(lambda commit: f"/{commit.repo.full_name}/commit/{commit.sha}") | {
    "id": lambda commit, _, __: node_id(commit),
    "oid": "sha",
    "abbreviatedOid": lambda commit, _, __: commit.sha[:7],
    "message": "message",
    "messageHeadline": lambda commit, _, __: commit.message.partition("\n")[0],
    "messageBody": lambda commit, _, __: commit.message.partition("\n")[2].strip(),
    "author": lambda commit, _, __: _author(commit),
    "committer": lambda commit, _, __: _author(commit),
    "authors": _authors,
    "authoredDate": "at",
    "committedDate": "at",
    "authoredByCommitter": lambda *_: True,
    "repository": "repo",
    "associatedPullRequests": _pulls_of,
}

GIT_ACTOR: Fields = {"name": "name", "email": "email", "date": "date", "user": "account"}


def _commit_page(commit: PullCommit, context: Context) -> str:
    return f"{item_page(context.state, commit.item)}/commits/{commit.commit.sha}"


PULL_COMMIT: Fields = {
    "id": lambda commit, _, __: f"PURC_{commit.item.id}_{commit.commit.sha}",
    "commit": "commit",
    "pullRequest": "item",
    "url": lambda commit, context, _: _commit_page(commit, context),
    "resourcePath": lambda commit, context, _: (
        f"{path(commit.item, context)}/commits/{commit.commit.sha}"
    ),
}

RELEASE: Fields = paged(lambda release: f"/{release.repo.full_name}/releases/tag/{release.tag}") | {
    "id": lambda release, _, __: node_id(release),
    "databaseId": lambda release, _, __: int32(release.id),
    "name": "name",
    "tagName": "tag",
    "description": "body",
    "createdAt": "created_at",
    "publishedAt": "published_at",
    "updatedAt": "created_at",
    "isDraft": "draft",
    "isPrerelease": "prerelease",
    "isLatest": lambda release, _, __: _latest(release.repo) is release,
    "author": "author",
    "repository": "repo",
}
