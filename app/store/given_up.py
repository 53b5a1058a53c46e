"""Subjects that were given up, for an admin to see."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from app.store.tables import Repository, Subject


@dataclass(frozen=True, slots=True)
class GivenUp:
    """A subject that was given up, by its name where that is known."""

    id: int
    where: str
    buried_at: datetime | None
    reason: str


async def given_up(connection: AsyncConnection) -> list[GivenUp]:
    """List the subjects that were given up, the oldest first."""
    rows = await connection.execute(
        select(
            col(Subject.id),
            col(Subject.repository_id),
            col(Subject.number),
            col(Subject.buried_at),
            col(Subject.reason),
            col(Repository.full_name),
        )
        .outerjoin(
            Repository,
            (col(Repository.id) == col(Subject.repository_id))
            & (col(Repository.host) == col(Subject.host)),
        )
        .where(col(Subject.buried_at).is_not(None))
        .order_by(col(Subject.buried_at))
    )
    return [
        GivenUp(
            row.id, f"{row.full_name or row.repository_id}#{row.number}", row.buried_at,
            row.reason or "",
        )
        for row in rows
    ]  # fmt: skip
