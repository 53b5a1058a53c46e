"""Finding one item by its name, wherever it is by now, and reading its long lists to the end."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from pydantic.alias_generators import to_camel

from app.github.client import Session
from app.github.documents import document
from app.github.errors import Forbidden, Gone, NotFound, ServerError
from app.github.graphql import GraphQLAnswer
from app.github.payloads import Connection, ItemNode, PlaceNode, at, parsed
from app.policy.model import ItemRef

MORE_ROUNDS = 4
"""How often lists of more than 100 are read on: each is known up to 500 entries."""

LISTS = ("files", "commits", "reviews", "comments", "timeline_items")
SOURCES: Mapping[str, str] = {
    "files": "files",
    "commits": "commits",
    "reviews": "reviews",
    "comments": "comments",
    "labels": "labels",
    "timelineItems": "backlinks",
    "timeline_items": "backlinks",
    "closingIssuesReferences": "linked issues",
    "projectItems": "board",
}
"""GitHub's name of a field → the name by which `Facts.could_not_read` has it."""

_FORBIDDEN = frozenset({"FORBIDDEN", "INSUFFICIENT_SCOPES"})
REFUSALS = _FORBIDDEN | {"NOT_FOUND"}
"""GitHub's words for what it will not show, now and at the next try."""


@dataclass(frozen=True, slots=True)
class NotThere:
    """The item is not there, or it is private and not visible to us: GitHub says the same."""

    says: str


@dataclass(frozen=True, slots=True)
class Found:
    """An item as GitHub shows it, and the names of the sources that could not be read."""

    place: PlaceNode
    node: ItemNode
    unread: frozenset[str] = frozenset()
    answer: GraphQLAnswer | None = None


async def find(
    read: Session,
    name: str,
    ref: ItemRef,
    *,
    repository_id: int | None = None,
    follow: bool = True,
    **variables: Any,  # noqa: ANN401 - values of GraphQL
) -> Found | NotThere:
    """Ask the document `name` for one item.

    Names change hands, so with `repository_id` an item of another repository is not taken for it.
    With `follow` an item that was renamed or transferred is asked for once more where it is now.
    Raises Forbidden or ServerError where GitHub would not or could not say.
    """
    found = await _ask(read, name, ref, repository_id, variables)
    if found is not None:
        return found
    gone = NotThere(f"{ref} is not there, or it is private and not visible to the app")
    if not follow or (now := await _where_now(read, ref, repository_id)) is None:
        return gone
    return await _ask(read, name, now, None, variables) or gone


async def _ask(
    read: Session, name: str, ref: ItemRef, repository_id: int | None, variables: dict[str, Any]
) -> Found | None:
    owner, _, repo = ref.repo.partition("/")
    answer = await read.graphql(
        document(name), owner=owner, name=repo, number=ref.number, **variables
    )
    path = ("repository", "issueOrPullRequest")
    place = parsed(PlaceNode, at(answer.data, path[0]))
    node = parsed(ItemNode, at(answer.data, *path))
    if place is None or node is None:
        refuse_to_guess(answer, *path)
        return None
    if repository_id is not None and place.database_id != repository_id:
        return None
    return Found(place, node, unread_sources(answer, *path), answer)


def refuse_to_guess(answer: GraphQLAnswer, *path: str | int) -> None:
    """Return only if GitHub says that nothing is at `path`; raise if it did not look.

    Raises Forbidden for a missing permission, else ServerError, which is tried again.
    """
    for problem in answer.errors:
        shared = min(len(path), len(problem.path))
        if problem.path[:shared] != path[:shared] or problem.type == "NOT_FOUND":
            continue
        if problem.type in _FORBIDDEN:
            raise Forbidden(f"GitHub does not let the app read it: {problem.message}")
        raise ServerError(f"GitHub could not read it: {problem.message}")


def unread_sources(answer: GraphQLAnswer, *path: str | int) -> frozenset[str]:
    """Name the sources below `path` that GitHub reports problems with."""
    depth = len(path)
    return frozenset(
        SOURCES[str(problem.path[depth])]
        for problem in answer.errors
        if problem.path[:depth] == path
        and len(problem.path) > depth
        and problem.path[depth] in SOURCES
    )


async def _where_now(read: Session, ref: ItemRef, repository_id: int | None) -> ItemRef | None:
    """Ask REST, which redirects: by id if the repository is known, else by the item's old name."""
    owner, _, repo = ref.repo.partition("/")
    try:
        if repository_id is not None:
            full_name = at(await read.get("/repositories/{id}", id=repository_id), "full_name")
            if isinstance(full_name, str) and full_name.lower() != ref.repo.lower():
                return replace(ref, repo=full_name)
        issue = await read.get(
            "/repos/{owner}/{repo}/issues/{n}", owner=owner, repo=repo, n=ref.number
        )
    except (NotFound, Gone):
        return None
    url, number = at(issue, "repository_url"), at(issue, "number")
    if not isinstance(url, str) or not isinstance(number, int):
        return None
    now = replace(ref, repo="/".join(url.rsplit("/", 2)[-2:]), number=number)
    return None if now.key == ref.key else now


async def complete(read: Session, found: Found) -> Found:
    """Read lists on that go beyond their first page, at most MORE_ROUNDS times, all in one query.

    A list that is longer still stays cut, and its source is named in `unread`.
    """
    node, unread = found.node, set(found.unread)
    for _ in range(MORE_ROUNDS):
        after = _cursors(node)
        if not after:
            break
        variables: dict[str, Any] = {}
        for name in LISTS:
            variables[to_camel(name)] = after.get(name)
            variables[to_camel(f"more_{name}")] = name in after
        answer = await read.graphql(document("more"), id=node.id, **variables)
        more = parsed(ItemNode, at(answer.data, "node"))
        unread |= unread_sources(answer, "node")
        if more is None:
            break
        joined = {name: _joined(getattr(node, name), getattr(more, name)) for name in after}
        node = node.model_copy(update=joined)
    unread |= {SOURCES[name] for name in _cursors(node)}
    if node.files is not None and len(node.files.seen) < (node.changed_files or 0):
        unread.add("files")
    return replace(found, node=node, unread=frozenset(unread))


def _cursors(node: ItemNode) -> dict[str, str]:
    lists = {name: getattr(node, name) for name in LISTS}
    return {
        name: page.page_info.end_cursor
        for name, page in lists.items()
        if page is not None and page.page_info.has_next_page and page.page_info.end_cursor
    }


def _joined(first: Connection[Any], more: Connection[Any] | None) -> Connection[Any]:
    if more is None:
        return first
    nodes = (*(first.nodes or ()), *(more.nodes or ()))
    return first.model_copy(update={"nodes": nodes, "page_info": more.page_info})
