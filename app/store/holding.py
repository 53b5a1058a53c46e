"""Holding many subjects at once without a mark: the sweep has read them before it holds them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import case, func, or_, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from app.store import deliveries
from app.store.subjects import Key, Leased
from app.store.tables import Snapshot, Subject
from app.store.upsert import insert_into


@dataclass(frozen=True, slots=True)
class Known:
    """A subject that has a row; what is read from now on settles it up to `mark`."""

    id: int
    mark: int


async def known(connection: AsyncConnection, home_id: int, keys: Sequence[Key]) -> dict[Key, Known]:
    """Give those subjects that have a row."""
    columns = (
        col(Subject.host),
        col(Subject.repository_id),
        col(Subject.number),
        col(Subject.space),
    )
    wanted = [(key.host, key.repository_id, key.number, key.space) for key in keys]
    if not wanted:
        return {}
    rows = await connection.execute(
        select(*columns, col(Subject.id), col(Subject.mark)).where(
            col(Subject.home_id) == home_id, tuple_(*columns).in_(wanted)
        )
    )
    return {
        Key(row.host, row.repository_id, row.number, row.space): Known(row.id or 0, row.mark)
        for row in rows
    }


async def hold(
    connection: AsyncConnection,
    home_id: int,
    key: Key,
    worker: str,
    *,
    now: datetime,
    seconds: float,
) -> Leased | None:
    """Hold a subject, new or known; None: a job has it just now."""
    told = {"lease_by": worker, "lease_until": now + timedelta(seconds=seconds)}
    row = (
        await connection.execute(
            insert_into(connection, Subject)
            .values(
                home_id=home_id,
                host=key.host,
                repository_id=key.repository_id,
                space=key.space,
                number=key.number,
                **told,
            )
            .on_conflict_do_update(
                index_elements=["home_id", "host", "repository_id", "space", "number"],
                set_=told,
                where=or_(
                    col(Subject.lease_until).is_(None),
                    col(Subject.lease_until) <= now,
                    col(Subject.lease_by) == worker,
                ),
            )
            .returning(
                col(Subject.id),
                col(Subject.mark),
                col(Subject.installation_id),
                col(Subject.attempts),
                col(Subject.first_failed_at),
            )
        )
    ).one_or_none()
    if row is None:
        return None
    return Leased(
        row.id or 0, home_id, key, row.mark, row.installation_id, row.attempts,
        row.first_failed_at, worker, seconds,
    )  # fmt: skip


async def read_since(connection: AsyncConnection, subject_id: int, moment: datetime) -> bool:
    """Tell whether somebody has read the subject later than `moment`."""
    newest = await connection.scalar(
        select(func.max(col(Snapshot.fetched_at))).where(col(Snapshot.subject_id) == subject_id)
    )
    return newest is not None and newest > moment


async def let_go(
    connection: AsyncConnection, held: Leased, now: datetime, *, settled: int | None
) -> None:
    """Return a subject; `settled`: the ledger agrees with GitHub up to that mark."""
    values: dict[str, object] = {"lease_by": None, "lease_until": None}
    if settled is not None:
        done = col(Subject.settled) < settled
        values |= {
            "settled": case((done, settled), else_=col(Subject.settled)),
            "attempts": 0,
            "first_failed_at": None,
            "next_try_at": None,
            "buried_at": None,
            "reason": None,
        }
    await connection.execute(
        update(Subject)
        .where(col(Subject.id) == held.id, col(Subject.lease_by) == held.worker)
        .values(**values)
    )
    if settled:
        await deliveries.release(connection, held.id, settled, now)
