"""The inbox: deliveries that arrive together are committed together, and acknowledged after that.

One commit costs one wait for the disk, whatever it holds, so a batch per commit is what makes a
receiver quick. A batch is whatever came in while the one before was being written.
"""

import asyncio
import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Self, TypeAlias

from sqlalchemy import ARRAY, Select, and_, bindparam, func, insert, inspect, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from sqlmodel import col

from app.store.engine import single_statement
from app.store.tables import Body, Delivery

MOST_WAITING = 2_000
"""Deliveries that may wait to be written; more are refused, see `OverloadedError`."""
MOST_BYTES = 64 * 2**20
"""Bytes of bodies that may wait to be written, unless it is a single delivery."""
MOST_IN_BATCH = 500
"""Rows in a batch, so that nobody waits long for somebody else's."""

Key: TypeAlias = tuple[int, str]
"""App id and GUID."""


class OverloadedError(Exception):
    """The disk doesn't keep up: nothing was stored, the sender may come again."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A delivery at the door: `body` are the raw bytes, None if they need not be kept.

    `state` is "pending", or "ignored" for an event that nobody here wants.
    """

    app_id: int
    guid: str
    event: str
    body: bytes | bytearray | None
    received_at: datetime
    state: str


class Inbox:
    """Takes deliveries in. `async with Inbox(engine) as inbox: await inbox.put(arrival)`."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = single_statement(engine)
        self._waiting: list[tuple[Arrival, asyncio.Future[bool]]] = []
        self._bytes = 0
        self._rang = asyncio.Event()
        self._closing = False
        self._writer: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._writer = asyncio.create_task(self._write())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Write what waits, then stop."""
        self._closing = True
        self._rang.set()
        if self._writer is not None:
            await self._writer

    async def put(self, arrival: Arrival) -> bool:
        """Store a delivery; comes back when it is on disk. False: its GUID was there before.

        Raises OverloadedError without storing anything, or the database's error: then it may be
        stored or not, and putting it again does no harm.
        """
        size = len(arrival.body or b"")
        if self._closing or self._full(size):
            raise OverloadedError
        stored: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._waiting.append((arrival, stored))
        self._bytes += size
        self._rang.set()
        return await stored

    def _full(self, size: int) -> bool:
        return len(self._waiting) >= MOST_WAITING or (
            bool(self._waiting) and self._bytes + size > MOST_BYTES
        )

    async def _write(self) -> None:
        while not (self._closing and not self._waiting):
            await self._rang.wait()
            self._rang.clear()
            while self._waiting:
                batch = self._waiting[:MOST_IN_BATCH]
                del self._waiting[:MOST_IN_BATCH]
                self._bytes -= sum(len(arrival.body or b"") for arrival, _ in batch)
                await self._write_batch(batch)

    async def _write_batch(self, batch: Sequence[tuple[Arrival, asyncio.Future[bool]]]) -> None:
        try:
            async with self._engine.begin() as connection:
                new = await _insert(connection, [arrival for arrival, _ in batch])
        except Exception as error:  # noqa: BLE001  # each of the waiting gets to know
            for _, stored in batch:
                with contextlib.suppress(asyncio.InvalidStateError):  # whoever waited went away
                    stored.set_exception(error)
            return
        for arrival, stored in batch:
            key = (arrival.app_id, arrival.guid)
            with contextlib.suppress(asyncio.InvalidStateError):
                stored.set_result(key in new)
            new.discard(key)  # of two that came together, only the first was new


async def _insert(connection: AsyncConnection, arrivals: Sequence[Arrival]) -> set[Key]:
    """Insert those whose GUID is new, and give the keys of them."""
    first: dict[Key, Arrival] = {}
    for arrival in arrivals:
        first.setdefault((arrival.app_id, arrival.guid), arrival)
    if connection.dialect.name == "postgresql":
        return await _insert_arrays(connection, list(first.values()))
    return await _insert_rows(connection, first)


async def _insert_rows(connection: AsyncConnection, first: Mapping[Key, Arrival]) -> set[Key]:
    new = (await connection.execute(_ROWS, [_row(arrival) for arrival in first.values()])).all()
    bodies = [
        {"delivery_id": row.id, "raw": body}
        for row in new
        if (body := first[row.app_id, row.guid].body) is not None
    ]
    if bodies:
        await connection.execute(insert(Body), bodies)
    return {(row.app_id, row.guid) for row in new}


async def _insert_arrays(connection: AsyncConnection, arrivals: Sequence[Arrival]) -> set[Key]:
    rows = [_row(arrival) for arrival in arrivals]
    told: dict[str, list[object]] = {name: [row[name] for row in rows] for name in _COLUMNS}
    told["raw"] = [arrival.body for arrival in arrivals]
    return {(row.app_id, row.guid) for row in await connection.execute(_ARRAYS, told)}


def _row(arrival: Arrival) -> dict[str, object]:
    pumped_at = None if arrival.state == "pending" else arrival.received_at
    return {
        "app_id": arrival.app_id,
        "guid": arrival.guid,
        "event": arrival.event,
        "received_at": arrival.received_at,
        "state": arrival.state,
        "attempts": 0,
        "pumped_at": pumped_at,
        "done_at": pumped_at,
    }


def _all_at_once() -> Select[int, str]:
    """Build the one statement that PostgreSQL prepares for batches of any size."""
    types = {name: inspect(Delivery).c[name].type for name in _COLUMNS}
    types["raw"] = inspect(Body).c.raw.type
    arrays = func.unnest(*(bindparam(name, type_=ARRAY(type_)) for name, type_ in types.items()))
    table = arrays.table_valued(*types, name="told").render_derived()
    arrived = select(table).cte("arrived")
    new = (
        postgresql.insert(Delivery)
        .from_select(
            _COLUMNS, select(*(arrived.c[name] for name in _COLUMNS)), include_defaults=False
        )
        .on_conflict_do_nothing(index_elements=_UNIQUE)
        .returning(*_NEW)
        .cte("new")
    )
    is_new = and_(*(arrived.c[name] == new.c[name] for name in _UNIQUE))
    body = select(new.c.id, arrived.c.raw).join(arrived, is_new).where(arrived.c.raw.is_not(None))
    kept = insert(Body).from_select(["delivery_id", "raw"], body).cte("kept")
    return select(new.c.app_id, new.c.guid).add_cte(kept)


_COLUMNS = ("app_id", "guid", "event", "received_at", "state", "attempts", "pumped_at", "done_at")
_UNIQUE = ("app_id", "guid")
_NEW = col(Delivery.id), col(Delivery.app_id), col(Delivery.guid)
_ROWS = sqlite.insert(Delivery).on_conflict_do_nothing(index_elements=_UNIQUE).returning(*_NEW)
_ARRAYS = _all_at_once()
