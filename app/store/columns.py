"""The columns that the tables are made of, the same on both databases."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Column, DateTime, Integer
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator
from sqlmodel import Field

BIGINT = BigInteger().with_variant(Integer, "sqlite")
"""SQLite's INTEGER is 64 bits wide, and only under that name can it count up by itself."""

DOCUMENT = JSON()
"""Kept as text: JSONB refuses a NUL or a lone surrogate that a title may carry."""


class Instant(TypeDecorator[datetime]):
    """A moment in UTC; refuses a datetime without an offset instead of guessing one."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Store in UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"an instant needs its offset: {value!r}")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Read back in UTC."""
        if value is not None and dialect.name == "sqlite":
            return value.replace(tzinfo=UTC)
        return value


def row_id() -> Any:  # noqa: ANN401  # SQLModel's Field() is typed so
    """Declare a key of our own that counts up."""
    return Field(default=None, sa_column=Column(BIGINT, primary_key=True, autoincrement=True))


def big(**more: Any) -> Any:  # noqa: ANN401
    """Declare one of GitHub's numbers, 64 bits wide."""
    nullable = more.pop("nullable", False)
    default = None if nullable else more.pop("default", ...)
    return Field(default=default, sa_type=BIGINT, nullable=nullable, **more)


def instant(*, nullable: bool = False) -> Any:  # noqa: ANN401
    """Declare a moment in UTC."""
    return Field(default=None if nullable else ..., sa_type=Instant, nullable=nullable)


def document(*, nullable: bool = False) -> Any:  # noqa: ANN401
    """Declare a JSON value."""
    return Field(default=None if nullable else ..., sa_type=DOCUMENT, nullable=nullable)
