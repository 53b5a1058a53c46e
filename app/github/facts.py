"""From an answer of GitHub's to the facts that a decision is made from."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from app.github.acts import acts_of
from app.github.coauthors import co_authors
from app.github.finding import Found
from app.github.payloads import (
    EventNode,
    ItemNode,
    PlaceNode,
    comment,
    commit,
    label_names,
    person,
    ref_of,
    visibility,
)
from app.github.target import Us, is_ours
from app.policy.home import Home
from app.policy.model import (
    ChangedFile,
    Comment,
    Commit,
    Facts,
    Item,
    ItemRef,
    Subject,
    SubjectType,
)
from app.publish.target import is_tracker

_FIRST_TIME = frozenset({"FIRST_TIMER", "FIRST_TIME_CONTRIBUTOR", "NONE"})


def facts_of(
    found: Found, asked: ItemRef, home: Home, us: Us, *, mentions: tuple[Item, ...], now: datetime
) -> Facts:
    """Give the facts about an issue or a pull request; `mentions` are stored backlinks."""
    node = found.node
    closing = node.closing_issues_references
    closed = tuple(
        linked_item(issue, issue.repository, asked.host, us)
        for issue in (closing.seen if closing else ())
        if issue.repository
    )
    own_labels = {style.name.casefold() for style in home.publish.labels.values()}
    return Facts(
        subject=_subject(found, asked, tuple(item.ref for item in closed)),
        acts=acts_of(node, own_labels, lambda message: co_authors(message, home)),
        comments=talk_of(node, us),
        linked=closed,
        backlinks=with_mentions(_backlinks(node, home, asked), mentions),
        could_not_read=found.unread | _cut_links(node),
        fetched_at=now,
    )


def _cut_links(node: ItemNode) -> frozenset[str]:
    """Name the linked issues if there are more of them, or more said there, than was read."""
    closing = node.closing_issues_references
    if closing is None:
        return frozenset()
    lists = [closing.page_info, *(i.comments.page_info for i in closing.seen if i.comments)]
    return frozenset({"linked issues"} if any(one.has_next_page for one in lists) else ())


def _subject(found: Found, asked: ItemRef, closes: tuple[ItemRef, ...]) -> Subject:
    node, is_pull = found.node, found.node.type is SubjectType.PULL_REQUEST
    return Subject(
        ref=ref_of(node, found.place, asked.host),
        type=node.type,
        title=node.title,
        body=node.body,
        labels=label_names(node),
        branch=node.head_ref_name,
        draft=node.is_draft if is_pull else False,
        author=person(node.author),
        author_first_time=_first_time(node),
        files=_files(node) if is_pull else (),
        n_files=node.changed_files if is_pull else 0,
        commits=_commits(node) if is_pull else (),
        closes=closes,
        created_at=node.created_at,
        merged_at=node.merged_at,
        closed_at=node.closed_at,
        visibility=visibility(found.place),
        is_fork=found.place.is_fork,
    )


def _files(node: ItemNode) -> tuple[ChangedFile, ...] | None:
    if node.files is None:
        return None
    return tuple(ChangedFile(f.path, f.additions, f.deletions) for f in node.files.seen)


def _commits(node: ItemNode) -> tuple[Commit, ...] | None:
    if node.commits is None:
        return None
    return tuple(commit(place.commit) for place in node.commits.seen)


def _first_time(node: ItemNode) -> bool | None:
    """Tell whether it is the author's first contribution there.

    Merging makes its author a CONTRIBUTOR, so that afterwards the first one can't be told from a
    later one: unknown, and whoever kept an earlier snapshot knows better.
    """
    said = node.author_association
    if node.type is not SubjectType.PULL_REQUEST or said in {None, "MANNEQUIN"}:
        return None
    if said == "CONTRIBUTOR" and node.merged_at:
        return None
    return said in _FIRST_TIME


def talk_of(node: ItemNode, us: Us) -> tuple[Comment, ...]:
    """Give what others wrote below an item, reviews included, oldest first.

    Our own comments quote links that we found: taken for evidence they would prove themselves.
    """
    said = [*(node.comments.seen if node.comments else ())]
    said += [
        review
        for review in (node.reviews.seen if node.reviews else ())
        if review.body.strip() and review.state != "PENDING"
    ]
    others = [comment(one) for one in said if not is_ours(one, us)]
    return tuple(sorted(others, key=lambda one: (one.at is None, one.at and one.at.timestamp())))


def linked_item(
    node: ItemNode, place: PlaceNode, host: str, us: Us, bucket: str | None = None
) -> Item:
    """Give what a link leads to."""
    return Item(
        ref=ref_of(node, place, host),
        title=node.title,
        body=node.body,
        labels=label_names(node) or (),
        bucket=bucket,
        by=person(node.author),
        at=node.created_at,
        comments=talk_of(node, us),
        visibility=visibility(place),
    )


def _backlinks(node: ItemNode, home: Home, asked: ItemRef) -> tuple[Item, ...]:
    events = node.timeline_items.seen if node.timeline_items else ()
    items = (item for event in events for item in _mentioning(event, asked.host))
    return tuple(item for item in items if is_tracker(item.ref, home))


def _mentioning(event: EventNode, host: str) -> Iterator[Item]:
    """Give the issue, pull request or commit elsewhere that mentions the subject.

    Labels and comments are read when it is followed: here they would be asked for of everything
    that mentions a well-known item, wherever it is.
    """
    if event.source and event.source.repository:
        place, source = event.source.repository, event.source
        yield Item(
            ref=ref_of(source, place, host),
            title=source.title,
            body=source.body,
            by=person(source.author),
            at=event.created_at,
            visibility=visibility(place),
        )
    if event.commit and event.commit_repository:
        place, change = event.commit_repository, event.commit
        yield Item(
            ref=ItemRef(place.name_with_owner, type=SubjectType.COMMIT, sha=change.oid, host=host),
            title=change.message_headline,
            body=change.message_body,
            by=person(change.author.user if change.author else None),
            at=change.authored_date,
            visibility=visibility(place),
        )


def with_mentions(backlinks: tuple[Item, ...], mentions: tuple[Item, ...]) -> tuple[Item, ...]:
    """Join what GitHub shows now with what was stored; the same text of the same item is one."""
    joined: dict[tuple[object, str | None], Item] = {}
    for item in (*backlinks, *mentions):
        key = (item.ref.key, item.body)
        joined[key] = item if key not in joined else _fuller(joined[key], item)
    return tuple(joined.values())


def _fuller(first: Item, second: Item) -> Item:
    return replace(
        first,
        labels=first.labels or second.labels,
        bucket=first.bucket or second.bucket,
        comments=first.comments or second.comments,
    )
