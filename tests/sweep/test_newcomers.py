"""Whether a pull request that was found merged was its author's first there."""

import pytest
from sqlalchemy import select
from sqlmodel import col

from app.store.tables import Contribution, Decision, Subject
from tests.sweep.stage import ELSEWHERE, HUB, Stage, set_stage

pytestmark = pytest.mark.anyio


async def test_a_first_one_that_was_merged_before_it_was_found_is_told_from_a_later_one(
    database_url: str,
) -> None:
    async with set_stage(database_url) as stage:
        landed(stage, HUB, 1, 2)
        landed(stage, ELSEWHERE, 1)
        await stage.sweep()
        assert await activities(stage) == [(1, "onboarding"), (1, "onboarding"), (2, "review")]


async def test_many_are_asked_about_in_one_query(sqlite_url: str) -> None:
    async with set_stage(sqlite_url) as stage:
        landed(stage, HUB, *range(1, 41))
        report = await stage.sweep()
        assert len(await activities(stage)) == 40
        assert (await activities(stage)).count((1, "onboarding")) == 1
        assert report.requests <= 25


async def test_what_github_does_not_tell_stays_unknown(sqlite_url: str) -> None:
    async with set_stage(sqlite_url) as stage:
        landed(stage, HUB, 1)
        stage.wire.breaks = lambda body: "query Counts" in str(body["query"])
        await stage.sweep()
        assert await activities(stage) == [(1, "review")]


def landed(stage: Stage, repo: str, *numbers: int) -> None:
    """Let somebody's pull requests be reviewed by a member and merged, one after the other."""
    people = stage.demo.people
    for number in numbers:
        people.open_pull_request(repo, "newcomer", "Fix a link", files=("a.md",), number=number)
        people.review(f"{repo}#{number}", "sgibson91", body="Thank you!")
        stage.clock.pass_by(seconds=2)
        people.merge(f"{repo}#{number}", "minrk")


async def activities(stage: Stage) -> list[tuple[int, str]]:
    async with stage.engine.connect() as connection:
        rows = await connection.execute(
            select(col(Subject.number), col(Decision.activity))
            .join(Contribution, col(Contribution.id) == col(Decision.contribution_id))
            .join(Subject, col(Subject.id) == col(Contribution.subject_id))
        )
        return sorted((row.number, row.activity) for row in rows)
