"""More scenes for guards: replays, marks that come meanwhile, limits, what turns private, bots."""

import random
import uuid
from dataclasses import replace
from datetime import timedelta

import httpx2

from app.demo.github import Fault, Request
from app.demo.github import faults as failing
from app.github.limits import WriteRules
from app.policy.home import Member
from app.store.tables import Delivery
from tests.chaos.loop import Loop, client, set_loop, worker
from tests.chaos.weather import Weather, most_within
from tests.reconcile.stage import HOME, HUB, Stage, set_stage

PULL = f"{HUB}#1"
TACTICAL = "contribution: tactical"
HELPER = "helper"
"""A bot whose login does not tell: GitHub has such, Copilot for one."""


def _open(stage: Stage, number: int = 1) -> None:
    stage.demo.people.open_pull_request(
        HUB, "yuvipanda", "Document how to log in", files=("docs/login.md",), number=number
    )


async def same_guid(database_url: str) -> int:
    """Give how many deliveries there are after one GUID came five times."""
    async with set_stage(database_url) as stage:
        _open(stage)
        await stage.receive(repeat=5)
        return await stage.count(Delivery)


class Meanwhile(httpx2.AsyncBaseTransport):
    """A member overrules the decision right after our label is on, before the round is over."""

    def __init__(self, stage: Stage) -> None:
        self._stage, self._said = stage, False
        self._inner = httpx2.ASGITransport(stage.demo)

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        answer = await self._inner.handle_async_request(request)
        labelled = request.method == "POST" and request.url.path.endswith("/issues/1/labels")
        if labelled and not self._said:
            self._said = True
            line = "/tactical tech-support for EarthScope"
            self._stage.demo.people.comment(PULL, "yuvipanda", line)
            await Loop(self._stage, self._stage.jobs).receive()
        return answer


async def marked_meanwhile(database_url: str) -> int:
    """Give how many labels say what a member said while the item was worked on."""
    async with set_stage(database_url) as stage, client(stage, Meanwhile(stage)) as github:
        _open(stage)
        await Loop(stage, worker(stage, replace(stage.access, github=github))).until_rest()
        return stage.labels(PULL).count(TACTICAL)


async def many_at_once(database_url: str) -> int:
    """Give how many writes there are in the busiest minute when 35 items want two each."""
    async with set_loop(database_url, WriteRules()) as loop:
        for number in range(1, 36):
            _open(loop.stage, number)
        await loop.until_rest()
        return most_within([one.at for one in loop.stage.demo.writes], timedelta(minutes=1))


async def told_to_wait(database_url: str) -> int:
    """Give how many requests come before the time for which GitHub wants none."""
    async with set_loop(database_url) as loop:
        for number in range(1, 6):
            _open(loop.stage, number)
        limited = [failing.rate_limited(429, retry_after=40)]
        weather = Weather(
            loop.stage.demo, random.Random(0), 0.0, loop.stage.clock.now, lambda: None
        )

        def once(request: Request) -> Fault | None:
            weather(request)
            if limited and b"query Subject" in request.body:
                return weather.tell(request, limited.pop())
            return None

        loop.stage.demo.faults = once
        await loop.until_rest()
        assert not limited
        return len(weather.inside)


async def command_replayed(database_url: str) -> int:
    """Give how many labels say what a member's first word was, after an /undo of the second.

    Afterwards the same bytes come again under new GUIDs.
    """
    async with set_stage(database_url) as stage:
        _open(stage)
        await stage.settle()
        for line in ("/tactical tech-support", "/strategic docs", "/undo"):
            stage.demo.people.comment(PULL, "yuvipanda", line)
            hook, _ = stage.demo.hooks.queue[-1]
            await stage.settle()
        for number in range(3):
            again = replace(hook, guid=str(uuid.UUID(int=number)))
            stage.demo.hooks.queue.append((again, True))
        await stage.settle()
        return stage.labels(PULL).count(TACTICAL)


async def turns_private(database_url: str) -> int:
    """Give how many writes reach a repository that turns private in mid-flight."""
    async with set_stage(database_url) as stage:
        _open(stage)

        def turn(request: Request) -> Fault | None:
            if b"query Look" in request.body or request.is_write:
                stage.demo.places.set_private(HUB, private=True)
            return None

        stage.demo.faults = turn
        await stage.receive()
        await stage.turn()
        return len([one for one in stage.demo.writes if one.status < 300])


async def another_bot(database_url: str) -> int:
    """Give how many replies another bot gets that answers all that we write with a command.

    It is on the roster, as if somebody had put it there by mistake.
    """
    home = replace(HOME, members=(*HOME.members, Member(HELPER)))
    async with set_stage(database_url, home=home) as stage:
        stage.demo.people.user(HELPER).type = "Bot"
        _open(stage)
        await stage.settle()
        for _ in range(5):
            stage.demo.people.comment(PULL, HELPER, "/why")
            await stage.settle()
        return sum(" reply:" in text for text in stage.comments(PULL))
