"""Bring a database to the version of the tables that this program knows."""

import asyncio
from contextlib import suppress
from multiprocessing.context import BaseContext

from sqlalchemy import Connection, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from app.store.engine import (
    DATABASE_ERRORS,
    StoreError,
    check_durability,
    check_place,
    database_address,
    open_engine,
    unusable,
)
from app.store.sqlite import BUSY
from app.store.version import NotReadyError, known_versions, look
from migrations import VERSIONS

LOCK = 0x60_0D_C1_71_2E
"""Key of PostgreSQL's advisory lock under which one process migrates and the others wait."""


def migrate(database_url: str) -> None:
    """Make the tables or bring them up to date, as one transaction; several may do so at once.

    Blocks, and runs an event loop of its own: call it before yours, or in a thread. Raises
    StoreError, one sentence, for a database that can't be used, that could lose a commit or that is
    of a newer version.
    """
    asyncio.run(_migrate(database_url))


def migrate_apart(database_url: str, processes: BaseContext) -> None:
    """Migrate, in a process of its own where there is something to do.

    The memory that it takes ends with that process. Raises StoreError as `migrate` does.
    """
    try:
        look(database_url)
    except NotReadyError:
        apart = processes.Process(target=_try_to_migrate, args=(database_url,))  # type: ignore[attr-defined]
        apart.start()
        apart.join()
    migrate(database_url)


def _try_to_migrate(database_url: str) -> None:
    with suppress(StoreError):
        migrate(database_url)


async def _migrate(database_url: str) -> None:
    url = database_address(database_url)
    check_place(url)
    engine = open_engine(database_url)
    try:
        if engine.dialect.name == "sqlite":
            await _use_wal(engine)
        async with engine.begin() as connection:
            if engine.dialect.name == "postgresql":
                await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})
            await connection.run_sync(_upgrade)
        await check_durability(engine)
    except DATABASE_ERRORS as error:
        raise unusable(url, error) from error
    finally:
        await engine.dispose()


def _upgrade(connection: Connection) -> None:
    if known_versions(connection) != {VERSIONS[-1]}:
        # With Alembic, which takes 12 MiB, and most starts have nothing to upgrade.
        from app.store.upgrade import upgrade  # noqa: PLC0415

        upgrade(connection)


async def _use_wal(engine: AsyncEngine) -> None:
    """Set the journal mode, which the file keeps.

    SQLite doesn't wait for the lock that this takes where another process has the file open, so
    we ask again.
    """
    plain = create_async_engine(
        engine.url, poolclass=NullPool, connect_args={"timeout": BUSY, "isolation_level": None}
    )
    for attempts_left in range(int(BUSY * 20), -1, -1):
        try:
            async with plain.connect() as connection:
                await connection.exec_driver_sql("PRAGMA journal_mode=WAL")
        except OperationalError as error:
            if "locked" not in str(error) or not attempts_left:
                raise
            await asyncio.sleep(0.05)
        else:
            return
