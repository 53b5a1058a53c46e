"""The upstreams that the config lists: merged, committed to, triaged, released by members.

Search has no qualifier for these, so the repositories are walked: first what changed, then who did
something to it, and only what a member had a part in is read. Where the app is installed it is
walked too, for what webhooks have lost.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from app.github import search, swept
from app.github.gather import Other, facts_of_other, release_of, repository_of
from app.github.payloads import PlaceNode, ReleaseNode, RepositoryNode, person
from app.github.search import Seen
from app.github.swept import Doers
from app.policy.globs import matches_name
from app.policy.model import SubjectType
from app.policy.scope import is_upstream
from app.store import places, sweeps
from app.store.subjects import Key
from app.sweep.halves import BROKEN, in_halves
from app.sweep.intake import Ready
from app.sweep.people import Team
from app.sweep.run import Run
from app.sweep.walking import ISSUES, PULLS, RELEASES, Place, walk

NAMES_AT_ONCE = 50
_WILD = frozenset("*?[")


async def sweep_upstreams(run: Run, team: Team, *, scratch: bool = False) -> None:
    """Walk the listed upstreams since they were walked last; `scratch`: without cursors."""
    found = await _listed(run)
    await see(run, found)
    await _founded(run, team, found)
    where = [Place(one.database_id, one.name_with_owner) for one in found if one.database_id]
    walker = _Walker(run, team)
    await walk(run, "upstreams", where, (PULLS, ISSUES, RELEASES), walker.take, scratch=scratch)


@dataclass(slots=True)
class _Walker:
    """Looks for members among those who did something to what changed."""

    run: Run
    team: Team

    async def take(
        self, changed: Sequence[Seen], releases: Sequence[tuple[PlaceNode, ReleaseNode]]
    ) -> None:
        """Read what a member had a part in, and record members' releases."""
        ours = [one for one in changed if any(map(self.team.has, one.people))]
        others = set(changed).difference(ours)
        for sort in (SubjectType.PULL_REQUEST, SubjectType.ISSUE):
            these = [one for one in changed if one in others and one.type is sort]
            for start in range(0, len(these), swept.MOST_LOOKED_AT):
                ours += await self._touched(sort, these[start : start + swept.MOST_LOOKED_AT])
        await self.run.intake.take(ours)
        await self._released(releases)

    async def _touched(self, sort: SubjectType, seen: list[Seen]) -> list[Seen]:
        """Give those that a member committed to, labelled or closed, or may have."""
        doubtful = list[Seen]()
        answered = await in_halves(seen, partial(self._doers, sort), doubtful.append)
        return doubtful + [
            one for one, did in answered if did.cut or any(map(self.team.has, did.people))
        ]

    async def _doers(self, sort: SubjectType, seen: Sequence[Seen]) -> Sequence[Doers]:
        run, ids = self.run, [one.node_id for one in seen]
        return await swept.read_doers(run.pace.ask, sort, ids, run.access.tenant.facts)

    async def _released(self, releases: Sequence[tuple[PlaceNode, ReleaseNode]]) -> None:
        host = self.run.access.tenant.host
        ready = []
        for place, node in releases:
            author = person(node.author)
            if author is None or not self.team.has(author) or node.database_id is None:
                continue
            key = Key(host, place.database_id or 0, node.database_id, "release")
            ready.append((key, release_of(place, node, host), node.published_at))
        await _record_others(self.run, ready)


async def _record_others(run: Run, others: Sequence[tuple[Key, Other, datetime | None]]) -> None:
    """Record releases and repositories that were not recorded before."""
    access = run.access
    now, tenant = access.clock.now(), access.tenant
    known = dict[Key, datetime]()
    async with access.reader.connect() as connection:
        for space in {key.space for key, _, _ in others}:
            keys = [(key.repository_id, key.number) for key, _, _ in others if key.space == space]
            read = await sweeps.sighted(
                connection, tenant.id, tenant.host, keys, under=run.intake.under, space=space
            )
            known |= {Key(tenant.host, *key, space): at for key, at in read.items()}
    ready = {
        key: Ready(key, facts_of_other(other, (), now), at)
        for key, other, at in others
        if at is not None and known.get(key) != at
    }
    facts = await run.intake.reading.followed({key: one.facts for key, one in ready.items()})
    await run.intake.record(replace(one, facts=facts[key]) for key, one in ready.items())


async def _founded(run: Run, team: Team, found: Sequence[RepositoryNode]) -> None:
    """Record repositories that members began; of an organisation's, GitHub does not say who did."""
    host = run.access.tenant.host
    ready = []
    for node in found:
        if node.is_fork or node.database_id is None:
            continue
        owner = person(node.owner) if node.owner and node.owner.typename == "User" else None
        if owner is None or not team.has(owner) or node.created_at is None:
            continue
        if node.created_at >= run.intake.since:
            key = Key(host, node.database_id, 0, "repository")
            ready.append((key, repository_of(node, host), node.created_at))
    await _record_others(run, ready)


async def _listed(run: Run) -> list[RepositoryNode]:
    """Give the repositories to walk: listed by name or glob, or where the app is installed."""
    home = run.access.tenant.facts
    names = [*run.intake.let_in.values()]
    owners = dict[str, None]()
    for glob in home.upstreams:
        owner, _, name = glob.partition("/")
        if _WILD.isdisjoint(glob):
            names.append(glob)
        elif name and _WILD.isdisjoint(owner):
            owners[owner] = None
        else:
            run.report.unwalked.append(glob)
    found = await look_up(run, names)
    for owner in owners:
        found += await _owned(run, owner)
    walked = (one for one in found if one.database_id and is_upstream(one.name_with_owner, home))
    return list({one.database_id: one for one in walked}.values())


async def _owned(run: Run, owner: str) -> list[RepositoryNode]:
    """Give an account's repositories that a glob of the config names."""
    home = run.access.tenant.facts
    found, after = list[RepositoryNode](), None
    while True:
        try:
            page, after = await search.repositories(run.pace.ask, owner, after)
        except BROKEN:
            run.report.incomplete.append(f"{owner}/*")
            return found
        found += (
            one
            for one in page
            if one.visibility == "PUBLIC"
            and any(matches_name(glob, one.name_with_owner) for glob in home.upstreams)
        )
        if after is None:
            return found


async def look_up(run: Run, names: Sequence[str]) -> list[RepositoryNode]:
    """Give repositories by name; those that aren't to be seen are noted as incomplete."""
    unique = list({name.casefold(): name for name in names}.values())
    found = list[tuple[str, RepositoryNode | None]]()
    ask, missing = partial(search.look_up, run.pace.ask), list[str]()
    for start in range(0, len(unique), NAMES_AT_ONCE):
        found += await in_halves(unique[start : start + NAMES_AT_ONCE], ask, missing.append)
    run.report.incomplete += [*missing, *(name for name, node in found if node is None)]
    return [node for _, node in found if node is not None]


async def see(run: Run, found: Sequence[RepositoryNode]) -> None:
    """Remember repositories under their present names, where that is new."""
    access = run.access
    host = access.tenant.host
    names = [one.name_with_owner for one in found]
    async with access.reader.connect() as connection:
        known = await places.repository_ids(connection, host, names)
    new = [one for one in found if known.get(one.name_with_owner.casefold()) != one.database_id]
    if not new or not run.keeps:
        return
    async with access.engine.begin() as connection:
        for one in new:
            await places.see_repository(
                connection,
                host,
                one.database_id or 0,
                one.name_with_owner,
                access.clock.now(),
                private=one.visibility != "PUBLIC",
                archived=one.is_archived,
                fork=one.is_fork,
            )
