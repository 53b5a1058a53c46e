"""The worker process: pump, jobs and schedules around one database and one GitHub."""

import asyncio
import os
import socket
from collections import Counter
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from app.catch_up import catch_up
from app.config import ConfigError
from app.foundation import Foundation, lay_foundation, web_host
from app.github.client import GitHub
from app.github.clock import SystemClock
from app.github.errors import GitHubError
from app.github.limits import WriteRules
from app.github.redact import Redactor
from app.imports.completing import complete_some
from app.jobs import Jobs, Lease, every, open_queue
from app.pump import pump, stumble
from app.reconcile import (
    Access,
    ask_for_file,
    enroll_home,
    keep_up,
    not_enrolled,
    reconcile,
)
from app.reconcile.tracking import keep_tracking_issue
from app.settings import Settings
from app.store import alive, deliveries, places
from app.store.budgets import RowBudgets
from app.store.engine import check_durability, open_engine, open_reader, single_statement
from app.store.etags import RowETagCache, forget_etags
from app.sweep import sweep_if_due

PUMP_EVERY = 0.1
"""Seconds between two looks for new deliveries while there are none."""
STALE_EVERY = 1.0
"""Seconds between two looks for stale subjects that no bell was heard for."""
BEAT_EVERY = 5.0
CLEAN_EVERY = 3600.0
CLEAN_AT_ONCE = 200
ETAG_DAYS = timedelta(days=7)
CATCH_UP_EVERY = 300.0
"""Seconds between two walks over GitHub's list of deliveries; the first is at the start."""
DUE_EVERY = 60.0
"""Seconds between two looks whether sweep, imports or tracking issue are due: rows say so."""
FILE_EVERY = 180.0
"""Seconds between two looks at the home's file; one that finds no change costs nothing (ETag)."""
WAIT_FOR_HOME = 30.0
FOLLOW_EVERY = 2.0
"""Seconds between two looks at whether another process adopted a version of it."""
log = structlog.get_logger("worker")


async def run_worker(
    settings: Settings, stop: asyncio.Event, redactor: Redactor | None = None
) -> None:
    """Work until `stop`; then finish or return what is in flight. `redactor`: see `connect`."""
    foundation = lay_foundation(settings)
    async with AsyncExitStack() as stack:
        access = await connect(settings, foundation, stack, redactor)
        work = await _compose(settings, foundation, access, stack, stop)
        if work is not None:
            await work.run(stop)


@dataclass(slots=True)
class _Work:
    """The parts of a running worker."""

    name: str
    app_id: int
    engine: AsyncEngine
    github: GitHub
    access: Access
    jobs: Jobs
    body_days: int
    counted: Counter[tuple[str, str]]

    async def run(self, stop: asyncio.Event) -> None:
        log.info("working", worker=self.name, home=self.access.tenant.facts.name)
        schedules = [
            every(PUMP_EVERY, stop, self.pump, "pump"),
            every(STALE_EVERY, stop, self.jobs.ring_for_stale, "stale"),
            every(BEAT_EVERY, stop, self.beat, "beat"),
            every(CLEAN_EVERY, stop, self.clean, "clean"),
            every(FILE_EVERY, stop, partial(ask_for_file, self.access), "home file"),
            every(FOLLOW_EVERY, stop, partial(keep_up, self.access), "home"),
            every(CATCH_UP_EVERY, stop, partial(self.catch_up, stop), "catching up"),
            every(DUE_EVERY, stop, partial(sweep_if_due, self.access, stop, self.name), "sweep"),
            every(DUE_EVERY, stop, self.complete_imports, "imports"),
            every(DUE_EVERY, stop, partial(keep_tracking_issue, self.access), "tracking issue"),
        ]
        async with asyncio.TaskGroup() as group:
            for schedule in schedules:
                group.create_task(schedule)
            await self.jobs.run(stop)
            stop.set()
        await self.beat()
        async with self.engine.begin() as connection:
            await alive.leave(connection, self.name)

    async def pump(self) -> None:
        """Pump batch after batch while there are new deliveries."""
        tenant, app_id = self.access.tenant, self.app_id
        while True:
            now = datetime.now(UTC)
            async with single_statement(self.access.reader).connect() as connection:
                if not await deliveries.any_unpumped(connection, now):
                    return
            try:
                batch = await pump(self.engine, tenant, app_id, now)
            except Exception:
                log.exception("the batch failed; going on one by one")
                await stumble(self.engine, tenant, app_id, now)
                return
            if not batch.taken:
                return
            await self.jobs.ring(batch.subjects)

    async def beat(self) -> None:
        """Say that we are alive, and how often GitHub was called since the last time."""
        calls = Counter(self.github.calls)
        fresh = calls - self.counted
        async with self.engine.begin() as connection:
            await alive.beat(connection, self.name, datetime.now(UTC))
            await alive.count_calls(connection, fresh)
        self.counted = calls

    async def catch_up(self, stop: asyncio.Event) -> None:
        """Ask GitHub for the deliveries that never arrived."""
        access = self.access
        await catch_up(
            access.github,
            access.engine,
            access.reader,
            access.clock,
            app_id=self.app_id,
            stopping=stop.is_set,
        )

    async def complete_imports(self) -> None:
        """Read some of what an import told of from GitHub."""
        await complete_some(self.engine, self.access.tenant, self.access.clock.now())

    async def clean(self) -> None:
        """Drop the bodies of old deliveries."""
        before = datetime.now(UTC) - timedelta(days=self.body_days)
        dropped, last = 0, CLEAN_AT_ONCE
        while last == CLEAN_AT_ONCE:
            async with self.engine.begin() as connection:
                last = await deliveries.drop_bodies(connection, before, CLEAN_AT_ONCE)
            dropped += last
        async with self.engine.begin() as connection:
            await forget_etags(connection, datetime.now(UTC) - ETAG_DAYS)
        if dropped:
            log.info("dropped bodies", count=dropped)


