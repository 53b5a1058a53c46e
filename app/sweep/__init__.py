"""The sweep: finds what no webhook told of, as the home's own installation, and writes no item.

Most upstreams never install the app. For each member, whatever was done since the last sweep is
found by search anywhere public, and by walking the upstreams that the config lists; the home's
trackers are walked for what they mention. What is found is decided and recorded at once. It can
stop anywhere and goes on where it was; twice is the same as once.
"""

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256

import structlog

from app.github.asker import Usage
from app.reconcile import Access
from app.store import sweeps
from app.sweep.installed import look_around
from app.sweep.intake import Intake
from app.sweep.members import sweep_members
from app.sweep.pace import LEASE, Pace, StoppedError
from app.sweep.people import Team, learn, recall
from app.sweep.report import OnProgress, Progress, Report
from app.sweep.run import Run
from app.sweep.said import hear_trackers, hear_upstreams
from app.sweep.trackers import sweep_trackers
from app.sweep.upstreams import sweep_upstreams

__all__ = [
    "BusyError",
    "Options",
    "Progress",
    "Report",
    "StoppedError",
    "is_due",
    "minute_of",
    "recall",
    "sweep",
    "sweep_if_due",
]

FIRST_DAYS = 90
"""How far the first sweep looks back."""
FORGOTTEN_DAYS = 400
"""What was read and has not changed for so long is read again if something names it."""

log = structlog.get_logger("sweep")


class BusyError(Exception):
    """Another process sweeps; `until` is when its turn ends unless it is prolonged."""

    def __init__(self, until: datetime | None) -> None:
        super().__init__("another process sweeps just now")
        self.until = until


@dataclass(frozen=True, slots=True)
class Options:
    """`member`: this one's acts alone, by login; `since`: go back to there; `dry`: keep nothing.

    `lease`: seconds for which the process has the turn without prolonging it.
    """

    member: str | None = None
    since: datetime | None = None
    dry: bool = False
    lease: float = LEASE


def _silent(_: Progress) -> None:
    """Tell nobody."""


async def sweep(
    access: Access,
    *,
    worker: str,
    stop: asyncio.Event | None = None,
    options: Options | None = None,
    on_progress: OnProgress = _silent,
) -> Report:
    """Sweep once, from where the last sweep ended or stopped.

    Raises BusyError while another process does, StoppedError when `stop` is set, and the errors of
    app.github.errors where the home's installation can't read at all.
    """
    chosen = options or Options()
    own = replace(access, usage=Usage())
    pace = Pace(own, worker, stop or asyncio.Event(), holds=not chosen.dry, lease=chosen.lease)
    report = Report()
    if chosen.dry:
        await _sweep(pace, report, chosen, on_progress)
    else:
        await _take_turn(own, worker, chosen.lease)
        finished_at = None
        try:
            if chosen.member is None:
                async with own.engine.begin() as connection:
                    report.resumed = await sweeps.begin(connection, own.tenant.id, own.clock.now())
            await _sweep(pace, report, chosen, on_progress)
            finished_at = own.clock.now() if chosen.member is None else None
        finally:
            await _end_turn(own, worker, finished_at, report)
    await recall(access)
    log.info("swept", **report.figures())
    return report


async def _sweep(pace: Pace, report: Report, chosen: Options, on_progress: OnProgress) -> None:
    own = pace.access
    now = own.clock.now().replace(microsecond=0)
    first = now - timedelta(days=FIRST_DAYS)
    team = await learn(pace, report, keep=not chosen.dry, only=chosen.member)
    let_in = await look_around(pace, report, keep=not chosen.dry)
    async with own.reader.connect() as connection:
        cursors = await sweeps.cursors(connection, own.tenant.id)
    since = chosen.since or first
    intake = Intake(pace, report, let_in, _under(own, team, chosen), since, dry=chosen.dry)
    run = Run(pace, intake, report, on_progress, now, first, chosen.since, not chosen.dry, cursors)
    alone = chosen.member is not None
    if not alone:
        await hear_upstreams(run)
        await sweep_trackers(run)
    await sweep_members(run, team)
    await sweep_upstreams(run, team, scratch=alone)
    if not alone:
        await hear_trackers(run)
    run.progress("done", 1, 1)


def _under(own: Access, team: Team, chosen: Options) -> str:
    """Name what items are looked at with: another config or roster may find more in them."""
    home = own.tenant.facts
    told = (home.digest, repr(home.members) if chosen.member is None else repr(team))
    return sha256(repr(told).encode()).hexdigest()[:16]


async def _take_turn(own: Access, worker: str, lease: float) -> None:
    now, home_id = own.clock.now(), own.tenant.id
    async with own.engine.begin() as connection:
        ours = await sweeps.take_turn(connection, home_id, worker, now, lease)
        turn = await sweeps.last_turn(connection, home_id)
    if not ours:
        raise BusyError(turn.lease_until if turn else None)


async def _end_turn(own: Access, worker: str, finished_at: datetime | None, report: Report) -> None:
    async with own.engine.begin() as connection:
        await sweeps.end_turn(
            connection,
            own.tenant.id,
            worker,
            finished_at=finished_at,
            figures=report.figures() if finished_at else None,
        )
        if finished_at is not None:
            before = finished_at - timedelta(days=FORGOTTEN_DAYS)
            await sweeps.forget_sighted(connection, own.tenant.id, before)


def minute_of(home: str) -> int:
    """Give the minute of the hour at which a home is swept: not all homes at the same one."""
    return sha256(home.encode()).digest()[0] * 60 // 256


def is_due(turn: sweeps.Turn | None, now: datetime, minute: int) -> bool:
    """Say whether a sweep should begin: none did since the last full turn, or it stopped midway."""
    if turn is None or turn.started_at is None:
        return True
    if turn.lease_until is not None and turn.lease_until > now:
        return False
    slot = now.replace(minute=minute, second=0, microsecond=0)
    if slot > now:
        slot -= timedelta(hours=1)
    return turn.unfinished or turn.started_at < slot


async def sweep_if_due(access: Access, stop: asyncio.Event, worker: str) -> Report | None:
    """Sweep if it is time; call it every minute, in as many processes as there are.

    What was learnt about people is recalled each time, so that all processes know them by the
    logins they have now.
    """
    await recall(access)
    now = access.clock.now()
    async with access.reader.connect() as connection:
        turn = await sweeps.last_turn(connection, access.tenant.id)
    if stop.is_set() or not is_due(
        turn, now, minute_of(f"{access.tenant.host}/{access.tenant.id}")
    ):
        return None
    try:
        return await sweep(access, worker=worker, stop=stop)
    except (BusyError, StoppedError) as why:
        log.info("not swept to the end", why=str(why))
        return None
