"""What GitHub was asked to send again, up to when all that it sent has arrived, what is lost."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from app.store.tables import CatchUp, Delivery, Outage, Redelivery
from app.store.upsert import insert_into

CHUNK = 500
"""GUIDs in one statement."""
OVERLAP = timedelta(minutes=15)
"""It is looked so far behind what was checked: GitHub may list an attempt minutes late."""


@dataclass(frozen=True, slots=True)
class Asked:
    """When a delivery was asked for last, and how often by now."""

    at: datetime
    times: int


@dataclass(frozen=True, slots=True)
class Progress:
    """All that was listed before `walked_until` was seen, before `checked_until` it is settled."""

    walked_until: datetime | None = None
    checked_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Lost:
    """A time of which deliveries are lost for good."""

    id: int
    since: datetime
    until: datetime


async def take_turn(
    connection: AsyncConnection, app_id: int, turn: str, now: datetime, seconds: float
) -> bool:
    """Let one process alone walk for this App, for so long; False: another one does."""
    told = {"lease_by": turn, "lease_until": now + timedelta(seconds=seconds)}
    taken = await connection.execute(
        insert_into(connection, CatchUp)
        .values(app_id=app_id, **told)
        .on_conflict_do_update(
            index_elements=["app_id"],
            set_=told,
            where=or_(
                col(CatchUp.lease_until).is_(None),
                col(CatchUp.lease_until) <= now,
                col(CatchUp.lease_by) == turn,
            ),
        )
        .returning(col(CatchUp.app_id))
    )
    return taken.one_or_none() is not None


async def progress(connection: AsyncConnection, app_id: int) -> Progress:
    """Give how far the last walks came."""
    row = (
        await connection.execute(
            select(col(CatchUp.walked_until), col(CatchUp.checked_until)).where(
                col(CatchUp.app_id) == app_id
            )
        )
    ).one_or_none()
    return Progress(row.walked_until, row.checked_until) if row else Progress()


async def end_turn(
    connection: AsyncConnection, app_id: int, turn: str, now: Progress | None
) -> None:
    """Let the next one walk; None: nothing new is known."""
    told: dict[str, object] = {"lease_by": None, "lease_until": None}
    if now is not None:
        told |= {"walked_until": now.walked_until, "checked_until": now.checked_until}
    await connection.execute(
        update(CatchUp)
        .where(col(CatchUp.app_id) == app_id, col(CatchUp.lease_by) == turn)
        .values(**told)
    )


async def arrived(connection: AsyncConnection, app_id: int, guids: Collection[str]) -> set[str]:
    """Give those of `guids` that are on disk."""
    found: set[str] = set()
    wanted = list(guids)
    for at in range(0, len(wanted), CHUNK):
        found |= set(
            await connection.scalars(
                select(col(Delivery.guid)).where(
                    col(Delivery.app_id) == app_id, col(Delivery.guid).in_(wanted[at : at + CHUNK])
                )
            )
        )
    return found


async def asked_for(connection: AsyncConnection, app_id: int) -> dict[str, Asked]:
    """Give what was asked for and had not arrived when it was looked at last."""
    rows = await connection.execute(
        select(col(Redelivery.guid), col(Redelivery.asked_at), col(Redelivery.times)).where(
            col(Redelivery.app_id) == app_id
        )
    )
    return {row.guid: Asked(row.asked_at, row.times) for row in rows}


async def note_asked(
    connection: AsyncConnection, app_id: int, guids: Collection[str], now: datetime
) -> None:
    """Remember that deliveries are asked for now."""
    rows = [{"app_id": app_id, "guid": guid, "asked_at": now, "times": 1} for guid in guids]
    if rows:
        await connection.execute(
            insert_into(connection, Redelivery)
            .values(rows)
            .on_conflict_do_update(
                index_elements=["app_id", "guid"],
                set_={"asked_at": now, "times": col(Redelivery.times) + 1},
            )
        )


async def forget_asked(connection: AsyncConnection, app_id: int, guids: Collection[str]) -> None:
    """Forget what has arrived by now, or can't any more."""
    wanted = list(guids)
    for at in range(0, len(wanted), CHUNK):
        await connection.execute(
            delete(Redelivery).where(
                col(Redelivery.app_id) == app_id, col(Redelivery.guid).in_(wanted[at : at + CHUNK])
            )
        )


async def note_lost(connection: AsyncConnection, app_id: int, gone: datetime) -> None:
    """Remember what never arrived and was sent before `gone`: GitHub sends it no more.

    What begins before the last such time ended is one with it. To be called before a walk moves
    what is checked.
    """
    checked = (await progress(connection, app_id)).checked_until
    if checked is None or checked >= gone:
        return
    since = checked - OVERLAP
    last = await connection.scalar(
        select(col(Outage.id))
        .where(col(Outage.app_id) == app_id, col(Outage.until) >= since)
        .order_by(col(Outage.until).desc())
        .limit(1)
    )
    if last is None:
        told = {"app_id": app_id, "since": since, "until": gone}
        await connection.execute(insert(Outage).values(**told))
        return
    await connection.execute(
        update(Outage).where(col(Outage.id) == last, col(Outage.until) < gone).values(until=gone)
    )


async def lost(connection: AsyncConnection, app_id: int, since: datetime) -> list[Lost]:
    """Give the times after `since` of which deliveries are lost, the oldest first."""
    rows = await connection.execute(
        select(col(Outage.id), col(Outage.since), col(Outage.until))
        .where(col(Outage.app_id) == app_id, col(Outage.until) >= since)
        .order_by(col(Outage.until))
    )
    return [Lost(row.id, row.since, row.until) for row in rows]
