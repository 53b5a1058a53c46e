"""From what was seen to facts: read in batches, with what it closes and what it leads to.

Facts are complete, or it is left to a job: what GitHub broke down over may be read by the next try.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TypeVar

from app.github import swept
from app.github.facts import facts_of
from app.github.finding import Found, complete
from app.github.follow import MOST_ITEMS, Followed, with_items
from app.github.follow import Key as RefKey
from app.github.payloads import ItemNode
from app.github.search import Seen
from app.policy.evidence import to_follow
from app.policy.model import Facts, Item, ItemRef, SubjectType
from app.store import mentions
from app.sweep.halves import BROKEN, in_halves
from app.sweep.pace import Pace

K = TypeVar("K")
MOST_KEPT = 5000
"""Tracker items that are remembered within one sweep: many subjects lead to the same ones."""


@dataclass(frozen=True, slots=True)
class Followable:
    """What one link led to; None: nothing that is to be seen. `doubts` as in Followed."""

    item: Item | None
    doubts: frozenset[str]


@dataclass(slots=True)
class Reading:
    """Reads items; `fresh` are mentions that were found but, in a dry run, not stored."""

    pace: Pace
    fresh: dict[tuple[int, int], list[Item]] = field(default_factory=dict)
    _followed: dict[RefKey, Followable] = field(default_factory=dict)

    async def read(self, seen: Sequence[Seen]) -> tuple[dict[Seen, Facts], list[Seen]]:
        """Give the facts of what could be read in full, and what is better left to a job.

        What isn't to be seen any more is in neither.
        """
        found: dict[Seen, Found] = {}
        left: list[Seen] = []
        for sort in (SubjectType.PULL_REQUEST, SubjectType.ISSUE):
            these = [one for one in seen if one.type is sort]
            ask = partial(self._nodes, sort)
            for start in range(0, len(these), swept.MOST_READ):
                batch = these[start : start + swept.MOST_READ]
                answered = await in_halves(batch, ask, left.append)
                found |= {one: node for one, node in answered if node}
        whole = await self._whole(found)
        left += [one for one in found if one not in whole]
        return await self.followed(await self._facts(whole)), left

    async def _nodes(self, sort: SubjectType, seen: Sequence[Seen]) -> Sequence[Found | None]:
        return await swept.read_items(self.pace.ask, sort, [one.node_id for one in seen])

    async def _whole(self, found: Mapping[Seen, Found]) -> dict[Seen, Found]:
        """Give what was read with closed issues and long lists, without what broke on the way."""
        closed: dict[str, ItemNode] = {}
        ids = swept.closing(found.values())
        for start in range(0, len(ids), swept.MOST_LOOKED_AT):
            closed |= await self._closed(ids[start : start + swept.MOST_LOOKED_AT])
        session = await self.pace.session()
        whole = dict[Seen, Found]()
        for one, node in found.items():
            with_closed = swept.with_closed(node, closed)
            if with_closed.unread:
                continue
            try:
                whole[one] = await self.pace.patiently(partial(complete, session, with_closed))
            except BROKEN:
                continue
        return whole

    async def _closed(self, ids: Sequence[str]) -> dict[str, ItemNode]:
        try:
            return await swept.read_closed(self.pace.ask, ids)
        except BROKEN:
            return {}

    async def _facts(self, whole: Mapping[Seen, Found]) -> dict[Seen, Facts]:
        access = self.pace.access
        tenant, us = access.tenant, await access.us()
        asked = {one.key: found.place.name_with_owner for one, found in whole.items()}
        async with access.reader.connect() as connection:
            kept = await mentions.mentions_of_many(connection, tenant.id, tenant.host, asked)
        return {
            one: facts_of(
                found,
                replace(one.ref, host=tenant.host),
                tenant.facts,
                us,
                mentions=(*kept.get(one.key, ()), *self.fresh.get(one.key, ())),
                now=access.clock.now(),
            )
            for one, found in whole.items()
        }

    async def followed(self, facts: Mapping[K, Facts]) -> dict[K, Facts]:
        """Give the facts with the home's own items that they lead to, read 40 at a time."""
        home = self.pace.access.tenant.facts
        wanted = {one: to_follow(each, home)[:MOST_ITEMS] for one, each in facts.items()}
        refs = {ref.key: ref for each in wanted.values() for ref in each}
        if len(self._followed) > MOST_KEPT:
            self._followed.clear()
        missing = [ref for key, ref in refs.items() if key not in self._followed]
        for start in range(0, len(missing), MOST_ITEMS):
            await self._follow(tuple(missing[start : start + MOST_ITEMS]))
        return {
            one: with_items(each, self._as_followed(wanted[one])) if wanted[one] else each
            for one, each in facts.items()
        }

    async def _follow(self, refs: tuple[ItemRef, ...]) -> None:
        """Read what links lead to; a doubt about one of many is tracked down to it."""
        access = self.pace.access
        got = await self.pace.patiently(lambda: access.follow(refs))
        doubts = got.could_not_read - {"board"}
        if doubts and len(refs) > 1:
            half = len(refs) // 2
            await self._follow(refs[:half])
            await self._follow(refs[half:])
            return
        for ref in refs:
            self._followed[ref.key] = Followable(got.items.get(ref.key), got.could_not_read)

    def _as_followed(self, refs: Sequence[ItemRef]) -> Followed:
        read = {ref.key: self._followed[ref.key] for ref in refs}
        items = {key: one.item for key, one in read.items() if one.item is not None}
        return Followed(items, {}, frozenset().union(*(one.doubts for one in read.values())))
