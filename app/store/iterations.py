"""What was done between two moments, and who keeps the tracking issue.

The issue is a subject of its own (space "iteration", number 0) that is never stale, so that no job
takes it: its lease keeps the issue single, `next_try_at` when it is looked at again.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from app.policy.answers import Decision as Decided
from app.policy.model import Act, Facts, Kind, Person
from app.store.ledger import DECISION, FACTS
from app.store.subjects import Key, Leased
from app.store.tables import Contribution, Decision, Snapshot, Subject, Written
from app.store.upsert import insert_into

SPACE = "iteration"
"""What a subject's number counts that is a tracker's tracking issue: it is 0."""
OPEN = "keep a tracking issue"
OVER = "end a tracking issue"
"""What is written down of it, each with the iteration's days and the issue's number."""


@dataclass(frozen=True, slots=True)
class Done:
    """An act as it is decided now, with the latest facts about its subject."""

    who: Person
    act: Act
    at: datetime
    decision: Decided
    facts: Facts


async def hold(
    connection: AsyncConnection,
    home_id: int,
    host: str,
    repository_id: int,
    *,
    worker: str,
    now: datetime,
    seconds: float,
) -> Leased | None:
    """Let `worker` alone keep a tracker's tracking issue; None: not yet again, or another does."""
    key = Key(host, repository_id, 0, SPACE)
    told = {"home_id": home_id, "host": host, "repository_id": repository_id, "space": SPACE}
    await connection.execute(
        insert_into(connection, Subject)
        .values(number=0, **told)
        .on_conflict_do_nothing(
            index_elements=["home_id", "host", "repository_id", "space", "number"]
        )
    )
    row = (
        await connection.execute(
            update(Subject)
            .where(
                *(Subject.__table__.c[name] == value for name, value in told.items()),  # type: ignore[attr-defined]
                or_(col(Subject.next_try_at).is_(None), col(Subject.next_try_at) <= now),
                or_(col(Subject.lease_until).is_(None), col(Subject.lease_until) <= now),
            )
            .values(lease_by=worker, lease_until=now + timedelta(seconds=seconds))
            .returning(col(Subject.id), col(Subject.mark))
        )
    ).one_or_none()
    if row is None:
        return None
    return Leased(row.id or 0, home_id, key, row.mark, None, 0, None, worker, seconds)


async def kept(connection: AsyncConnection, subject_id: int) -> dict[str, int]:
    """Map the days of iterations that are not over yet, as far as we noted, to their issues."""
    rows = await connection.execute(
        select(col(Written.action), col(Written.detail), col(Written.comment_id)).where(
            col(Written.subject_id) == subject_id,
            col(Written.action).in_((OPEN, OVER)),
            col(Written.dry).is_(False),
        )
    )
    found = list(rows)
    over = {row.detail for row in found if row.action == OVER}
    return {
        row.detail: row.comment_id
        for row in found
        if row.action == OPEN and row.comment_id is not None and row.detail not in over
    }


async def done_between(
    connection: AsyncConnection, home_id: int, since: datetime, until: datetime
) -> list[Done]:
    """Give what was done from `since` until before `until`, but for what is personal."""
    return [
        Done(
            Person(row.login, int(row.account_key) if row.account_key.isdecimal() else None),
            Act(row.act),
            row.acted_at,
            DECISION.validate_python(row.decision),
            FACTS.validate_python(row.facts),
        )
        for row in await connection.execute(done(home_id, since, until))
    ]


async def personal_between(
    connection: AsyncConnection, home_id: int, since: datetime, until: datetime
) -> int:
    """Count the personal acts from `since` until before `until`."""
    return await connection.scalar(personal(home_id, since, until)) or 0


def done(home_id: int, since: datetime, until: datetime) -> Select[*tuple[Any, ...]]:
    """Give the statement of `done_between`."""
    latest = (
        select(func.max(col(Snapshot.id)))
        .where(col(Snapshot.subject_id) == col(Contribution.subject_id))
        .correlate(Contribution)
        .scalar_subquery()
    )
    told: tuple[Any, ...] = (
        col(Contribution.account_key),
        col(Contribution.login),
        col(Contribution.act),
        col(Contribution.acted_at),
        col(Decision.decision),
        col(Snapshot.facts),
    )
    return (
        _between(select(*told), home_id, since, until)
        .join(Snapshot, col(Snapshot.id) == latest)
        .where(col(Decision.kind) != Kind.PERSONAL.value)
        .order_by(col(Contribution.acted_at), col(Contribution.id))
    )


def personal(home_id: int, since: datetime, until: datetime) -> Select[*tuple[Any, ...]]:
    """Give the statement of `personal_between`."""
    # Counted among all: personal ones are so few that a planner would begin with them, and read
    # every decision there is for it.
    count = func.count().filter(col(Decision.kind) == Kind.PERSONAL.value)
    return _between(select(count), home_id, since, until)


def _between(
    found: Select[*tuple[Any, ...]], home_id: int, since: datetime, until: datetime
) -> Select[*tuple[Any, ...]]:
    return (
        found.select_from(Contribution)
        .join(Decision, col(Decision.contribution_id) == col(Contribution.id))
        .where(
            col(Contribution.home_id) == home_id,
            col(Contribution.acted_at) >= since,
            col(Contribution.acted_at) < until,
            col(Decision.superseded_at).is_(None),
        )
    )
