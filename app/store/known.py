"""What the rows say of a subject and of where it is, in one look before GitHub is asked."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BindParameter, and_, bindparam, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from app.store.subjects import Leased
from app.store.tables import Contribution, Installation, Mention, Repository, Snapshot, Word


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a subject's repository, and what there is to be read of itself.

    `installation_id` is the newest by which it was reached, `works`: it is there and not suspended.
    `mentioned`: a tracker's item names it. `spoken_of`: people said something about it or in it.
    `recorded`: facts or acts are kept of it; what is not can't be while somebody holds it.
    """

    full_name: str
    private: bool | None
    fork: bool | None
    seen_at: datetime
    installation_id: int | None
    works: bool
    mentioned: bool
    spoken_of: bool
    recorded: bool


_THIS: BindParameter[int] = bindparam("this")
_HOST: BindParameter[str] = bindparam("host")
_BY = func.coalesce(col(Repository.installation_id), bindparam("installation_id"))
_KNOWN = select(
    col(Repository.full_name),
    col(Repository.private),
    col(Repository.fork),
    col(Repository.seen_at),
    _BY.label("installation_id"),
    exists()
    .where(
        col(Installation.host) == _HOST,
        col(Installation.id) == _BY,
        col(Installation.removed_at).is_(None),
        col(Installation.suspended_at).is_(None),
    )
    .label("works"),
    exists()
    .where(
        col(Mention.home_id) == bindparam("home_id"),
        col(Mention.host) == _HOST,
        col(Mention.to_number) == bindparam("number"),
        or_(
            col(Mention.to_name_key) == col(Repository.full_name_key),
            col(Mention.to_repository_id) == col(Repository.id),
        ),
    )
    .label("mentioned"),
    or_(
        exists().where(col(Word.subject_id) == _THIS),
        exists().where(col(Word.heard_on) == _THIS),
    ).label("spoken_of"),
    or_(
        exists().where(col(Snapshot.subject_id) == _THIS),
        exists().where(col(Contribution.subject_id) == _THIS),
    ).label("recorded"),
).where(and_(col(Repository.host) == _HOST, col(Repository.id) == bindparam("repository_id")))


async def known_of(connection: AsyncConnection, held: Leased) -> Known | None:
    """Give what is known of a subject that somebody holds; None: not even its repository."""
    asked = {
        "this": held.id,
        "home_id": held.home_id,
        "host": held.key.host,
        "repository_id": held.key.repository_id,
        "number": held.key.number,
        "installation_id": held.installation_id,
    }
    row = (await connection.execute(_KNOWN, asked)).one_or_none()
    return None if row is None else Known(*row)
