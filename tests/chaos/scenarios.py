"""Scenes that a guard is there for, in-process on a virtual clock: each gives what came of it.

A test plays them with the guard, and in a child process without it.
"""

import asyncio
import json
import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import httpx2

from app.demo.github import Fault, Request
from app.demo.github import faults as failing
from app.demo.github.comments import create
from app.pump import pump
from app.reconcile import Access
from app.store.migrate import migrate
from tests.chaos.loop import Loop, client, worker
from tests.reconcile.stage import HUB, Stage, set_stage

PULL = f"{HUB}#1"


def play(scene: Callable[[str], Awaitable[int]]) -> int:
    """Run a scene on a database of its own."""
    with tempfile.TemporaryDirectory() as folder:
        database_url = f"sqlite:///{Path(folder) / 'scene.db'}"
        migrate(database_url)

        async def run() -> int:
            return await scene(database_url)

        return asyncio.run(run())


def _open(stage: Stage, number: int = 1) -> None:
    stage.demo.people.open_pull_request(
        HUB, "yuvipanda", "Document how to log in", files=("docs/source/login.md",), number=number
    )


def _ours(stage: Stage) -> int:
    return sum(comment.app is not None for comment in stage.demo.people.item(PULL).comments)


def _creates_a_comment(request: Request) -> bool:
    return request.method == "POST" and request.path.endswith("/comments")


class LateComment:
    """GitHub answers 502 to the first comment and creates it all the same, but late.

    It is to be seen only after the next gathering: in the look before the write, if there is one.
    """

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._late: str | None = None
        self._asked = 0
        self.done = False

    def __call__(self, request: Request) -> Fault | None:
        if _creates_a_comment(request) and self._late is None:
            self._late = str(json.loads(request.body)["body"])
            return failing.html_502()
        looks = b"query Look" in request.body or _creates_a_comment(request)
        if self._late is not None and looks and not self.done:
            self.done = True
            state = self._stage.demo.state
            app = next(iter(state.apps.values()))
            create(state, self._stage.demo.people.item(PULL), app.bot, self._late, app=app)
        return None


async def late_comment(database_url: str) -> int:
    """Give how many comments of ours there are after one was created late."""
    async with set_stage(database_url) as stage:
        _open(stage)
        late = LateComment(stage)
        stage.demo.faults = late
        await stage.settle()
        stage.clock.pass_by(seconds=60)
        await stage.settle()
        assert late.done
        return _ours(stage)


async def applied_then_failed(database_url: str) -> int:
    """Give how many comments of ours there are after one was created with a 502."""
    async with set_stage(database_url) as stage:
        _open(stage)
        failed: list[Request] = []

        def once(request: Request) -> Fault | None:
            if not _creates_a_comment(request) or failed:
                return None
            failed.append(request)
            return failing.html_502(applied=True)

        stage.demo.faults = once
        await stage.settle()
        stage.clock.pass_by(seconds=60)
        await stage.settle()
        assert failed
        return _ours(stage)


class SlowComment(httpx2.AsyncBaseTransport):
    """Holds the first comment on PULL whose body has `words` on its way to GitHub until `go_on`.

    Reading the item takes `seconds` before that.
    """

    def __init__(self, stage: Stage, words: bytes = b"", seconds: float = 0) -> None:
        self._stage, self._words, self._seconds = stage, words, seconds
        self._inner = httpx2.ASGITransport(stage.demo)
        self.on_its_way, self.go_on = asyncio.Event(), asyncio.Event()

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        body = await request.aread()
        if b"query Subject" in body:
            self._stage.clock.pass_by(seconds=self._seconds)
        is_first = not self.on_its_way.is_set() and self._words in body
        if is_first and request.url.path.endswith(f"{PULL.replace('#', '/issues/')}/comments"):
            self.on_its_way.set()
            await self.go_on.wait()
        return await self._inner.handle_async_request(request)


async def slow_call(database_url: str, *, lease: float) -> int:
    """Give how many comments there are when a call takes 4 s, and a second worker comes meanwhile.

    The client's time-out is 5 s.
    """
    async with set_stage(database_url) as stage, client(stage, slow := SlowComment(stage)) as hub:
        access = replace(stage.access, github=hub)
        # Another item first: what is asked once an hour would outlast the short lease.
        _open(stage, number=2)
        await Loop(stage, worker(stage, access)).until_rest()
        stage.clock.pass_by(seconds=60)
        _open(stage)
        await _two_workers(stage, access, slow, lease)
        return _ours(stage)


async def slow_reply(database_url: str, *, lease: float = 15) -> int:
    """Give how many replies a command gets when reading takes long and writing 4 s more."""
    async with set_stage(database_url) as stage:
        _open(stage)
        await stage.settle()
        slow = SlowComment(stage, b" reply:", seconds=lease - 2)
        async with client(stage, slow) as hub:
            stage.demo.people.comment(PULL, "yuvipanda", "/why")
            await _two_workers(stage, replace(stage.access, github=hub), slow, lease)
        return sum(" reply:" in text for text in stage.comments(PULL))


async def _two_workers(stage: Stage, access: Access, slow: SlowComment, lease: float) -> None:
    """Let a second worker come while the first one's comment is on its way."""
    await stage.receive()
    batch = await pump(stage.engine, stage.access.tenant, stage.app_id, stage.clock.now())
    (subject,) = batch.subjects
    async with asyncio.TaskGroup() as group:
        first = worker(stage, access, name="first", lease=lease).work_on(subject)
        group.create_task(first)
        await asyncio.wait_for(slow.on_its_way.wait(), 30)
        stage.clock.pass_by(seconds=4)
        await worker(stage, stage.access, name="second", lease=lease).work_on(subject)
        slow.go_on.set()
