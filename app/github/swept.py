"""Reading many items at once, by GraphQL's ids: what gather.py reads of one.

The facts are those that a round of the item's own would gather, word for word, so that what the
sweep has decided is not decided again. What closed issues say is read in a query of its own: asked
for inside, it would cost forty requests for each pull request that closes nothing.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from app.github.coauthors import co_authors
from app.github.documents import document
from app.github.errors import ServerError
from app.github.finding import MORE_ROUNDS, REFUSALS, Found, unread_sources
from app.github.graphql import GraphQLAnswer
from app.github.payloads import EventNode, ItemNode, N, parsed, person
from app.github.search import Ask
from app.policy.home import Home
from app.policy.model import Person, SubjectType

MOST_READ = 20
"""Items read in one query: more, with all that was said on them, would take GitHub too long."""
MOST_LOOKED_AT = 70
"""Items of which only the doers are asked for in one query: two lists each, for one point."""

_WIDE = {SubjectType.PULL_REQUEST: "swept_pulls", SubjectType.ISSUE: "swept_issues"}
_DOERS = {SubjectType.PULL_REQUEST: "doers_pulls", SubjectType.ISSUE: "doers_issues"}


@dataclass(frozen=True, slots=True)
class Doers:
    """Who committed to, labelled or closed an item; `cut`: there are more than were read."""

    people: tuple[Person, ...]
    cut: bool


async def read_items(ask: Ask, sort: SubjectType, ids: Sequence[str]) -> tuple[Found | None, ...]:
    """Read pull requests or issues, at most MOST_READ; None for what isn't to be seen any more.

    Raises ServerError where GitHub broke down over one of them: ask for fewer at once.
    """
    answer = await ask(document(_WIDE[sort]), ids=list(ids))
    return tuple(_found(answer, n) for n in range(len(ids)))


async def read_tracker_items(
    ask: Ask, ids: Sequence[str], field: str | None
) -> tuple[Found | None, ...]:
    """Read items of a tracker, with their cards where the board's `field` may be read."""
    answer = await ask(
        document("swept_tracker"), ids=list(ids), board=field is not None, field=field or ""
    )
    return tuple(_found(answer, n) for n in range(len(ids)))


def closing(found: Iterable[Found]) -> tuple[str, ...]:
    """Give the ids of the issues that these pull requests close, each once."""
    lists = (one.node.closing_issues_references for one in found)
    return tuple(dict.fromkeys(issue.id for one in lists if one for issue in one.seen if issue.id))


async def read_closed(ask: Ask, ids: Sequence[str]) -> dict[str, ItemNode]:
    """Read issues that are closed by pull requests, at most MOST_LOOKED_AT."""
    answer = await ask(document("swept_closed"), ids=list(ids))
    nodes = (_node(answer, n, ItemNode) for n in range(len(ids)))
    return {node.id: node for node in nodes if node is not None}


def with_closed(found: Found, closed: Mapping[str, ItemNode]) -> Found:
    """Put what closed issues say in the places of their ids; one that is missing leaves a doubt."""
    listed = found.node.closing_issues_references
    if listed is None or not listed.seen:
        return found
    known = tuple(closed[issue.id] for issue in listed.seen if issue.id in closed)
    unread = {"linked issues"} if len(known) < len(listed.seen) else set()
    references = listed.model_copy(update={"nodes": known})
    node = found.node.model_copy(update={"closing_issues_references": references})
    return replace(found, node=node, unread=found.unread | unread)


async def read_doers(
    ask: Ask, sort: SubjectType, ids: Sequence[str], home: Home
) -> tuple[Doers, ...]:
    """Give who did something to each item, reviewers apart; at most MOST_LOOKED_AT items."""
    answer = await ask(document(_DOERS[sort]), ids=list(ids))
    return tuple(_doers(_node(answer, n, ItemNode), home) for n in range(len(ids)))


async def read_said(ask: Ask, ids: Sequence[str], since: datetime) -> tuple[ItemNode | None, ...]:
    """Read the comments on items, and the labels put on and off, since a moment; at most MOST_READ.

    A hundred comments are read of each, and older ones while they are since then, at most
    MORE_ROUNDS hundreds: of a comment that is older still no edit is seen. Raises ServerError where
    GitHub did not show one of the lists.
    """
    moment = since.strftime("%Y-%m-%dT%H:%M:%SZ")
    answer = await ask(document("said"), ids=list(ids), before=None, since=moment)
    found = [_talk(answer, n) for n in range(len(ids))]
    for _ in range(MORE_ROUNDS):
        for n, node in enumerate(found):
            if node is not None and (before := _older(node, since)) is not None:
                rest = await ask(document("said"), ids=[ids[n]], before=before, since=moment)
                found[n] = _with_older(node, _talk(rest, 0))
    return tuple(found)


def _talk(answer: GraphQLAnswer, n: int) -> ItemNode | None:
    node = _node(answer, n, ItemNode)
    if node is not None and unread_sources(answer, "nodes", n):
        raise ServerError("GitHub did not show what was said.")
    return node


def _older(node: ItemNode, since: datetime) -> str | None:
    """Give where older comments are to be read from, None where none of them is since then."""
    listed = node.comments
    if listed is None or not listed.page_info.has_previous_page:
        return None
    is_older = any(one.created_at and one.created_at < since for one in listed.seen)
    return None if is_older else listed.page_info.start_cursor


def _with_older(node: ItemNode, more: ItemNode | None) -> ItemNode:
    if more is None or more.comments is None or node.comments is None:
        return node
    nodes = (*more.comments.seen, *node.comments.seen)
    return node.model_copy(update={"comments": more.comments.model_copy(update={"nodes": nodes})})


def _doers(node: ItemNode | None, home: Home) -> Doers:
    if node is None:
        return Doers((), cut=False)
    done = list[Person | None]()
    for place in node.commits.seen if node.commits else ():
        done.append(person(place.commit.author.user if place.commit.author else None))
        done += co_authors(place.commit.message, home)
    done += (person(event.actor) for event in _events(node))
    lists = (node.commits, node.timeline_items)
    cut = any(one is not None and one.page_info.has_next_page for one in lists)
    return Doers(tuple(who for who in done if who), cut)


def _events(node: ItemNode) -> tuple[EventNode, ...]:
    return node.timeline_items.seen if node.timeline_items else ()


def _found(answer: GraphQLAnswer, n: int) -> Found | None:
    node = _node(answer, n, ItemNode)
    if node is None or node.repository is None:
        return None
    return Found(node.repository, node, unread_sources(answer, "nodes", n))


def _node(answer: GraphQLAnswer, n: int, node_type: type[N]) -> N | None:
    nodes = answer.data.get("nodes")
    value = nodes[n] if isinstance(nodes, list) and n < len(nodes) else None
    node = parsed(node_type, value)
    if node is not None:
        return node
    for problem in answer.errors:
        if problem.path[:2] in {(), ("nodes",), ("nodes", n)} and problem.type not in REFUSALS:
            raise ServerError(f"GitHub could not read it: {problem.message}")
    return None
