"""SQLite as we use it: transactions that share their commits, and readers that never wait.

Every transaction of the writer begins with `BEGIN IMMEDIATE`: one that began by reading and then
wants to write would be refused at once if another process wrote in between. Between processes we
ask for the lock every few milliseconds: SQLite's own busy handler backs off to 100 ms, which with
eight busy processes left the lock idle and single writers waiting for seconds.
"""

import asyncio
import random
import sqlite3
import time
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager
from typing import Any, cast

from sqlalchemy import Connection, Engine, event
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.engine import URL
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool, ConnectionPoolEntry
from sqlalchemy.util import await_only

BUSY = 60.0
"""Seconds that a process waits for its turn to write."""
POLL = (0.002, 0.01)
"""Seconds between two tries to get SQLite's lock, at random, so that nobody is always late."""
WAL_PAGES = 4000
"""Pages (4 KiB) of SQLite's log before they are moved into the file: fewer, longer moves."""

_ARGUMENTS = {
    "timeout": BUSY,
    "isolation_level": None,  # the driver begins nothing by itself, our events do
}


class Grouping(AsyncEngine):
    """An engine of one connection. What comes together in `begin` is committed together.

    A commit costs a wait for the disk, whatever it holds, and a job has many small transactions:
    those that wait for their turn when one begins share its commit. Each has a savepoint of its
    own, so one that fails takes nothing of the others back, and `begin` ends when all is on disk.
    Where SQLite takes all of it back, as it may when the disk is full, all of them fail.
    """

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine)
        self._turn = asyncio.Lock()
        self._shared: AsyncConnection | None = None
        self._members: list[asyncio.Future[None]] = []
        self._committing: asyncio.Task[None] | None = None

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[AsyncConnection]:
        """Give the connection when it is our turn; ends when what was done is on disk."""
        async with self._turn:
            connection = await self._join()
            raw = await connection.get_raw_connection()
            driver = cast("sqlite3.Connection", raw.driver_connection)
            driver.execute("SAVEPOINT one")
            try:
                yield connection
                driver.execute("RELEASE one")
            except BaseException:
                await self._take_back(connection, driver)
                raise
            stored: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._members.append(stored)
        await stored

    async def dispose(self, close: bool = True) -> None:  # noqa: FBT001, FBT002 - as its base has it
        """Close the connection, once what is under way is committed."""
        if self._committing is not None:
            await asyncio.wait({self._committing})
        await super().dispose(close)

    async def _join(self) -> AsyncConnection:
        if self._shared is None:
            connection = await self.connect()
            try:
                await connection.begin()
            except BaseException:
                await connection.close()
                raise
            self._shared = connection
            # It waits for its turn behind all who wait now: they are the group.
            self._committing = asyncio.create_task(self._commit())
            self._committing.add_done_callback(_hear)
        return self._shared

    async def _take_back(self, connection: AsyncConnection, driver: sqlite3.Connection) -> None:
        """Undo one of the group; all of it, if SQLite did: a commit would then say yes to nothing.

        https://www.sqlite.org/lang_transaction.html#response_to_errors_within_a_transaction
        """
        try:
            driver.execute("ROLLBACK TO one")
            driver.execute("RELEASE one")
        except sqlite3.Error as error:
            _, members = self._part()
            _tell(members, error)
            await connection.close()

    def _part(self) -> tuple[AsyncConnection | None, list[asyncio.Future[None]]]:
        """End the group: whoever comes next begins another one."""
        group = self._shared, self._members
        self._shared, self._members = None, []
        return group

    async def _commit(self) -> None:
        async with self._turn:
            connection, members = self._part()
            error: BaseException | None = None
            try:
                if connection is not None:
                    async with aclosing(connection):
                        await connection.commit()
            except BaseException as failed:
                error = failed
                if not isinstance(failed, Exception):
                    raise
            finally:
                _tell(members, error)


class _Cursor(sqlite3.Cursor):
    """Python's own, which has nothing to wait for when it is closed."""

    async def _async_soft_close(self) -> None:
        """Leave the rows to be read: SQLAlchemy's asyncio asks this of a driver's cursor."""


