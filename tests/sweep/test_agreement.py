"""The sweep and the jobs agree: what one has decided, the other leaves as it is."""

from functools import partial

import pytest
from pgqueuer import PgQueuer
from sqlalchemy import select, update
from sqlmodel import col

from app.demo.github import DemoGitHub
from app.jobs import Jobs, Lease
from app.reconcile import reconcile
from app.store import subjects, turns
from app.store.tables import Contribution, Decision, Mention, Snapshot, Subject
from tests.github.small_github import START
from tests.sweep.stage import ELSEWHERE, HUB, INFRA, Stage, set_stage
from tests.sweep.world import make_world

pytestmark = pytest.mark.anyio


def jobs_of(stage: Stage) -> Jobs:
    return Jobs(
        PgQueuer.in_memory(),
        stage.engine,
        partial(reconcile, stage.access),
        Lease("a worker", 60),
        stage.clock.now,
        reader=stage.access.reader,
        concurrency=4,
    )


async def work(stage: Stage) -> int:
    jobs, ran = jobs_of(stage), 0
    for _ in range(5):
        stage.clock.pass_by(seconds=5)
        async with stage.engine.connect() as connection:
            due = await turns.waiting(connection, stage.clock.now(), 1000)
        for subject_id in due:
            await jobs.work_on(subject_id)
        ran += len(due)
    return ran


async def test_a_round_after_the_sweep_finds_nothing_to_change(database_url: str) -> None:
    world = make_world(DemoGitHub(), START, people=3, items=40, share=0.3, seed=5)
    async with set_stage(database_url, home=world.home, demo=world.demo) as stage:
        await stage.sweep()
        await work(stage)
        tables = (Snapshot, Contribution, Decision, Mention)
        before = [await stage.count(table) for table in tables]
        async with stage.engine.begin() as connection:
            await connection.execute(update(Subject).values(mark=col(Subject.mark) + 1))
        assert await work(stage) >= await stage.count(Subject)
        assert [await stage.count(table) for table in tables] == before
        async with stage.engine.connect() as connection:
            left = select(col(Subject.reason)).where(col(Subject.mark) > col(Subject.settled))
            assert list(await connection.scalars(left)) == []


async def test_what_a_job_holds_is_left_to_it(database_url: str) -> None:
    async with set_stage(database_url) as stage:
        people = stage.demo.people
        people.open_pull_request(ELSEWHERE, "yuvipanda", "Add a button", files=("a.py",), number=1)
        await stage.sweep()
        stage.clock.pass_by(hours=1)
        people.comment(f"{ELSEWHERE}#1", "yuvipanda", "one more thing")
        async with stage.engine.begin() as connection:
            (subject_id,) = await connection.scalars(select(col(Subject.id)))
            await subjects.mark_again(connection, [subject_id or 0])
            held = await subjects.lease(connection, subject_id or 0, "a", stage.clock.now(), 60)
        assert held is not None
        await stage.sweep()
        async with stage.engine.connect() as connection:
            row = (
                await connection.execute(
                    select(col(Subject.mark), col(Subject.settled), col(Subject.lease_by))
                )
            ).one()
        assert (row.mark, row.settled, row.lease_by) == (held.mark + 1, 0, "a")


async def test_where_github_breaks_down_over_many_they_are_read_in_halves(
    sqlite_url: str,
) -> None:
    async with set_stage(sqlite_url) as stage:
        for _ in range(9):
            stage.demo.people.open_pull_request(ELSEWHERE, "yuvipanda", "Fix CI")
        bad = stage.demo.people.open_pull_request(ELSEWHERE, "yuvipanda", "Too much")

        def breaks(body: dict[str, object]) -> bool:
            variables = body["variables"]
            assert isinstance(variables, dict)
            ids = variables.get("ids", [])
            return len(ids) > 4 or (len(ids) == 1 and "SweptPulls" in str(body["query"]))

        stage.wire.breaks = breaks
        report = await stage.sweep()
        acts = await stage.acts()
        assert report.read + report.left_to_jobs == 10
        assert len(acts) == report.read
        stage.wire.breaks = lambda _: False
        await work(stage)
        assert ("yuvipanda", "authored", ELSEWHERE, bad.number) in await stage.acts()
        assert len(await stage.acts()) == 10


async def test_what_github_will_not_show_now_is_looked_at_by_the_next_sweep(
    sqlite_url: str,
) -> None:
    async with set_stage(sqlite_url) as stage:
        people = stage.demo.people
        people.open_pull_request(ELSEWHERE, "yuvipanda", "Fix CI", number=1)
        people.open_pull_request(HUB, "outsider", "Add a button", number=1)
        people.merge(f"{HUB}#1", "sgibson91")
        people.open_issue(INFRA, "sgibson91", "A need", f"Pending {ELSEWHERE}#2", number=1)
        people.open_pull_request(ELSEWHERE, "GeorgianaElena", "Fix CI", number=2)

        def breaks(body: dict[str, object]) -> bool:
            query = str(body["query"])
            return any(f"query {name}(" in query for name in ("Search", "Walk", "Items"))

        stage.wire.breaks = breaks
        report = await stage.sweep()
        assert await stage.acts() == set()
        assert {HUB, INFRA} < set(report.incomplete)
        stage.wire.breaks = lambda _: False
        stage.clock.pass_by(days=20)
        report = await stage.sweep()
        assert report.incomplete == []
        assert await stage.acts() == {
            ("yuvipanda", "authored", ELSEWHERE, 1),
            ("GeorgianaElena", "authored", ELSEWHERE, 2),
            ("sgibson91", "merged", HUB, 1),
        }
