"""Scenes for the guards that keep things apart: old from new, public from private, members from
outsiders, our tokens from other hosts, one organisation's line from another's, one process's
transaction from another's."""

import asyncio
from contextlib import suppress
from dataclasses import replace

from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from app.demo.github import Fault, Request
from app.demo.github import faults as failing
from app.github.errors import EgressRefused, ServerError
from app.policy.home import Tracker
from app.store import places
from app.store.engine import open_engine
from tests.chaos.scenes import PULL, TACTICAL
from tests.chaos.weather import FRESH
from tests.github.small_github import API, WRITE, SmallGitHub, VirtualClock, answer, client
from tests.pump.test_turns import QUIET, served_in_order
from tests.reconcile.stage import HOME, HUB, Stage, set_stage

SECRET_PLACE = "example-org/secret"


def _open(stage: Stage) -> None:
    stage.demo.people.open_pull_request(
        HUB, "yuvipanda", "Document how to log in", files=("docs/login.md",), number=1
    )


async def old_item(database_url: str) -> int:
    """Give how many writes an item gets that is older than the writing."""
    async with set_stage(database_url, dry_run=True) as stage:
        _open(stage)
        await stage.settle()
        stage.clock.pass_by(days=1)
        async with stage.engine.begin() as connection:
            stage.access.tenant = await places.enroll(
                connection, "github.com", HOME, stage.clock.now(), dry_run=False
            )
        await stage.receive(again=True)
        await stage.settle()
        return len(stage.demo.writes)


async def outsiders_command(database_url: str) -> int:
    """Give how many labels say what somebody said who is nobody of the home's."""
    async with set_stage(database_url) as stage:
        _open(stage)
        stage.demo.people.comment(PULL, "manics", "/tactical tech-support for EarthScope")
        await stage.settle()
        return stage.labels(PULL).count(TACTICAL)


async def private_tracker(database_url: str) -> int:
    """Give how many public comments name a private tracker's item, which is why it is tactical."""
    home = replace(HOME, trackers=(*HOME.trackers, Tracker(SECRET_PLACE)))
    async with set_stage(database_url, home=home) as stage:
        people = stage.demo.people
        stage.demo.places.repo(SECRET_PLACE, private=True)
        _open(stage)
        people.open_issue(
            SECRET_PLACE, "sgibson91", "Logins", f"Brings in {PULL}", labels=("support",), number=1
        )
        await stage.settle()
        people.comment(PULL, "yuvipanda", "/why")
        await stage.settle()
        return sum(SECRET_PLACE in one for one in stage.comments(PULL))


async def unknown_token(database_url: str) -> int:
    """Give how many labels an item gets if GitHub finds nothing for a token's first seconds."""
    async with set_stage(database_url) as stage:

        def late(request: Request) -> Fault | None:
            is_fresh = request.token_age is not None and request.token_age < FRESH
            return failing.bad_credentials(404) if is_fresh else None

        stage.demo.faults = late
        _open(stage)
        await stage.settle()
        return len(stage.labels(PULL))


async def elsewhere(_: str) -> int:
    """Give how many requests, each with a token, leave for a host that GitHub's answers name."""
    github = SmallGitHub(VirtualClock())
    other = "https://evil.example/repositories/7"
    async with client(github) as hub:
        session = hub.installation(42, permissions=WRITE)
        github.script.append(answer({}, 302, location=other))
        with suppress(EgressRefused):
            await session.get("/repos/o/r")
        github.script.append(answer([], link=f'<{other}>; rel="next"'))
        with suppress(EgressRefused, ServerError):
            _all = [one async for one in session.getiter("/repos/o/r/labels")]
    return sum(not sent.url.startswith(API) for sent in github.asked)


async def quiet_beside_noise(database_url: str) -> int:
    """Give how many of the noisy one's hundred go before the last of the quiet one's five."""
    served = await served_in_order(database_url)
    last = max(place for place, one in enumerate(served) if one == QUIET)
    return sum(one != QUIET for one in served[:last])


async def two_that_read_first(database_url: str) -> int:
    """Give how many of two transactions of two processes fail that read before they write."""
    first, second = open_engine(database_url), open_engine(database_url)
    read, change = text("SELECT count(*) FROM callcount"), text("DELETE FROM callcount")
    go_on = asyncio.Event()

    async def other() -> None:
        async with second.begin() as connection:
            await connection.scalar(read)
            await go_on.wait()
            await connection.execute(change)

    async with first.begin() as connection:
        await connection.scalar(read)
        waiting = asyncio.create_task(other())
        for _ in range(100):  # as far as it gets: it may only begin once this one has ended
            await asyncio.sleep(0)
        await connection.execute(change)
    go_on.set()
    (ended,) = await asyncio.gather(waiting, return_exceptions=True)
    await first.dispose()
    await second.dispose()
    assert ended is None or isinstance(ended, OperationalError)
    return int(ended is not None)
