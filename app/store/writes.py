"""What the app wrote to an item, or would have written in a dry run."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from app.store.tables import Repository, Subject, Written
from app.store.upsert import insert_into


@dataclass(frozen=True, slots=True)
class Write:
    """One write: `action` in GitHub's words, `detail` a label's name, `text` a comment's."""

    action: str
    detail: str = ""
    text: str | None = None
    comment_id: int | None = None


async def note_writes(
    connection: AsyncConnection,
    home_id: int,
    subject_id: int,
    writes: Sequence[Write],
    now: datetime,
    *,
    dry: bool,
) -> None:
    """Keep what was written to a subject, or (`dry`) what would be: the newest plan alone."""
    await connection.execute(
        delete(Written).where(col(Written.subject_id) == subject_id, col(Written.dry).is_(True))
    )
    for write in writes:
        told = {
            "text": write.text,
            "comment_id": write.comment_id,
            "dry": dry,
            "at": now,
        }
        await connection.execute(
            insert_into(connection, Written)
            .values(
                home_id=home_id,
                subject_id=subject_id,
                action=write.action,
                detail=write.detail,
                **told,
            )
            .on_conflict_do_update(index_elements=["subject_id", "action", "detail"], set_=told)
        )


@dataclass(frozen=True, slots=True)
class Placed:
    """A write and where: "owner/name#1", or the repository's id while its name is not known."""

    where: str
    write: Write
    at: datetime


async def written(connection: AsyncConnection, *, dry: bool) -> list[Placed]:
    """List what was written, or (`dry`) what would be, the oldest first."""
    rows = await connection.execute(
        select(
            col(Repository.full_name),
            col(Subject.repository_id),
            col(Subject.number),
            col(Written.action),
            col(Written.detail),
            col(Written.text),
            col(Written.comment_id),
            col(Written.at),
        )
        .join(Subject, col(Written.subject_id) == col(Subject.id))
        .outerjoin(
            Repository,
            (col(Repository.id) == col(Subject.repository_id))
            & (col(Repository.host) == col(Subject.host)),
        )
        .where(col(Written.dry).is_(dry))
        .order_by(col(Written.at), col(Written.id))
    )
    return [
        Placed(
            f"{row.full_name or row.repository_id}#{row.number}",
            Write(row.action, row.detail, row.text, row.comment_id),
            row.at,
        )
        for row in rows
    ]
