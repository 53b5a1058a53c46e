"""The sweep's memory: one process at a time, how far each source was swept, what was read.

What the sweep finds is recorded by ledger.py like anything else; here is only what lets it stop
anywhere and go on where it was.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, delete, or_, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from app.store.tables import Installation, Repository, Sighting, Sweep, SweepCursor
from app.store.upsert import insert_into

CHUNK = 200


@dataclass(frozen=True, slots=True)
class Turn:
    """The present or last sweep of a home."""

    lease_until: datetime | None
    started_at: datetime | None
    finished_at: datetime | None
    figures: dict[str, Any] | None

    @property
    def unfinished(self) -> bool:
        """Say whether it stopped in the middle."""
        started, finished = self.started_at, self.finished_at
        return started is not None and (finished is None or finished < started)


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far a source was swept: all that changed before `until`; `state`: what is under way."""

    until: datetime | None = None
    state: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Sighted:
    """An item as it was read: its repository, number and when it had last changed."""

    repository_id: int
    number: int
    updated_at: datetime
    space: str = "item"


async def last_turn(connection: AsyncConnection, home_id: int) -> Turn | None:
    """Give the sweep of a home that is under way, or its last."""
    row = (
        await connection.execute(
            select(
                col(Sweep.lease_until),
                col(Sweep.started_at),
                col(Sweep.finished_at),
                col(Sweep.figures),
            ).where(col(Sweep.home_id) == home_id)
        )
    ).one_or_none()
    return Turn(row.lease_until, row.started_at, row.finished_at, row.figures) if row else None


async def take_turn(
    connection: AsyncConnection, home_id: int, worker: str, now: datetime, seconds: float
) -> bool:
    """Let this process alone sweep for the home; False: another does."""
    told = {"lease_by": worker, "lease_until": now + timedelta(seconds=seconds)}
    row = await connection.execute(
        insert_into(connection, Sweep)
        .values(home_id=home_id, **told)
        .on_conflict_do_update(
            index_elements=["home_id"],
            set_=told,
            where=or_(
                col(Sweep.lease_until).is_(None),
                col(Sweep.lease_until) <= now,
                col(Sweep.lease_by) == worker,
            ),
        )
        .returning(col(Sweep.home_id))
    )
    return row.one_or_none() is not None


async def keep_turn(
    connection: AsyncConnection, home_id: int, worker: str, now: datetime, seconds: float
) -> bool:
    """Prolong the lease; False: another process has taken over, so stop."""
    result = await connection.execute(
        update(Sweep)
        .where(col(Sweep.home_id) == home_id, col(Sweep.lease_by) == worker)
        .values(lease_until=now + timedelta(seconds=seconds))
    )
    return result.rowcount == 1


async def begin(connection: AsyncConnection, home_id: int, now: datetime) -> bool:
    """Note that a sweep begins; True: it goes on with one that stopped in the middle."""
    turn = await last_turn(connection, home_id)
    if turn is not None and turn.unfinished:
        return True
    await connection.execute(
        update(Sweep).where(col(Sweep.home_id) == home_id).values(started_at=now)
    )
    return False


async def end_turn(
    connection: AsyncConnection,
    home_id: int,
    worker: str,
    *,
    finished_at: datetime | None = None,
    figures: dict[str, Any] | None = None,
) -> None:
    """Let others sweep; with `finished_at` this sweep is over, else it is to be gone on with."""
    values: dict[str, object] = {"lease_by": None, "lease_until": None}
    if finished_at is not None:
        values |= {"finished_at": finished_at, "figures": figures}
    await connection.execute(
        update(Sweep)
        .where(col(Sweep.home_id) == home_id, col(Sweep.lease_by) == worker)
        .values(**values)
    )


async def cursors(connection: AsyncConnection, home_id: int) -> dict[str, Cursor]:
    """Give how far each source was swept."""
    rows = await connection.execute(
        select(col(SweepCursor.source), col(SweepCursor.swept_until), col(SweepCursor.state)).where(
            col(SweepCursor.home_id) == home_id
        )
    )
    return {row.source: Cursor(row.swept_until, row.state) for row in rows}


