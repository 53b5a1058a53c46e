"""The demo GitHub, installed at home alone, and everything that a sweep needs: real parts."""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, TypeAlias

import httpx2
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlmodel import SQLModel, col

from app.demo.github import DemoGitHub
from app.github.client import GitHub
from app.github.limits import MemoryBudgets
from app.policy.home import Home, Member, Needs, Tracker
from app.policy.model import Bucket
from app.reconcile import Access
from app.store import places
from app.store.engine import open_engine, open_reader
from app.store.etags import RowETagCache
from app.store.tables import Contribution, Decision, Repository, Subject
from app.sweep import Options, Report, sweep
from tests.contracts.contract import ContractTransport
from tests.github.answering import loaded_key
from tests.github.small_github import VirtualClock, rsa_key
from tests.github.stage import demo_contract

HUB = "jupyterhub/oauthenticator"
INFRA = "example-org/infrastructure"
ELSEWHERE = "pangeo-data/pangeo-docker-images"
MEMBERS = ("yuvipanda", "sgibson91", "GeorgianaElena")
HOME = Home(
    name="Example",
    organisations=("example-org",),
    trackers=(Tracker(INFRA, public=True),),
    needs=Needs(labels=(("support", Bucket.TECH_SUPPORT),)),
    members=tuple(Member(login) for login in MEMBERS),
    upstreams=("jupyterhub/*",),
)
Acts: TypeAlias = set[tuple[str, str, str, int]]


class Killed(BaseException):
    """The process is gone: nothing in it may be counted on to run."""


class Fragile(httpx2.AsyncBaseTransport):
    """Passes requests on until it is told to break everything off.

    `breaks`: the GraphQL requests over which GitHub breaks down.
    """

    def __init__(self, inner: httpx2.AsyncBaseTransport) -> None:
        self._inner = inner
        self.left: int | None = None
        self.sent = 0
        self.breaks: Callable[[dict[str, Any]], bool] = lambda _: False

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        if self.left is not None:
            if self.left == 0:
                raise Killed
            self.left -= 1
        self.sent += 1
        if request.url.path == "/graphql" and self.breaks(json.loads(await request.aread())):
            return httpx2.Response(502, html="<html>Unicorn!</html>")
        return await self._inner.handle_async_request(request)


@dataclass
class Stage:
    """One home whose people work in upstreams that know nothing of the app."""

    demo: DemoGitHub
    clock: VirtualClock
    engine: AsyncEngine
    github: GitHub
    access: Access
    wire: Fragile

    async def sweep(self, options: Options | None = None, worker: str = "test") -> Report:
        return await sweep(self.access, worker=worker, options=options)

    async def killed_after(self, requests: int, worker: str = "test") -> bool:
        """Sweep until so many requests were sent; False: it came to its end before."""
        self.wire.left = requests
        try:
            await self.sweep(worker=worker)
        except Killed:
            return True
        finally:
            self.wire.left = None
        return False

    async def acts(self) -> Acts:
        """Give (login, act, repository, number) of all that is recorded."""
        async with self.engine.connect() as connection:
            rows = await connection.execute(
                select(
                    col(Contribution.login),
                    col(Contribution.act),
                    col(Repository.full_name),
                    col(Subject.number),
                )
                .join(Subject, col(Contribution.subject_id) == col(Subject.id))
                .join(Repository, col(Repository.id) == col(Subject.repository_id))
            )
            return {(r.login, r.act, r.full_name, r.number) for r in rows}

    async def decisions(self) -> dict[tuple[str, str], tuple[str, str | None]]:
        async with self.engine.connect() as connection:
            rows = await connection.execute(
                select(
                    col(Contribution.login),
                    col(Contribution.act),
                    col(Decision.kind),
                    col(Decision.bucket),
                )
                .select_from(Contribution)
                .join(Decision, col(Decision.contribution_id) == col(Contribution.id))
                .where(col(Decision.superseded_at).is_(None))
            )
            return {(r.login, r.act): (r.kind, r.bucket) for r in rows}

    async def count(self, table: type[SQLModel]) -> int:
        async with self.engine.connect() as connection:
            return await connection.scalar(select(func.count()).select_from(table)) or 0


@asynccontextmanager
async def set_stage(
    database_url: str, *, home: Home = HOME, demo: DemoGitHub | None = None
) -> AsyncIterator[Stage]:
    clock = VirtualClock()
    github_com = demo or DemoGitHub(clock=clock.now)
    github_com.state.clock = clock.now
    if demo is None:
        github_com.people.org("jupyterhub")
        github_com.people.org("example-org", members=MEMBERS)
        github_com.people.org("pangeo-data")
        github_com.places.repo(HUB, labels=("bug",))
        github_com.places.repo(ELSEWHERE)
        github_com.places.repo(INFRA)
    for login in MEMBERS:
        github_com.people.user(login)
    app = github_com.places.app("good-citizen", public_key=rsa_key().public_key())
    github_com.places.install(app, "example-org")
    engine, reader = open_engine(database_url), open_reader(database_url)
    async with engine.begin() as connection:
        tenant = await places.enroll(connection, "github.com", home, clock.now(), dry_run=True)
    wire = Fragile(
        ContractTransport(
            httpx2.ASGITransport(github_com, raise_app_exceptions=True), demo_contract()
        )
    )
    client = GitHub(
        api_url="https://api.github.com",
        app_id=app.id,
        private_key=loaded_key(),
        timeout_seconds=5,
        budgets=MemoryBudgets(clock=clock),
        cache=RowETagCache(engine, "github.com", clock, reader=reader),
        clock=clock,
        transport=wire,
    )
    access = Access(client, engine, reader, tenant, clock)
    try:
        async with client:
            yield Stage(github_com, clock, engine, client, access, wire)
    finally:
        await engine.dispose()
        await reader.dispose()
