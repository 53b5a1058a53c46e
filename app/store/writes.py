"""What the app wrote to an item, or would have written in a dry run."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from app.store.tables import Repository, Subject, Written
from app.store.upsert import upsert


@dataclass(frozen=True, slots=True)
class Write:
    """One write: `action` in GitHub's words, `detail` a label's name, `text` a comment's."""

    action: str
    detail: str = ""
    text: str | None = None
    comment_id: int | None = None


_NO_LONGER = delete(Written).where(
    col(Written.subject_id) == bindparam("this"), col(Written.dry).is_(True)
)


async def note_writes(
    connection: AsyncConnection,
    home_id: int,
    subject_id: int,
    writes: Sequence[Write],
    now: datetime,
    *,
    dry: bool,
    done: bool = True,
) -> None:
    """Keep what was written to a subject, or (`dry`) what would be: the newest plan alone.

    `done` False: more of the same plan will be written.
    """
    if dry or done:
        await connection.execute(_NO_LONGER, {"this": subject_id})
    for write in writes:
        key = {"subject_id": subject_id, "action": write.action, "detail": write.detail}
        told = {
            "home_id": home_id,
            "text": write.text,
            "comment_id": write.comment_id,
            "dry": dry,
            "at": now,
        }
        await upsert(connection, Written, key, told)


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