class _Connection(sqlite3.Connection):
    """Python's own, whose commit waits for the disk in a thread."""

    def cursor(self) -> _Cursor:  # type: ignore[override]
        await_only(_nothing())  # SQLAlchemy's asyncio insists that each statement awaits something
        return super().cursor(_Cursor)

    def commit(self) -> None:
        await_only(asyncio.to_thread(super().commit))


class NearDialect(SQLiteDialect_pysqlite):
    """Statements run where they are asked for, in the event loop, without any thread.

    They take microseconds, the way to a thread and back a multiple of it: a job has dozens of
    those. Only the commit, which waits for the disk, goes there.
    """

    driver = "near"
    is_async = True
    has_terminate = True
    supports_statement_cache = True

    @classmethod
    def get_pool_class(cls, url: URL) -> type[AsyncAdaptedQueuePool]:  # noqa: ARG003 - its base's
        """Give the pool that waits in the event loop."""
        return AsyncAdaptedQueuePool

    def connect(self, *told: Any, **more: Any) -> DBAPIConnection:  # noqa: ANN401 - its base's
        """Open the file with our sort of connection."""
        return super().connect(*told, factory=_Connection, **more)

    def do_terminate(self, dbapi_connection: DBAPIConnection) -> None:
        """Close a connection that nobody gave back."""
        dbapi_connection.close()


async def _nothing() -> None:
    """Wait for nothing."""


registry.register("sqlite.near", __name__, NearDialect.__name__)


def open_to_write(url: URL) -> AsyncEngine:
    """Open the file to write; see `Grouping`."""
    engine = create_async_engine(
        url.set(drivername="sqlite+near"), pool_size=1, max_overflow=0, pool_timeout=BUSY,
        hide_parameters=True, connect_args=_ARGUMENTS,
    )  # fmt: skip

    def begin(connection: Connection) -> None:
        give_up_at = time.monotonic() + BUSY
        while not _took_the_write_lock(connection, last_try=time.monotonic() > give_up_at):
            await_only(asyncio.sleep(random.uniform(*POLL)))

    event.listen(engine.sync_engine, "connect", _settle_in("busy_timeout=0"))
    event.listen(engine.sync_engine, "begin", begin)
    return Grouping(engine.sync_engine)


def open_to_read(url: URL, *, near: bool) -> AsyncEngine:
    """Open the file to read. `near`: what is read is small, so it may run in the event loop."""
    engine = create_async_engine(
        url.set(drivername="sqlite+near") if near else url,
        pool_size=4, max_overflow=0, pool_timeout=BUSY, hide_parameters=True,
        connect_args=_ARGUMENTS,
    )  # fmt: skip

    def begin(connection: Connection) -> None:
        cursor = connection.connection.cursor()
        cursor.execute("BEGIN")
        cursor.close()

    event.listen(engine.sync_engine, "connect", _settle_in("query_only=1"))
    event.listen(engine.sync_engine, "begin", begin)
    return engine


def _hear(committing: asyncio.Task[None]) -> None:
    """Hear how a commit ended, which is told to its members: nobody else asks for it."""
    if not committing.cancelled():
        committing.exception()


def _tell(members: list[asyncio.Future[None]], error: BaseException | None) -> None:
    for stored in members:
        if stored.done():  # whoever waited went away
            continue
        if error is None:
            stored.set_result(None)
        else:
            stored.set_exception(error)


def _took_the_write_lock(connection: Connection, *, last_try: bool) -> bool:
    cursor = connection.connection.cursor()
    try:
        cursor.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as error:
        if last_try or error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
            raise
        return False
    finally:
        cursor.close()
    return True


def _settle_in(own: str) -> Callable[[DBAPIConnection, ConnectionPoolEntry], None]:
    """Give what is to be done with a new connection to SQLite."""
    pragmas = ("synchronous=FULL", "foreign_keys=ON", f"wal_autocheckpoint={WAL_PAGES}", own)

    def settle_in(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
        cursor = connection.cursor()
        for pragma in pragmas:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    return settle_in
