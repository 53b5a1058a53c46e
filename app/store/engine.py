"""The database: SQLite in one file by default, PostgreSQL once that is outgrown.

Each process opens one engine to write with and, if it wants to, one to read with:

    engine = open_engine(database_url)     engine.begin() waits for its turn to write
    reader = open_reader(database_url)     never waits for a writer, refuses to write

On SQLite every transaction of the writing engine begins with `BEGIN IMMEDIATE`: one that began by
reading and then wants to write would be refused at once if another process wrote in between. The
engine has a single connection, so that the tasks of one process queue in order of arrival. Between
processes we ask for the lock every few milliseconds: SQLite's own busy handler backs off to 100 ms,
which with eight busy processes left the lock idle and single writers waiting for seconds.
"""

import asyncio
import os
import random
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

import asyncpg
from sqlalchemy import Connection, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.util import await_only

BUSY = 60.0
"""Seconds that a process waits for its turn to write."""
POLL = (0.002, 0.01)
"""Seconds between two tries to get SQLite's lock, at random, so that nobody is always late."""
CONNECT = 10.0
"""Seconds that PostgreSQL may take to let us in."""
WAL_PAGES = 4000
"""Pages (4 KiB) of SQLite's log before they are moved into the file: fewer, longer moves."""

_SQLITE_ARGUMENTS = {
    "timeout": BUSY,
    "isolation_level": None,  # the driver begins nothing by itself, our events do
}

DATABASE_ERRORS = (
    OSError,
    TimeoutError,
    SQLAlchemyError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
)
"""What the drivers raise when a database can't be reached or refuses."""


class StoreError(Exception):
    """The database can't be used; the text is one sentence for the operator."""


def open_engine(database_url: str) -> AsyncEngine:
    """Open the database to write: `sqlite:///FILE` or `postgresql://USER:PASSWORD@HOST/NAME`.

    Connects with the first statement, and answers only for its own event loop. Raises StoreError
    for an address that is no such thing.
    """
    url = database_address(database_url)
    if url.get_backend_name() == "sqlite":
        return _open_to_write(url)
    return create_async_engine(
        url, pool_size=5, max_overflow=10, pool_pre_ping=True, hide_parameters=True,
        connect_args=_asyncpg_arguments(synchronous_commit="on"),
    )  # fmt: skip


def open_reader(database_url: str) -> AsyncEngine:
    """Open the database to read: a transaction sees one state, waits for nobody, can't write."""
    url = database_address(database_url)
    if url.get_backend_name() == "sqlite":
        return _open_to_read(url)
    return create_async_engine(
        url, pool_size=2, max_overflow=3, pool_pre_ping=True, hide_parameters=True,
        isolation_level="REPEATABLE READ",
        connect_args=_asyncpg_arguments(default_transaction_read_only="on"),
    )  # fmt: skip


def database_address(database_url: str) -> URL:
    """Give the address with the driver that we use for it."""
    try:
        url = make_url(database_url)
    except ArgumentError:
        url = URL.create("")
    if url.drivername in {"sqlite", "sqlite+aiosqlite"} and _names_a_file(url):
        return url.set(drivername="sqlite+aiosqlite")
    if url.drivername in {"postgresql", "postgres", "postgresql+asyncpg"} and url.database:
        return _without_sslmode(url.set(drivername="postgresql+asyncpg"))
    raise StoreError(
        "The database's address has to be sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME."
    )


async def check_durability(engine: AsyncEngine) -> None:
    """Make sure that a commit is on disk when the database says so; for engines that write.

    Raises StoreError, one sentence, if it isn't or if the database can't be used at all.
    """
    try:
        async with engine.connect() as connection:
            lax = await (
                _lax_sqlite(connection)
                if engine.dialect.name == "sqlite"
                else _lax_postgres(connection)
            )
    except DATABASE_ERRORS as error:
        raise unusable(engine.url, error) from error
    if lax:
        raise StoreError(f"The database {shown(engine.url)} could lose a commit: {lax}.")


