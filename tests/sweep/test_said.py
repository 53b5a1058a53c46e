"""Words said while deliveries were lost: each is heard once, and only what is known to be said."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from sqlalchemy import select
from sqlmodel import col

from app.catch_up import catch_up
from app.demo.github.faults import server_error
from app.demo.github.hooks import Delivery
from app.store.forgetting import find_person, forget_person
from app.store.tables import Word
from app.sweep import Options, sweep
from tests.reconcile.stage import HUB, INFRA, Stage, set_stage

pytestmark = pytest.mark.anyio

PULL = f"{HUB}#1"


@asynccontextmanager
async def outage(database_url: str) -> AsyncIterator[Stage]:
    """Give a stage on which no delivery arrives any more."""
    async with set_stage(database_url) as stage:
        stage.demo.people.open_pull_request(HUB, "yuvipanda", "Add a page", number=1)
        stage.demo.people.open_issue(INFRA, "sgibson91", "A plan", number=2)
        await stage.settle()
        await catch_up_with(stage)
        stage.clock.pass_by(hours=1)
        yield stage


async def catch_up_with(stage: Stage) -> None:
    await catch_up(
        stage.github, stage.engine, stage.access.reader, stage.clock, app_id=stage.app_id
    )


async def four_days_pass(stage: Stage, *, catching_up: bool = True) -> list[Delivery]:
    """Let the outage end; give what was never delivered."""
    lost = [hook for hook, _ in stage.demo.hooks.queue]
    stage.demo.hooks.queue.clear()
    stage.clock.pass_by(hours=96)
    if catching_up:
        await catch_up_with(stage)
    return lost


async def words(stage: Stage) -> list[tuple[str, str]]:
    async with stage.engine.connect() as connection:
        rows = select(col(Word.verb), col(Word.by_login)).order_by(col(Word.said_at), col(Word.id))
        return [(row.verb, row.by_login) for row in await connection.execute(rows)]


async def test_a_delivery_that_comes_after_all_says_nothing_twice(database_url: str) -> None:
    async with outage(database_url) as stage:
        stage.demo.people.comment(PULL, "yuvipanda", "/strategic docs")
        stage.demo.people.label(PULL, "sgibson91", "contribution: tactical")
        lost = await four_days_pass(stage)
        assert (await sweep(stage.access, worker="test")).words == 2
        await stage.settle()
        heard = await words(stage)
        said = stage.comments(PULL)
        stage.demo.hooks.queue.extend((hook, False) for hook in lost)
        await stage.settle()
        assert await words(stage) == heard == [("strategic", "yuvipanda"), ("label", "sgibson91")]
        assert stage.comments(PULL) == said


async def test_what_somebody_else_has_edited_and_what_is_older_is_not_heard(
    sqlite_url: str,
) -> None:
    async with set_stage(sqlite_url) as stage:
        people = stage.demo.people
        people.open_pull_request(HUB, "yuvipanda", "Add a page", number=1)
        people.comment(PULL, "yuvipanda", "/strategic")
        stage.demo.hooks.queue.clear()
        stage.clock.pass_by(hours=1)
        edited = people.comment(PULL, "sgibson91", "It was asked for.")
        await stage.settle()
        await catch_up_with(stage)
        stage.clock.pass_by(hours=1)
        people.edit_comment(edited, "minrk", "/tactical")
        people.comment(PULL, None, "/tactical")
        await four_days_pass(stage)
        assert (await sweep(stage.access, worker="test")).words == 0
        assert await words(stage) == []


async def test_of_an_edited_comment_only_what_was_not_heard_before_is_heard(
    sqlite_url: str,
) -> None:
    async with outage(sqlite_url) as stage:
        await catch_up_with(stage)
        comment = stage.demo.people.comment(PULL, "sgibson91", "/tactical\n\n/undo")
        await stage.settle()
        stage.clock.pass_by(hours=1)
        await catch_up_with(stage)
        stage.clock.pass_by(hours=1)
        stage.demo.people.edit_comment(comment, "sgibson91", "/tactical\n\n/undo\n\n/strategic")
        await four_days_pass(stage)
        assert (await sweep(stage.access, worker="test")).words == 1
        assert [verb for verb, _ in await words(stage)] == ["tactical", "undo", "strategic"]


async def test_what_a_forgotten_person_said_is_not_heard_again(sqlite_url: str) -> None:
    async with outage(sqlite_url) as stage:
        stage.demo.people.comment(PULL, "yuvipanda", "/personal")
        stage.demo.people.comment(PULL, "yuvipanda", "/why")
        await four_days_pass(stage)
        assert (await sweep(stage.access, worker="test")).words == 2
        await stage.settle()
        async with stage.engine.begin() as connection:
            who = await find_person(connection, "github.com", "yuvipanda")
            await forget_person(connection, "github.com", who)
        before = await words(stage)
        stage.clock.pass_by(hours=96)
        await catch_up_with(stage)
        assert (await sweep(stage.access, worker="test")).words == 0
        assert await words(stage) == before == [("why", "somebody")]


async def test_what_github_does_not_show_is_heard_by_a_later_sweep(sqlite_url: str) -> None:
    async with outage(sqlite_url) as stage:
        stage.demo.people.comment(PULL, "yuvipanda", "/strategic docs")
        stage.demo.people.comment(f"{INFRA}#2", "sgibson91", "/help")
        await four_days_pass(stage)
        stage.demo.faults = lambda asked: server_error() if b"query Said" in asked.body else None
        report = await sweep(stage.access, worker="test")
        assert (report.words, {PULL, f"{INFRA}#2"} <= set(report.incomplete)) == (0, True)
        stage.demo.faults = None
        assert (await sweep(stage.access, worker="test", options=Options(dry=True))).words == 0
        assert (await sweep(stage.access, worker="test")).words == 2
        assert (await sweep(stage.access, worker="test")).words == 0


async def test_a_long_talk_is_read_back_to_where_the_outage_began(sqlite_url: str) -> None:
    """Also where the sweep is quicker than catching up."""
    async with outage(sqlite_url) as stage:
        stage.demo.people.comment(PULL, "yuvipanda", "/strategic docs")
        for number in range(150):
            stage.demo.people.comment(PULL, "minrk", f"{number}")
        await four_days_pass(stage, catching_up=False)
        assert (await sweep(stage.access, worker="test")).words == 1


async def test_what_is_said_on_a_tracker_is_about_what_the_same_sweep_finds(
    sqlite_url: str,
) -> None:
    elsewhere = "pangeo-data/pangeo-docker-images"
    async with outage(sqlite_url) as stage:
        people = stage.demo.people
        people.org("pangeo-data")
        stage.demo.places.repo(elsewhere)
        people.open_pull_request(elsewhere, "sgibson91", "Speed it up", number=3)
        people.open_issue(
            INFRA, "sgibson91", "Slow", f"{elsewhere}#3", labels=("support",), number=4
        )
        people.comment(f"{INFRA}#4", "sgibson91", "/value Courses start in a minute.")
        await four_days_pass(stage)
        assert (await sweep(stage.access, worker="test")).words == 1
        await stage.settle()
        assert (await stage.decisions())["sgibson91", "authored"][0] == "tactical"
        async with stage.engine.connect() as connection:
            (word,) = await connection.execute(select(col(Word.state), col(Word.heard_on)))
        assert word.state == "said"
        assert word.heard_on is not None
