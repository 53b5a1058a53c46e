"""Which version the tables are of, asked without making or changing anything."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from sqlalchemy import URL, Connection, inspect, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from app.store.engine import (
    DATABASE_ERRORS,
    StoreError,
    check_place,
    open_reader,
    shown,
    unusable,
)
from migrations import VERSIONS


class NotReadyError(StoreError):
    """The tables are missing or of an older version; `good-citizen serve` makes them ready."""


def look(database_url: str) -> None:
    """Make sure that a database is there and of our version.

    Blocks, and runs an event loop of its own. Raises StoreError, one sentence, if it isn't:
    NotReadyError where a start of the app would help.
    """
    asyncio.run(_look(open_reader(database_url)))


@asynccontextmanager
async def ready(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """Give a connection to a database that is there and of our version; then let go of the engine.

    Raises StoreError as `look` does, also for what goes wrong while the connection is used.
    """
    try:
        _check_there(engine.url)
        async with engine.connect() as connection:
            await _check_version(connection)
            yield connection
    except DATABASE_ERRORS as error:
        raise unusable(engine.url, error) from error
    finally:
        await engine.dispose()


def known_versions(connection: Connection) -> frozenset[str]:
    """Give the versions that the tables are of; empty: there are none yet.

    Raises StoreError for those that a newer program made.
    """
    found = frozenset[str]()
    if inspect(connection).has_table("alembic_version"):
        found = frozenset(connection.scalars(text("SELECT version_num FROM alembic_version")))
    if unknown := found.difference(VERSIONS):
        raise StoreError(
            f"The database {shown(connection.engine.url)} was made by a newer version of "
            f"good-citizen ({', '.join(sorted(unknown))} is not known here): "
            "install that version or take another database."
        )
    return found


async def _look(engine: AsyncEngine) -> None:
    async with ready(engine):
        pass


def _check_there(url: URL) -> None:
    """Look for SQLite's file: opening it would make it."""
    check_place(url)
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").exists():
        raise NotReadyError(f"The database {shown(url)} is not there yet.")


async def _check_version(connection: AsyncConnection) -> None:
    found = await connection.run_sync(known_versions)
    name, head = shown(connection.engine.url), VERSIONS[-1]
    if not found:
        raise NotReadyError(f"The database {name} has no tables yet.")
    if found != {head}:
        older = ", ".join(sorted(found))
        raise NotReadyError(
            f"The database {name} is of version {older}, this program needs {head}."
        )
