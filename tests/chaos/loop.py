"""The inner loop of tests/reconcile with budgets as rows, driven until nothing is left to do."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from functools import partial

import httpx2
from pgqueuer import PgQueuer
from sqlalchemy import func, select
from sqlmodel import col

from app.github.client import GitHub
from app.github.limits import WriteRules
from app.jobs import Jobs, Lease
from app.pump import pump
from app.reconcile import Access, reconcile
from app.store import turns
from app.store.budgets import RowBudgets
from app.store.tables import Subject
from tests.github.answering import loaded_key
from tests.reconcile.stage import Stage, set_stage

TIMEOUT = 5.0
AT_LEAST = 2.0
"""Seconds that pass at once: what is put off comes back one by one otherwise."""
OFF = WriteRules(0, 0, 0)


def client(
    stage: Stage, transport: httpx2.AsyncBaseTransport | None = None, rules: WriteRules = OFF
) -> GitHub:
    """A client of the stage's GitHub as the worker composes it; a context manager."""
    return GitHub(
        api_url="https://api.github.com",
        app_id=stage.app_id,
        private_key=loaded_key(),
        timeout_seconds=TIMEOUT,
        budgets=RowBudgets(stage.engine, "github.com", rules, stage.clock),
        clock=stage.clock,
        transport=transport or httpx2.ASGITransport(stage.demo),
    )


def worker(stage: Stage, access: Access, *, name: str = "test", lease: float = 60) -> Jobs:
    """One more worker on the stage's database."""
    return Jobs(
        PgQueuer.in_memory(),
        stage.engine,
        partial(reconcile, access),
        Lease(name, lease),
        stage.clock.now,
        reader=access.reader,
        concurrency=4,
    )


@dataclass
class Loop:
    """A stage whose clock goes on to whatever is due next."""

    stage: Stage
    jobs: Jobs

    async def receive(self) -> None:
        """Receive and pump what is queued."""
        stage = self.stage
        await stage.receive()
        while (
            await pump(stage.engine, stage.access.tenant, stage.app_id, stage.clock.now())
        ).taken:
            pass

    async def until_rest(self, rounds: int = 20_000) -> None:
        """Receive, pump and work on what is due, until no subject is stale."""
        stage = self.stage
        for _ in range(rounds):
            await self.receive()
            async with stage.engine.connect() as connection:
                due = await turns.waiting(connection, stage.clock.now(), 1000)
            for subject_id in due:
                await self.jobs.work_on(subject_id)
            if not due and not stage.demo.hooks.queue and not await self._wait():
                return
        raise AssertionError("it does not come to rest")

    async def _wait(self) -> bool:
        """Let time pass until a stale subject is due; False: there is none."""
        async with self.stage.engine.connect() as connection:
            until = await connection.scalar(
                select(func.min(col(Subject.next_try_at))).where(
                    col(Subject.mark) > col(Subject.settled), col(Subject.buried_at).is_(None)
                )
            )
        if until is None:
            return False
        seconds = (until - self.stage.clock.now()).total_seconds()
        self.stage.clock.pass_by(seconds=max(seconds, AT_LEAST))
        return True


@asynccontextmanager
async def set_loop(database_url: str, rules: WriteRules = OFF) -> AsyncIterator[Loop]:
    async with set_stage(database_url) as stage, client(stage, rules=rules) as github:
        yield Loop(stage, worker(stage, replace(stage.access, github=github)))
