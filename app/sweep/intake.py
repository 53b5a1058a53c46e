"""What a sweep does with what it has seen: read what changed, decide, record, remember.

Idempotent: what is read again says the same, and is then not recorded again. Where the app may
write, a job does it all, because only a job writes to GitHub.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from sqlalchemy.ext.asyncio import AsyncConnection

from app.github.search import Seen
from app.policy.model import Facts, Subject, Visibility
from app.policy.scope import is_upstream_subject
from app.reconcile.newcomers import tell_newcomers
from app.reconcile.recording import Judgement, judge, keep
from app.store import holding, subjects, sweeps
from app.store.holding import Known
from app.store.ledger import Verdict
from app.store.subjects import Key
from app.store.sweeps import Sighted
from app.sweep.pace import Pace
from app.sweep.reading import Reading
from app.sweep.report import Report

GROUP = 100
"""Items that are read before any of them is recorded: what a kill can cost."""
TRANSACTION = 20
HELD = 60.0


@dataclass(frozen=True, slots=True)
class Ready:
    """Facts that are complete; `changed_at` is when GitHub saw the subject change last."""

    key: Key
    facts: Facts
    changed_at: datetime
    known: Known | None = None


@dataclass(slots=True)
class Intake:
    """Takes what was seen; `dry`: reads and decides, and keeps nothing.

    `let_in` are the repositories where the app is installed, `under` names config and roster,
    acts since `since` are counted.
    """

    pace: Pace
    report: Report
    let_in: Mapping[int, str]
    under: str
    since: datetime
    dry: bool = False
    reading: Reading = field(init=False)
    _taken: dict[tuple[int, int], datetime] = field(default_factory=dict)
    _counted: set[tuple[Key, str, str]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.reading = Reading(self.pace)

    async def take(
        self, seen: Iterable[Seen], *, again: frozenset[tuple[int, int]] = frozenset()
    ) -> None:
        """Read and record what changed since it was read last; `again` whether it did or not."""
        wanted = await self._wanted(seen, again)
        jobs = [one for one in wanted if one.repository_id in self.let_in]
        await self.leave_to_jobs(jobs)
        ours = [one for one in wanted if one.repository_id not in self.let_in]
        for start in range(0, len(ours), GROUP):
            await self._take_group(ours[start : start + GROUP])

    async def _wanted(self, seen: Iterable[Seen], again: frozenset[tuple[int, int]]) -> list[Seen]:
        access = self.pace.access
        tenant = access.tenant
        unique = {one.key: one for one in seen if self._is_upstream(one)}
        async with access.reader.connect() as connection:
            known = await sweeps.sighted(
                connection, tenant.id, tenant.host, unique, under=self.under
            )
        known |= self._taken
        wanted = [
            one
            for key, one in unique.items()
            if key in again or key not in known or known[key] < one.updated_at
        ]
        self.report.looked_at += len(unique)
        self._taken |= {one.key: one.updated_at for one in wanted}
        return wanted

    def _is_upstream(self, one: Seen) -> bool:
        if one.visibility is not Visibility.PUBLIC and one.repository_id not in self.let_in:
            return False
        subject = Subject(one.ref, one.type, is_fork=one.is_fork)
        return is_upstream_subject(subject, self.pace.access.tenant.facts)

    async def leave_to_jobs(self, seen: Sequence[Seen]) -> None:
        """Mark subjects stale; what they are is found out by their own rounds."""
        self.report.left_to_jobs += len(seen)
        if self.dry or not seen:
            return
        access = self.pace.access
        async with access.engine.begin() as connection:
            await subjects.mark_stale(
                connection, access.tenant.id, [self._key(one) for one in seen]
            )
            await self._remember(connection, [_sighted(one) for one in seen])

    async def _take_group(self, seen: list[Seen]) -> None:
        access = self.pace.access
        async with access.reader.connect() as connection:
            known = await holding.known(
                connection, access.tenant.id, [self._key(one) for one in seen]
            )
        facts, left = await self.reading.read(seen)
        self.report.read += len(facts)
        await self.leave_to_jobs(left)
        await self.record(
            Ready(self._key(one), each, one.updated_at, known.get(self._key(one)))
            for one, each in facts.items()
        )

    async def record(self, ready: Iterable[Ready]) -> None:
        """Decide from facts, and keep what concerns a member."""
        access = self.pace.access
        judged = list[tuple[Ready, Judgement]]()
        asked = [(one, one.known.id if one.known else None) for one in ready]
        facts = await tell_newcomers(
            access, self.pace.ask, [(subject_id, one.facts) for one, subject_id in asked]
        )
        for (one, subject_id), told in zip(asked, facts, strict=True):
            judged.append((one, await judge(access, subject_id, told)))
        names = frozenset(item.repo for _, one in judged for item in one.serves)
        ids = await self.pace.patiently(partial(access.repository_ids, names)) if names else {}
        for one, judgement in judged:
            self.report.recorded += not judgement.is_silent
            self._count(one.key, judgement.verdicts)
        if self.dry:
            return
        for start in range(0, len(judged), TRANSACTION):
            async with access.engine.begin() as connection:
                for one, judgement in judged[start : start + TRANSACTION]:
                    if not judgement.is_silent:
                        await self._keep(connection, one, judgement, ids)
                read = [_as_sighted(one) for one, _ in judged[start : start + TRANSACTION]]
                await self._remember(connection, read)

    async def _keep(
        self,
        connection: AsyncConnection,
        one: Ready,
        judgement: Judgement,
        ids: Mapping[str, int],
    ) -> None:
        access, worker = self.pace.access, f"sweep {self.pace.worker}"
        now, home_id = access.clock.now(), access.tenant.id
        held = await holding.hold(connection, home_id, one.key, worker, now=now, seconds=HELD)
        if held is None:
            # A job has it, with facts that may be older than ours.
            await subjects.mark_stale(connection, home_id, [one.key])
            return
        read_at = one.facts.fetched_at or now
        if one.known and await holding.read_since(connection, held.id, read_at):
            await holding.let_go(connection, held, now, settled=None)
            return
        await keep(connection, access, held, judgement, ids=ids, active_at=one.changed_at)
        if held.installation_id is not None:
            # We were let in while we swept: what is to be written there is a job's to write.
            await holding.let_go(connection, held, now, settled=None)
            await subjects.mark_stale(connection, home_id, [one.key])
        else:
            settled = one.known.mark if one.known else 0
            await holding.let_go(connection, held, now, settled=settled)
        self.report.changed += sum(
            judgement.standing.get((verdict.account_key, verdict.act.value)) != verdict.decision
            for verdict in judgement.verdicts
        )

    async def remember(self, seen: Sequence[Seen]) -> None:
        """Note that items were read, though they are no subjects of ours."""
        if self.dry or not seen:
            return
        async with self.pace.access.engine.begin() as connection:
            await self._remember(connection, [_sighted(one) for one in seen])

    async def _remember(self, connection: AsyncConnection, read: Sequence[Sighted]) -> None:
        tenant = self.pace.access.tenant
        await sweeps.note_sighted(connection, tenant.id, tenant.host, read, under=self.under)

    def _count(self, key: Key, verdicts: Iterable[Verdict]) -> None:
        for verdict in verdicts:
            one = (key, verdict.account_key, verdict.act.value)
            if one in self._counted or (verdict.at is not None and verdict.at < self.since):
                continue
            self._counted.add(one)
            self.report.acts[verdict.act.value] += 1
            self.report.kinds[verdict.decision.kind.value] += 1

    def _key(self, one: Seen) -> Key:
        return Key(self.pace.access.tenant.host, one.repository_id, one.ref.number or 0)


def _sighted(one: Seen) -> Sighted:
    return Sighted(one.repository_id, one.ref.number or 0, one.updated_at)


def _as_sighted(one: Ready) -> Sighted:
    return Sighted(one.key.repository_id, one.key.number, one.changed_at, one.key.space)
