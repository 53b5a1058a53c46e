"""Alembic's entry point, for the program (app.store.migrate) and for the command line.

On the command line (`alembic check`, `alembic revision --autogenerate -m …`) the database is that
of GOOD_CITIZEN_DATABASE_URL or, without it, a fresh SQLite file brought to the newest version, so
that neither command needs a database at hand.
"""

import asyncio
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import Connection
from sqlalchemy.sql.schema import SchemaItem
from sqlmodel import SQLModel
from sqlmodel.sql.sqltypes import AutoString

import app.store.tables  # noqa: F401  # fills the metadata
from app.store.columns import BIGINT, Instant
from app.store.engine import open_engine

DATABASE_URL = "GOOD_CITIZEN_DATABASE_URL"
LIBRARY_TABLES = "pgqueuer"


def is_ours(_: SchemaItem, name: str | None, kind: str, reflected: bool, __: object) -> bool:  # noqa: FBT001
    """Leave the queue library's own tables out of the comparison."""
    return not (kind == "table" and reflected and (name or "").startswith(LIBRARY_TABLES))


def plainly(kind: str, item: Any, _: AutogenContext) -> str | Literal[False]:  # noqa: ANN401
    """Write our types as SQLAlchemy's own: a migration must not change with the program."""
    if kind != "type":
        return False
    if item is BIGINT:
        return 'sa.BigInteger().with_variant(sa.Integer(), "sqlite")'
    if isinstance(item, Instant):
        return "sa.DateTime(timezone=True)"
    if isinstance(item, AutoString):
        return "sa.String()"
    return False


def run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=SQLModel.metadata,
        include_object=is_ours,
        render_item=plainly,
        render_as_batch=connection.dialect.name == "sqlite",
        transactional_ddl=True,
    )
    with context.begin_transaction():
        context.run_migrations()


async def run_on(database_url: str) -> None:
    engine = open_engine(database_url)
    async with engine.begin() as connection:
        await connection.run_sync(run)
    await engine.dispose()


def run_on_the_command_line() -> None:
    if database_url := os.environ.get(DATABASE_URL):
        asyncio.run(run_on(database_url))
        return
    with tempfile.TemporaryDirectory() as directory:
        database_url = f"sqlite:///{Path(directory) / 'check.db'}"
        # Another process, because Alembic's context is one global.
        upgrade = [sys.executable, "-m", "alembic", "upgrade", "head"]
        subprocess.run(upgrade, env={**os.environ, DATABASE_URL: database_url}, check=True)  # noqa: S603
        asyncio.run(run_on(database_url))


if (given := context.config.attributes.get("connection")) is not None:
    run(given)
else:
    run_on_the_command_line()
