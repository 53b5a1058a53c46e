"""Figures for operators, counted from the rows so that the books balance."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Result, func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from app.store.tables import CallCount, Delivery, Installation, Worker

STATES = ("ignored", "pending", "done", "buried")
LATEST = 1_000
"""Deliveries, the latest that are done, whose times are looked at."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What the rows say at one moment.

    `deliveries` by state, every state named; `seconds_to_done` of the latest that are done,
    sorted; `limit_left` by installation id; `calls` by (operation, outcome).
    """

    deliveries: dict[str, int]
    seconds_to_done: tuple[float, ...]
    limit_left: dict[int, int]
    calls: dict[tuple[str, str], int]

    @property
    def received(self) -> int:
        """Give how many deliveries were received; each is in exactly one state."""
        return sum(self.deliveries.values())


async def read_figures(connection: AsyncConnection) -> Figures:
    """Read all figures; the states come from one statement, so their sum is what was received."""
    by_state = await connection.execute(
        select(col(Delivery.state), func.count().label("how_many")).group_by(col(Delivery.state))
    )
    latest = await connection.execute(
        select(col(Delivery.received_at), col(Delivery.done_at))
        .where(col(Delivery.state) == "done", col(Delivery.done_at).is_not(None))
        .order_by(col(Delivery.received_at).desc())
        .limit(LATEST)
    )
    left = await connection.execute(
        select(col(Installation.id), col(Installation.limit_remaining)).where(
            col(Installation.limit_remaining).is_not(None)
        )
    )
    calls: Result[tuple[str, str, int]] = await connection.execute(
        select(
            col(CallCount.operation), col(CallCount.outcome), col(CallCount.count).label("how_many")
        )
    )
    return Figures(
        deliveries=dict.fromkeys(STATES, 0) | {row.state: row.how_many for row in by_state},
        seconds_to_done=tuple(
            sorted((row.done_at - row.received_at).total_seconds() for row in latest)
        ),
        limit_left={row.id: row.limit_remaining for row in left},
        calls={(row.operation, row.outcome): row.how_many for row in calls},
    )


async def worker_seen_since(connection: AsyncConnection, moment: datetime) -> bool:
    """Tell if any worker was seen alive since then."""
    seen = await connection.scalar(
        select(func.count()).select_from(Worker).where(col(Worker.seen_at) >= moment)
    )
    return bool(seen)


async def revision(connection: AsyncConnection) -> str | None:
    """Give the version of the database's tables."""
    found: str | None = await connection.scalar(text("SELECT version_num FROM alembic_version"))
    return found
