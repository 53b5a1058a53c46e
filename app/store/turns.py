"""Whose turn it is: installations take turns, whoever of them has how much to be looked at.

Each has a line of stale subjects of its own, of which the longest wait is first. Only the heads of
the lines are looked at, so that a line of 50,000 costs no more than one of 500.
"""

from collections.abc import Collection, Iterator
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    CTE,
    BindParameter,
    ColumnElement,
    CompoundSelect,
    Integer,
    Select,
    and_,
    bindparam,
    func,
    select,
    true,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import aliased
from sqlmodel import col

from app.store.columns import Instant
from app.store.subjects import is_free
from app.store.tables import Subject

HEAD = 500
"""Places of a line that are told apart; those behind come after them, as they were asked for."""

_IS_STALE = and_(col(Subject.mark) > col(Subject.settled), col(Subject.buried_at).is_(None))
_LINE = col(Subject.installation_id)
_NEVER_TRIED = col(Subject.next_try_at).is_(None)
_MOST: BindParameter[int] = bindparam("most", type_=Integer)


async def waiting(connection: AsyncConnection, now: datetime, limit: int) -> list[int]:
    """Give the subjects that are stale, due and held by nobody, of each installation in turn."""
    due = _due(connection.dialect.name)
    return list(await connection.scalars(due, {"now": now, "most": limit}))


async def places(connection: AsyncConnection, ids: Collection[int]) -> dict[int, int]:
    """Give the place, from 1, of each of these in its installation's line of stale subjects."""
    found = _found(connection.dialect.name)
    rows = await connection.execute(found, {"ids": list(ids), "most": HEAD})
    return dict.fromkeys(ids, HEAD + 1) | {row.id: row.place for row in rows}


@cache
def _due(dialect: str) -> Select[Any]:
    """Give the statement with :now and :most; built once, as it is asked many times a second."""
    now = bindparam("now", type_=Instant())
    due = (_NEVER_TRIED, col(Subject.next_try_at) <= now)
    heads = _heads(dialect, _all_lines(), [and_(one, is_free(now)) for one in due])
    return (
        select(col(Subject.id))
        .where(col(Subject.id).in_(heads))
        .order_by(_place(), col(Subject.id))
        .limit(_MOST)
    )


@cache
def _found(dialect: str) -> Select[Any]:
    """Give the statement with :ids and :most; built once too."""
    ids: BindParameter[int] = bindparam("ids", expanding=True)
    lines = select(_LINE.label("id")).where(col(Subject.id).in_(ids)).distinct().cte("lines")
    heads = _heads(dialect, lines, [_NEVER_TRIED, ~_NEVER_TRIED])
    line = (
        select(col(Subject.id), _place().label("place"))
        .where(col(Subject.id).in_(heads))
        .subquery()
    )
    return select(line.c.id, line.c.place).where(line.c.id.in_(ids))


def _place() -> ColumnElement[int]:
    """Give a subject's place in its installation's own line: the longest wait is first."""
    return func.row_number().over(
        partition_by=_LINE,
        order_by=(col(Subject.next_try_at).nulls_first(), col(Subject.id)),
    )


def _all_lines() -> CTE:
    """Give the installations that have anything stale, from one to the next by the index."""
    lines = select(func.min(_LINE).label("id")).where(_IS_STALE).cte("lines", recursive=True)
    following = select(func.min(_LINE)).where(_IS_STALE, lines.c.id < _LINE).correlate(lines)
    return lines.union_all(select(following.scalar_subquery()).where(lines.c.id.is_not(None)))


def _heads(dialect: str, lines: CTE, parts: list[ColumnElement[bool]]) -> CompoundSelect[Any]:
    """Give the first of each part of each line, and of the line of those without installation."""

    def each() -> Iterator[Select[Any]]:
        for part in parts:
            one = select(col(Subject.id)).where(_IS_STALE, part)
            one = one.order_by(col(Subject.next_try_at), col(Subject.id)).limit(_MOST)
            yield _for_each(dialect, lines, one.where(lines.c.id == _LINE).correlate(lines))
            alone = one.where(_LINE.is_(None)).subquery()
            yield select(alone.c.id)

    return union_all(*each())


def _for_each(dialect: str, lines: CTE, head: Select[Any]) -> Select[Any]:
    """Ask `head` for each line; SQLite has no LATERAL, PostgreSQL would try each row with IN."""
    if dialect == "postgresql":
        found = head.lateral()
        return select(found.c.id).select_from(lines.join(found, true()))
    other = aliased(Subject)
    return select(col(other.id)).select_from(lines).join(other, col(other.id).in_(head))
