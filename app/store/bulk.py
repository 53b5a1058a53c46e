"""Recording thousands of new subjects at once: what ledger.py does one by one, in a few statements.

Only for subjects that nothing is known of: nobody said anything about them and nothing stands.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import SQLModel, col

from app.store.places import Tenant
from app.store.tables import (
    Contribution,
    Decision,
    ImportedItem,
    Repository,
    Serving,
    Snapshot,
    Subject,
)
from app.store.upsert import insert_into


@dataclass(frozen=True, slots=True)
class NewDecision:
    """One member's act and what it was decided to be; `columns` as ledger.columns_of gives them.

    `serves` is the tracker item it serves: (name casefolded, number).
    """

    account_key: str
    login: str
    act: str
    at: datetime | None
    columns: dict[str, Any]
    serves: tuple[str, int] | None = None


@dataclass(frozen=True, slots=True)
class NewSubject:
    """A subject with its facts and decisions; `facts` and `digest` as ledger.written_down gives."""

    repository_id: int
    number: int
    title: str | None
    active_at: datetime | None
    facts: dict[str, Any]
    digest: str
    decisions: tuple[NewDecision, ...]
    waiting_at: datetime | None = None
    """As in tables.ImportedItem."""

    @property
    def key(self) -> tuple[int, int]:
        """Give its repository's id and its number."""
        return self.repository_id, self.number


@dataclass(frozen=True, slots=True)
class Brought:
    """What a file brought of an item, by repository id and number; see tables.ImportedItem."""

    key: tuple[int, int]
    snapshot_id: int | None = None
    waiting_at: datetime | None = None


async def keep_new(
    connection: AsyncConnection,
    tenant: Tenant,
    file_id: int,
    subjects: Sequence[NewSubject],
    *,
    fetched_at: datetime,
    now: datetime,
) -> set[tuple[int, int]]:
    """Record subjects from an imported file; give the keys of those that really were new."""
    if not subjects:
        return set()
    ids = await _subjects(connection, tenant, subjects)
    fresh = [one for one in subjects if one.key in ids]
    if not fresh:
        return set()
    snapshots = await _snapshots(connection, tenant, fresh, ids, fetched_at)
    contributions = await _contributions(connection, tenant, fresh, ids)
    decided, serving = [], []
    for one in fresh:
        for decision in one.decisions:
            contribution = contributions[ids[one.key], decision.account_key, decision.act]
            decided.append(
                decision.columns
                | {
                    "home_id": tenant.id,
                    "contribution_id": contribution,
                    "snapshot_id": snapshots[ids[one.key]],
                    "config_digest": tenant.facts.digest,
                    "decided_at": now,
                }
            )
            if decision.serves:
                serving.append(_serving(tenant, contribution, decision.serves))
    await _insert(connection, Decision, decided)
    await _insert(connection, Serving, serving)
    await note_brought(
        connection,
        file_id,
        [Brought(one.key, snapshots[ids[one.key]], one.waiting_at) for one in fresh],
    )
    return {one.key for one in fresh}


async def note_brought(
    connection: AsyncConnection, file_id: int, brought: Sequence[Brought]
) -> None:
    """Remember what a file brought."""
    rows = [
        {
            "file_id": file_id,
            "repository_id": one.key[0],
            "number": one.key[1],
            "snapshot_id": one.snapshot_id,
            "waiting_at": one.waiting_at,
        }
        for one in brought
    ]
    if rows:
        fresh = insert_into(connection, ImportedItem)
        await connection.execute(
            fresh.on_conflict_do_update(
                index_elements=["file_id", "repository_id", "number"],
                set_={
                    "snapshot_id": fresh.excluded.snapshot_id,
                    "waiting_at": fresh.excluded.waiting_at,
                },
            ),
            rows,
        )


async def see_repositories(
    connection: AsyncConnection, host: str, rows: Sequence[Mapping[str, Any]], seen_at: datetime
) -> None:
    """Remember repositories as a file names them, where nothing is known of them yet."""
    found = [
        {
            "host": host,
            "id": row["id"],
            "full_name": row["name"],
            "full_name_key": str(row["name"]).casefold(),
            "private": None if row["private"] is None else bool(row["private"]),
            "fork": None if row["fork"] is None else bool(row["fork"]),
            "seen_at": seen_at,
        }
        for row in rows
    ]
    if found:
        await connection.execute(
            insert_into(connection, Repository).on_conflict_do_nothing(
                index_elements=["host", "id"]
            ),
            found,
        )


async def _subjects(
    connection: AsyncConnection, tenant: Tenant, subjects: Sequence[NewSubject]
) -> dict[tuple[int, int], int]:
    rows = [
        {
            "home_id": tenant.id,
            "host": tenant.host,
            "repository_id": one.repository_id,
            "space": "item",
            "number": one.number,
            "title": one.title,
            "active_at": one.active_at,
        }
        for one in subjects
    ]
    made = await connection.execute(
        insert_into(connection, Subject)
        .on_conflict_do_nothing(
            index_elements=["home_id", "host", "repository_id", "space", "number"]
        )
        .returning(col(Subject.id), col(Subject.repository_id), col(Subject.number)),
        rows,
    )
    return {(row.repository_id, row.number): row.id for row in made if row.id is not None}


async def _snapshots(
    connection: AsyncConnection,
    tenant: Tenant,
    subjects: Sequence[NewSubject],
    ids: Mapping[tuple[int, int], int],
    fetched_at: datetime,
) -> dict[int, int]:
    rows = [
        {
            "home_id": tenant.id,
            "subject_id": ids[one.key],
            "fetched_at": fetched_at,
            "digest": one.digest,
            "facts": one.facts,
        }
        for one in subjects
    ]
    made = await connection.execute(
        insert_into(connection, Snapshot).returning(col(Snapshot.id), col(Snapshot.subject_id)),
        rows,
    )
    return {row.subject_id: row.id for row in made if row.id is not None}


async def _contributions(
    connection: AsyncConnection,
    tenant: Tenant,
    subjects: Sequence[NewSubject],
    ids: Mapping[tuple[int, int], int],
) -> dict[tuple[int, str, str], int]:
    rows = [
        {
            "home_id": tenant.id,
            "subject_id": ids[one.key],
            "account_key": decision.account_key,
            "login": decision.login,
            "act": decision.act,
            "acted_at": decision.at,
        }
        for one in subjects
        for decision in one.decisions
    ]
    if not rows:
        return {}
    made = await connection.execute(
        insert_into(connection, Contribution).returning(
            col(Contribution.id),
            col(Contribution.subject_id),
            col(Contribution.account_key),
            col(Contribution.act),
        ),
        rows,
    )
    return {
        (row.subject_id, row.account_key, row.act): row.id for row in made if row.id is not None
    }


def _serving(tenant: Tenant, contribution_id: int, serves: tuple[str, int]) -> dict[str, Any]:
    return {
        "contribution_id": contribution_id,
        "home_id": tenant.id,
        "host": tenant.host,
        "repo_key": serves[0],
        "number": serves[1],
    }


async def _insert(
    connection: AsyncConnection, table: type[SQLModel], rows: Sequence[dict[str, Any]]
) -> None:
    if rows:
        await connection.execute(insert_into(connection, table), rows)
