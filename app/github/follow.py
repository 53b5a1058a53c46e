"""What a subject's links lead to: the home's internal items and upstream issues, in one query."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from app.github.client import Session
from app.github.documents import items_query
from app.github.errors import Forbidden
from app.github.facts import linked_item
from app.github.finding import REFUSALS, Found, NotThere, complete, find
from app.github.graphql import GraphQLAnswer
from app.github.payloads import (
    ChangeNode,
    ItemNode,
    PlaceNode,
    at,
    board_value,
    parsed,
    person,
    visibility,
)
from app.github.target import Us, our_comments, target_state
from app.policy.home import Board, Home
from app.policy.model import Facts, Item, ItemRef, SubjectType
from app.publish.target import OurComment, TargetState, is_tracker

MOST_ITEMS = 40
"""Items that are followed from one subject; a changelog can name hundreds."""

Key: TypeAlias = tuple[str, str, int | str | None]


@dataclass(frozen=True, slots=True)
class Followed:
    """What was found: `items` by the key of the reference that was asked for.

    `not_read` are those that GitHub did not show: not there, not visible, or too many at once.
    `could_not_read` names sources that failed beyond that ("board").
    """

    items: Mapping[Key, Item] = field(default_factory=dict)
    not_read: Mapping[Key, NotThere] = field(default_factory=dict)
    could_not_read: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class TrackerItem:
    """An item of the home's tracker, and its state for planning a comment there."""

    item: Item
    target: TargetState
    ours: tuple[OurComment, ...] = ()
    could_not_read: frozenset[str] = frozenset()


async def gather_items(
    read_home: Session,
    refs: Iterable[ItemRef],
    *,
    home: Home,
    us: Us,
    board: Board | None = None,
) -> Followed:
    """Read what links lead to: issues, pull requests and commits, in one call for all.

    The first MOST_ITEMS of `refs` are read, so put the home's own first. A reference without
    number and sha tells no more than who can read the repository. `board` None: its field is not
    read, because none is configured or the app may not; a board that GitHub refuses to show
    costs a second call, without it. Raises the errors of app.github.errors.
    """
    unique = {ref.key: ref for ref in refs}
    asked = tuple(unique.values())[:MOST_ITEMS]
    not_read = {
        ref.key: NotThere(f"{ref} is one of too many links to follow")
        for ref in tuple(unique.values())[MOST_ITEMS:]
    }
    if not asked:
        return Followed()
    answer = await _ask(read_home, asked, board)
    unread = frozenset[str]()
    if board is not None and _refuses_board(answer):
        board, unread = None, frozenset({"board"})
        answer = await _ask(read_home, asked, None)
    items = dict[Key, Item]()
    for n, ref in enumerate(asked):
        item = _item(answer, f"i{n}", ref, us, board)
        if item is None:
            not_read[ref.key] = NotThere(f"{ref} is not there, or not visible to the app")
        else:
            items[ref.key] = item
        unread |= _sources_in_doubt(answer, f"i{n}")
    return Followed(items, not_read, unread | _hidden(not_read, unique, home))


async def _ask(read_home: Session, refs: tuple[ItemRef, ...], board: Board | None) -> GraphQLAnswer:
    query, variables = items_query(refs, board.field if board else None)
    return await read_home.graphql(query, **variables)


def _refuses_board(answer: GraphQLAnswer) -> bool:
    return any("projectItems" in p.path and p.type != "NOT_FOUND" for p in answer.errors)


def _item(
    answer: GraphQLAnswer, alias: str, ref: ItemRef, us: Us, board: Board | None
) -> Item | None:
    place = parsed(PlaceNode, at(answer.data, alias))
    if place is None:
        return None
    if ref.sha is not None and ref.number is None:
        return _commit(parsed(ChangeNode, at(answer.data, alias, "commit")), place, ref)
    if ref.number is None:
        return Item(replace(ref, repo=place.name_with_owner), visibility=visibility(place))
    node = parsed(ItemNode, at(answer.data, alias, "item"))
    if node is None:
        return None
    return linked_item(
        node, place, ref.host, us, board_value(node, board.project) if board else None
    )


