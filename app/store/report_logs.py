"""Work that people logged, as rows of the ledger: it stands in their words until taken back."""

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from sqlalchemy import Row as DbRow
from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from app.commands.overrules import Spoken, Standing, standing
from app.commands.sayings import Logged, from_payload
from app.policy.globs import matches_name
from app.policy.model import Act, ItemRef, Kind, Person
from app.reports.model import Decided, Group, Question, Row
from app.store.report_rows import Asked
from app.store.tables import Word

REFUSED = "refused"
"""The state of a word that was not heard: its person may not say it."""


async def logged(connection: AsyncConnection, asked: Asked) -> list[Row]:
    """Give what was logged and answers the question, the newest first."""
    question = asked.question
    if question.kind not in {None, Kind.STRATEGIC} or question.bucket or question.community:
        return []
    said = select(col(Word.subject_id)).where(
        col(Word.home_id) == asked.home_id,
        col(Word.verb) == "log",
        col(Word.said_at) <= question.as_of,
    )
    if question.since is not None:
        said = said.where(col(Word.said_at) >= question.since)
    if question.until is not None:
        said = said.where(col(Word.said_at) < question.until)
    rows = (
        _row(word, word.saying, asked.host)
        for standing in (await words_standing(connection, question, said)).values()
        for word in standing.logs
        if isinstance(word.saying, Logged)
    )
    return sorted((row for row in rows if _answers(row, question)), key=_newest, reverse=True)


def as_groups(rows: Iterable[Row]) -> list[Group]:
    """Give logged work as it is counted: each word is an act."""
    return [
        Group(
            Kind.STRATEGIC,
            Act.LOGGED,
            activity=row.decided.activity,
            person_key=row.person_key,
            minutes=row.minutes or 0,
        )
        for row in rows
    ]


async def words_standing(
    connection: AsyncConnection, question: Question, subject_ids: Select[*tuple[Any, ...]]
) -> dict[int, Standing]:
    """Give what stood, at the question's moment, of what was said about subjects, by their id."""
    words = await connection.execute(
        select(
            col(Word.id), col(Word.subject_id), col(Word.verb), col(Word.payload),
            col(Word.by_id), col(Word.by_login), col(Word.said_at),
        )
        .where(
            col(Word.subject_id).in_(subject_ids),
            col(Word.said_at) <= question.as_of,
            col(Word.state) != REFUSED,
        )
        .order_by(col(Word.subject_id))
    )  # fmt: skip
    about = groupby(words, key=lambda word: word.subject_id)
    return {subject_id: standing(map(_spoken, said)) for subject_id, said in about}


def _spoken(word: DbRow[Any]) -> Spoken:
    saying = from_payload(word.verb, word.payload)
    by = Person(word.by_login, word.by_id or None)
    return Spoken(word.verb, saying, by, word.said_at, word.id)


def _row(word: Spoken, said: Logged, host: str) -> Row:
    return Row(
        Act.LOGGED,
        word.at,
        _place(said.upstream, host),
        said.text,
        word.by.login,
        str(word.by.id or f"login:{word.by.login.casefold()}"),
        Decided(
            Kind.STRATEGIC,
            "somebody logged it",
            word.by.login,
            word.at,
            activity=said.activity,
            by_person=True,
        ),
        minutes=said.minutes,
    )


def _place(said: str, host: str) -> ItemRef:
    """Read "owner", "owner/name", "owner/name#1" or "owner/name@tag"."""
    repo, _, number = said.partition("#")
    if number.isdecimal():
        return ItemRef(repo, int(number), host=host)
    repo, _, tag = said.partition("@")
    return ItemRef(repo, tag=tag or None, host=host)


def _answers(row: Row, question: Question) -> bool:
    at, repo = row.at, row.item.repo
    return (
        at is not None
        and (question.since is None or at >= question.since)
        and (question.until is None or at < question.until)
        and (question.activity in {None, row.decided.activity})
        and (question.people is None or row.person_key in question.people)
        and (
            question.upstream is None
            or matches_name(question.upstream, repo if "/" in repo else f"{repo}/-")
        )
    )


def _newest(row: Row) -> tuple[float, str]:
    return (row.at.timestamp() if row.at else 0.0, row.title)
