"""Imported files: how far each was read, what it brought, and how that is taken away again."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from app.policy.home import Home as HomeFacts
from app.store.places import Tenant
from app.store.tables import (
    Home,
    ImportedFile,
    ImportedItem,
    Installation,
    Mention,
    Snapshot,
    Subject,
)
from app.store.upsert import insert_into


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a file is imported: its first `cursor` items are; `again`: with another roster."""

    file_id: int
    cursor: int
    again: bool
    figures: dict[str, Any]
    finished_at: datetime | None


async def home_of(
    connection: AsyncConnection, host: str, facts: HomeFacts, now: datetime
) -> Tenant:
    """Give the home's row, made where there is none; whether it is written for stays as it is."""
    await connection.execute(
        insert_into(connection, Home)
        .values(host=host, name=facts.name, created_at=now, config_digest=facts.digest)
        .on_conflict_do_nothing(index_elements=["host", "name"])
    )
    row = (
        await connection.execute(
            select(col(Home.id), col(Home.writing_since)).where(
                col(Home.host) == host, col(Home.name) == facts.name
            )
        )
    ).one()
    return Tenant(row.id or 0, host, facts, row.writing_since)


async def begin(
    connection: AsyncConnection,
    home_id: int,
    *,
    digest: str,
    name: str,
    under: str,
    as_of: datetime,
    now: datetime,
) -> Progress:
    """Give how far a file was imported under this config and roster; others begin anew."""
    row = (
        await connection.execute(
            select(ImportedFile).where(
                col(ImportedFile.home_id) == home_id, col(ImportedFile.digest) == digest
            )
        )
    ).one_or_none()
    if row is not None and row.under == under:
        again = bool(row.figures["again"])
        return Progress(row.id, row.cursor, again, row.figures, row.finished_at)
    figures: dict[str, Any] = {"again": row is not None}
    told = {
        "name": name,
        "under": under,
        "as_of": as_of,
        "cursor": 0,
        "figures": figures,
        "started_at": now,
        "finished_at": None,
    }
    made = await connection.scalar(
        insert_into(connection, ImportedFile)
        .values(home_id=home_id, digest=digest, **told)
        .on_conflict_do_update(
            index_elements=["home_id", "digest"], set_=told, where=col(ImportedFile.under) != under
        )
        .returning(col(ImportedFile.id))
    )
    if made is None:  # another process has begun in the meantime
        return Progress(0, 0, again=False, figures=figures, finished_at=None)
    return Progress(made, 0, row is not None, figures, None)


async def claim(connection: AsyncConnection, file_id: int, at: int) -> bool:
    """Let nobody else go on with a file until this transaction ends; False: somebody did."""
    mine = await connection.execute(
        update(ImportedFile)
        .where(
            col(ImportedFile.id) == file_id,
            col(ImportedFile.cursor) == at,
            col(ImportedFile.finished_at).is_(None),
        )
        .values(cursor=at)
    )
    return mine.rowcount == 1


async def advance(
    connection: AsyncConnection,
    file_id: int,
    cursor: int,
    figures: dict[str, Any],
    *,
    finished_at: datetime | None,
) -> None:
    """Say that the items up to `cursor` are imported."""
    await connection.execute(
        update(ImportedFile)
        .where(col(ImportedFile.id) == file_id)
        .values(cursor=cursor, figures=figures, finished_at=finished_at)
    )


@dataclass(frozen=True, slots=True)
class KnownSubject:
    """A subject that has a row: who holds it until when, and what was read of it last.

    `is_read`: GitHub itself was asked about it, by a job.
    """

    id: int
    mark: int
    is_read: bool
    lease_until: datetime | None
    active_at: datetime | None
    fetched_at: datetime | None = None
    digest: str | None = None


async def known_subjects(
    connection: AsyncConnection, tenant: Tenant, keys: Collection[tuple[int, int]]
) -> dict[tuple[int, int], KnownSubject]:
    """Give those items that have a row, by repository id and number."""
    rows = (
        await connection.execute(
            select(
                col(Subject.id), col(Subject.repository_id), col(Subject.number),
                col(Subject.mark), col(Subject.settled), col(Subject.lease_until),
                col(Subject.active_at),
            ).where(
                col(Subject.home_id) == tenant.id,
                col(Subject.host) == tenant.host,
                col(Subject.repository_id).in_({repository for repository, _ in keys}),
                col(Subject.space) == "item",
                col(Subject.number).in_({number for _, number in keys}),
            )
        )
    ).all()  # fmt: skip
    rows = [row for row in rows if (row.repository_id, row.number) in keys]
    read = await _latest(connection, [row.id for row in rows])
    return {
        (row.repository_id, row.number): KnownSubject(
            row.id, row.mark, row.settled > 0, row.lease_until, row.active_at,
            *read.get(row.id, (None, None)),
        )
        for row in rows
    }  # fmt: skip


