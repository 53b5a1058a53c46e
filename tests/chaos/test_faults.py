"""A sick GitHub is survived: everything converges, single, and within GitHub's limits."""

import random
import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from app.demo.github import Fault, Request
from app.demo.github import faults as failing
from app.github.limits import WriteRules
from app.store import deliveries
from app.store.given_up import given_up
from tests.chaos.loop import TIMEOUT, Loop, set_loop
from tests.chaos.weather import FRESH_TOKEN, KINDS, Weather, most_within
from tests.chaos.world import World, populate
from tests.reconcile.stage import HUB

pytestmark = pytest.mark.anyio
DELIVERIES = 75
"""Of about sixty pull requests."""


async def run(loop: Loop, seed: int, share: float) -> tuple[World, Weather]:
    """Let a world happen under a weather, and bring it to rest."""
    random.seed(seed)
    stage, rng = loop.stage, random.Random(seed)
    world = World(stage.demo, next(iter(stage.demo.state.apps.values())))
    populate(world, rng, DELIVERIES)
    weather = Weather(
        stage.demo, rng, share, stage.clock.now, lambda: stage.clock.pass_by(seconds=TIMEOUT)
    )
    stage.demo.faults = weather
    await loop.until_rest()
    return world, weather


@pytest.fixture
def second_sqlite_url(tmp_path: Path, migrated_sqlite: Path) -> str:
    return f"sqlite:///{shutil.copy(migrated_sqlite, tmp_path / 'second.db')}"


@pytest.mark.long
@pytest.mark.parametrize("seed", [1])
async def test_everything_converges_when_three_in_ten_requests_fail(
    sqlite_url: str, second_sqlite_url: str, seed: int
) -> None:
    async with set_loop(second_sqlite_url, WriteRules()) as loop:
        world, _ = await run(loop, seed, 0.0)
        needed = len(world.demo.log)
    async with set_loop(sqlite_url, WriteRules()) as loop:
        world, weather = await run(loop, seed, 0.3)
        writes = [request.at for request in world.demo.writes]
        books = await loop.stage.books()
        hours = loop.stage.clock.seconds / 3600
        asked = len(world.demo.log)
    print(  # noqa: T201 - the seed and the figures of a run
        f"seed {seed}: {len(world.items)} items, {asked} requests where {needed} are needed, "
        f"{len(writes)} writes, "
        f"{hours:.1f} h of virtual time, faults {sum(weather.injected.values())}: "
        f"{dict(weather.injected)}, lost {len(world.lost())}, doubled {len(world.doubled())}, "
        f"books {books}"
    )
    assert world.lost() == []
    assert world.doubled() == []
    assert weather.inside == []
    assert asked <= 3 * needed
    assert weather.injected.keys() == {*KINDS, *FRESH_TOKEN}
    assert books.keys() <= {"done", "ignored"}
    assert most_within(writes, timedelta(minutes=1)) <= 60
    assert most_within(writes, timedelta(hours=1)) <= 400


async def test_what_github_never_carries_out_is_given_up_visibly_after_a_day_and_can_be_replayed(
    sqlite_url: str,
) -> None:
    async with set_loop(sqlite_url) as loop:
        stage = loop.stage
        item = stage.demo.people.open_pull_request(
            HUB, "yuvipanda", "Document how to log in", files=("docs/login.md",), number=1
        )

        def sick(request: Request) -> Fault | None:
            return failing.server_error() if request.path == "/graphql" else None

        stage.demo.faults = sick
        await loop.until_rest()
        assert 24 <= stage.clock.seconds / 3600 <= 26
        async with stage.engine.begin() as connection:
            (buried, *_) = await deliveries.buried(connection)
            (subject,) = await given_up(connection)
            assert buried.reason == subject.reason
            assert subject.reason.startswith("given up after a day of tries: GitHub answered 500")
            stage.demo.faults = None
            await deliveries.replay(connection, None)
        await loop.until_rest()
        assert [label.name for label in item.labels] == ["contribution: strategic"]
        assert (await stage.books()).keys() <= {"done", "ignored"}
