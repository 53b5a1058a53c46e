"""INSERT … ON CONFLICT, which both databases have and SQLAlchemy spells twice."""

from typing import cast

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import SQLModel


def insert_into(connection: AsyncConnection, table: type[SQLModel]) -> postgresql.Insert:
    """Start an INSERT into `table` that can say what happens on a conflict.

    SQLite's construct has the same methods, so one type stands for both.
    """
    if connection.dialect.name == "sqlite":
        return cast("postgresql.Insert", sqlite.insert(table))
    return postgresql.insert(table)
