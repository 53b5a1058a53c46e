"""Answers of GitHub kept with their ETag, as rows: asking again costs nothing (304).

The cache of app.github.cache for all processes and restarts.
"""

import hashlib
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from sqlmodel import col

from app.github.cache import Kept
from app.github.clock import Clock, SystemClock
from app.store.engine import single_statement
from app.store.tables import Etag
from app.store.upsert import insert_into


class RowETagCache:
    """The ETagCache of one GitHub host. `reader`, if given, looks without waiting for writers."""

    def __init__(
        self,
        engine: AsyncEngine,
        host: str,
        clock: Clock | None = None,
        *,
        reader: AsyncEngine | None = None,
    ) -> None:
        self._engine = engine
        self._reader = reader or engine
        self._host = host
        self._clock = clock or SystemClock()

    async def look(self, key: str) -> Kept | None:
        """Give the answer kept under this key."""
        async with single_statement(self._reader).connect() as connection:
            row = (
                await connection.execute(
                    select(col(Etag.etag), col(Etag.body), col(Etag.link)).where(
                        col(Etag.key) == self._hashed(key)
                    )
                )
            ).one_or_none()
        return Kept(row.etag, row.body, row.link) if row else None

    async def keep(self, key: str, kept: Kept) -> None:
        """Keep an answer in the place of an older one."""
        told = {
            "etag": kept.etag,
            "body": kept.body,
            "link": kept.link,
            "kept_at": self._clock.now(),
        }
        async with self._engine.begin() as connection:
            await connection.execute(
                insert_into(connection, Etag)
                .values(key=self._hashed(key), **told)
                .on_conflict_do_update(index_elements=["key"], set_=told)
            )

    def _hashed(self, key: str) -> str:
        # An address may be long and may name somebody; a hash is neither.
        return hashlib.sha256(f"{self._host} {key}".encode()).hexdigest()


async def forget_etags(connection: AsyncConnection, before: datetime) -> int:
    """Drop answers that were kept before a moment; give how many."""
    result = await connection.execute(delete(Etag).where(col(Etag.kept_at) < before))
    return result.rowcount
