"""What people said, in reports: work that they logged, and what something brought to whom."""

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from sqlalchemy import Row as DbRow
from sqlalchemy import Select, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from app.commands.overrules import Spoken, Standing, standing
from app.commands.sayings import Logged, ValueSaid, from_payload
from app.policy.globs import matches_name
from app.policy.model import Act, ItemRef, Kind, Person
from app.reports.model import Decided, Group, Question, Row
from app.store.report_rows import Asked
from app.store.tables import Contribution, Decision, Subject, Word
from app.store.words import SAID


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
            people=frozenset({row.person_key}),
            minutes=row.minutes or 0,
        )
        for row in rows
    ]


async def values_said(
    connection: AsyncConnection, asked: Asked, subject_ids: set[int]
) -> dict[int, tuple[str, ...]]:
    """Give what people said that items brought to whom.

    Not what somebody said whose own contribution to the item is personal: it would name them.
    """
    about = select(col(Subject.id)).where(col(Subject.id).in_(subject_ids))
    said = await words_standing(connection, asked.question, about)
    said = {subject_id: one for subject_id, one in said.items() if one.values}
    silent = await _on_own_time(connection, asked, set(said)) if said else set()
    return {
        subject_id: tuple(
            word.saying.text
            for word in standing.values
            if isinstance(word.saying, ValueSaid) and (subject_id, str(word.by.id)) not in silent
        )
        for subject_id, standing in said.items()
    }


async def _on_own_time(
    connection: AsyncConnection, asked: Asked, subject_ids: set[int]
) -> set[tuple[int, str]]:
    as_of = asked.question.as_of
    if asked.question.personal:
        return set()
    rows = await connection.execute(
        select(col(Contribution.subject_id), col(Contribution.account_key))
        .join(Decision, col(Decision.contribution_id) == col(Contribution.id))
        .where(
            col(Contribution.subject_id).in_(subject_ids),
            col(Decision.kind) == Kind.PERSONAL.value,
            col(Decision.decided_at) <= as_of,
            or_(col(Decision.superseded_at).is_(None), col(Decision.superseded_at) > as_of),
        )
    )
    return {(row.subject_id, row.account_key) for row in rows}


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
            col(Word.state) == SAID,
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
