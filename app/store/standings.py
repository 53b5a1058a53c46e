"""What each snapshot counts as, read out of its facts once and kept beside them.

Whoever writes a snapshot need not know of it: what is not read yet is found by its row. A report
asked for before that counts the act and no delivery.
"""

from collections.abc import Sequence

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from app.policy.home import Home
from app.reports.standing import Standing, replaces, standing
from app.store.ledger import FACTS
from app.store.tables import Snapshot

BATCH = 1_000
"""Snapshots that are read in one transaction."""


async def catch_up(
    connection: AsyncConnection, home_id: int, home: Home, limit: int = BATCH
) -> int:
    """Read what up to `limit` snapshots count as, the oldest first; give how many there were."""
    unread = (
        await connection.execute(
            select(col(Snapshot.id), col(Snapshot.subject_id), col(Snapshot.facts))
            .where(col(Snapshot.home_id) == home_id, col(Snapshot.standing).is_(None))
            .order_by(col(Snapshot.id))
            .limit(limit)
        )
    ).all()
    before = await _latest(connection, [row.subject_id for row in unread])
    for row in unread:
        facts = FACTS.validate_python(row.facts)
        now = standing(facts, home, before.get(row.subject_id))
        before[row.subject_id] = now
        await connection.execute(
            update(Snapshot)
            .where(col(Snapshot.id) == row.id)
            .values(standing=str(now), replaces=replaces(facts))
        )
    return len(unread)


async def _latest(connection: AsyncConnection, subject_ids: Sequence[int]) -> dict[int, Standing]:
    """Give what subjects counted as by the last of their snapshots that was read."""
    rows = await connection.execute(
        select(col(Snapshot.subject_id), col(Snapshot.standing))
        .where(col(Snapshot.subject_id).in_(set(subject_ids)), col(Snapshot.standing).is_not(None))
        .order_by(col(Snapshot.fetched_at), col(Snapshot.id))
    )
    return {row.subject_id: Standing.read(row.standing) for row in rows if row.standing}
