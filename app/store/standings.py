"""What each snapshot counts as, read out of its facts once and kept beside them.

Whoever writes a snapshot need not know of it: what is not read yet is found by its row.
"""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Result, bindparam, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import aliased
from sqlmodel import col

from app.policy.home import Home
from app.reports.standing import Standing, replaces, standing
from app.store.ledger import FACTS
from app.store.tables import Snapshot, Subject


async def read_snapshots(
    connection: AsyncConnection, home_id: int, home: Home, limit: int
) -> tuple[int, set[int]]:
    """Read what up to `limit` snapshots count as, the oldest first.

    Gives how many there were, and the subjects that now may count as something else: theirs, and
    the pull requests that they say they replace.
    """
    unread = (
        await connection.execute(
            select(col(Snapshot.id), col(Snapshot.subject_id), col(Snapshot.facts))
            .where(col(Snapshot.home_id) == home_id, col(Snapshot.standing).is_(None))
            .order_by(col(Snapshot.id))
            .limit(limit)
        )
    ).all()
    subjects = {row.subject_id for row in unread}
    before = {about: seen[-1][1] for about, seen in (await timeline(connection, subjects)).items()}
    read: list[dict[str, Any]] = []
    for row in unread:
        facts = FACTS.validate_python(row.facts)
        now = standing(facts, home, before.get(row.subject_id))
        before[row.subject_id] = now
        read.append({"of": row.id, "standing": str(now), "replaces": replaces(facts)})
        if read[-1]["replaces"]:
            subjects |= await _replaced(connection, row.subject_id, read[-1]["replaces"])
    if read:
        await connection.execute(_KEEP, read)
    return len(unread), subjects


_KEEP = (
    update(Snapshot)
    .where(col(Snapshot.id) == bindparam("of"))
    .values(standing=bindparam("standing"), replaces=bindparam("replaces"))
)


async def timeline(
    connection: AsyncConnection, subject_ids: Collection[int]
) -> dict[int, list[tuple[Any, Standing]]]:
    """Give (since when, what they counted as) of subjects, the oldest first."""
    rows = await connection.execute(
        select(col(Snapshot.subject_id), col(Snapshot.fetched_at), col(Snapshot.standing))
        .where(col(Snapshot.subject_id).in_(subject_ids), col(Snapshot.standing).is_not(None))
        .order_by(col(Snapshot.fetched_at), col(Snapshot.id))
    )
    read: dict[int, list[tuple[Any, Standing]]] = {}
    for row in rows:
        read.setdefault(row.subject_id, []).append((row.fetched_at, Standing.read(row.standing)))
    return read


async def replaced_since(
    connection: AsyncConnection, home_id: int, subject_ids: Sequence[int]
) -> dict[int, Any]:
    """Give since when others in their repository say that they replace one of these subjects."""
    this, other = aliased(Subject), aliased(Subject)
    rows: Result[Any, Any] = await connection.execute(
        select(col(this.id).label("id"), func.min(col(Snapshot.fetched_at)).label("since"))
        .join(Snapshot, col(Snapshot.replaces) == col(this.number))
        .join(other, col(other.id) == col(Snapshot.subject_id))
        .where(
            col(this.id).in_(subject_ids),
            col(this.space) == "item",
            col(Snapshot.home_id) == home_id,
            col(other.host) == col(this.host),
            col(other.repository_id) == col(this.repository_id),
        )
        .group_by(col(this.id))
    )
    return {row.id: row.since for row in rows}


async def _replaced(connection: AsyncConnection, by: int, number: int) -> set[int]:
    this, other = aliased(Subject), aliased(Subject)
    found = await connection.scalars(
        select(col(this.id))
        .join(other, (col(other.repository_id) == col(this.repository_id))
              & (col(other.host) == col(this.host)) & (col(other.home_id) == col(this.home_id)))
        .where(col(other.id) == by, col(this.number) == number, col(this.space) == "item")
    )  # fmt: skip
    return {id_ for id_ in found if id_ is not None}
