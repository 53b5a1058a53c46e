"""What people said, for an admin to see: who, when, about what, why, and what became of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import Row, Select, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from app.commands.overrules import Spoken, Standing, standing
from app.commands.sayings import Labelled, Logged, NeedNamed, Overruled, ValueSaid
from app.store.tables import Repository, Subject, Word
from app.store.words import ASKED, CREATED, SAID, spoken


@dataclass(frozen=True, slots=True)
class Listed:
    """A word as an admin reads it; `text` is the line as it was typed, its "because …" included."""

    said_at: datetime
    by: str
    where: str
    text: str
    became: str
    is_personal: bool


async def listed(
    connection: AsyncConnection, *, item: tuple[str, int] | None = None, most: int
) -> list[Listed]:
    """Give the `most` latest words, of `item` ("owner/name", number) or of all, newest first."""
    named = (
        select(Word.__table__, col(Subject.number), col(Subject.repository_id), _NAME)  # type: ignore[attr-defined]  # SQLModel's tables have it
        .join(Subject, col(Subject.id) == col(Word.subject_id))
        .outerjoin(
            Repository,
            (col(Repository.id) == col(Subject.repository_id))
            & (col(Repository.host) == col(Subject.host)),
        )
        .where(col(Word.state) != CREATED)
    )
    if item is not None:
        named = named.where(col(Repository.full_name_key) == item[0].casefold())
        named = named.where(col(Subject.number) == item[1])
    newest = named.order_by(col(Word.said_at).desc(), col(Word.id).desc()).limit(most)
    rows = list(await connection.execute(newest))
    stands = await _standing(connection, sorted({row.subject_id for row in rows}))
    return [_listed(row, stands.get(row.subject_id, Standing())) for row in rows]


_NAME = col(Repository.full_name)


async def _standing(connection: AsyncConnection, subject_ids: Sequence[int]) -> dict[int, Standing]:
    said: Select[Any] = (
        select(Word)
        .where(col(Word.subject_id).in_(subject_ids), col(Word.state) == SAID)
        .order_by(col(Word.subject_id))
    )
    words = [_word(row) for row in await connection.execute(said)]
    about = groupby(words, key=lambda word: word.subject_id)
    return {subject_id: standing(map(spoken, found)) for subject_id, found in about}


def _listed(row: Row[Any], stands: Standing) -> Listed:
    word = _word(row)
    where = f"{row.full_name or row.repository_id}#{row.number}"
    text = word.line or f"{word.verb} {word.payload.get('kind', '')}".strip()
    return Listed(
        word.said_at, word.by_login, where, text, _became(word, stands), word.verb == "personal"
    )


def _word(row: Row[Any]) -> Word:
    return Word.model_validate(row._mapping)  # noqa: SLF001  # Row's API


def _became(word: Word, stands: Standing) -> str:
    if word.state == ASKED:
        return "not heard yet"
    if word.state != SAID:
        return f"refused: {word.reason}" if word.reason else "refused"
    if word.undone_at is not None or word.id in stands.undone:
        return "taken back"
    said = spoken(word)
    if isinstance(said.saying, Overruled | Labelled):
        return "stands" if _is_the_last(said, stands) else "a later word stands"
    return "stands" if isinstance(said.saying, NeedNamed | ValueSaid | Logged) else "heard"


def _is_the_last(said: Spoken, stands: Standing) -> bool:
    overrules = (stands.item, *stands.own)
    return any(one and (one.by, one.at) == (said.by, said.at) for one in overrules)