async def set_cursors(
    connection: AsyncConnection, home_id: int, moved: Mapping[str, Cursor]
) -> None:
    """Write down how far sources are swept now."""
    for source, cursor in sorted(moved.items()):
        told = {"swept_until": cursor.until, "state": cursor.state}
        await connection.execute(
            insert_into(connection, SweepCursor)
            .values(home_id=home_id, source=source, **told)
            .on_conflict_do_update(index_elements=["home_id", "source"], set_=told)
        )


async def drop_cursors(connection: AsyncConnection, home_id: int, begins: str) -> None:
    """Forget how far sources were swept whose names begin so."""
    await connection.execute(
        delete(SweepCursor).where(
            col(SweepCursor.home_id) == home_id,
            col(SweepCursor.source).startswith(begins, autoescape=True),
        )
    )


async def sighted(
    connection: AsyncConnection,
    home_id: int,
    host: str,
    keys: Iterable[tuple[int, int]],
    *,
    under: str,
    space: str = "item",
) -> dict[tuple[int, int], datetime]:
    """Give when those of `keys` (repository id, number) that were read `under` had changed."""
    found: dict[tuple[int, int], datetime] = {}
    wanted = list(dict.fromkeys(keys))
    columns = (col(Sighting.repository_id), col(Sighting.number))
    for start in range(0, len(wanted), CHUNK):
        rows = await connection.execute(
            select(*columns, col(Sighting.updated_at)).where(
                col(Sighting.home_id) == home_id,
                col(Sighting.host) == host,
                col(Sighting.space) == space,
                col(Sighting.under) == under,
                tuple_(*columns).in_(wanted[start : start + CHUNK]),
            )
        )
        found |= {(row.repository_id, row.number): row.updated_at for row in rows}
    return found


async def note_sighted(
    connection: AsyncConnection, home_id: int, host: str, read: Sequence[Sighted], *, under: str
) -> None:
    """Remember what was read, so that it is not read again before it changes."""
    unique = {(one.repository_id, one.space, one.number): one for one in read}
    if not unique:
        return
    fresh = insert_into(connection, Sighting).values(
        [
            {
                "home_id": home_id,
                "host": host,
                "repository_id": one.repository_id,
                "space": one.space,
                "number": one.number,
                "updated_at": one.updated_at,
                "under": under,
            }
            for _, one in sorted(unique.items())
        ]
    )
    await connection.execute(
        fresh.on_conflict_do_update(
            index_elements=["home_id", "host", "repository_id", "space", "number"],
            set_={"updated_at": fresh.excluded.updated_at, "under": fresh.excluded.under},
        )
    )


async def forget_sighted(connection: AsyncConnection, home_id: int, before: datetime) -> None:
    """Forget what changed before a moment: it is read again only if something names it."""
    await connection.execute(
        delete(Sighting).where(col(Sighting.home_id) == home_id, col(Sighting.updated_at) < before)
    )


async def let_in(connection: AsyncConnection, host: str) -> dict[int, str]:
    """Give the repositories where the app is installed and may work: id → present name."""
    return {row.id: row.full_name for row in await connection.execute(_let_in(host))}


async def let_in_by(connection: AsyncConnection, host: str) -> dict[int, int]:
    """Give through which installation each of these can be reached: id → the installation's."""
    return {row.id: row.installation_id for row in await connection.execute(_let_in(host))}


def _let_in(host: str) -> Select[*tuple[Any, ...]]:
    told: tuple[Any, ...] = (
        col(Repository.id),
        col(Repository.full_name),
        col(Repository.installation_id),
    )
    return (
        select(*told)
        .join(
            Installation,
            (col(Installation.host) == col(Repository.host))
            & (col(Installation.id) == col(Repository.installation_id)),
        )
        .where(
            col(Repository.host) == host,
            col(Installation.removed_at).is_(None),
            col(Installation.suspended_at).is_(None),
        )
    )
