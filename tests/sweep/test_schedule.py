"""When a sweep begins: hourly, once for all processes, and again at once if it stopped midway."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from app.store import sweeps
from app.store.sweeps import Turn
from app.sweep import is_due, minute_of, sweep_if_due
from tests.github.small_github import VirtualClock
from tests.sweep.stage import HUB, set_stage

pytestmark = pytest.mark.anyio
NOW = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)


class Resting:
    """A clock on which a sleep has no end."""

    def __init__(self, clock: VirtualClock) -> None:
        self.now = clock.now
        self.rests = asyncio.Event()

    async def sleep(self, _: float) -> None:
        self.rests.set()
        await asyncio.Event().wait()


def at(minutes: int) -> datetime:
    return NOW + timedelta(minutes=minutes)


def test_homes_are_swept_at_different_minutes() -> None:
    minutes = {minute_of(f"github.com/{n}") for n in range(500)}
    assert minutes == set(range(60))


def test_the_first_sweep_is_due_at_once() -> None:
    assert is_due(None, NOW, 17)
    assert is_due(Turn(None, None, None, None), NOW, 17)


def test_the_next_one_is_due_at_the_homes_minute() -> None:
    done = Turn(None, at(-5), at(-4), None)
    assert not is_due(done, NOW, 20)
    assert is_due(done, NOW, 28)
    assert is_due(Turn(None, at(-90), at(-80), None), NOW, 45)


def test_one_that_stopped_midway_goes_on_as_soon_as_its_turn_is_over() -> None:
    assert is_due(Turn(None, at(-5), at(-70), None), NOW, 20)
    assert is_due(Turn(at(-1), at(-5), None, None), NOW, 20)
    assert not is_due(Turn(at(1), at(-5), None, None), NOW, 20)


async def test_a_worker_sweeps_when_it_is_due_and_only_then(database_url: str) -> None:
    async with set_stage(database_url) as stage:
        stage.demo.people.open_pull_request(HUB, "yuvipanda", "Fix CI")
        stop = asyncio.Event()
        first = await sweep_if_due(stage.access, stop, "one")
        assert first is not None
        assert first.recorded == 1
        assert await sweep_if_due(stage.access, stop, "two") is None
        stage.clock.pass_by(hours=1)
        assert await sweep_if_due(stage.access, stop, "two") is not None
        async with stage.engine.connect() as connection:
            turn = await sweeps.last_turn(connection, stage.access.tenant.id)
        assert turn is not None
        assert (turn.unfinished, turn.lease_until) == (False, None)
        assert turn.figures is not None
        assert turn.figures["read"] == 0


async def test_a_worker_that_stops_leaves_the_rest_to_the_next(sqlite_url: str) -> None:
    async with set_stage(sqlite_url) as stage:
        stop = asyncio.Event()
        stop.set()
        assert await sweep_if_due(stage.access, stop, "one") is None
        stop.clear()
        clock = Resting(stage.clock)
        stage.access.clock = clock
        stage.demo.meter.use("installation 60000001", "graphql", 4990)
        sweeping = asyncio.create_task(sweep_if_due(stage.access, stop, "one"))
        await clock.rests.wait()
        stop.set()
        assert await sweeping is None
        async with stage.engine.connect() as connection:
            turn = await sweeps.last_turn(connection, stage.access.tenant.id)
        assert turn is not None
        assert (turn.unfinished, turn.lease_until) == (True, None)


async def test_members_are_known_by_id_in_a_process_that_has_not_swept(sqlite_url: str) -> None:
    async with set_stage(sqlite_url) as stage:
        before = stage.access.tenant
        await stage.sweep()
        ids = {one.login: one.id for one in stage.access.tenant.facts.members}
        assert ids["yuvipanda"] == stage.demo.people.user("yuvipanda").id
        stage.access.tenant = before
        sent = stage.wire.sent
        await sweep_if_due(stage.access, asyncio.Event(), "another")
        assert stage.wire.sent == sent
        assert {one.login: one.id for one in stage.access.tenant.facts.members} == ids
