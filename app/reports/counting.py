"""Counting acts by the rules of counting.md, whose sentences the functions here quote. Pure."""
# ruff: noqa: D401 - the docstrings are quotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Final, TypeVar

from app.policy.model import Act, Kind, SubjectType
from app.reports.model import Count, Group, Totals
from app.reports.standing import OUTSIDERS, Author, State

COUNTING: Final = (files("app.reports") / "counting.md").read_text(encoding="utf-8")
"""The rules in words, as Markdown."""

MACHINES: Final = "acts on machines' pull requests"
COLLEAGUES: Final = "reviews and merges among colleagues"
NEWCOMERS: Final = "acts on newcomers' pull requests"
RETURNING: Final = "acts on returning outsiders' pull requests"
NOT_KNOWN: Final = "acts on outsiders' pull requests, perhaps their first"
RELEASES: Final = "releases that we made"
MENTORED: Final = "releases that others made with our mentoring"
REPLACED: Final = "pull requests replaced by another"
APART: Final = (MACHINES, COLLEAGUES, NEWCOMERS, RETURNING, NOT_KNOWN, RELEASES, MENTORED, REPLACED)
"""What is counted apart, in the order in which it is shown."""

_HELPING = frozenset({Act.REVIEWED, Act.MERGED, Act.COMMITTED})
_OUTSIDERS: Mapping[Author, str] = {
    Author.NEWCOMER: NEWCOMERS,
    Author.RETURNING: RETURNING,
    Author.OUTSIDER: NOT_KNOWN,
}
K = TypeVar("K", bound=Hashable)


def is_change(group: Group) -> bool:
    """A pull request counts once, with its author, and one that was replaced not beside it."""
    return _is_pull(group) and group.act is Act.AUTHORED and not is_replaced(group)


def is_replaced(group: Group) -> bool:
    """Replaced is what was closed unmerged and says so itself, or another says that of it."""
    replaced = group.standing is not None and group.standing.state is State.REPLACED
    return group.act is Act.AUTHORED and _is_pull(group) and replaced


def is_delivered(group: Group) -> bool:
    """A delivery is a pull request of ours that was merged, or a release that we made."""
    merged = group.standing is not None and group.standing.state is State.MERGED
    return group.act is Act.RELEASED or (group.act is Act.AUTHORED and _is_pull(group) and merged)


def is_on_a_machines(group: Group) -> bool:
    """A machine's pull request is nobody's work."""
    return group.act is not Act.AUTHORED and _author(group) is Author.BOT


def is_among_colleagues(group: Group) -> bool:
    """Reviewing or merging a colleague's pull request is counted apart from all other review."""
    return group.act in {Act.REVIEWED, Act.MERGED} and _author(group) is Author.COLLEAGUE


def helps_an_outsider(group: Group) -> str | None:
    """Reviewing, merging or completing an outsider's pull request is told again by outsider."""
    helping = group.act in _HELPING and _is_pull(group)
    return _OUTSIDERS.get(_author(group)) if helping else None


def is_mentored_release(group: Group) -> bool:
    """A release's pull request by an outsider that one of us reviewed, merged or completed."""
    return group.is_release and group.act in _HELPING and _author(group) in OUTSIDERS


def tally(groups: Iterable[Group], *, with_personal: bool = True) -> Totals:
    """Count groups of acts; `with_personal` False: personal ones are passed over altogether."""
    kinds: defaultdict[Kind, _Sum] = defaultdict(_Sum)
    buckets: defaultdict[str, _Sum] = defaultdict(_Sum)
    activities: defaultdict[str, _Sum] = defaultdict(_Sum)
    communities: defaultdict[str, _Sum] = defaultdict(_Sum)
    apart = _Apart()
    for group in groups:
        if group.kind is Kind.PERSONAL:
            if with_personal:
                kinds[Kind.PERSONAL].acts += group.n
            continue
        if not apart.takes(group):
            kinds[group.kind].add(group)
            _add(buckets, group, group.bucket)
            _add(activities, group, group.activity)
            _add(communities, group, group.community)
    return Totals(
        _counts(kinds, lambda kind: list(Kind).index(kind), personal=Kind.PERSONAL),
        _counts(buckets, str),
        _counts(activities, str),
        _counts(communities, str),
        apart.told(),
    )


@dataclass(slots=True)
class _Sum:
    acts: int = 0
    changes: int = 0
    delivered: int = 0
    minutes: int = 0
    people: set[str] = field(default_factory=set)

    def add(self, group: Group) -> None:
        self.acts += group.n
        self.minutes += group.minutes
        self.changes += group.n if is_change(group) else 0
        self.delivered += group.n if is_delivered(group) else 0
        self.people |= group.people


@dataclass(slots=True)
class _Apart:
    acts: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    items: defaultdict[str, set[int]] = field(default_factory=lambda: defaultdict(set))

    def takes(self, group: Group) -> bool:
        """Count what is told apart; say whether the group is counted here alone."""
        if is_on_a_machines(group):
            self.acts[MACHINES] += group.n
            return True
        if is_among_colleagues(group):
            self.acts[COLLEAGUES] += group.n
            return True
        if name := helps_an_outsider(group):
            self.acts[name] += group.n
        if is_replaced(group):
            self.acts[REPLACED] += group.n
        if group.act is Act.RELEASED:
            self.items[RELEASES] |= group.items
        if is_mentored_release(group):
            self.items[MENTORED] |= group.items
        return False

    def told(self) -> dict[str, int]:
        return {name: self.acts[name] + len(self.items[name]) for name in APART}


def _add(sums: defaultdict[str, _Sum], group: Group, name: str | None) -> None:
    if name is not None:
        sums[name].add(group)


def _counts(
    sums: Mapping[K, _Sum], order: Callable[[K], int | str], personal: K | None = None
) -> dict[K, Count]:
    return {
        name: Count(
            sums[name].acts,
            None if name == personal else len(sums[name].people),
            sums[name].changes,
            sums[name].delivered,
            sums[name].minutes,
        )
        for name in sorted(sums, key=order)
    }


def _is_pull(group: Group) -> bool:
    return group.standing is not None and group.standing.type is SubjectType.PULL_REQUEST


def _author(group: Group) -> Author:
    return group.standing.author if group.standing else Author.NOBODY
