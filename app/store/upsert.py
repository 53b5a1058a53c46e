"""INSERT … ON CONFLICT, which both databases have and SQLAlchemy spells twice."""

from collections.abc import Mapping
from functools import cache
from typing import Any, cast

from sqlalchemy import CursorResult, column
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import SQLModel


def insert_into(connection: AsyncConnection, table: type[SQLModel]) -> postgresql.Insert:
    """Start an INSERT into `table` that can say what happens on a conflict."""
    return insert_for(connection.dialect.name, table)


def insert_for(dialect: str, table: type[SQLModel]) -> postgresql.Insert:
    """Start the same for a statement that is built once for each database.

    SQLite's construct has the same methods, so one type stands for both.
    """
    if dialect == "sqlite":
        return cast("postgresql.Insert", sqlite.insert(table))
    return postgresql.insert(table)


async def upsert(
    connection: AsyncConnection,
    table: type[SQLModel],
    key: Mapping[str, Any],
    told: Mapping[str, Any],
    *,
    returning: str = "",
) -> CursorResult[Any]:
    """Insert a row, or tell the one that has this unique `key` what is `told`.

    `returning` names a column of that row. The statement is built once for each set of names:
    building one takes longer than running it.
    """
    row: CursorResult[Any] = await connection.execute(
        _upsert(connection.dialect.name, table, tuple(key), tuple(told), returning),
        {**key, **told},
    )
    return row


@cache
def _upsert(
    dialect: str, table: type[SQLModel], key: tuple[str, ...], told: tuple[str, ...], returning: str
) -> Any:  # noqa: ANN401 - with RETURNING it is of another type
    row = insert_for(dialect, table)
    statement = row.on_conflict_do_update(
        index_elements=key, set_={name: row.excluded[name] for name in told}
    )
    return statement.returning(column(returning)) if returning else statement
