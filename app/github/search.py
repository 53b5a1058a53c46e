"""Finding items: by search, by walking repositories, by name; few wide queries, thin answers.

What it says is read by swept.py, and only where it changed. Every function takes `ask`, which
sends one GraphQL query. Each list in a query is one request by GitHub's reckoning, so a hundred of
them cost one point (docs.github.com, "Rate limits and query limits for the GraphQL API").
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from app.github.documents import with_fragments
from app.github.errors import ServerError
from app.github.finding import REFUSALS
from app.github.graphql import GraphQLAnswer
from app.github.payloads import (
    Connection,
    ItemNode,
    PageInfo,
    PlaceNode,
    ReleaseNode,
    RepositoryNode,
    Who,
    at,
    parsed,
    person,
    visibility,
)
from app.policy.model import ItemRef, Person, SubjectType, Visibility

MOST_RESULTS = 1000
"""GitHub shows no more of one search, however many it counts."""
LONGEST_SEARCH = 256
PAGE = 100
RELEASES = 50
LIMIT = "rateLimit { cost limit remaining resetAt }"


class Ask(Protocol):
    """Sends a query; raises the errors of app.github.errors."""

    async def __call__(self, query: str, /, **variables: object) -> GraphQLAnswer:
        """Give the answer."""
        ...


@dataclass(frozen=True, slots=True)
class Seen:
    """An item as a list shows it: enough to know whether it has to be read.

    `node_id` is GraphQL's name of it; `people` are its author and whoever merged it.
    """

    node_id: str
    ref: ItemRef
    type: SubjectType
    repository_id: int
    updated_at: datetime
    visibility: Visibility = Visibility.UNKNOWN
    is_fork: bool = False
    people: tuple[Person, ...] = ()

    @property
    def key(self) -> tuple[int, int]:
        """Give what GitHub knows it by for ever: repository id and number."""
        return self.repository_id, self.ref.number or 0


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a search or list; `count` is how many there are in all, `returned` here."""

    items: tuple[Seen, ...]
    count: int
    returned: int
    after: str | None


@dataclass(frozen=True, slots=True)
class Listing:
    """Which lists of a repository to read on, and from where (None: from the start)."""

    repo: str
    pulls: bool = False
    issues: bool = False
    releases: bool = False
    after: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """One page of each list that was asked for, the last changed first."""

    place: PlaceNode
    pulls: Page | None = None
    issues: Page | None = None
    releases: tuple[ReleaseNode, ...] = ()
    releases_after: str | None = None


class _Results(Connection[ItemNode]):
    issue_count: int = 0


class _Repositories(Connection[RepositoryNode]):
    repository_count: int = 0


class _Walked(PlaceNode):
    pull_requests: Connection[ItemNode] | None = None
    issues: Connection[ItemNode] | None = None
    releases: Connection[ReleaseNode] | None = None


async def search(ask: Ask, texts: Sequence[tuple[str, str | None]]) -> tuple[Page, ...]:
    """Give a page of each search (text, where to go on), several in one query.

    `count` may be more than GitHub will ever show (MOST_RESULTS). Raises ServerError where GitHub
    gave no answer to one of them.
    """
    declared, asked, values = list[str](), list[str](), dict[str, object]()
    for n, (text, after) in enumerate(texts):
        declared.append(f"$q{n}: String!, $a{n}: String")
        values |= {f"q{n}": text, f"a{n}": after}
        asked.append(
            f"  s{n}: search(query: $q{n}, type: ISSUE, first: {PAGE}, after: $a{n}) "
            "{ issueCount ...Results }"
        )
    answer = await ask(_query("Search", declared, asked), **values)
    pages = []
    for n in range(len(texts)):
        found = parsed(_Results, at(answer.data, f"s{n}"))
        if found is None:
            raise ServerError("GitHub did not answer one of the searches.")
        pages.append(_page(found, found.issue_count))
    return tuple(pages)


async def walk(ask: Ask, listings: Sequence[Listing]) -> tuple[Listed | None, ...]:
    """Give a page of the lists of several repositories; None for one that isn't to be seen."""
    declared, asked, values = list[str](), list[str](), dict[str, object]()
    for n, one in enumerate(listings):
        owner, _, name = one.repo.partition("/")
        declared.append(f"$o{n}: String!, $n{n}: String!")
        values |= {f"o{n}": owner, f"n{n}": name}
        lists = []
        for kind, wanted in (("p", one.pulls), ("i", one.issues), ("r", one.releases)):
            if wanted:
                declared.append(f"${kind}{n}: String")
                values[f"{kind}{n}"] = (one.after or {}).get(kind)
                lists.append(_LISTS[kind].replace("$after", f"${kind}{n}"))
        place = "...Place" + "".join(f" {each}" for each in lists)
        asked.append(f"  w{n}: repository(owner: $o{n}, name: $n{n}) {{ {place} }}")
    answer = await ask(_query("Walk", declared, asked), **values)
    return tuple(_listed(answer, f"w{n}", one) for n, one in enumerate(listings))


_LISTS = {
    "p": "pullRequests(first: 100, after: $after, "
    "orderBy: {field: UPDATED_AT, direction: DESC}) { ...SeenPulls }",
    "i": "issues(first: 100, after: $after, "
    "orderBy: {field: UPDATED_AT, direction: DESC}) { ...SeenIssues }",
    "r": f"releases(first: {RELEASES}, after: $after, "
    "orderBy: {field: CREATED_AT, direction: DESC}) { ...Releases }",
}


