"""Standing decisions with their subjects' facts: those about a subject, or that serve an item."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from app.policy.answers import Decision as Decided
from app.policy.model import Act, Facts
from app.store.ledger import DECISION, FACTS
from app.store.tables import Contribution, Decision, Serving, Snapshot, Subject


@dataclass(frozen=True, slots=True)
class Served:
    """One contribution as it is decided, with the latest facts about its subject."""

    login: str
    act: Act
    at: datetime | None
    decision: Decided
    facts: Facts
    active_at: datetime | None


async def serving(
    connection: AsyncConnection, home_id: int, host: str, names: Sequence[str], number: int
) -> list[Served]:
    """Give what serves a tracker item, known under any of `names`, in the order of the acts."""
    keys = [name.casefold() for name in names]
    rows = _standing().join(Serving, col(Serving.contribution_id) == col(Contribution.id))
    return await _read(
        connection,
        rows.where(
            col(Serving.home_id) == home_id,
            col(Serving.host) == host,
            col(Serving.repo_key).in_(keys),
            col(Serving.number) == number,
        ),
    )


async def decided_about(connection: AsyncConnection, subject_id: int) -> list[Served]:
    """Give what is decided about a subject, in the order of the acts."""
    rows = _standing().where(col(Contribution.subject_id) == subject_id)
    return await _read(connection, rows)


async def _read(connection: AsyncConnection, rows: Select[Any]) -> list[Served]:
    return [
        Served(
            row.login,
            Act(row.act),
            row.acted_at,
            DECISION.validate_python(row.decision),
            FACTS.validate_python(row.facts),
            row.active_at,
        )
        for row in await connection.execute(rows)
    ]


def _standing() -> Select[Any]:
    newest = (
        select(func.max(col(Snapshot.id)).label("id")).group_by(col(Snapshot.subject_id)).subquery()
    )
    return (
        select(
            col(Contribution.login),
            col(Contribution.act),
            col(Contribution.acted_at),
            col(Decision.decision),
            col(Snapshot.facts),
            col(Subject.active_at),
        )
        .select_from(Contribution)
        .join(Decision, col(Decision.contribution_id) == col(Contribution.id))
        .join(Subject, col(Contribution.subject_id) == col(Subject.id))
        .join(Snapshot, col(Snapshot.subject_id) == col(Subject.id))
        .join(newest, newest.c.id == col(Snapshot.id))
        .where(col(Decision.superseded_at).is_(None))
        .order_by(col(Contribution.acted_at), col(Contribution.id))
    )
