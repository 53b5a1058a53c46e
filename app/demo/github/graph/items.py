"""Issues and pull requests, and the comments and reviews on them."""

from datetime import datetime
from typing import Any

from app.demo.github.graph.connections import connect, ordered
from app.demo.github.graph.context import Args, Connection, Context, Fields, PullCommit, refused
from app.demo.github.graph.timeline import timeline
from app.demo.github.ids import int32, node_id
from app.demo.github.model import BoardItem, File, Item
from app.demo.github.shapes.items import item_page
from app.demo.github.shapes.pulls import changed_files, head_sha, the_pull
from app.demo.github.state import association

ORDER = {"CREATED_AT": "created_at", "UPDATED_AT": "updated_at", "COMMENTS": "comments"}

_CHANGE = {"added": "ADDED", "removed": "DELETED", "renamed": "RENAMED", "copied": "COPIED"}


def path(item: Item, context: Context) -> str:
    """Give the path of an item's page."""
    return item_page(context.state, item).removeprefix(context.state.html_url)


def item_state(item: Item) -> str:
    """Give the state: OPEN, CLOSED, MERGED."""
    return "MERGED" if item.pull and item.pull.merged_at else item.state.upper()


def _project_items(item: Item, context: Context, args: Args) -> Connection:
    """List the cards; one of a private board is FORBIDDEN without organization_projects."""

    def shown(card: BoardItem) -> BoardItem | Exception:
        if card.project.public or context.may("organization_projects", card.project.owner):
            return card
        return refused("FORBIDDEN", "Resource not accessible by integration")

    return connect([shown(card) for card in item.board], args)


def _closing(item: Item, context: Context, args: Args) -> Connection:
    return connect([x for x in the_pull(item).closes if context.sees(x.repo)], args)


def _closed_by(item: Item, context: Context, args: Args) -> Connection:
    pulls = [e.source for e in item.events if e.source is not None and e.source.pull]
    closing = [p for p in pulls if item in the_pull(p).closes and context.sees(p.repo)]
    if not args.get("includeClosedPrs"):
        closing = [p for p in closing if p.state == "open"]
    return connect(closing, args)


def _reviews(item: Item, _: Context, args: Args) -> Connection:
    reviews = the_pull(item).reviews
    if states := args.get("states"):
        reviews = [review for review in reviews if review.state in states]
    if author := args.get("author"):
        reviews = [r for r in reviews if r.author and r.author.login.lower() == author.lower()]
    return connect(reviews, args)


def _lines(attribute: str) -> Any:  # noqa: ANN401 - a resolver
    def resolve(item: Item, _: Context, __: Args) -> int:
        return sum(getattr(file, attribute) for file in the_pull(item).files)

    return resolve


def _change(file: File, _: Context, __: Args) -> str:
    return _CHANGE.get(file.status, "MODIFIED")


def _published(thing: Any, _: Context, __: Args) -> datetime:  # noqa: ANN401 - a comment or item
    return thing.created_at  # type: ignore[no-any-return]  # every comment has the moment it came to be


ITEM: Fields = {
    "id": lambda item, _, __: node_id(item),
    "databaseId": lambda item, _, __: int32(item.id),
    "fullDatabaseId": lambda item, _, __: str(item.id),
    "number": "number",
    "title": "title",
    "body": "body",
    "state": lambda item, _, __: item_state(item),
    "stateReason": lambda item, _, __: item.state_reason and item.state_reason.upper(),
    "createdAt": "created_at",
    "publishedAt": _published,
    "updatedAt": "updated_at",
    "closed": lambda item, _, __: item.state == "closed",
    "closedAt": "closed_at",
    "locked": "locked",
    "activeLockReason": lambda *_: None,
    "url": lambda item, context, _: item_page(context.state, item),
    "resourcePath": lambda item, context, _: path(item, context),
    "author": "author",
    "authorAssociation": lambda item, _, __: association(item, item.author),
    "editor": lambda item, _, __: item.author if item.edited_at else None,
    "lastEditedAt": "edited_at",
    "repository": "repo",
    "labels": lambda item, _, args: connect(item.labels, args),
    "comments": lambda item, _, args: connect(ordered(item.comments, args, ORDER), args),
    "assignees": lambda item, _, args: connect(item.assignees, args),
    "timelineItems": timeline,
    "projectItems": _project_items,
    "closedByPullRequestsReferences": _closed_by,
}

PULL: Fields = ITEM | {
    "isDraft": "pull.draft",
    "merged": lambda item, _, __: item.pull.merged_at is not None,
    "mergedAt": "pull.merged_at",
    "mergedBy": "pull.merged_by",
    "mergeCommit": "pull.merge_commit",
    "headRefName": "pull.head_ref",
    "headRefOid": lambda item, _, __: head_sha(item),
    "headRepository": "pull.head_repo",
    "headRepositoryOwner": lambda item, _, __: item.pull.head_repo and item.pull.head_repo.owner,
    "baseRefName": "pull.base_ref",
    "baseRepository": "repo",
    "isCrossRepository": lambda item, _, __: item.pull.head_repo is not item.repo,
    "changedFiles": lambda item, _, __: changed_files(item.pull),
    "additions": _lines("additions"),
    "deletions": _lines("deletions"),
    "files": lambda item, _, args: connect(item.pull.files, args, most=3_000),
    "commits": lambda item, _, args: connect(
        [PullCommit(item, commit) for commit in item.pull.commits], args, most=250
    ),
    "reviews": _reviews,
    "closingIssuesReferences": _closing,
}

FILE: Fields = {
    "path": "path",
    "additions": "additions",
    "deletions": "deletions",
    "changeType": _change,
}

_WRITTEN: Fields = {
    "id": lambda written, _, __: node_id(written),
    "databaseId": lambda written, _, __: int32(written.id),
    "fullDatabaseId": lambda written, _, __: str(written.id),
    "body": "body",
    "author": "author",
    "authorAssociation": lambda written, _, __: association(written.item, written.author),
    "repository": "item.repo",
    "pullRequest": lambda written, _, __: written.item if written.item.pull else None,
}

COMMENT: Fields = _WRITTEN | {
    "createdAt": "created_at",
    "updatedAt": "updated_at",
    "publishedAt": _published,
    "lastEditedAt": "edited_at",
    "editor": "editor",
    "url": lambda comment, context, _: (
        f"{item_page(context.state, comment.item)}#issuecomment-{comment.id}"
    ),
    "resourcePath": lambda comment, context, _: (
        f"{path(comment.item, context)}#issuecomment-{comment.id}"
    ),
    "issue": "item",
    "isMinimized": lambda *_: False,
    "minimizedReason": lambda *_: None,
}

REVIEW: Fields = _WRITTEN | {
    "state": "state",
    "createdAt": "submitted_at",
    "updatedAt": "submitted_at",
    "publishedAt": "submitted_at",
    "submittedAt": "submitted_at",
    "lastEditedAt": lambda *_: None,
    "editor": lambda *_: None,
    "commit": "commit",
    "url": lambda review, context, _: (
        f"{item_page(context.state, review.item)}#pullrequestreview-{review.id}"
    ),
    "resourcePath": lambda review, context, _: (
        f"{path(review.item, context)}#pullrequestreview-{review.id}"
    ),
}
