"""A process that stops right before one of its steps, and another one that goes on where it was.

A step is whatever leaves the process: a commit, or a request to GitHub. Between two steps nothing
does, so stopping before each, and after the last, is stopping everywhere.
"""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import httpx2
from pgqueuer import PgQueuer
from sqlalchemy import Connection, Engine, event, func, select
from sqlmodel import col

from app.demo.github.hooks import Delivery as Hook
from app.jobs import Jobs, Lease
from app.pump import pump
from app.reconcile import Access, reconcile
from app.store import turns
from app.store.engine import open_engine, open_reader
from app.store.events import WANTED
from app.store.inbox import Inbox
from app.store.tables import Subject
from app.web.door import Door
from tests.chaos.loop import client
from tests.chaos.machines import SECRET
from tests.reconcile.stage import HUB, Stage

PULL = f"{HUB}#1"
LEASE = 60.0
CHANGES = re.compile(r"(?:WITH .*?\()?\s*(INSERT INTO|UPDATE|DELETE FROM) (\w+)", re.DOTALL)
NUMBERS = re.compile(r"\d+")


class StoppedError(BaseException):
    """The process is gone. No `except Exception` may keep it alive."""


@dataclass
class Steps:
    """The steps of one process by name; it is gone right before step `stop`, None: never."""

    stop: int | None = None
    names: list[str] = field(default_factory=list)
    gone: asyncio.Event = field(default_factory=asyncio.Event)
    stopped_in: asyncio.Task[Any] | None = None

    def take(self, name: str) -> None:
        """Take a step; a process that is gone takes none."""
        if len(self.names) == self.stop and not self.gone.is_set():
            self.stopped_in = asyncio.current_task()
            self.gone.set()
        if self.gone.is_set():
            raise StoppedError
        self.names.append(name)

    def watch(self, engine: Engine) -> None:
        """Count each commit that changes something as a step, named by what it changes."""

        def remember(connection: Connection, _: object, statement: str, *__: object) -> None:
            if changed := CHANGES.match(statement):
                connection.info.setdefault("changed", {})[" ".join(changed.groups())] = None

        def commit(connection: Connection) -> None:
            if changed := connection.info.pop("changed", None):
                self.take(f"commit: {', '.join(changed)}")

        def forget(connection: Connection) -> None:
            connection.info.pop("changed", None)

        event.listen(engine, "before_cursor_execute", remember)
        event.listen(engine, "commit", commit)
        event.listen(engine, "rollback", forget)


@dataclass
class Counted(httpx2.AsyncBaseTransport):
    """Counts each request as a step before it leaves, named by what it asks for."""

    inner: httpx2.AsyncBaseTransport
    steps: Steps

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        path = NUMBERS.sub("N", request.url.path)
        query = re.search(rb"query (\w+)", await request.aread())
        self.steps.take(f"{request.method} {path}{f' {query[1].decode()}' if query else ''}")
        return await self.inner.handle_async_request(request)


@dataclass
class Sender:
    """GitHub's end: what got no 2xx is sent again, as if somebody had asked for it."""

    stage: Stage
    unsent: list[Hook] = field(default_factory=list)
    acknowledged: set[str] = field(default_factory=set)

    async def send(self, door: Door) -> None:
        queue = self.stage.demo.hooks.queue
        self.unsent += [hook for hook, _ in queue]
        queue.clear()
        transport = httpx2.ASGITransport(door)
        async with httpx2.AsyncClient(transport=transport, base_url="http://door") as at:
            while self.unsent:
                hook = self.unsent[0]
                answer = await at.post("/webhook", content=hook.body, headers=hook.headers())
                assert answer.status_code == 202
                self.acknowledged.add(self.unsent.pop(0).guid)


@dataclass
class Life:
    """One process from its start to its stop: the door, the pump and the jobs on one database."""

    stage: Stage
    sender: Sender
    door: Door
    jobs: Jobs
    access: Access

    async def until_rest(self) -> None:
        """Receive, pump and work, letting time pass, until nothing is left to do."""
        stage, engine = self.stage, self.access.engine
        for _ in range(100):
            await self.sender.send(self.door)
            now = stage.clock.now
            while (await pump(engine, stage.access.tenant, stage.app_id, now())).taken:
                pass
            async with engine.connect() as connection:
                due = await turns.waiting(connection, now(), 1000)
                stale = await connection.scalar(
                    select(func.count())
                    .select_from(Subject)
                    .where(col(Subject.mark) > col(Subject.settled))
                )
            for subject_id in due:
                await self.jobs.work_on(subject_id)
            if not stale and not stage.demo.hooks.queue:
                return
            stage.clock.pass_by(seconds=2)
        raise AssertionError("it does not come to rest")


@asynccontextmanager
async def begin_life(
    stage: Stage, sender: Sender, database_url: str, steps: Steps, name: str
) -> AsyncIterator[Life]:
    engine, reader = open_engine(database_url), open_reader(database_url)
    steps.watch(engine.sync_engine)
    transport = Counted(httpx2.ASGITransport(stage.demo), steps)
    inbox = Inbox(engine)
    async with AsyncExitStack() as stack:
        stack.push_async_callback(engine.dispose)
        stack.push_async_callback(reader.dispose)
        github = await stack.enter_async_context(client(replace(stage, engine=engine), transport))
        await stack.enter_async_context(inbox)
        access = replace(stage.access, github=github, engine=engine, reader=reader)
        jobs = Jobs(
            PgQueuer.in_memory(),
            engine,
            partial(reconcile, access),
            Lease(name, LEASE),
            stage.clock.now,
            reader=reader,
            concurrency=4,
        )
        door = Door(inbox, app_id=stage.app_id, secrets=(SECRET,), events=WANTED)
        yield Life(stage, sender, door, jobs, access)


async def live(stage: Stage, sender: Sender, database_url: str, steps: Steps, name: str) -> None:
    """Let a process live until it has come to rest, or until it is stopped."""

    async def run() -> None:
        async with begin_life(stage, sender, database_url, steps, name) as life:
            await life.until_rest()

    running, gone = asyncio.create_task(run()), asyncio.create_task(steps.gone.wait())
    await asyncio.wait({running, gone}, return_when=asyncio.FIRST_COMPLETED)
    gone.cancel()
    if steps.gone.is_set():
        # What stopped it ends it by itself; only who waits for the inbox's writer waits for ever.
        if steps.stopped_in is not running:
            running.cancel()
        await asyncio.wait({running})
        assert running.cancelled() or running.exception()
    else:
        await running
