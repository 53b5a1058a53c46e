"""A whole world swept: exactly what is there, within the budget, whatever stops it."""

from random import Random

import pytest
from sqlalchemy import func, select
from sqlmodel import col

from app.demo.github import DemoGitHub
from app.policy.model import Act
from app.store.tables import Contribution, Decision, Snapshot, Subject
from tests.github.small_github import START
from tests.sweep.stage import Stage, set_stage
from tests.sweep.world import Fact, World, make_world

pytestmark = pytest.mark.anyio


async def found(stage: Stage) -> list[Fact]:
    async with stage.engine.connect() as connection:
        rows = await connection.execute(
            select(
                col(Contribution.account_key),
                col(Contribution.act),
                col(Subject.repository_id),
                col(Subject.space),
                col(Subject.number),
            ).join(Subject, col(Contribution.subject_id) == col(Subject.id))
        )
        return [(int(r[0]), r[1], r[2], r[3], r[4]) for r in rows]


def small_world(seed: int = 1) -> World:
    return make_world(DemoGitHub(), START, people=5, items=400, share=0.2, seed=seed)


async def test_it_finds_exactly_what_is_there(database_url: str) -> None:
    world = small_world()
    async with set_stage(database_url, home=world.home, demo=world.demo) as stage:
        report = await stage.sweep()
        facts, truth = await found(stage), world.truth()
        assert len(truth) > 100
        assert {fact[1] for fact in truth} == {act.value for act in Act} - {"logged"}
        assert sorted(facts) == sorted(truth)
        assert report.points <= 60
        assert report.incomplete == []
        assert stage.demo.writes == []


async def test_after_three_kills_it_goes_on_and_nothing_is_there_twice(database_url: str) -> None:
    world = make_world(DemoGitHub(), START, people=5, items=160, share=0.2, seed=2)
    async with set_stage(database_url, home=world.home, demo=world.demo) as stage:
        kills = 0
        for requests in (7, 9, 6):
            kills += await stage.killed_after(requests)
        assert kills == 3
        report = await stage.sweep()
        assert report.resumed
        facts = await found(stage)
        assert sorted(facts) == sorted(world.truth())
        contributions = await stage.count(Contribution)
        assert await stage.count(Decision) == contributions
        snapshots = await stage.count(Snapshot)
        async with stage.engine.connect() as connection:
            read = select(func.count(func.distinct(col(Snapshot.subject_id))))
            assert await connection.scalar(read) == snapshots
        again = await stage.sweep()
        assert (again.read, again.changed, again.resumed) == (0, 0, False)
        assert again.requests <= 60
        assert await stage.count(Decision) == contributions


@pytest.mark.parametrize("seed", range(2))
async def test_it_may_be_killed_at_any_request(sqlite_url: str, seed: int) -> None:
    world, random = make_world(DemoGitHub(), START, people=3, items=60, seed=seed), Random(seed)
    async with set_stage(sqlite_url, home=world.home, demo=world.demo) as stage:
        while await stage.killed_after(random.randint(3, 16)):
            pass
        facts = await found(stage)
        assert sorted(facts) == sorted(world.truth())
        assert await stage.count(Decision) == len(facts)
