"""A demo GitHub whose deliveries failed for a while, and the real client that asks for them again,
on a clock that a test moves."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import httpx2
from sqlalchemy.ext.asyncio import AsyncEngine
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app.catch_up import EVERY, CaughtUp, catch_up
from app.demo.github import DemoGitHub
from app.demo.github.model import App
from app.github.client import GitHub
from app.github.limits import MemoryBudgets, WriteRules
from app.store.deliveries import PENDING
from app.store.engine import open_engine, open_reader
from app.store.inbox import Arrival, Inbox
from tests.contracts.contract import ContractTransport
from tests.github.answering import loaded_key
from tests.github.small_github import VirtualClock, rsa_key
from tests.github.stage import demo_contract


@dataclass
class Noting(httpx2.AsyncBaseTransport):
    """Passes requests on and notes when each left."""

    inner: httpx2.AsyncBaseTransport
    clock: VirtualClock
    sent: list[tuple[str, datetime]] = field(default_factory=list)

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        self.sent.append((request.method, self.clock.now()))
        return await self.inner.handle_async_request(request)


@dataclass
class Outage:
    """The app's door answers `status`; what it takes is put into the inbox."""

    demo: DemoGitHub
    app: App
    clock: VirtualClock
    engine: AsyncEngine
    reader: AsyncEngine
    github: GitHub
    inbox: Inbox
    requests: list[tuple[str, datetime]]
    status: int = 202
    asked: list[str] = field(default_factory=list)
    taken: set[str] = field(default_factory=set)

    async def fail(self, count: int, hours: float) -> list[str]:
        """Let so many deliveries fail, evenly over some hours; give their GUIDs in order."""
        was, self.status = self.status, 503
        guids = []
        for number in range(count):
            payload = {"action": "opened", "number": number}
            guids.append(self.demo.hooks.add(self.app, "issues", payload).guid)
            await self.deliver()
            self.clock.pass_by(hours=hours / count)
        self.status = was
        return guids

    async def deliver(self) -> None:
        """Let GitHub send what is queued."""
        door = Starlette(routes=[Route("/webhook", self._door, methods=["POST"])])
        async with httpx2.AsyncClient(transport=httpx2.ASGITransport(door)) as client:
            await self.demo.hooks.deliver(client=client)

    async def turn(self) -> CaughtUp:
        """Catch up once, and let GitHub send what was asked for."""
        done = await catch_up(self.github, self.engine, self.reader, self.clock, app_id=self.app.id)
        self.asked += [delivery.guid for delivery, _ in self.demo.hooks.queue]
        await self.deliver()
        return done

    async def run(self, minutes: float) -> list[CaughtUp]:
        """Catch up every five minutes, as the worker does."""
        ends = self.clock.now() + timedelta(minutes=minutes)
        turns = []
        while self.clock.now() < ends:
            turns.append(await self.turn())
            self.clock.pass_by(seconds=EVERY)
        return turns

    async def _door(self, request: Request) -> Response:
        body = await request.body()
        if self.status >= 300:
            return Response("down", self.status)
        guid = request.headers["x-github-delivery"]
        event = request.headers["x-github-event"]
        arrival = Arrival(self.app.id, guid, event, body, self.clock.now(), PENDING)
        if await self.inbox.put(arrival):
            assert json.loads(body)
        self.taken.add(guid)
        return Response("taken", self.status)

    def most_per_minute(self) -> int:
        """Give the points of the busiest minute: 5 for a post, 1 for a read."""
        most, minute = 0, timedelta(minutes=1)
        window: list[tuple[datetime, int]] = []
        for method, at in self.requests:
            window = [one for one in window if one[0] > at - minute]
            window.append((at, 5 if method == "POST" else 1))
            most = max(most, sum(points for _, points in window))
        return most


@asynccontextmanager
async def set_outage(database_url: str) -> AsyncIterator[Outage]:
    clock = VirtualClock()
    demo = DemoGitHub(clock=clock.now)
    demo.people.org("example-org")
    app = demo.places.app("good-citizen", public_key=rsa_key().public_key())
    app.webhook_url = "http://127.0.0.1/webhook"
    app.webhook_secret = "It's a Secret to Everybody"
    inner = httpx2.ASGITransport(demo, raise_app_exceptions=True)
    transport = Noting(ContractTransport(inner, demo_contract()), clock)
    engine, reader = open_engine(database_url), open_reader(database_url)
    github = GitHub(
        api_url="https://api.github.com",
        app_id=app.id,
        private_key=loaded_key(),
        timeout_seconds=5,
        budgets=MemoryBudgets(WriteRules(0, 0, 0), clock),
        clock=clock,
        transport=transport,
    )
    try:
        async with github, Inbox(engine) as inbox:
            yield Outage(demo, app, clock, engine, reader, github, inbox, transport.sent)
    finally:
        await engine.dispose()
        await reader.dispose()
