"""Recording what was read of a file, beside what is known already and never over it.

What GitHub or a newer file told stays; what people said counts as ever.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal, TypeAlias

from sqlalchemy.ext.asyncio import AsyncConnection

from app.github.facts import with_mentions
from app.imports.joining import joined
from app.imports.judging import TrackerTold
from app.policy.model import Facts, Kind
from app.reconcile.recording import judged, remembering
from app.store import imports, ledger, words
from app.store.bulk import Brought, NewSubject, keep_new, note_brought
from app.store.imports import KnownSubject
from app.store.mentions import mentions_of, replace_mentions
from app.store.places import Tenant
from app.store.subjects import Key, Leased

Complete: TypeAlias = Literal["none", "undecided", "all"]
"""Which imported items are to be read from GitHub later."""


@dataclass(slots=True)
class Counts:
    """What became of the items: recorded with acts of this kind, or left as they were.

    `silent`: nobody was a member on the day. `newer`: better known from GitHub or a newer file.
    """

    recorded: int = 0
    unchanged: int = 0
    newer: int = 0
    silent: int = 0
    mentions: int = 0
    decided_anew: int = 0
    to_complete: int = 0
    kinds: dict[str, int] = field(default_factory=dict)

    def add(self, kinds: Iterable[str]) -> None:
        """Count decisions by their kinds."""
        for kind in kinds:
            self.kinds[kind] = self.kinds.get(kind, 0) + 1


@dataclass(frozen=True, slots=True)
class Recorder:
    """Records for one home what one file tells. `again`: it did before, with another roster."""

    tenant: Tenant
    file_id: int
    as_of: datetime
    again: bool
    complete: Complete
    counts: Counts

    async def items(
        self, connection: AsyncConnection, told: Sequence[NewSubject], now: datetime
    ) -> None:
        """Record upstream items and the decisions about them."""
        known = await imports.known_subjects(connection, self.tenant, {one.key for one in told})
        fresh = [
            replace(one, waiting_at=self._waiting(one))
            for one in told
            if one.key not in known and one.decisions
        ]
        self.counts.silent += sum(one.key not in known and not one.decisions for one in told)
        kept = await keep_new(
            connection, self.tenant, self.file_id, fresh, fetched_at=self.as_of, now=now
        )
        self.counts.newer += len(fresh) - len(kept)
        for one in fresh:
            if one.key in kept:
                self._count(one, [str(each.columns["kind"]) for each in one.decisions])
        for one in told:
            if one.key in known:
                await self._beside(connection, one, known[one.key], now)

    async def trackers(
        self, connection: AsyncConnection, told: Sequence[TrackerTold], now: datetime
    ) -> None:
        """Keep what trackers' items mention, and decide anew what that concerns."""
        keys = {one.key for one in told}
        known = await imports.known_subjects(connection, self.tenant, keys)
        before = await imports.mentioning(connection, self.tenant, keys)
        rows = {
            one.key: [
                found.row(found.to.repo, repository_id) for found, repository_id in one.mentions
            ]
            for one in told
            if not _is_newer(known.get(one.key), one) and (one.mentions or one.key in before)
        }
        moved = await replace_mentions(connection, self.tenant.id, self.tenant.host, rows)
        self.counts.mentions += sum(len(rows[key]) for key in moved)
        changed = {
            (name, row.to_number): row.to_repository_id
            for key, names in moved.items()
            for row in rows[key]
            if ((name := row.to_name.casefold()), row.to_number) in names
            and row.to_repository_id is not None
        }
        await note_brought(connection, self.file_id, [Brought(key) for key in moved])
        await self._decide_anew(connection, changed, now)

    async def _decide_anew(
        self, connection: AsyncConnection, changed: Mapping[tuple[str, int], int], now: datetime
    ) -> None:
        """Decide with new backlinks what is known of mentioned items; no call is needed for it."""
        keys = {(repository_id, number): name for (name, number), repository_id in changed.items()}
        known = await imports.known_subjects(connection, self.tenant, keys.keys())
        for (repository_id, number), row in known.items():
            before = await ledger.last_facts(connection, row.id)
            if before is None or row.fetched_at is None:
                continue
            kept = await mentions_of(
                connection,
                self.tenant.id,
                self.tenant.host,
                names=[keys[repository_id, number], before.subject.ref.repo],
                repository_id=repository_id,
                number=number,
            )
            facts = replace(
                before,
                backlinks=with_mentions(before.backlinks, tuple(kept)),
                fetched_at=row.fetched_at,
            )
            key = (repository_id, number)
            if await self._judge(connection, key, row, facts, now, waiting_at=None):
                self.counts.decided_anew += 1

    async def _beside(
        self, connection: AsyncConnection, told: NewSubject, row: KnownSubject, now: datetime
    ) -> None:
        """Record an item that has a row already, unless what is known of it is better."""
        held = row.lease_until is not None and row.lease_until > now
        same = row.digest == told.digest
        if held or (row.fetched_at is not None and row.fetched_at >= self.as_of and not same):
            self.counts.newer += 1
            return
        if row.fetched_at is not None and not (same and self.again):
            changed = told.active_at is not None and told.active_at > row.fetched_at
            if same or not changed:
                self.counts.unchanged += 1
                return
        facts = replace(ledger.FACTS.validate_python(told.facts), fetched_at=self.as_of)
        before = await ledger.last_facts(connection, row.id)
        if before is not None and not same:
            facts = joined(facts, before)
        waiting_at = self._waiting(told)
        facts = remembering(facts, before)
        if await self._judge(connection, told.key, row, facts, now, waiting_at=waiting_at):
            await imports.touch(connection, row.id, told.title, told.active_at)
            self._count(told, [str(each.columns["kind"]) for each in told.decisions])
        else:
            self.counts.unchanged += 1

    async def _judge(
        self,
        connection: AsyncConnection,
        key: tuple[int, int],
        row: KnownSubject,
        facts: Facts,
        now: datetime,
        *,
        waiting_at: datetime | None,
    ) -> bool:
        """Decide with what people said; give whether anything was recorded."""
        said = await words.spoken_about(connection, row.id)
        standing = await ledger.current(connection, row.id)
        judgement = judged(self.tenant, facts, said, standing)
        same = all(
            standing.get((one.account_key, one.act.value)) == one.decision
            for one in judgement.verdicts
        )
        if judgement.is_silent or same:
            return False
        place = Key(self.tenant.host, *key)
        held = Leased(row.id, self.tenant.id, place, row.mark, None, 0, None, "import", 0)
        snapshot, is_new = await ledger.keep_snapshot(
            connection, self.tenant.id, row.id, facts, now
        )
        await ledger.record(
            connection,
            held,
            judgement.verdicts,
            snapshot_id=snapshot,
            config_digest=self.tenant.facts.digest,
            now=now,
        )
        if is_new:
            await note_brought(connection, self.file_id, [Brought(key, snapshot, waiting_at)])
        return True

    def _waiting(self, told: NewSubject) -> datetime | None:
        kinds = {str(one.columns["kind"]) for one in told.decisions}
        wanted = self.complete == "all" or (
            self.complete == "undecided" and Kind.UNDECIDED.value in kinds
        )
        return (told.active_at or self.as_of) if wanted and kinds else None

    def _count(self, told: NewSubject, kinds: Iterable[str]) -> None:
        self.counts.recorded += 1
        self.counts.add(kinds)
        self.counts.to_complete += self._waiting(told) is not None


def _is_newer(row: KnownSubject | None, told: TrackerTold) -> bool:
    """Say whether a job has read the tracker's item since what the file tells of it."""
    if row is None or not row.is_read:
        return False
    return row.active_at is None or told.active_at is None or row.active_at >= told.active_at
