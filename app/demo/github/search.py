"""Search for issues and pull requests by GitHub's qualifiers, over what the asker may see."""

import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import TypeAlias

from app.demo.github.access import Actor, sees
from app.demo.github.model import Account, Item
from app.demo.github.state import Rejected, State

MOST_RESULTS = 1_000
MOST_CHARACTERS = 256
MOST_OPERATORS = 5

Test: TypeAlias = Callable[[Item], bool]

_TERM = re.compile(r'(-?)(?:([a-z-]+):)?("[^"]*"|\S+)', re.IGNORECASE)
_DATE = len("2026-01-31")


def search(state: State, actor: Actor, query: str, order: str = "created-desc") -> list[Item]:
    """Find items, newest first (or as `order` or `sort:` says), without what may not be seen.

    422 for too long a query, too many operators or an unknown person.
    """
    if len(query) > MOST_CHARACTERS:
        raise Rejected(422, "The search is longer than 256 characters.")
    if len(re.findall(r"\b(?:AND|OR|NOT)\b", query)) > MOST_OPERATORS:
        raise Rejected(422, "More than five AND / OR / NOT operators were used.")
    tests: list[Test] = []
    candidates: Iterable[Item] | None = None
    for minus, name, quoted in _TERM.findall(query):
        qualifier, value = name.lower(), quoted.strip('"')
        if qualifier == "sort":
            order = value
            continue
        if qualifier in _BY and not minus and candidates is None:
            candidates = _BY[qualifier](state, _person(state, value))
            continue
        test = _test(state, qualifier, value)
        tests.append((lambda item, test=test: not test(item)) if minus else test)  # type: ignore[misc]  # mypy takes the default for a parameter
    pool = state.items.values() if candidates is None else candidates
    found = [item for item in pool if all(test(item) for test in tests)]
    return _sorted([item for item in found if sees(actor, item.repo)], order)


def _person(state: State, login: str) -> Account:
    account = state.account(login)
    if account is None:
        message = (
            "The listed users cannot be searched either because the users do not exist or you do "
            "not have permission to view the users."
        )
        error = {"message": message, "resource": "Search", "field": "q", "code": "invalid"}
        raise Rejected(422, "Validation Failed", [error])
    return account


def _involving(state: State, who: Account) -> set[Item]:
    mention = f"@{who.login}".lower()
    named = {item for item in state.items.values() if mention in item.body.lower()}
    assigned = {item for item in state.items.values() if who in item.assignees}
    return state.authored[who.id] | state.commented[who.id] | named | assigned


_BY: dict[str, Callable[[State, Account], Iterable[Item]]] = {
    "author": lambda state, who: state.authored[who.id],
    "commenter": lambda state, who: state.commented[who.id],
    "reviewed-by": lambda state, who: state.reviewed[who.id],
    "involves": _involving,
}


def _test(state: State, qualifier: str, value: str) -> Test:  # noqa: PLR0911 - one return for each qualifier
    low = value.lower()
    if qualifier in _BY:
        members = set(_BY[qualifier](state, _person(state, value)))
        return lambda item: item in members
    if qualifier in {"is", "type", "state"}:
        return _IS.get(low, lambda _: False)
    if qualifier == "repo":
        return lambda item: item.repo.full_name.lower() == low
    if qualifier in {"org", "user"}:
        return lambda item: item.repo.owner.login.lower() == low
    if qualifier == "label":
        return lambda item: any(label.name.lower() == low for label in item.labels)
    if qualifier == "mentions":
        return lambda item: f"@{low}" in item.body.lower()
    if qualifier == "draft":
        return lambda item: bool(item.pull and item.pull.draft) == (low == "true")
    if qualifier in _DATES:
        return _between(_DATES[qualifier], value)
    if qualifier == "in":
        return lambda _: True
    words = low if not qualifier else f"{qualifier}:{low}"
    return lambda item: words in f"{item.title}\n{item.body}".lower()


_IS: dict[str, Test] = {
    "pr": lambda item: item.pull is not None,
    "pull-request": lambda item: item.pull is not None,
    "issue": lambda item: item.pull is None,
    "open": lambda item: item.state == "open",
    "closed": lambda item: item.state == "closed",
    "merged": lambda item: bool(item.pull and item.pull.merged_at),
    "unmerged": lambda item: bool(item.pull and not item.pull.merged_at),
    "draft": lambda item: bool(item.pull and item.pull.draft),
    "public": lambda item: not item.repo.private,
    "private": lambda item: item.repo.private,
    "locked": lambda item: item.locked,
}

_DATES: dict[str, Callable[[Item], datetime | None]] = {
    "created": lambda item: item.created_at,
    "updated": lambda item: item.updated_at,
    "closed": lambda item: item.closed_at,
    "merged": lambda item: item.pull.merged_at if item.pull else None,
}


def _between(of: Callable[[Item], datetime | None], value: str) -> Test:
    """Read >=D, >D, <=D, <D, A..B (either may be *) or D; a bare date is its whole day."""
    if ".." in value:
        first, last = value.split("..", 1)
        start = None if first == "*" else moment(first)
        end = None if last == "*" else moment(last) + _length(last)
    elif value.startswith(">="):
        start, end = moment(value[2:]), None
    elif value.startswith(">"):
        start, end = moment(value[1:]) + _length(value[1:]), None
    elif value.startswith("<="):
        start, end = None, moment(value[2:]) + _length(value[2:])
    elif value.startswith("<"):
        start, end = None, moment(value[1:])
    else:
        start, end = moment(value), moment(value) + _length(value)

    def test(item: Item) -> bool:
        at = of(item)
        return at is not None and (start is None or at >= start) and (end is None or at < end)

    return test


def moment(text: str) -> datetime:
    """Read a date or an instant as GitHub's parameters write it; 422 for anything else."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise Rejected(422, "Validation Failed", [{"code": "invalid", "field": "q"}]) from error
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


def _length(text: str) -> timedelta:
    return timedelta(days=1) if len(text) == _DATE else timedelta(seconds=1)


def _sorted(found: list[Item], order: str) -> list[Item]:
    key, _, direction = order.partition("-")
    down = direction != "asc"
    if key == "updated":
        return sorted(found, key=lambda item: (item.updated_at, item.id), reverse=down)
    if key == "comments":
        return sorted(found, key=lambda item: (len(item.comments), item.id), reverse=down)
    return sorted(found, key=lambda item: (item.created_at, item.id), reverse=down)