def check_place(url: URL) -> None:
    """Make sure that SQLite's file can be made and written where it shall be."""
    if url.get_backend_name() != "sqlite":
        return
    file = Path(url.database or "").absolute()
    if not file.parent.is_dir():
        raise StoreError(f"The database {file} can't be made: there is no directory {file.parent}.")
    if not os.access(file.parent, os.W_OK | os.X_OK):
        raise StoreError(f"The database {file} can't be used: {file.parent} is not writable.")
    if file.exists() and not (file.is_file() and os.access(file, os.R_OK | os.W_OK)):
        raise StoreError(f"The database {file} can't be used: it is not a file that we may write.")


def shown(url: URL) -> str:
    """Give the address as it may be shown: without the password."""
    if url.get_backend_name() == "sqlite":
        return str(url.database)
    return f"{url.database} on {url.host or url.query.get('host', 'this machine')}"


def unusable(url: URL, error: BaseException) -> StoreError:
    """Say in one sentence why a database can't be used."""
    cause = getattr(error, "orig", None) or error
    lines = str(cause).strip().splitlines()
    reason = lines[0].rstrip(".") if lines else type(cause).__name__
    return StoreError(f"The database {shown(url)} can't be used: {reason}.")


def _names_a_file(url: URL) -> bool:
    return bool(url.database) and url.database != ":memory:" and not url.query


def _without_sslmode(url: URL) -> URL:
    """Spell libpq's `sslmode` as asyncpg does."""
    mode = url.query.get("sslmode")
    if mode is None:
        return url
    return url.difference_update_query(["sslmode"]).update_query_dict({"ssl": mode})


def _asyncpg_arguments(**server_settings: str) -> dict[str, object]:
    return {
        "timeout": CONNECT,
        "server_settings": {"application_name": "good-citizen", **server_settings},
    }


def _open_to_write(url: URL) -> AsyncEngine:
    engine = create_async_engine(
        url, pool_size=1, max_overflow=0, pool_timeout=BUSY, hide_parameters=True,
        connect_args=_SQLITE_ARGUMENTS,
    )  # fmt: skip

    def begin(connection: Connection) -> None:
        give_up_at = time.monotonic() + BUSY
        while not _took_the_write_lock(connection, last_try=time.monotonic() > give_up_at):
            await_only(asyncio.sleep(random.uniform(*POLL)))

    event.listen(engine.sync_engine, "connect", _settle_in("busy_timeout=0"))
    event.listen(engine.sync_engine, "begin", begin)
    return engine


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


def _open_to_read(url: URL) -> AsyncEngine:
    engine = create_async_engine(
        url, pool_size=4, max_overflow=0, pool_timeout=BUSY, hide_parameters=True,
        connect_args=_SQLITE_ARGUMENTS,
    )  # fmt: skip

    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN")

    event.listen(engine.sync_engine, "connect", _settle_in("query_only=1"))
    event.listen(engine.sync_engine, "begin", begin)
    return engine


def _settle_in(own: str) -> Callable[[DBAPIConnection, ConnectionPoolEntry], None]:
    """Give what is to be done with a new connection to SQLite."""
    pragmas = ("synchronous=FULL", "foreign_keys=ON", f"wal_autocheckpoint={WAL_PAGES}", own)

    def settle_in(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
        cursor = connection.cursor()
        for pragma in pragmas:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    return settle_in


async def _lax_sqlite(connection: AsyncConnection) -> str:
    journal = await connection.scalar(text("PRAGMA journal_mode"))
    synchronous = await connection.scalar(text("PRAGMA synchronous"))
    if journal != "wal":
        return f"its journal mode is {journal}, not WAL, which this file system may not allow"
    return "" if synchronous == 2 else f"synchronous is {synchronous}, not FULL"  # noqa: PLR2004


async def _lax_postgres(connection: AsyncConnection) -> str:
    for setting in ("synchronous_commit", "fsync", "full_page_writes"):
        value = await connection.scalar(text(f"SHOW {setting}"))
        if value != "on":
            return f"{setting} is {value}, not on"
    return ""
