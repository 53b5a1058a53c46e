"""Backlinks: what the home's trackers mention upstream, found where no webhook told of it.

Every mention of an upstream item is stored. A mentioned item is looked at at once: what a member
did there long ago is then found by the evidence.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial

from app.github import search, swept
from app.github.errors import Forbidden
from app.github.facts import linked_item
from app.github.finding import Found, complete
from app.github.payloads import PlaceNode, ReleaseNode, board_value
from app.github.search import Seen
from app.policy.model import Item, ItemRef
from app.reconcile.tracker import FoundMention, mentioned_in
from app.store import holding, subjects, sweeps
from app.store.mentions import Mentioned, replace_mentions
from app.store.subjects import Key
from app.sweep.halves import BROKEN, in_halves
from app.sweep.run import Run
from app.sweep.upstreams import look_up, see
from app.sweep.walking import ISSUES, PULLS, Place, walk

READ_AT_ONCE = 20
RESOLVED_AT_ONCE = 50


async def sweep_trackers(run: Run) -> None:
    """Walk the trackers since they were walked last, and store what they mention."""
    names = [tracker.repo for tracker in run.access.tenant.facts.trackers]
    found = await look_up(run, names)
    await see(run, found)
    where = [Place(one.database_id, one.name_with_owner) for one in found if one.database_id]
    await walk(run, "trackers", where, (PULLS, ISSUES), _Backlinks(run).take)


@dataclass(slots=True)
class _Backlinks:
    """Stores what changed items of the trackers mention, and has the mentioned looked at."""

    run: Run
    _resolved: dict[object, Seen | None] = field(default_factory=dict)

    async def take(
        self, changed: Sequence[Seen], _: Sequence[tuple[PlaceNode, ReleaseNode]]
    ) -> None:
        """Store what they mention, look at the mentioned, and only then call them read."""
        run = self.run
        home, left = run.access.tenant.facts, list[Seen]()
        items = await self._read(await self._fresh(changed), left)
        found = {one: tuple(mentioned_in(item, home)) for one, item in items.items()}
        dark = await self._resolve([each.to for some in found.values() for each in some])
        left += [one for one, some in found.items() if any(each.to.key in dark for each in some)]
        again = await self._store(found)
        keys = dict.fromkeys(each.to.key for some in found.values() for each in some)
        targets = (self._resolved.get(key) for key in keys)
        await run.intake.take([one for one in targets if one is not None], again=again)
        await run.intake.leave_to_jobs(left)
        await run.intake.remember([one for one in found if one not in left])

    async def _fresh(self, changed: Sequence[Seen]) -> list[Seen]:
        run = self.run
        tenant, under = run.access.tenant, run.intake.under
        keys = [one.key for one in changed]
        async with run.access.reader.connect() as connection:
            known = await sweeps.sighted(connection, tenant.id, tenant.host, keys, under=under)
        return [one for one in changed if known.get(one.key) != one.updated_at]

    async def _read(self, seen: Sequence[Seen], left: list[Seen]) -> dict[Seen, Item]:
        """Read tracker items as their own jobs do: with all comments, and the board's bucket."""
        access, pace, items = self.run.access, self.run.pace, dict[Seen, Item]()
        session, us = await pace.session(), await access.us()
        for start in range(0, len(seen), READ_AT_ONCE):
            batch = seen[start : start + READ_AT_ONCE]
            for one, found in await in_halves(batch, self._nodes, left.append):
                if found is None:
                    continue
                try:
                    whole = await pace.patiently(partial(complete, session, found))
                except BROKEN:
                    left.append(one)
                    continue
                board = access.tenant.facts.needs.board if access.may_read_board else None
                bucket = board_value(whole.node, board.project) if board else None
                host = access.tenant.host
                items[one] = linked_item(whole.node, whole.place, host, us, bucket)
        return items

    async def _nodes(self, seen: Sequence[Seen]) -> Sequence[Found | None]:
        """Read a batch; a board that may not be read is left out."""
        access, pace = self.run.access, self.run.pace
        ids, board = [one.node_id for one in seen], access.tenant.facts.needs.board
        if board is not None and access.may_read_board:
            try:
                ask = await pace.asking_as(access.with_board)
                nodes = await swept.read_tracker_items(ask, ids, board.field)
            except Forbidden:
                access.may_read_board = False
            else:
                if not any(one and "board" in one.unread for one in nodes):
                    return nodes
        return await swept.read_tracker_items(pace.ask, ids, None)

    async def _resolve(self, refs: Sequence[ItemRef]) -> set[object]:
        """Learn what mentioned items are, and where they are by now; give those left dark."""
        unique = {ref.key: ref for ref in refs}
        missing = [ref for key, ref in unique.items() if key not in self._resolved]
        ask, dark = partial(search.look_up_items, self.run.pace.ask), list[ItemRef]()
        for start in range(0, len(missing), RESOLVED_AT_ONCE):
            asked = missing[start : start + RESOLVED_AT_ONCE]
            answered = await in_halves(asked, ask, dark.append)
            self._resolved |= {ref.key: one for ref, one in answered}
        return {ref.key for ref in dark}

    async def _store(
        self, found: dict[Seen, tuple[FoundMention, ...]]
    ) -> frozenset[tuple[int, int]]:
        """Store mentions; give the known subjects whose mentions changed, which are marked too."""
        run = self.run
        tenant = run.access.tenant
        rows = {one: [self._row(each) for each in mentions] for one, mentions in found.items()}
        run.report.mentions += sum(map(len, rows.values()))
        if not run.keeps:
            for row in (row for each in rows.values() for row in each):
                if row.to_repository_id is not None:
                    key = (row.to_repository_id, row.to_number)
                    run.intake.reading.fresh.setdefault(key, []).append(row.item)
            return frozenset()
        async with run.access.engine.begin() as connection:
            told = {one.key: mentions for one, mentions in rows.items()}
            moved = await replace_mentions(connection, tenant.id, tenant.host, told)
            changed = [
                Key(tenant.host, row.to_repository_id, row.to_number)
                for key, names in moved.items()
                for row in told[key]
                if (row.to_name.casefold(), row.to_number) in names and row.to_repository_id
            ]
            known = await holding.known(connection, tenant.id, changed)
            await subjects.mark_stale(connection, tenant.id, known)
        return frozenset((key.repository_id, key.number) for key in known)

    def _row(self, one: FoundMention) -> Mentioned:
        seen = self._resolved.get(one.to.key)
        name = seen.ref.repo if seen else one.to.repo
        return one.row(name, seen.repository_id if seen else None)
