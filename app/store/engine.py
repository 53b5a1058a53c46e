"""The database: SQLite in one file by default, PostgreSQL once that is outgrown.

Each process opens one engine to write with and, if it wants to, one to read with:

    engine = open_engine(database_url)     engine.begin() waits for its turn to write
    reader = open_reader(database_url)     never waits for a writer, refuses to write
"""

import os
import sqlite3
from pathlib import Path
from typing import cast

import asyncpg
from sqlalchemy import event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, DisconnectionError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from app.store.sqlite import open_to_read, open_to_write

CONNECT = 10.0
"""Seconds that PostgreSQL may take to let us in."""
WRITERS, READERS = 15, 5
"""Connections to PostgreSQL that a process opens at the most, and keeps: SQLAlchemy would close
those over its pool's size as soon as they rest, and a new one costs more than a job's statements.
The one that was used last is taken first, as it knows the statements already.
"""

DATABASE_ERRORS = (
    OSError,
    TimeoutError,
    SQLAlchemyError,
    sqlite3.Error,
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
        return open_to_write(url)
    return _without_the_dead(create_async_engine(
        url, pool_size=WRITERS, max_overflow=0, pool_use_lifo=True, hide_parameters=True,
        connect_args=_asyncpg_arguments(synchronous_commit="on"),
    ))  # fmt: skip


def open_reader(database_url: str, *, near: bool = True) -> AsyncEngine:
    """Open the database to read: a transaction sees one state, waits for nobody, can't write.

    `near` False: what is read may take long, and the event loop has somebody to answer meanwhile.
    """
    url = database_address(database_url)
    if url.get_backend_name() == "sqlite":
        return open_to_read(url, near=near)
    return _without_the_dead(create_async_engine(
        url, pool_size=READERS, max_overflow=0, pool_use_lifo=True, hide_parameters=True,
        isolation_level="REPEATABLE READ",
        connect_args=_asyncpg_arguments(default_transaction_read_only="on"),
    ))  # fmt: skip


def single_statement(engine: AsyncEngine) -> AsyncEngine:
    """Give the same database for transactions of one statement each.

    PostgreSQL begins and commits such a one by itself, which spares two ways there and back.
    """
    if engine.dialect.name == "sqlite":
        return engine
    return engine.execution_options(isolation_level="AUTOCOMMIT")


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


def _without_the_dead(engine: AsyncEngine) -> AsyncEngine:
    """Let nobody have a connection that the server closed, as when it was started anew.

    The driver heard of it. SQLAlchemy's own ping asks the server three times, and before each
    transaction: as much again as a short transaction takes.
    """

    def check(_: DBAPIConnection, entry: ConnectionPoolEntry, __: object) -> None:
        if cast("asyncpg.Connection", entry.driver_connection).is_closed():
            raise DisconnectionError

    event.listen(engine.sync_engine, "checkout", check)
    return engine


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
