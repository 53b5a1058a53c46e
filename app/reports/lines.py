"""What was believed of an act over time: spans in which all that is counted stayed the same. Pure.

An act's decisions and what was read of its subject change independently of each other; a span
lasts while neither does.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from app.policy.model import Act, Kind, SubjectType, Work
from app.reports.standing import Author, Standing, State

HELPING = frozenset({Act.REVIEWED, Act.MERGED, Act.COMMITTED})
"""Acts on what somebody else wrote that bring it forward."""


@dataclass(frozen=True, slots=True)
class Sort:
    """Everything of an act that reports count by; acts of one sort differ in who, what and when."""

    kind: Kind
    act: Act
    bucket: str | None = None
    activity: str | None = None
    community: str | None = None
    standing: Standing | None = None
    is_release: bool = False

    @property
    def key(self) -> str:
        """Give all of it as one text, the same for the same sort and no other."""
        told = (
            self.kind, self.act, self.bucket, self.activity, self.community,
            str(self.standing) if self.standing else None, "release" if self.is_release else None,
        )  # fmt: skip
        return "\x1f".join(one or "" for one in told)


@dataclass(frozen=True, slots=True)
class Held:
    """One decision of an act's history: what it said, from when until when it stood."""

    id: int
    kind: Kind
    bucket: str | None
    activity: str | None
    community: str | None
    work: Work | None
    decided_at: datetime
    superseded_at: datetime | None


@dataclass(frozen=True, slots=True)
class Span:
    """An act was of this sort, by this decision, from a moment until before another."""

    decision_id: int
    sort: Sort
    from_at: datetime
    until_at: datetime | None


def spans(
    act: Act,
    history: Sequence[Held],
    read: Sequence[tuple[datetime, Standing]],
    replaced_from: datetime | None = None,
) -> tuple[Span, ...]:
    """Give the spans of an act, the oldest first.

    `read`: what its subject counted as from when on, the oldest first; before the first of them
    the first holds. `replaced_from`: since when another pull request says that it replaces this.
    """
    found: list[Span] = []
    for one in sorted(history, key=lambda held: (held.decided_at, held.id)):
        for start, end in _cut(one, read, replaced_from):
            sort = _sort(act, one, _at(start, read, replaced_from))
            last = found[-1] if found else None
            if last and (last.decision_id, last.sort, last.until_at) == (one.id, sort, start):
                found[-1] = replace(last, until_at=end)
            else:
                found.append(Span(one.id, sort, start, end))
    return tuple(found)


def _cut(
    one: Held, read: Sequence[tuple[datetime, Standing]], replaced_from: datetime | None
) -> Iterator[tuple[datetime, datetime | None]]:
    """Cut the time in which a decision stood where something else was read."""
    until = one.superseded_at
    every: Iterable[datetime | None] = (*(at for at, _ in read), replaced_from)
    inside = {at for at in every if at and at > one.decided_at and (until is None or at < until)}
    start = one.decided_at
    for at in sorted(inside):
        yield start, at
        start = at
    yield start, until


def _at(
    moment: datetime, read: Sequence[tuple[datetime, Standing]], replaced_from: datetime | None
) -> Standing | None:
    known = [standing for at, standing in read if at <= moment] or [s for _, s in read[:1]]
    if not known:
        return None
    standing = known[-1]
    replaced = replaced_from is not None and replaced_from <= moment
    if replaced and (standing.type, standing.state) == (SubjectType.PULL_REQUEST, State.CLOSED):
        return replace(standing, state=State.REPLACED)
    return standing


def _sort(act: Act, one: Held, standing: Standing | None) -> Sort:
    return Sort(
        one.kind,
        act,
        one.bucket,
        one.activity,
        one.community,
        _counted(act, standing) if standing else None,
        is_release=one.work is Work.RELEASE and act in HELPING,
    )


def _counted(act: Act, standing: Standing) -> Standing:
    """Leave of a standing what counts: of one's own how it stands, of others' who wrote it."""
    if act is Act.AUTHORED:
        return replace(standing, author=Author.COLLEAGUE)
    return replace(standing, state=State.DONE)