def _commit(node: ChangeNode | None, place: PlaceNode, ref: ItemRef) -> Item | None:
    if node is None or not node.oid:
        return None
    return Item(
        ref=ItemRef(place.name_with_owner, type=SubjectType.COMMIT, sha=node.oid, host=ref.host),
        title=node.message_headline,
        body=node.message_body,
        by=person(node.author.user if node.author else None),
        at=node.authored_date,
        visibility=visibility(place),
    )


def _sources_in_doubt(answer: GraphQLAnswer, alias: str) -> frozenset[str]:
    """Name what is not known because GitHub broke down over it, or because it goes on too long."""
    broken = [
        problem
        for problem in answer.errors
        if problem.path[:1] in {(), (alias,)} and problem.type not in REFUSALS
    ]
    cut = at(answer.data, alias, "item", "comments", "pageInfo", "hasNextPage") is True
    return frozenset("board" if "projectItems" in p.path else "linked issues" for p in broken) | (
        frozenset({"linked issues"}) if cut else frozenset()
    )


def _hidden(
    not_read: Mapping[Key, NotThere], refs: Mapping[Key, ItemRef], home: Home
) -> frozenset[str]:
    """Name "linked issues" if one of the home's own items stayed dark.

    GitHub says the same of what is private and of what does not exist. An item of the home's own
    tracker is looked for in earnest, so not seeing it is not knowing; anything else is absent.
    """
    dark = any(is_tracker(refs[key], home) for key in not_read)
    return frozenset({"linked issues"}) if dark else frozenset()


def with_items(facts: Facts, followed: Followed, via: Mapping[Key, ItemRef] | None = None) -> Facts:
    """Give the facts with what was followed.

    A backlink gets labels, bucket and comments of its item, keeps its own text and stays out of
    `linked`, where it would look as if the subject named it; if the subject's text does, the
    text says so. Everything else becomes a linked item, two hops away if `via` names the item
    that it was found through.
    """
    through, mentioning = via or {}, {item.ref.key for item in facts.backlinks}
    known = {item.ref.key for item in facts.linked}
    linked = [followed.items.get(item.ref.key, item) for item in facts.linked]
    for key, item in followed.items.items():
        if key not in known and (key not in mentioning or key in through):
            hop = 2 if key in through else 1
            linked.append(replace(item, hop=hop, via=through.get(key)))
    return replace(
        facts,
        linked=tuple(linked),
        backlinks=tuple(_fuller(b, followed.items.get(b.ref.key)) for b in facts.backlinks),
        could_not_read=facts.could_not_read | followed.could_not_read,
    )


def _fuller(backlink: Item, item: Item | None) -> Item:
    if item is None:
        return backlink
    return replace(
        backlink,
        title=item.title,
        labels=item.labels,
        bucket=item.bucket,
        comments=item.comments,
        visibility=item.visibility,
    )


async def gather_tracker_item(
    read_home: Session,
    ref: ItemRef,
    *,
    us: Us,
    board: Board | None = None,
    repository_id: int | None = None,
    installed: bool = True,
) -> TrackerItem | NotThere:
    """Read an item of the home's tracker, in one call unless it has over 100 comments.

    Raises the errors of app.github.errors.
    """
    found = await _find_with_board(read_home, ref, board, repository_id)
    if isinstance(found, NotThere):
        return found
    found = await complete(read_home, found)
    place, node = found.place, found.node
    bucket = board_value(node, board.project) if board else None
    ours = our_comments(node.comments.seen if node.comments else (), us)
    return TrackerItem(
        item=linked_item(node, place, ref.host, us, bucket),
        target=target_state(place, node, ref, ours, us, installed=installed),
        ours=ours,
        could_not_read=found.unread,
    )


async def _find_with_board(
    read_home: Session, ref: ItemRef, board: Board | None, repository_id: int | None
) -> Found | NotThere:
    if board is not None:
        try:
            return await find(
                read_home,
                "tracker_item",
                ref,
                repository_id=repository_id,
                board=True,
                field=board.field,
            )
        except Forbidden:
            pass
    found = await find(
        read_home, "tracker_item", ref, repository_id=repository_id, board=False, field=""
    )
    if board is None or isinstance(found, NotThere):
        return found
    return replace(found, unread=found.unread | {"board"})