def _listed(answer: GraphQLAnswer, alias: str, asked: Listing) -> Listed | None:
    found = parsed(_Walked, at(answer.data, alias))
    if found is None:
        _refuse_to_guess(answer, alias)
        return None
    wanted = (
        (asked.pulls, found.pull_requests),
        (asked.issues, found.issues),
        (asked.releases, found.releases),
    )
    if any(asked_for and got is None for asked_for, got in wanted):
        raise ServerError("GitHub did not show one of the lists.")
    releases = found.releases
    return Listed(
        found,
        _page(found.pull_requests, 0, found) if found.pull_requests else None,
        _page(found.issues, 0, found) if found.issues else None,
        releases.seen if releases else (),
        _next(releases.page_info) if releases else None,
    )


_REPOSITORIES = f"""  found: search(query: $q, type: REPOSITORY, first: {PAGE}, after: $a) {{
    repositoryCount pageInfo {{ hasNextPage endCursor }} nodes {{ ...Place ...Founded }}
  }}"""


async def repositories(
    ask: Ask, owner: str, after: str | None = None
) -> tuple[tuple[RepositoryNode, ...], str | None]:
    """Give a page of an account's repositories, and where to go on (GitHub shows 1,000 at most)."""
    answer = await ask(
        _query("Repositories", ["$q: String!, $a: String"], [_REPOSITORIES]),
        q=f"user:{owner} fork:true",
        a=after,
    )
    found = parsed(_Repositories, at(answer.data, "found"))
    if found is None:
        raise ServerError("GitHub did not answer the search for repositories.")
    return found.seen, _next(found.page_info)


async def look_up(ask: Ask, names: Sequence[str]) -> tuple[RepositoryNode | None, ...]:
    """Give repositories by a present or former name; None for what isn't to be seen."""
    declared, asked, values = list[str](), list[str](), dict[str, object]()
    for n, one in enumerate(names):
        owner, _, name = one.partition("/")
        declared.append(f"$o{n}: String!, $n{n}: String!")
        values |= {f"o{n}": owner, f"n{n}": name}
        asked.append(f"  r{n}: repository(owner: $o{n}, name: $n{n}) {{ ...Place ...Founded }}")
    answer = await ask(_query("LookUp", declared, asked), **values)
    found = tuple(parsed(RepositoryNode, at(answer.data, f"r{n}")) for n in range(len(names)))
    for n, node in enumerate(found):
        if node is None:
            _refuse_to_guess(answer, f"r{n}")
    return found


async def look_up_items(ask: Ask, refs: Sequence[ItemRef]) -> tuple[Seen | None, ...]:
    """Give items by repository and number; None for what isn't there or not to be seen."""
    declared, asked, values = list[str](), list[str](), dict[str, object]()
    for n, ref in enumerate(refs):
        owner, _, name = ref.repo.partition("/")
        declared.append(f"$o{n}: String!, $n{n}: String!, $k{n}: Int!")
        values |= {f"o{n}": owner, f"n{n}": name, f"k{n}": ref.number}
        asked.append(
            f"  i{n}: repository(owner: $o{n}, name: $n{n}) "
            f"{{ item: issueOrPullRequest(number: $k{n}) {{ ...SeenItem }} }}"
        )
    answer = await ask(_query("Items", declared, asked), **values)
    found = []
    for n in range(len(refs)):
        node = parsed(ItemNode, at(answer.data, f"i{n}", "item"))
        if node is None:
            _refuse_to_guess(answer, f"i{n}")
        found.append(_seen(node, None) if node else None)
    return tuple(found)


async def people(ask: Ask, logins: Sequence[str]) -> tuple[Person | None, ...]:
    """Give who has these logins now; None where nobody has."""
    declared = [f"$l{n}: String!" for n in range(len(logins))]
    asked = [f"  p{n}: user(login: $l{n}) {{ ...Who }}" for n in range(len(logins))]
    values = {f"l{n}": login for n, login in enumerate(logins)}
    answer = await ask(_query("People", declared, asked), **values)
    found = []
    for n in range(len(logins)):
        who = parsed(Who, at(answer.data, f"p{n}"))
        if who is None:
            _refuse_to_guess(answer, f"p{n}")
        found.append(person(who))
    return tuple(found)


def _query(name: str, declared: list[str], asked: list[str]) -> str:
    head = f"query {name}({', '.join(declared)}) {{"
    return with_fragments("\n".join([head, f"  {LIMIT}", *asked, "}"]))


def _refuse_to_guess(answer: GraphQLAnswer, alias: str) -> None:
    """Raise ServerError if null stands there for another reason than that it isn't to be seen."""
    for problem in answer.errors:
        if problem.path[:1] in {(), (alias,)} and problem.type not in REFUSALS:
            raise ServerError(f"GitHub could not read it: {problem.message}")


def _page(found: Connection[ItemNode], count: int, place: PlaceNode | None = None) -> Page:
    items = tuple(seen for node in found.seen if (seen := _seen(node, place)))
    return Page(items, count, len(found.nodes or ()), _next(found.page_info))


def _next(info: PageInfo) -> str | None:
    return info.end_cursor if info.has_next_page else None


def _seen(node: ItemNode, place: PlaceNode | None) -> Seen | None:
    where = node.repository or place
    if where is None or where.database_id is None or node.updated_at is None:
        return None
    named = (person(who) for who in (node.author, node.merged_by))
    return Seen(
        node.id,
        ItemRef(where.name_with_owner, node.number, node.type),
        node.type,
        where.database_id,
        node.updated_at,
        visibility(where),
        where.is_fork,
        tuple(who for who in named if who),
    )
