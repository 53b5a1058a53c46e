"""An installation that is gone, whose end nobody told us: GitHub is asked, and the job goes on."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from app.demo.github import Fault
from app.demo.github.faults import Request
from app.demo.github.model import Installation
from app.store import places
from app.store.places import Standing
from tests.reconcile.stage import HUB, INFRA, Stage, set_stage

pytestmark = pytest.mark.anyio

TACTICAL = "contribution: tactical"
HIDDEN = Fault("status", status=404, body=b'{"message": "Not Found"}')


def on(stage: Stage, account: str) -> Installation:
    return next(
        one for one in stage.demo.state.installations.values() if one.account.login == account
    )


@contextmanager
def unheard(stage: Stage) -> Iterator[None]:
    """Let the webhooks get lost of what happens meanwhile."""
    queue = stage.demo.hooks.queue
    before = list(queue)
    yield
    queue.clear()
    queue.extend(before)


async def standing(stage: Stage, number: int) -> Standing:
    async with stage.engine.connect() as connection:
        return (await places.installations(connection, "github.com"))[number]


async def settled(stage: Stage) -> bool:
    await stage.settle()
    return set(await stage.books()) <= {"done", "ignored"}


def needed(stage: Stage) -> None:
    stage.demo.people.open_issue(INFRA, "sgibson91", "Gate login", labels=("support",), number=1)


def answered(stage: Stage, number: int, by: str = "yuvipanda") -> None:
    """Open a pull request whose need stands in the home's tracker."""
    stage.demo.people.open_pull_request(
        HUB, by, "Gate login", f"For {INFRA}#1", files=("a.py",), number=number
    )


async def test_a_home_that_installed_the_app_anew_is_read_through_its_present_installation(
    database_url: str,
) -> None:
    async with set_stage(database_url) as stage:
        needed(stage)
        answered(stage, 1)
        assert await settled(stage)
        former, app = on(stage, "example-org"), next(iter(stage.demo.state.apps.values()))
        with unheard(stage):
            stage.demo.places.uninstall(former)
            stage.demo.places.install(app, "example-org")
        answered(stage, 2)
        assert await settled(stage)
        assert stage.labels(f"{HUB}#2") == stage.labels(f"{HUB}#1") == [TACTICAL]
        assert (await standing(stage, former.id)).removed_at is not None
        assert (await standing(stage, on(stage, "example-org").id)).removed_at is None


async def test_any_number_of_former_installations_is_found_out_each_once(sqlite_url: str) -> None:
    async with set_stage(sqlite_url) as stage:
        needed(stage)
        await stage.settle()
        former = range(70_000_001, 70_000_013)
        async with stage.engine.begin() as connection:
            for number in former:
                await places.see_installation(
                    connection, "github.com", number, account_id=1, account_login="example-org"
                )
        for number in (1, 2):
            answered(stage, number)
            assert await settled(stage)
            assert stage.labels(f"{HUB}#{number}") == [TACTICAL]
        for number in former:
            assert (await standing(stage, number)).removed_at is not None
            path = f"/app/installations/{number}/access_tokens"
            assert sum(one.path == path for one in stage.demo.log) == 1


async def test_an_upstream_that_left_is_still_judged_and_not_written_to(sqlite_url: str) -> None:
    async with set_stage(sqlite_url) as stage:
        needed(stage)
        answered(stage, 1)
        assert await settled(stage)
        answered(stage, 2, by="sgibson91")
        with unheard(stage):
            stage.demo.places.uninstall(on(stage, "jupyterhub"))
        assert await settled(stage)
        assert (await stage.decisions())["sgibson91", "authored"][0] == "tactical"
        assert stage.labels(f"{HUB}#2") == []


async def test_one_that_github_still_lists_is_tried_again_later(sqlite_url: str) -> None:
    async with set_stage(sqlite_url) as stage:
        at_home = on(stage, "example-org").id

        def no_token(asked: Request) -> Fault | None:
            return HIDDEN if asked.path == f"/app/installations/{at_home}/access_tokens" else None

        stage.demo.faults = no_token
        needed(stage)
        answered(stage, 1)
        await stage.receive()
        await stage.turn()
        assert stage.labels(f"{HUB}#1") == []
        assert (await stage.books())["pending"] > 0
        assert (await standing(stage, at_home)).removed_at is None
        stage.demo.faults = None
        stage.clock.pass_by(minutes=1)
        assert await settled(stage)
        assert stage.labels(f"{HUB}#1") == [TACTICAL]
