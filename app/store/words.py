"""What people said, recorded once and never edited: what stands of it is worked out each time."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Row, Select, bindparam, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from app.commands.overrules import Spoken
from app.commands.sayings import from_payload
from app.policy.model import Act, Performed, Person
from app.store.tables import Word
from app.store.upsert import insert_into

ASKED, SAID, REFUSED = "asked", "said", "refused"
CREATED = "created"
"""Verb and state of what is no word: that somebody created a repository, as its event told."""


@dataclass(frozen=True, slots=True)
class NewWord:
    """A word to be recorded once; `source` is what makes two deliveries of it one.

    `state` is "asked" for a command, which is looked at later, and for a label what it is worth.
    """

    subject_id: int
    source: str
    verb: str
    by_id: int
    by_login: str
    said_at: datetime
    payload: dict[str, Any]
    state: str = SAID
    line: str | None = None
    comment_id: int | None = None


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
            "state": word.state,
            "line": word.line,
            "comment_id": word.comment_id,
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


async def spoken_about(connection: AsyncConnection, subject_id: int) -> list[Spoken]:
    """Give all that was ever said about a subject by those who may, in its order."""
    return [
        spoken(word)
        for word in await _words(
            connection, col(Word.subject_id) == subject_id, col(Word.state) == SAID
        )
    ]


def _creator(made: Sequence[Word]) -> Performed | None:
    if not made:
        return None
    return Performed(Act.AUTHORED, Person(made[0].by_login, made[0].by_id), made[0].said_at)


def spoken(word: Word) -> Spoken:
    """Read a recorded word back as what it says."""
    return Spoken(
        word.verb,
        from_payload(word.verb, word.payload),
        Person(word.by_login, word.by_id),
        word.said_at,
        word.id or 0,
    )


@dataclass(frozen=True, slots=True)
class About:
    """What was said about a subject.

    `said` by those who may, in its order; `refused`: changes of labels of ours by people who may
    not, the oldest first; `creator`: who created a repository, and when we heard of it.
    """

    said: list[Spoken]
    refused: list[Word]
    creator: Performed | None


async def all_about(connection: AsyncConnection, subject_id: int) -> About:
    """Give everything in one look."""
    found = _read(await connection.execute(_ABOUT, {"this": subject_id}))
    return About(
        [spoken(word) for word in found if word.state == SAID],
        [word for word in found if word.state == REFUSED and word.comment_id is None],
        _creator([word for word in found if word.state == CREATED]),
    )


async def unanswered(connection: AsyncConnection, subject_id: int) -> list[Word]:
    """Give the lines in a subject's own comments that nobody has answered, in their order."""
    return _read(await connection.execute(_UNANSWERED, {"this": subject_id}))


async def heard(
    connection: AsyncConnection,
    word: Word,
    *,
    state: str,
    payload: dict[str, Any],
    verb: str,
    about: int,
    reason: str | None,
) -> None:
    """Write down what a line came to; `about` is the subject that it speaks of."""
    told = {
        "state": state,
        "payload": payload,
        "verb": verb,
        "subject_id": about,
        "heard_on": word.heard_on or word.subject_id,
        "reason": reason,
    }
    await connection.execute(update(Word).where(col(Word.id) == word.id).values(**told))


async def answered(connection: AsyncConnection, ids: Collection[int], now: datetime) -> None:
    """Say that these were reacted to."""
    await connection.execute(update(Word).where(col(Word.id).in_(ids)).values(answered_at=now))


async def taken_back(connection: AsyncConnection, ids: Collection[int], now: datetime) -> None:
    """Remember when words were taken back, for reports about an earlier day."""
    if ids:
        await connection.execute(
            update(Word)
            .where(col(Word.id).in_(ids), col(Word.undone_at).is_(None))
            .values(undone_at=now)
        )


def _select(*where: ColumnElement[bool]) -> Select[Any]:
    return select(Word).where(*where).order_by(col(Word.said_at), col(Word.id))


async def _words(connection: AsyncConnection, *where: ColumnElement[bool]) -> list[Word]:
    return _read(await connection.execute(_select(*where)))


def _read(rows: Iterable[Row[Any]]) -> list[Word]:
    return [Word.model_validate(row._mapping) for row in rows]  # noqa: SLF001  # Row's API


_THIS: BindParameter[int] = bindparam("this")
_ABOUT = _select(col(Word.subject_id) == _THIS)
_UNANSWERED = _select(
    or_(
        col(Word.heard_on) == _THIS,
        col(Word.heard_on).is_(None) & (col(Word.subject_id) == _THIS),
    ),
    col(Word.comment_id).is_not(None),
    col(Word.answered_at).is_(None),
)