async def _latest(
    connection: AsyncConnection, subject_ids: Sequence[int]
) -> dict[int, tuple[datetime, str]]:
    if not subject_ids:
        return {}
    rows = await connection.execute(
        select(col(Snapshot.subject_id), col(Snapshot.fetched_at), col(Snapshot.digest))
        .where(col(Snapshot.subject_id).in_(subject_ids))
        .order_by(col(Snapshot.id))
    )
    return {row.subject_id: (row.fetched_at, row.digest) for row in rows}


async def touch(
    connection: AsyncConnection, subject_id: int, title: str | None, active_at: datetime | None
) -> None:
    """Remember what a subject is called, and when it last changed as far as a file knows."""
    await connection.execute(
        update(Subject)
        .where(col(Subject.id) == subject_id)
        .values(title=title, active_at=active_at)
    )


async def mentioning(
    connection: AsyncConnection, tenant: Tenant, keys: Collection[tuple[int, int]]
) -> set[tuple[int, int]]:
    """Give those tracker items of which mentions are kept."""
    rows = await connection.execute(
        select(col(Mention.from_repository_id), col(Mention.from_number))
        .where(
            col(Mention.home_id) == tenant.id,
            col(Mention.host) == tenant.host,
            col(Mention.from_repository_id).in_({repository for repository, _ in keys}),
            col(Mention.from_number).in_({number for _, number in keys}),
        )
        .distinct()
    )
    return {(row.from_repository_id, row.from_number) for row in rows} & set(keys)


async def take_waiting(
    connection: AsyncConnection, home_id: int, host: str, limit: int
) -> list[int]:
    """Take items off the line of those to be read from GitHub, the last active first.

    Gives the subjects' ids; one that GitHub was asked about in the meantime is only taken off.
    """
    rows = (
        await connection.execute(
            select(
                col(ImportedItem.file_id), col(ImportedItem.repository_id),
                col(ImportedItem.number), col(ImportedItem.snapshot_id), col(Subject.id),
            )
            .join(ImportedFile, col(ImportedFile.id) == col(ImportedItem.file_id))
            .join(Snapshot, col(Snapshot.id) == col(ImportedItem.snapshot_id))
            .join(Subject, col(Subject.id) == col(Snapshot.subject_id))
            .where(
                col(ImportedItem.waiting_at).is_not(None),
                col(ImportedFile.home_id) == home_id,
                col(Subject.host) == host,
            )
            .order_by(col(ImportedItem.waiting_at).desc())
            .limit(limit)
        )
    ).all()  # fmt: skip
    for row in rows:
        await connection.execute(
            update(ImportedItem)
            .where(
                col(ImportedItem.file_id) == row.file_id,
                col(ImportedItem.repository_id) == row.repository_id,
                col(ImportedItem.number) == row.number,
            )
            .values(waiting_at=None)
        )
    newest = await _newest(connection, [row.id for row in rows if row.id is not None])
    return [row.id for row in rows if row.id is not None and newest[row.id] == row.snapshot_id]


async def limit_left(connection: AsyncConnection, host: str, now: datetime) -> int | None:
    """Give what is left of the smallest limit in force, None where nothing is known of any."""
    return await connection.scalar(
        select(func.min(col(Installation.limit_remaining))).where(
            col(Installation.host) == host,
            col(Installation.limit_resets_at) > now,
            col(Installation.removed_at).is_(None),
        )
    )


async def _newest(connection: AsyncConnection, subject_ids: Sequence[int]) -> dict[int, int]:
    rows = await connection.execute(
        select(col(Snapshot.subject_id), func.max(col(Snapshot.id)).label("id"))
        .where(col(Snapshot.subject_id).in_(subject_ids))
        .group_by(col(Snapshot.subject_id))
    )
    return {row.subject_id: row.id for row in rows}


async def waiting(connection: AsyncConnection, file_id: int) -> int:
    """Count the items of a file that are still to be read from GitHub."""
    return (
        await connection.scalar(
            select(func.count())
            .select_from(ImportedItem)
            .where(col(ImportedItem.file_id) == file_id, col(ImportedItem.waiting_at).is_not(None))
        )
        or 0
    )
