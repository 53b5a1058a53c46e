"""What was read and decided: snapshots, contributions, decisions (superseded, never edited)."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from app.policy.answers import Decision as Decided
from app.policy.model import Act, Facts, ItemRef, Person
from app.store.subjects import Leased
from app.store.tables import Contribution, Decision, Serving, Snapshot
from app.store.upsert import upsert

FACTS = TypeAdapter(Facts)
DECISION = TypeAdapter(Decided)


@dataclass(frozen=True, slots=True)
class Verdict:
    """A decision about one act of one person, ready to be recorded."""

    person: Person
    act: Act
    at: datetime | None
    decision: Decided
    changed_because: str | None = None

    @property
    def account_key(self) -> str:
        """Give what identifies the person in a row: the numeric id, else the login."""
        return account_key(self.person)


def account_key(person: Person) -> str:
    """Give GitHub's numeric id as text, or "login:NAME" while only the login is known."""
    return str(person.id) if person.id is not None else f"login:{person.login.casefold()}"


_LAST_DIGEST = (
    select(col(Snapshot.id), col(Snapshot.digest))
    .where(col(Snapshot.subject_id) == bindparam("this"))
    .order_by(col(Snapshot.id).desc())
    .limit(1)
)
_KEPT = insert(Snapshot).returning(col(Snapshot.id))
_DECIDED = insert(Decision)
_SERVES_NOTHING = delete(Serving).where(col(Serving.contribution_id) == bindparam("this"))


async def keep_snapshot(
    connection: AsyncConnection,
    home_id: int,
    subject_id: int,
    facts: Facts,
    now: datetime,
    *,
    first: bool = False,
) -> tuple[int, bool]:
    """Keep the facts; give the snapshot's id and whether it is new.

    The same facts read again are the same snapshot. `first`: as for `record`.
    """
    document, digest = written_down(facts)
    fetched_at = facts.fetched_at or now
    if not first:
        last = (await connection.execute(_LAST_DIGEST, {"this": subject_id})).one_or_none()
        if last is not None and last.digest == digest:
            return last.id or 0, False
    told = {
        "home_id": home_id,
        "subject_id": subject_id,
        "fetched_at": fetched_at,
        "digest": digest,
        "facts": document,
    }
    made = await connection.execute(_KEPT, told)
    return made.scalar_one() or 0, True


def written_down(facts: Facts) -> tuple[dict[str, Any], str]:
    """Give facts as they are kept, and the digest by which the same ones are known again."""
    document: dict[str, Any] = FACTS.dump_python(facts, mode="json")
    document["fetched_at"] = None
    # A set comes in another order in each process.
    document["could_not_read"].sort()
    return document, hashlib.sha256(json.dumps(document).encode()).hexdigest()


_LAST_FACTS = (
    select(col(Snapshot.facts))
    .where(col(Snapshot.subject_id) == bindparam("this"))
    .order_by(col(Snapshot.id).desc())
    .limit(1)
)
_CURRENT = (
    select(col(Contribution.account_key), col(Contribution.act), col(Decision.decision))
    .join(Decision, col(Decision.contribution_id) == col(Contribution.id))
    .where(col(Contribution.subject_id) == bindparam("this"), col(Decision.superseded_at).is_(None))
)


async def last_facts(connection: AsyncConnection, subject_id: int) -> Facts | None:
    """Give the facts that were read last about a subject."""
    document = await connection.scalar(_LAST_FACTS, {"this": subject_id})
    return FACTS.validate_python(document) if document else None


async def current(connection: AsyncConnection, subject_id: int) -> dict[tuple[str, str], Decided]:
    """Give the standing decisions about a subject by (account_key, act)."""
    rows = await connection.execute(_CURRENT, {"this": subject_id})
    return {(row.account_key, row.act): DECISION.validate_python(row.decision) for row in rows}


async def record(
    connection: AsyncConnection,
    held: Leased,
    verdicts: Sequence[Verdict],
    *,
    snapshot_id: int,
    config_digest: str,
    now: datetime,
    first: bool = False,
) -> set[ItemRef]:
    """Record decisions; those that say the same as before stay. Give the tracker items touched.

    Touched are the items that a changed decision serves or served, whose comments are to be
    looked at again. `first`: whoever calls knows that nothing is recorded of the subject yet.
    """
    touched: set[ItemRef] = set()
    standing = {} if first else await current(connection, held.id)
    for verdict in verdicts:
        before = standing.get((verdict.account_key, verdict.act.value))
        if before == verdict.decision:
            continue
        contribution_id = await _contribution(connection, held, verdict)
        if before is not None:
            await _supersede(connection, contribution_id, now)
        told = {
            "home_id": held.home_id,
            "contribution_id": contribution_id,
            "snapshot_id": snapshot_id,
            "config_digest": config_digest,
            "decided_at": now,
        }
        await connection.execute(_DECIDED, told | columns_of(verdict))
        if not first:
            await connection.execute(_SERVES_NOTHING, {"this": contribution_id})
        await _serve(connection, held, contribution_id, verdict.decision)
        touched |= {item for one in (before, verdict.decision) if one and (item := serves(one))}
    return touched


async def _supersede(connection: AsyncConnection, contribution_id: int, now: datetime) -> None:
    await connection.execute(
        update(Decision)
        .where(
            col(Decision.contribution_id) == contribution_id,
            col(Decision.superseded_at).is_(None),
        )
        .values(superseded_at=now)
    )


def serves(decision: Decided) -> ItemRef | None:
    """Give the item of a tracker that a decision says is served."""
    need = decision.need
    return need.evidence.ref if need and need.evidence.ref and need.evidence.ref.number else None


async def _contribution(connection: AsyncConnection, held: Leased, verdict: Verdict) -> int:
    told = {"login": verdict.person.login, "acted_at": verdict.at}
    key = {
        "home_id": held.home_id,
        "subject_id": held.id,
        "account_key": verdict.account_key,
        "act": verdict.act.value,
    }
    row = await upsert(connection, Contribution, key, told, returning="id")
    return row.scalar_one() or 0


def columns_of(verdict: Verdict) -> dict[str, Any]:
    """Give a verdict as the columns of its decision's row."""
    decision = verdict.decision
    item = serves(decision)
    return {
        "kind": decision.kind.value,
        "bucket": decision.bucket,
        "activity": decision.activity,
        "community": decision.community,
        "work": decision.work,
        "need": str(item) if item else None,
        "provisional": decision.provisional,
        "by_word": decision.by_word,
        "because": str(decision.because),
        "decision": DECISION.dump_python(decision, mode="json"),
        "policy_version": decision.policy_version,
        "changed_because": verdict.changed_because,
    }


async def _serve(
    connection: AsyncConnection, held: Leased, contribution_id: int, decision: Decided
) -> None:
    if item := serves(decision):
        await connection.execute(
            insert(Serving).values(
                contribution_id=contribution_id,
                home_id=held.home_id,
                host=held.key.host,
                repo_key=item.repo.casefold(),
                number=item.number,
            )
        )
