"""The unit of work: marked stale, leased by one worker at a time, settled, put off or given up.

A subject is stale while `mark` > `settled`. A mark that arrives during a run raises `mark` past
what that run settles, so it is found again by the row.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    and_,
    bindparam,
    case,
    func,
    inspect,
    or_,
    select,
    true,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.dml import ReturningInsert
from sqlalchemy.sql.expression import BindParameter
from sqlmodel import col

from app.store.columns import Instant
from app.store.given import given
from app.store.tables import Subject
from app.store.upsert import insert_for

_UNIQUE = ("home_id", "host", "repository_id", "space", "number")
_KEY = (
    col(Subject.host),
    col(Subject.repository_id),
    col(Subject.number),
    col(Subject.space),
)


@dataclass(frozen=True, slots=True, order=True)
class Key:
    """Which subject of a home; `number` as in tables.Subject."""

    host: str
    repository_id: int
    number: int
    space: str = "item"


@dataclass(frozen=True, slots=True)
class Leased:
    """A subject that this worker holds until its lease ends; `mark` is what it will settle."""

    id: int
    home_id: int
    key: Key
    mark: int
    installation_id: int | None
    attempts: int
    first_failed_at: datetime | None
    worker: str
    seconds: float


async def mark_stale(
    connection: AsyncConnection,
    home_id: int,
    keys: Iterable[Key],
    *,
    installations: dict[int, int] | None = None,
) -> dict[Key, tuple[int, int]]:
    """Mark subjects stale, creating those that are new; give (id, mark) of each.

    `installations` maps a repository id to the installation through which it can be reached. A
    subject that was given up gets a new chance, one that is put off keeps its time.
    """
    rows = [
        {
            "home_id": home_id,
            "host": key.host,
            "repository_id": key.repository_id,
            "space": key.space,
            "number": key.number,
            "mark": 1,
            "installation_id": (installations or {}).get(key.repository_id),
        }
        for key in sorted(set(keys))  # one order for all processes: no deadlock
    ]
    if not rows:
        return {}
    marked = await connection.execute(_mark(connection.dialect.name), {"given": rows})
    return {_key(row): (row.id, row.mark) for row in marked}


@cache
def _mark(dialect: str) -> ReturningInsert[*tuple[Any, ...]]:
    stale = given(dialect, Subject, *_UNIQUE, "mark", "installation_id")
    # Without a WHERE SQLite takes the conflict's ON for a join's.
    fresh = insert_for(dialect, Subject).from_select(stale.c.keys(), select(stale).where(true()))
    return fresh.on_conflict_do_update(
        index_elements=_UNIQUE, set_=_marked_again(fresh.excluded.installation_id)
    ).returning(col(Subject.id), col(Subject.mark), *_KEY)


def _marked_again(installation_id: ColumnElement[int | None]) -> dict[str, Any]:
    given_up = col(Subject.buried_at).is_not(None)
    return {
        "mark": col(Subject.mark) + 1,
        "installation_id": func.coalesce(installation_id, col(Subject.installation_id)),
        "attempts": case((given_up, 0), else_=col(Subject.attempts)),
        "first_failed_at": case((given_up, None), else_=col(Subject.first_failed_at)),
        "next_try_at": case((given_up, None), else_=col(Subject.next_try_at)),
        "buried_at": None,
        "reason": None,
    }


async def mark_again(connection: AsyncConnection, ids: Sequence[int]) -> None:
    """Mark subjects stale that have a row."""
    if ids:
        await connection.execute(
            update(Subject)
            .where(col(Subject.id).in_(ids))
            .values(
                mark=col(Subject.mark) + 1,
                buried_at=None,
                reason=None,
                attempts=0,
                first_failed_at=None,
                next_try_at=None,
            )
        )


async def known(connection: AsyncConnection, home_id: int, keys: Sequence[Key]) -> set[Key]:
    """Give those of `keys` that are subjects of the home already."""
    if not keys:
        return set()
    asked = [{"home_id": home_id, **asdict(key)} for key in keys]
    rows = await connection.execute(_known(connection.dialect.name), {"given": asked})
    return {_key(row) for row in rows}


@cache
def _known(dialect: str) -> Select[*tuple[Any, ...]]:
    asked = given(dialect, Subject, *_UNIQUE)
    columns = inspect(Subject).c
    return select(*_KEY).where(*(columns[name] == asked.c[name] for name in _UNIQUE))


def _key(row: Row[*tuple[Any, ...]]) -> Key:
    return Key(row.host, row.repository_id, row.number, row.space)


def _ours(held: Leased) -> ColumnElement[bool]:
    return and_(col(Subject.id) == held.id, col(Subject.lease_by) == held.worker)


def is_free(now: datetime | BindParameter[datetime]) -> ColumnElement[bool]:
    """Say in SQL that nobody holds a subject."""
    return or_(col(Subject.lease_until).is_(None), col(Subject.lease_until) <= now)


def _waiting(now: datetime | BindParameter[datetime]) -> ColumnElement[bool]:
    return and_(
        col(Subject.mark) > col(Subject.settled),
        col(Subject.buried_at).is_(None),
        or_(col(Subject.next_try_at).is_(None), col(Subject.next_try_at) <= now),
        is_free(now),
    )


_NOBODY: dict[str, Any] = {"lease_by": None, "lease_until": None}
_AT_REST = _NOBODY | {"attempts": 0, "first_failed_at": None, "reason": None}
# Those that every job runs are built once: building one takes as long as running it.
_THIS = and_(col(Subject.id) == bindparam("this"), col(Subject.lease_by) == bindparam("worker"))
_LEASE = (
    update(Subject)
    .where(col(Subject.id) == bindparam("this"), _waiting(bindparam("now", type_=Instant())))
    .values(lease_by=bindparam("worker"), lease_until=bindparam("until"))
    .returning(Subject)
)
_KEEP = (
    update(Subject)
    .where(_THIS, col(Subject.lease_until) > bindparam("now", type_=Instant()))
    .values(lease_until=bindparam("until"))
)
_SETTLE = (
    update(Subject)
    .where(_THIS)
    .values(settled=bindparam("up_to"), next_try_at=bindparam("rest"), **_AT_REST)
)
_TOUCH = update(Subject).where(_THIS).values(title=bindparam("named"), active_at=bindparam("at"))


async def lease(
    connection: AsyncConnection, subject_id: int, worker: str, now: datetime, seconds: float
) -> Leased | None:
    """Take a stale subject for this worker alone, or None where there is nothing to do."""
    until = now + timedelta(seconds=seconds)
    told = {"this": subject_id, "now": now, "worker": worker, "until": until}
    row = (await connection.execute(_LEASE, told)).one_or_none()
    if row is None:
        return None
    return Leased(
        row.id,
        row.home_id,
        _key(row),
        row.mark,
        row.installation_id,
        row.attempts,
        row.first_failed_at,
        worker,
        seconds,
    )


async def keep(connection: AsyncConnection, held: Leased, now: datetime) -> bool:
    """Prolong a lease that is still ours; False: somebody else may hold it, so stop."""
    until = now + timedelta(seconds=held.seconds)
    told = {"this": held.id, "worker": held.worker, "now": now, "until": until}
    return (await connection.execute(_KEEP, told)).rowcount == 1


async def settle(connection: AsyncConnection, held: Leased, rest_until: datetime) -> bool:
    """Say that GitHub and the ledger agree up to the mark; False: the lease is no longer ours.

    A newer mark that waits already is looked at after `rest_until`.
    """
    told = {"this": held.id, "worker": held.worker, "up_to": held.mark, "rest": rest_until}
    return (await connection.execute(_SETTLE, told)).rowcount == 1


async def put_off(
    connection: AsyncConnection,
    held: Leased,
    until: datetime,
    *,
    reason: str,
    failed_at: datetime | None,
) -> None:
    """Give the subject back until a moment; `failed_at` counts it as a failed attempt."""
    values = _NOBODY | {"next_try_at": until, "reason": reason}
    if failed_at is not None:
        values["attempts"] = held.attempts + 1
        values["first_failed_at"] = held.first_failed_at or failed_at
    await connection.execute(update(Subject).where(_ours(held)).values(**values))


async def bury(connection: AsyncConnection, held: Leased, now: datetime, reason: str) -> None:
    """Give a subject up, visibly: kept with its reason until a new mark or a replay."""
    await connection.execute(
        update(Subject).where(_ours(held)).values(buried_at=now, reason=reason, **_NOBODY)
    )


async def give_back(connection: AsyncConnection, worker: str) -> None:
    """Return every lease of a worker that stops."""
    await connection.execute(
        update(Subject).where(col(Subject.lease_by) == worker).values(**_NOBODY)
    )


async def touch(
    connection: AsyncConnection, held: Leased, title: str | None, active_at: datetime | None
) -> None:
    """Remember what a subject is called and when something last happened to it on GitHub."""
    told = {"this": held.id, "worker": held.worker, "named": title, "at": active_at}
    await connection.execute(_TOUCH, told)


async def id_of(connection: AsyncConnection, home_id: int, key: Key) -> int | None:
    """Give a subject's row, None where there is none yet."""
    return await connection.scalar(
        select(col(Subject.id)).where(
            col(Subject.home_id) == home_id,
            col(Subject.host) == key.host,
            col(Subject.repository_id) == key.repository_id,
            col(Subject.number) == key.number,
            col(Subject.space) == key.space,
        )
    )
