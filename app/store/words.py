"""What people said, recorded once and never edited: the latest word that is not undone stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from app.store.tables import Word
from app.store.upsert import insert_into


@dataclass(frozen=True, slots=True)
class NewWord:
    """A word to be recorded once; `source` is what makes two deliveries of it one."""

    subject_id: int
    source: str
    verb: str
    by_id: int
    by_login: str
    said_at: datetime
    payload: dict[str, Any]


async def say(
    connection: AsyncConnection, home_id: int, host: str, words: Sequence[NewWord]
) -> int:
    """Record words; give how many are new."""
    if not words:
        return 0
    rows = [
        {
            "home_id": home_id,
            "host": host,
            "subject_id": word.subject_id,
            "source": word.source,
            "verb": word.verb,
            "by_id": word.by_id,
            "by_login": word.by_login,
            "said_at": word.said_at,
            "payload": word.payload,
            "state": "said",
        }
        for word in words
    ]
    new = await connection.scalars(
        insert_into(connection, Word)
        .values(rows)
        .on_conflict_do_nothing(index_elements=["home_id", "host", "source"])
        .returning(col(Word.id))
    )
    return len(list(new))


async def words_about(connection: AsyncConnection, subject_id: int) -> list[Word]:
    """Give what stands of what was said about a subject, in the order in which it was said."""
    rows = await connection.execute(
        select(Word)
        .where(col(Word.subject_id) == subject_id, col(Word.undone_at).is_(None))
        .order_by(col(Word.said_at), col(Word.id))
    )
    return [Word.model_validate(row._mapping) for row in rows]  # noqa: SLF001  # Row's API
