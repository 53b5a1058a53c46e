"""Deliveries after the door: claimed by the pump, done when all they concern is settled, buried."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from sqlalchemy import (
    ColumnElement,
    Row,
    Update,
    and_,
    bindparam,
    delete,
    exists,
    or_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.expression import BindParameter
from sqlmodel import col

from app.store.columns import Instant
from app.store.given import given
from app.store.tables import Body, Concern, Delivery

PENDING, DONE, IGNORED, BURIED = "pending", "done", "ignored", "buried"
TRIES = 12
"""Tries of a delivery that the pump stumbles over: a wait of 20 s, doubled, makes 23 hours."""


@dataclass(frozen=True, slots=True)
class Unpumped:
    """A delivery as the pump takes it."""

    id: int
    guid: str
    event: str
    body: bytes | None
    received_at: datetime


def _unpumped(now: datetime | BindParameter[datetime]) -> ColumnElement[bool]:
    due = or_(col(Delivery.next_try_at).is_(None), col(Delivery.next_try_at) <= now)
    return col(Delivery.pumped_at).is_(None) & due


_BODY = col(Body.delivery_id) == col(Delivery.id)
_ANY = select(col(Delivery.id)).where(_unpumped(bindparam("now", type_=Instant()))).limit(1)


async def any_unpumped(connection: AsyncConnection, now: datetime) -> bool:
    """Tell whether there is something to pump: looking takes no lock, taking does."""
    return await connection.scalar(_ANY, {"now": now}) is not None


async def take_unpumped(connection: AsyncConnection, now: datetime, limit: int) -> list[Unpumped]:
    """Take the oldest deliveries that nobody has pumped, locked until the transaction ends."""
    rows = await connection.execute(
        select(
            col(Delivery.id),
            col(Delivery.guid),
            col(Delivery.event),
            col(Body.raw),
            col(Delivery.received_at),
        )
        .join(Body, _BODY, isouter=True)
        .where(_unpumped(now))
        .order_by(col(Delivery.id))
        .limit(limit)
        .with_for_update(of=Delivery, skip_locked=True)
    )
    return [Unpumped(row.id, row.guid, row.event, row.raw, row.received_at) for row in rows]


async def pumped(
    connection: AsyncConnection,
    ids: Sequence[int],
    now: datetime,
    *,
    state: str,
    reason: str | None = None,
) -> None:
    """Write down what the pump made of these deliveries."""
    if ids:
        done = now if state in {DONE, IGNORED} else None
        told = {"given": [{"id": id_} for id_ in ids], "now": now, "done": done}
        await connection.execute(
            _pumped(connection.dialect.name), told | {"becomes": state, "because": reason}
        )


@cache
def _pumped(dialect: str) -> Update:
    these = given(dialect, Delivery, "id")
    return (
        update(Delivery)
        .where(col(Delivery.id).in_(select(these.c.id)))
        .values(
            pumped_at=bindparam("now"),
            state=bindparam("becomes"),
            reason=bindparam("because"),
            done_at=bindparam("done"),
        )
    )


async def put_off_unpumped(
    connection: AsyncConnection, delivery_id: int, now: datetime, *, reason: str
) -> None:
    """Try a delivery that the pump stumbled over later, each time twice as late; then bury it."""
    row = (
        await connection.execute(
            select(col(Delivery.attempts)).where(col(Delivery.id) == delivery_id)
        )
    ).one()
    if row.attempts >= TRIES:
        await pumped(connection, [delivery_id], now, state=BURIED, reason=reason)
        return
    await connection.execute(
        update(Delivery)
        .where(col(Delivery.id) == delivery_id)
        .values(
            attempts=row.attempts + 1,
            next_try_at=now + timedelta(seconds=20 * 2**row.attempts),
            reason=reason,
        )
    )


_LET_GO = (
    delete(Concern)
    .where(col(Concern.subject_id) == bindparam("this"), col(Concern.mark) <= bindparam("up_to"))
    .returning(col(Concern.delivery_id))
)
_DONE = (
    update(Delivery)
    .where(
        col(Delivery.id).in_(bindparam("ids", expanding=True)),
        ~exists().where(col(Concern.delivery_id) == col(Delivery.id)),
        col(Delivery.state).in_([PENDING, BURIED]),
    )
    .values(state=DONE, done_at=bindparam("now"), reason=None)
    .returning(col(Delivery.guid), col(Delivery.received_at))
)


async def release(
    connection: AsyncConnection, subject_id: int, up_to: int, now: datetime
) -> list[Row[str, datetime]]:
    """Let go of the deliveries that waited for `subject_id` up to a mark; the freed are done.

    Gives (guid, received_at) of those that became done.
    """
    ids = list(await connection.scalars(_LET_GO, {"this": subject_id, "up_to": up_to}))
    if not ids:
        return []
    return list((await connection.execute(_DONE, {"ids": ids, "now": now})).all())


async def bury_waiting(
    connection: AsyncConnection, subject_id: int, up_to: int, reason: str
) -> None:
    """Bury what waits for a subject that was given up; its concerns stay, for a replay."""
    waiting = select(col(Concern.delivery_id)).where(
        col(Concern.subject_id) == subject_id, col(Concern.mark) <= up_to
    )
    await connection.execute(
        update(Delivery)
        .where(col(Delivery.id).in_(waiting), col(Delivery.state) == PENDING)
        .values(state=BURIED, reason=reason)
    )


@dataclass(frozen=True, slots=True)
class Buried:
    """A delivery that was given up, and why."""

    guid: str
    event: str
    received_at: datetime
    reason: str


async def buried(connection: AsyncConnection) -> list[Buried]:
    """List what was given up, the oldest first."""
    rows = await connection.execute(
        select(
            col(Delivery.guid), col(Delivery.event), col(Delivery.received_at), col(Delivery.reason)
        )
        .where(col(Delivery.state) == BURIED)
        .order_by(col(Delivery.received_at))
    )
    return [Buried(row.guid, row.event, row.received_at, row.reason or "") for row in rows]


@dataclass(frozen=True, slots=True)
class Replayed:
    """How many deliveries were made new again, and what is to be marked for the rest.

    `empty`: those whose body is gone and that concern nothing which is known.
    """

    deliveries: int
    subjects: tuple[int, ...]
    empty: int


async def replay(connection: AsyncConnection, guid: str | None) -> Replayed:
    """Make deliveries new again: one by its GUID whatever its state, or all buried ones."""
    chosen = col(Delivery.guid) == guid if guid else col(Delivery.state) == BURIED
    has_body = exists().where(_BODY).label("has_body")
    rows = (await connection.execute(select(col(Delivery.id), has_body).where(chosen))).all()
    whole = [row.id for row in rows if row.has_body]
    await connection.execute(
        update(Delivery)
        .where(col(Delivery.id).in_(whole))
        .values(
            state=PENDING, pumped_at=None, done_at=None, reason=None, attempts=0, next_try_at=None
        )
    )
    bare = [row.id for row in rows if not row.has_body]
    concerned = await connection.execute(
        select(col(Concern.subject_id), col(Concern.delivery_id)).where(
            col(Concern.delivery_id).in_(bare)
        )
    )
    found = concerned.all()
    subjects = dict.fromkeys(row.subject_id for row in found)
    return Replayed(
        len(whole), tuple(subjects), len(bare) - len({row.delivery_id for row in found})
    )


async def drop_bodies(connection: AsyncConnection, before: datetime, limit: int) -> int:
    """Drop the bodies of deliveries that came before and are not pending; the GUIDs stay.

    Gives how many, at most `limit`: whoever has a delivery to store waits meanwhile.
    """
    droppable = and_(
        col(Delivery.received_at) < before,
        or_(col(Delivery.state) != PENDING, col(Delivery.pumped_at).is_not(None)),
    )
    # Locked, so that on PostgreSQL none of them is made new again meanwhile.
    some = select(col(Delivery.id)).join(Body, _BODY).where(droppable).limit(limit)
    result = await connection.execute(
        delete(Body).where(col(Body.delivery_id).in_(some.with_for_update(of=Delivery)))
    )
    return result.rowcount
