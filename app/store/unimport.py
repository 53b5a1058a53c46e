"""Taking away again what an imported file brought; what GitHub or people said stays."""

from collections.abc import Sequence

from sqlalchemy import and_, delete, exists, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from app.store import subjects
from app.store.places import Tenant
from app.store.tables import (
    Contribution,
    Decision,
    ImportedFile,
    ImportedItem,
    LedgerLine,
    Mention,
    Serving,
    Snapshot,
    Subject,
    Word,
)

CHUNK = 500


async def find(connection: AsyncConnection, home_id: int, name: str) -> list[tuple[int, str]]:
    """Give (id, name) of imported files by the hash of their bytes or the name they had."""
    rows = await connection.execute(
        select(col(ImportedFile.id), col(ImportedFile.name)).where(
            col(ImportedFile.home_id) == home_id,
            (col(ImportedFile.digest) == name) | (col(ImportedFile.name) == name),
        )
    )
    return [(row.id, row.name) for row in rows if row.id is not None]


async def take_away(connection: AsyncConnection, tenant: Tenant, file_id: int) -> int:
    """Take away one lot of what a file brought, in one transaction; give how many items it was.

    To be called again until it gives 0, which also forgets the file. What stood before stands
    again once its subject was read anew.
    """
    rows = (
        await connection.execute(
            select(
                col(ImportedItem.repository_id),
                col(ImportedItem.number),
                col(ImportedItem.snapshot_id),
            )
            .where(col(ImportedItem.file_id) == file_id)
            .limit(CHUNK)
        )
    ).all()
    if not rows:
        await connection.execute(delete(ImportedFile).where(col(ImportedFile.id) == file_id))
        return 0
    await _take_snapshots(
        connection, [row.snapshot_id for row in rows if row.snapshot_id is not None]
    )
    for row in rows:
        if row.snapshot_id is None:
            await _take_mentions(connection, tenant, row.repository_id, row.number)
        await connection.execute(
            delete(ImportedItem).where(
                col(ImportedItem.file_id) == file_id,
                col(ImportedItem.repository_id) == row.repository_id,
                col(ImportedItem.number) == row.number,
            )
        )
    return len(rows)


async def _take_snapshots(connection: AsyncConnection, ids: Sequence[int]) -> None:
    if not ids:
        return
    touched = list(
        await connection.scalars(
            select(col(Snapshot.subject_id)).where(col(Snapshot.id).in_(ids)).distinct()
        )
    )
    acts = list(
        await connection.scalars(
            select(col(Decision.contribution_id)).where(col(Decision.snapshot_id).in_(ids))
        )
    )
    await connection.execute(delete(LedgerLine).where(col(LedgerLine.contribution_id).in_(acts)))
    await connection.execute(delete(Decision).where(col(Decision.snapshot_id).in_(ids)))
    standing = exists().where(
        col(Decision.contribution_id) == col(Serving.contribution_id),
        col(Decision.superseded_at).is_(None),
    )
    await connection.execute(
        delete(Serving).where(col(Serving.contribution_id).in_(acts), ~standing)
    )
    left = exists().where(col(Decision.contribution_id) == col(Contribution.id))
    await connection.execute(delete(Contribution).where(col(Contribution.id).in_(acts), ~left))
    await connection.execute(
        update(Decision).where(col(Decision.contribution_id).in_(acts)).values(listed_at=None)
    )
    await connection.execute(delete(Snapshot).where(col(Snapshot.id).in_(ids)))
    await _leave(connection, touched)


async def _leave(connection: AsyncConnection, subject_ids: Sequence[int]) -> None:
    """Read anew what is still known otherwise; of the rest only an empty row is left."""
    told = select(col(Subject.id)).where(
        col(Subject.id).in_(subject_ids),
        exists().where(col(Snapshot.subject_id) == col(Subject.id))
        | exists().where(col(Word.subject_id) == col(Subject.id)),
    )
    known = [one for one in await connection.scalars(told) if one is not None]
    await subjects.mark_again(connection, known)
    await connection.execute(
        update(Subject)
        .where(col(Subject.id).in_(set(subject_ids) - set(known)))
        .values(title=None, active_at=None, settled=col(Subject.mark))
    )


async def _take_mentions(
    connection: AsyncConnection, tenant: Tenant, repository_id: int, number: int
) -> None:
    """Take away what a tracker's item mentions, unless GitHub was asked about it since."""
    read = exists().where(
        and_(
            col(Subject.home_id) == tenant.id,
            col(Subject.host) == tenant.host,
            col(Subject.repository_id) == repository_id,
            col(Subject.space) == "item",
            col(Subject.number) == number,
            col(Subject.settled) > 0,
        )
    )
    await connection.execute(
        delete(Mention).where(
            col(Mention.home_id) == tenant.id,
            col(Mention.host) == tenant.host,
            col(Mention.from_repository_id) == repository_id,
            col(Mention.from_number) == number,
            ~read,
        )
    )
