"""Worker processes say that they are alive, and how often they called GitHub."""

from collections import Counter
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from app.store.tables import CallCount, Worker
from app.store.upsert import insert_into

FORGOTTEN = timedelta(days=1)


async def beat(connection: AsyncConnection, worker: str, now: datetime) -> None:
    """Say that a worker is alive, and forget those long gone."""
    await connection.execute(
        insert_into(connection, Worker)
        .values(name=worker, seen_at=now)
        .on_conflict_do_update(index_elements=["name"], set_={"seen_at": now})
    )
    await connection.execute(delete(Worker).where(col(Worker.seen_at) < now - FORGOTTEN))


async def leave(connection: AsyncConnection, worker: str) -> None:
    """Say that a worker stopped."""
    await connection.execute(delete(Worker).where(col(Worker.name) == worker))


async def count_calls(connection: AsyncConnection, calls: Counter[tuple[str, str]]) -> None:
    """Add calls to GitHub, counted by (operation, outcome), to those counted before."""
    for (operation, outcome), count in sorted(calls.items()):
        row = insert_into(connection, CallCount).values(
            operation=operation, outcome=outcome, count=count
        )
        await connection.execute(
            row.on_conflict_do_update(
                index_elements=["operation", "outcome"],
                set_={"count": col(CallCount.count) + row.excluded.count},
            )
        )
