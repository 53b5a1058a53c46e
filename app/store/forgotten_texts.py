"""Wide rows that speak of a person: found by what they hold, and given back without them."""

from collections.abc import AsyncIterator, Collection
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Result,
    String,
    cast,
    delete,
    func,
    inspect,
    or_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import Mapped
from sqlmodel import SQLModel, col

from app.store.ledger import DECISION
from app.store.scrubbing import Who, logins_in, scrubbed
from app.store.tables import (
    Body,
    Decision,
    Delivery,
    Etag,
    Mention,
    Repository,
    Snapshot,
    Subject,
    Word,
    Written,
)

BATCH = 200
"""Wide rows that are held at a time."""


async def logins_in_facts(connection: AsyncConnection, who: Who) -> set[str]:
    """Give every login under which facts and mentions know these ids."""
    found: set[str] = set()
    for table, column in ((Snapshot, col(Snapshot.facts)), (Mention, col(Mention.item))):
        async for _, document in _documents(connection, table, column, who):
            found |= {login.casefold() for login in logins_in(document, who.ids)}
    return found


async def scrub_documents(connection: AsyncConnection, who: Who) -> list[tuple[str, int]]:
    """Take somebody out of facts, decisions, mentions and others' words; give how many of each.

    A snapshot keeps its digest: the same facts read again are then still the same, and do not
    bring the name back.
    """
    counts = []
    documents: tuple[tuple[str, type[SQLModel], Mapped[Any]], ...] = (
        ("readings of items", Snapshot, col(Snapshot.facts)),
        ("decisions", Decision, col(Decision.decision)),
        ("mentions", Mention, col(Mention.item)),
        ("words of others", Word, col(Word.payload)),
    )
    for what, table, column in documents:
        n = 0
        async for id_, document in _documents(connection, table, column, who):
            without = scrubbed(document, who)
            if without != document:
                n += 1
                values = {_name(column): without, **_besides(table, without, who)}
                await connection.execute(update(table).where(_id(table) == id_).values(**values))
        counts.append((what, n))
    await _scrub_texts(connection, Decision, col(Decision.changed_because), who)
    await connection.execute(
        update(Mention).where(col(Mention.by_id).in_(who.ids)).values(by_id=None)
    )
    return counts


async def scrub_written(connection: AsyncConnection, who: Who) -> set[int]:
    """Take their name off the comments that we remember to have written; give whose items."""
    of_id = await _scrub_texts(connection, Written, col(Written.text), who)
    return set(
        await connection.scalars(
            select(col(Written.subject_id)).where(col(Written.id).in_(of_id)).distinct()
        )
    )


async def drop_bodies(connection: AsyncConnection, who: Who) -> tuple[int, int]:
    """Drop the bodies of deliveries that speak of them.

    Gives how many, and how many are left because nobody has pumped them yet.
    """
    dropped, left = 0, 0
    async for id_, body, is_pumped in bodies(connection):
        if _holds(body, who):
            if is_pumped:
                await drop_body(connection, id_)
            dropped, left = dropped + is_pumped, left + (not is_pumped)
    return dropped, left


async def drop_answers(connection: AsyncConnection, who: Who) -> int:
    """Drop the cached answers of GitHub that speak of them; they can be asked for again."""
    rows = await connection.execute(select(col(Etag.key), col(Etag.body)))
    keys = [row.key for row in rows if _holds(row.body, who)]
    for at in range(0, len(keys), BATCH):
        await connection.execute(delete(Etag).where(col(Etag.key).in_(keys[at : at + BATCH])))
    return len(keys)


def _besides(table: type[SQLModel], document: Any, who: Who) -> dict[str, Any]:  # noqa: ANN401
    """Give the column that repeats in words what a decision's document says."""
    if table is not Decision:
        return {}
    return {"because": who.without_name(str(DECISION.validate_python(document).because))}


async def _scrub_texts(
    connection: AsyncConnection, table: type[SQLModel], column: Mapped[Any], who: Who
) -> list[int]:
    """Take their name off the texts of a column; give the ids of the rows."""
    found: Result[Any, Any] = await connection.execute(
        select(_id(table), column.label("text")).where(_speaks_of(column, who))
    )
    changed = [
        (row.id, without) for row in found if (without := who.without_name(row.text)) != row.text
    ]
    for id_, without in changed:
        values = {_name(column): without}
        await connection.execute(update(table).where(_id(table) == id_).values(**values))
    return [id_ for id_, _ in changed]


def _id(table: type[SQLModel]) -> Column[int]:
    key: Column[int] = SQLModel.metadata.tables[str(table.__tablename__)].c.id
    return key


def _name(column: Mapped[Any]) -> str:
    return str(inspect(column).key)


async def _documents(
    connection: AsyncConnection, table: type[SQLModel], column: Mapped[Any], who: Who
) -> AsyncIterator[tuple[int, Any]]:
    id_ = _id(table)
    last = 0
    while True:
        found: Result[Any, Any] = await connection.execute(
            select(id_, column.label("document"))
            .where(id_ > last, _speaks_of(column, who))
            .order_by(id_)
            .limit(BATCH)
        )
        rows = found.all()
        for row in rows:
            last = row.id
            yield row.id, row.document
        if len(rows) < BATCH:
            return


async def bodies(connection: AsyncConnection) -> AsyncIterator[tuple[int, bytes, bool]]:
    """Give (id, body, whether it was pumped) of every delivery whose body is still there."""
    last = 0
    while True:
        rows = (
            await connection.execute(
                select(col(Body.delivery_id), col(Body.raw), col(Delivery.pumped_at))
                .join(Delivery, col(Delivery.id) == col(Body.delivery_id))
                .where(col(Body.delivery_id) > last)
                .order_by(col(Body.delivery_id))
                .limit(BATCH)
            )
        ).all()
        for row in rows:
            last = row.delivery_id
            yield last, row.raw, row.pumped_at is not None
        if len(rows) < BATCH:
            return


async def drop_body(connection: AsyncConnection, delivery_id: int) -> None:
    """Drop the body of a delivery; its GUID stays."""
    await connection.execute(delete(Body).where(col(Body.delivery_id) == delivery_id))


def _speaks_of(column: Mapped[Any], who: Who) -> ColumnElement[bool]:
    """Say that a column may speak of somebody; what looks alike is sorted out afterwards."""
    held = func.lower(cast(column, String))
    return or_(*(held.contains(mark, autoescape=True) for mark in who.marks))


def _holds(body: bytes, who: Who) -> bool:
    lower = body.lower()
    return any(mark.encode() in lower for mark in who.marks)


async def names_of(connection: AsyncConnection, subject_ids: Collection[int]) -> dict[int, str]:
    """Give the names of the repositories of subjects, where they are known."""
    rows = await connection.execute(
        select(col(Subject.id), col(Repository.full_name))
        .join(
            Repository,
            (col(Repository.id) == col(Subject.repository_id))
            & (col(Repository.host) == col(Subject.host)),
        )
        .where(col(Subject.id).in_(subject_ids))
    )
    return {row.id: row.full_name for row in rows if row.id is not None}