async def _compose(
    settings: Settings,
    foundation: Foundation,
    connected: Access,
    stack: AsyncExitStack,
    stop: asyncio.Event,
) -> _Work | None:
    access = await _open_home(settings, foundation, connected, stop)
    if access is None:
        return None
    name = f"{socket.gethostname()}:{os.getpid()}"
    queue, close = await open_queue(settings.database_url)
    stack.push_async_callback(close)
    jobs = Jobs(
        queue,
        access.engine,
        partial(reconcile, access),
        Lease(name, settings.lease),
        access.clock.now,
        reader=access.reader,
        concurrency=settings.worker_concurrency,
    )
    return _Work(
        name,
        foundation.app_id,
        access.engine,
        access.github,
        access,
        jobs,
        settings.body_days,
        Counter(),
    )


async def connect(
    settings: Settings,
    foundation: Foundation,
    stack: AsyncExitStack,
    redactor: Redactor | None = None,
) -> Access:
    """Open database and client, for a home of which no more is known than is given.

    `redactor` gets to know the tokens that are minted: it is the one that cleans the logs.
    """
    engine, reader = open_engine(settings.database_url), open_reader(settings.database_url)
    stack.push_async_callback(engine.dispose)
    stack.push_async_callback(reader.dispose)
    await check_durability(engine)
    clock = SystemClock()
    rules = WriteRules(settings.write_spacing, settings.writes_per_minute, settings.writes_per_hour)
    home, place = foundation.home, foundation.place
    host = home.host if home else web_host(settings.github_api_url, place)
    github = await stack.enter_async_context(
        GitHub(
            api_url=settings.github_api_url,
            app_id=foundation.app_id,
            private_key=foundation.key,
            timeout_seconds=settings.client_timeout,
            write_window_seconds=settings.write_window,
            budgets=RowBudgets(engine, host, rules, clock, reader=reader),
            cache=RowETagCache(engine, host, clock, reader=reader),
            clock=clock,
            redactor=redactor,
        )
    )
    tenant = not_enrolled(home, place, host, dry_run=settings.dry_run)
    return Access(github, engine, reader, tenant, clock)


async def _open_home(
    settings: Settings, foundation: Foundation, access: Access, stop: asyncio.Event
) -> Access | None:
    """Enroll the home; wait for its file where that can't be read yet. None: told to stop first."""
    if (home := foundation.home) is not None:
        dry = home.publish.dry_run if settings.dry_run is None else settings.dry_run
        async with access.engine.begin() as connection:
            access.tenant = await places.enroll(
                connection, access.tenant.host, home, access.clock.now(), dry_run=dry
            )
        return access
    while not stop.is_set():
        try:
            access.tenant = await enroll_home(access)
        except ConfigError as error:
            # Where, but not what: a problem quotes the file, which may not be for readers of logs.
            where = error.problems[0].line
            log.error("the home's file can't be used", place=str(foundation.place), line=where)  # noqa: TRY400 - no bug of ours
        except GitHubError as error:
            log.error("the home's file can't be read", place=str(foundation.place), why=str(error))  # noqa: TRY400 - as above
        else:
            return access
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), WAIT_FOR_HOME)
    return None
