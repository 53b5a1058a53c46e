"""What people said while deliveries were lost for good: commands, and labels of ours set by hand.

After an outage that is longer than GitHub sends deliveries again, what changed since it began is
walked once where the app is installed. What was said becomes the same words as by webhook, each
once; their subjects' jobs hear them, with all rights looked at, and answer.

Upstream it is heard before anything else, because what somebody said of their own time has to be
known before their work is looked at; on the trackers it is heard last, because what is said there
may be about what the sweep has yet to find.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from app.github import swept
from app.github.errors import GitHubError
from app.github.payloads import ItemNode, PlaceNode, ReleaseNode
from app.github.redelivery import WINDOW
from app.github.registration import read_installations
from app.github.search import Seen
from app.policy.scope import is_upstream, tracker_of
from app.pump import say
from app.pump.effects import Effects, effects
from app.pump.missed import Heard, missed
from app.pump.payload import Installation, Repository
from app.store import redeliveries, sweeps
from app.store.redeliveries import Lost
from app.store.sweeps import Cursor
from app.sweep.halves import in_halves
from app.sweep.run import Run
from app.sweep.upstreams import look_up
from app.sweep.walking import ISSUES, PULLS, Place, Stretch, walk


async def hear_upstreams(run: Run) -> None:
    """Hear what was said upstream, in each outage that was not heard there to its end."""
    home = run.access.tenant.facts
    names = [name for name in run.intake.let_in.values() if is_upstream(name, home)]
    await _hear(run, "upstreams", names)


async def hear_trackers(run: Run) -> None:
    """Hear what was said on the home's trackers, in the same way."""
    await _hear(run, "trackers", [one.repo for one in run.access.tenant.facts.trackers])


async def _hear(run: Run, part: str, names: Sequence[str]) -> None:
    if not run.keeps:
        return
    for lost in await _unheard(run, part):
        there = await _heard_at(run, names, lost)
        if there is None:
            continue
        before, began = len(run.report.incomplete), f"said:{part}:{lost.id}:"
        where = [Place(one.repository.id, one.repository.full_name) for one in there.values()]
        stretch = Stretch(f"{began}{lost.until.isoformat()}", lost.since)
        await walk(run, "words", where, (PULLS, ISSUES), _Ears(run, there).take, stretch=stretch)
        heard_all = len(run.report.incomplete) == before
        ended = {f"outage:{part}:{lost.id}": Cursor(lost.until)} if heard_all else {}
        async with run.access.engine.begin() as connection:
            await sweeps.set_cursors(connection, run.access.tenant.id, ended)
            # What GitHub did not show is asked for again, with all the rest, by the next sweep.
            await sweeps.drop_cursors(connection, run.access.tenant.id, began)


async def _unheard(run: Run, part: str) -> list[Lost]:
    """Give the outages; of one that went on after it was heard only the rest."""
    access = run.access
    app_id = (await access.us()).app_id
    async with access.engine.begin() as connection:
        await redeliveries.note_lost(connection, app_id, run.now - WINDOW)
        found = await redeliveries.lost(connection, app_id, run.first)
    heard = {one.id: run.cursors.get(f"outage:{part}:{one.id}", Cursor()).until for one in found}
    return [
        replace(one, since=until or one.since)
        for one in found
        if (until := heard[one.id]) is None or until < one.until
    ]


async def _heard_at(run: Run, names: Sequence[str], lost: Lost) -> dict[int, Heard] | None:
    """Give where webhooks come from, by the repository's id, each since the app was installed.

    None: GitHub does not say.
    """
    access, report = run.access, run.report
    try:
        listed = await run.pace.patiently(lambda: read_installations(access.as_app()))
    except GitHubError:
        report.incomplete.append("where the app is installed")
        return None
    installed = {one.id: one.created_at for one in listed if one.suspended_at is None}
    found = await look_up(run, names)
    at_home = await access.home_installation()
    async with access.reader.connect() as connection:
        through = await sweeps.let_in_by(connection, access.tenant.host)
    for one in found:
        if one.database_id and tracker_of(one.name_with_owner, access.tenant.facts) is not None:
            through[one.database_id] = at_home or 0
    return {
        one.database_id: Heard(
            Repository(
                id=one.database_id,
                full_name=one.name_with_owner,
                private=one.visibility != "PUBLIC",
                fork=one.is_fork,
            ),
            Installation(id=id_),
            max(lost.since, installed[id_]),
            lost.until,
        )
        for one in found
        if one.database_id and (id_ := through.get(one.database_id, 0)) in installed
    }


@dataclass(frozen=True, slots=True)
class _Ears:
    """Records what was said on what changed."""

    run: Run
    there: Mapping[int, Heard]

    async def take(
        self, changed: Sequence[Seen], _: Sequence[tuple[PlaceNode, ReleaseNode]]
    ) -> None:
        """Read what was said, and record it in one transaction."""
        run, left, said = self.run, list[Seen](), list[Effects]()
        for start in range(0, len(changed), swept.MOST_READ):
            batch = changed[start : start + swept.MOST_READ]
            for seen, node in await in_halves(batch, self._read, left.append):
                said += self._words(seen, node) if node else ()
        run.report.incomplete += [str(one.ref) for one in left]
        if said:
            async with run.access.engine.begin() as connection:
                run.report.words += await say(connection, run.access.tenant, said)

    async def _read(self, seen: Sequence[Seen]) -> Sequence[ItemNode | None]:
        since = min(self.there[one.repository_id].since for one in seen)
        return await swept.read_said(self.run.pace.ask, [one.node_id for one in seen], since)

    def _words(self, seen: Seen, node: ItemNode) -> list[Effects]:
        access = self.run.access
        means = partial(effects, home=access.tenant.facts, received_at=self.run.now, app_id=0)
        told = [means(name, said) for name, said in missed(node, self.there[seen.repository_id])]
        return [one for one in told if one.words]
