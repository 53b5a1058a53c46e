"""The whole inner loop, turn by turn: the demo GitHub's webhooks go through the real pump, jobs and
reconcile with the real client and a real database, on a clock that a test moves."""

import random
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

import httpx2
from pgqueuer import PgQueuer
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlmodel import SQLModel, col

from app.demo.github import DemoGitHub, serve_demo_github
from app.demo.github.hooks import Delivery as Hook
from app.demo.github.limits import Limits
from app.github.client import GitHub
from app.github.limits import MemoryBudgets, WriteRules
from app.jobs import Jobs, Lease
from app.policy.home import Community, Home, LabelStyle, Member, Needs, Publish, Tracker
from app.policy.model import Bucket, Kind
from app.pump import pump
from app.reconcile import Access, reconcile
from app.store import places, turns
from app.store.deliveries import PENDING
from app.store.engine import open_engine, open_reader
from app.store.inbox import Arrival, Inbox
from app.store.ledger import DECISION
from app.store.tables import Contribution, Decision, Delivery
from tests.contracts.contract import ContractTransport
from tests.github.answering import loaded_key
from tests.github.small_github import VirtualClock, rsa_key
from tests.github.stage import demo_contract

HUB = "jupyterhub/oauthenticator"
INFRA = "example-org/infrastructure"
LABELS = {
    Kind.TACTICAL: LabelStyle("contribution: tactical", "1d76db", "Serves a need"),
    Kind.STRATEGIC: LabelStyle("contribution: strategic", "0e8a16", "Keeps upstream healthy"),
}
HOME = Home(
    name="Example",
    organisations=("example-org",),
    trackers=(Tracker(INFRA, public=True),),
    needs=Needs(labels=(("support", Bucket.TECH_SUPPORT),)),
    members=tuple(Member(login) for login in ("yuvipanda", "sgibson91", "GeorgianaElena")),
    communities=(Community("EarthScope", ("earthscope",), public=True),),
    publish=Publish(dry_run=False, upstream="label+comment", labels=LABELS),
)


@dataclass
class Stage:
    """One home, one tracker, one upstream that let the app in."""

    demo: DemoGitHub
    clock: VirtualClock
    engine: AsyncEngine
    inbox: Inbox
    github: GitHub
    access: Access
    jobs: Jobs
    app_id: int
    rounds: int = 0
    pumped: int = 0
    _sent: list[Hook] = field(default_factory=list)

    async def receive(
        self, *, repeat: int = 1, shuffle: random.Random | None = None, again: bool = False
    ) -> None:
        """Put the queued webhooks (`again`: all that ever were) into the inbox."""
        waiting = [hook for hook, _ in self.demo.hooks.queue]
        self.demo.hooks.queue.clear()
        self._sent += waiting
        hooks = [hook for hook in (self._sent if again else waiting) for _ in range(repeat)]
        if shuffle is not None:
            shuffle.shuffle(hooks)
        for number, hook in enumerate(hooks):
            guid = f"{hook.guid[:-4]}{number:04x}" if again else hook.guid
            await self.inbox.put(
                Arrival(self.app_id, guid, hook.event, hook.body, self.clock.now(), PENDING)
            )

    async def turn(self) -> int:
        """Pump all, then run every subject that is due, once; give how many ran."""
        while (await pump(self.engine, self.access.tenant, self.app_id, self.clock.now())).taken:
            self.pumped += 1
        async with self.engine.connect() as connection:
            due = await turns.waiting(connection, self.clock.now(), 1000)
        for subject_id in due:
            await self.jobs.work_on(subject_id)
        self.rounds += len(due)
        return len(due)

    async def settle(self) -> None:
        """Turn, letting time pass, until nothing is left to do."""
        await self.receive()
        idle = 0
        for _ in range(60):
            ran = await self.turn()
            await self.receive()
            idle = 0 if ran or self.demo.hooks.queue else idle + 1
            if idle > 1:
                return
            self.clock.pass_by(seconds=2)
        raise AssertionError("it does not come to rest")

    async def count(self, table: type[SQLModel]) -> int:
        async with self.engine.connect() as connection:
            return await connection.scalar(select(func.count()).select_from(table)) or 0

    async def decisions(self) -> dict[tuple[str, str], tuple[str, str | None, str | None]]:
        """Give (login, act) → kind, bucket, community of the standing decisions."""
        async with self.engine.connect() as connection:
            rows = await connection.execute(
                select(
                    col(Contribution.login),
                    col(Contribution.act),
                    col(Decision.kind),
                    col(Decision.bucket),
                    col(Decision.community),
                )
                .select_from(Contribution)
                .join(Decision, col(Decision.contribution_id) == col(Contribution.id))
                .where(col(Decision.superseded_at).is_(None))
            )
            return {(r.login, r.act): (r.kind, r.bucket, r.community) for r in rows}

    async def books(self) -> dict[str, int]:
        async with self.engine.connect() as connection:
            rows = await connection.execute(
                select(col(Delivery.state), func.count()).group_by(col(Delivery.state))
            )
            return {state: int(count) for state, count in rows}

    def labels(self, item: str) -> list[str]:
        return sorted(label.name for label in self.demo.people.item(item).labels)

    def comments(self, item: str) -> list[str]:
        return [comment.body for comment in self.demo.people.item(item).comments]


@asynccontextmanager
async def set_stage(
    database_url: str,
    *,
    home: Home = HOME,
    dry_run: bool = False,
    now: datetime | None = None,
    on_loopback: bool = False,
) -> AsyncIterator[Stage]:
    """`on_loopback`: the demo GitHub is asked over a socket, and without its limits."""
    clock = VirtualClock()
    if now is not None:
        clock.pass_by(seconds=(now - clock.now()).total_seconds())
    demo = DemoGitHub(clock=clock.now, limits=Limits(enforced=not on_loopback))
    demo.people.org("jupyterhub")
    demo.people.org("example-org", members=("yuvipanda", "sgibson91", "GeorgianaElena"))
    demo.places.repo(HUB, labels=("bug",))
    demo.places.repo(INFRA)
    app = demo.places.app("good-citizen", public_key=rsa_key().public_key())
    demo.places.install(app, "jupyterhub")
    demo.places.install(app, "example-org")
    engine, reader = open_engine(database_url), open_reader(database_url)
    async with engine.begin() as connection:
        tenant = await places.enroll(connection, "github.com", home, clock.now(), dry_run=dry_run)
    stack = AsyncExitStack()
    served = stack.enter_context(serve_demo_github(demo=demo)) if on_loopback else None
    github = GitHub(
        api_url=served.url if served else "https://api.github.com",
        app_id=app.id,
        private_key=loaded_key(),
        timeout_seconds=5,
        budgets=MemoryBudgets(WriteRules(0, 0, 0), clock),
        clock=clock,
        transport=ContractTransport(
            httpx2.AsyncHTTPTransport()
            if served
            else httpx2.ASGITransport(demo, raise_app_exceptions=True),
            demo_contract(),
        ),
    )
    access = Access(github, engine, reader, tenant, clock)
    jobs = Jobs(
        PgQueuer.in_memory(),
        engine,
        partial(reconcile, access),
        Lease("test", 60),
        clock.now,
        reader=reader,
        concurrency=4,
    )
    async with stack, github, Inbox(engine) as inbox:
        yield Stage(demo, clock, engine, inbox, github, access, jobs, app.id)
    await engine.dispose()
    await reader.dispose()


__all__ = ["DECISION", "HOME", "HUB", "INFRA", "Stage", "set_stage"]
