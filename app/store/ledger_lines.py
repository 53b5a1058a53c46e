"""The ledger's lines, made of decisions and snapshots, so that reports read little.

Whoever records decisions or facts need not know of them: what no line was made of yet is found by
its row (decision.listed_at, snapshot.standing), as stale subjects are. Whoever supersedes a
decision without recording another one has to set its `listed_at` to NULL.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from app.policy.home import Home
from app.policy.model import Act, Kind, Work
from app.reports.lines import Held, Sort, Span, spans
from app.store.standings import read_snapshots, replaced_since, timeline
from app.store.tables import Contribution, Decision, LedgerLine, LedgerSort, Subject
from app.store.upsert import insert_into

BATCH = 1_000
"""Decisions and snapshots that are taken in one transaction."""
_LOCK = 0x60_0D_C1_71_2F
"""Key of PostgreSQL's advisory lock under which one process makes lines and the others wait."""


async def catch_up(
    connection: AsyncConnection, home_id: int, home: Home, now: datetime, limit: int = BATCH
) -> int:
    """Make the lines of what was recorded since the last time, at most `limit` of each; 0: all is.

    In one transaction; to be called again until it gives 0.
    """
    if connection.dialect.name == "postgresql":
        await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    n_read, subjects = await read_snapshots(connection, home_id, home, limit)
    unlisted = (
        await connection.execute(
            select(col(Decision.id), col(Decision.contribution_id))
            .where(col(Decision.home_id) == home_id, col(Decision.listed_at).is_(None))
            .order_by(col(Decision.id))
            .limit(limit)
        )
    ).all()
    await _make_again(connection, home_id, {row.contribution_id for row in unlisted}, subjects)
    await connection.execute(
        update(Decision)
        .where(col(Decision.id).in_([row.id for row in unlisted]))
        .values(listed_at=now)
    )
    return n_read + len(unlisted)


async def _make_again(
    connection: AsyncConnection, home_id: int, ids: Collection[int], subjects: Collection[int]
) -> None:
    """Make the lines of these contributions, and of all to these subjects, anew."""
    if not ids and not subjects:
        return
    acts = (
        await connection.execute(
            select(
                col(Contribution.id), col(Contribution.subject_id), col(Contribution.act),
                col(Contribution.account_key), col(Contribution.acted_at),
                col(Subject.repository_id),
            )
            .join(Subject, col(Subject.id) == col(Contribution.subject_id))
            .where(
                or_(col(Contribution.id).in_(ids), col(Contribution.subject_id).in_(subjects)),
                # What was logged stands in people's words, with its minutes: report_words.py.
                col(Contribution.act) != Act.LOGGED.value,
            )
            .order_by(col(Contribution.id))
        )
    ).all()  # fmt: skip
    found = await _spans(connection, home_id, acts)
    sorts = await _sort_ids(
        connection, home_id, {one.sort for each in found.values() for one in each}
    )
    await connection.execute(
        delete(LedgerLine).where(col(LedgerLine.contribution_id).in_([act.id for act in acts]))
    )
    lines = [_line(home_id, act, one, sorts) for act in acts for one in found[act.id]]
    if lines:
        await connection.execute(insert_into(connection, LedgerLine), lines)


def _line(
    home_id: int, act: Row[*tuple[Any, ...]], one: Span, sorts: Mapping[str, int]
) -> dict[str, Any]:
    return {
        "home_id": home_id,
        "contribution_id": act.id,
        "decision_id": one.decision_id,
        "subject_id": act.subject_id,
        "repository_id": act.repository_id,
        "sort_id": sorts[one.sort.key],
        "account_key": act.account_key,
        "acted_at": act.acted_at,
        "from_at": one.from_at,
        "until_at": one.until_at,
        "personal": one.sort.kind is Kind.PERSONAL,
    }


async def _spans(
    connection: AsyncConnection, home_id: int, acts: Sequence[Row[*tuple[Any, ...]]]
) -> dict[int, tuple[Span, ...]]:
    subject_ids = sorted({act.subject_id for act in acts})
    history = await _history(connection, [act.id for act in acts])
    read = await timeline(connection, subject_ids)
    replaced = await replaced_since(connection, home_id, subject_ids)
    return {
        act.id: spans(
            Act(act.act), history[act.id], read.get(act.subject_id, ()),
            replaced.get(act.subject_id),
        )
        for act in acts
    }  # fmt: skip


async def _history(connection: AsyncConnection, ids: Sequence[int]) -> dict[int, list[Held]]:
    rows = await connection.execute(
        select(
            col(Decision.id), col(Decision.contribution_id), col(Decision.kind),
            col(Decision.bucket), col(Decision.activity), col(Decision.community),
            col(Decision.work), col(Decision.decided_at), col(Decision.superseded_at),
        ).where(col(Decision.contribution_id).in_(ids))
    )  # fmt: skip
    history: dict[int, list[Held]] = defaultdict(list)
    for row in rows:
        history[row.contribution_id].append(
            Held(
                row.id, Kind(row.kind), row.bucket, row.activity, row.community,
                Work(row.work) if row.work else None, row.decided_at, row.superseded_at,
            )
        )  # fmt: skip
    return history


async def _sort_ids(
    connection: AsyncConnection, home_id: int, sorts: Collection[Sort]
) -> dict[str, int]:
    """Give the ids of sorts by their key, making those that are new."""
    by_key = {sort.key: sort for sort in sorts}
    known = await _known_sorts(connection, home_id, by_key)
    new = [_sort_row(home_id, sort) for key, sort in by_key.items() if key not in known]
    if not new:
        return known
    await connection.execute(insert_into(connection, LedgerSort), new)
    return await _known_sorts(connection, home_id, by_key)


async def _known_sorts(
    connection: AsyncConnection, home_id: int, keys: Collection[str]
) -> dict[str, int]:
    rows = await connection.execute(
        select(col(LedgerSort.key), col(LedgerSort.id)).where(
            col(LedgerSort.home_id) == home_id, col(LedgerSort.key).in_(keys)
        )
    )
    return {row.key: row.id for row in rows if row.id is not None}


def _sort_row(home_id: int, sort: Sort) -> dict[str, Any]:
    return {
        "home_id": home_id,
        "key": sort.key,
        "kind": sort.kind.value,
        "act": sort.act.value,
        "bucket": sort.bucket,
        "activity": sort.activity,
        "community": sort.community,
        "standing": str(sort.standing) if sort.standing else None,
        "is_release": sort.is_release,
    }
