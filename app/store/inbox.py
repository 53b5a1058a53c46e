"""The inbox: deliveries that arrive together are committed together, and acknowledged after that.

One commit costs one wait for the disk, whatever it holds, so a batch per commit is what makes a
receiver quick. A batch is whatever came in while the one before was being written.
"""

import asyncio
import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Self

from sqlalchemy import ARRAY, bindparam, func, inspect, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from sqlmodel import col

from app.store.tables import Delivery

MOST_WAITING = 2_000
"""Deliveries that may wait to be written; more are refused, see `OverloadedError`."""
MOST_BYTES = 64 * 2**20
"""Bytes of bodies that may wait to be written, unless it is a single delivery."""
MOST_IN_BATCH = 500
"""Rows in a batch, so that nobody waits long for somebody else's."""


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
        self._engine = engine
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


async def _insert(connection: AsyncConnection, arrivals: Sequence[Arrival]) -> set[tuple[int, str]]:
    """Insert those whose GUID is new, and give (app id, GUID) of them."""
    rows = [
        {
            "app_id": arrival.app_id,
            "guid": arrival.guid,
            "event": arrival.event,
            "received_at": arrival.received_at,
            "state": arrival.state,
            "attempts": 0,
            "pumped_at": None if arrival.state == "pending" else arrival.received_at,
            "done_at": None if arrival.state == "pending" else arrival.received_at,
            "body": arrival.body,
        }
        for arrival in arrivals
    ]
    inserted = await (
        connection.execute(_INSERT_ARRAYS, {name: [row[name] for row in rows] for name in _COLUMNS})
        if connection.dialect.name == "postgresql"
        else connection.execute(_INSERT_ROWS, rows)
    )
    return {(row.app_id, row.guid) for row in inserted}


_COLUMNS = ("app_id", "guid", "event", "received_at", "state", "attempts", "pumped_at", "done_at",
            "body")  # fmt: skip
_NEW = col(Delivery.app_id), col(Delivery.guid)
_INSERT_ROWS = (
    sqlite.insert(Delivery)
    .on_conflict_do_nothing(index_elements=["app_id", "guid"])
    .returning(*_NEW)
)
_ARRAYS = (
    func.unnest(
        *(bindparam(name, type_=ARRAY(inspect(Delivery).c[name].type)) for name in _COLUMNS)
    )
    .table_valued(*_COLUMNS, name="arrived")
    .render_derived()
)
_INSERT_ARRAYS = (
    postgresql.insert(Delivery)
    .from_select(_COLUMNS, select(*_ARRAYS.c), include_defaults=False)
    .on_conflict_do_nothing(index_elements=["app_id", "guid"])
    .returning(*_NEW)
)
"""PostgreSQL prepares one statement for batches of any size, and not one for each."""
