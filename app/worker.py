"""The worker process: pump, jobs and schedules around one database and one GitHub."""

import asyncio
import os
import socket
from collections import Counter
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from urllib.parse import urlsplit

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from app.config import ConfigError, load_home
from app.github.auth import PrivateKey, load_key
from app.github.client import GitHub
from app.github.clock import SystemClock
from app.github.limits import WriteRules
from app.jobs import Jobs, Lease, every, open_queue
from app.policy.home import Home
from app.pump import pump, stumble
from app.reconcile import Access, reconcile
from app.settings import Settings, SettingsError
from app.store import alive, deliveries, places
from app.store.budgets import RowBudgets
from app.store.engine import check_durability, open_engine, open_reader

PUMP_EVERY = 0.1
"""Seconds between two looks for new deliveries while there are none."""
SWEEP_EVERY = 1.0
"""Seconds between two looks for stale subjects that no bell was heard for."""
BEAT_EVERY = 5.0
CLEAN_EVERY = 3600.0

log = structlog.get_logger("worker")


@dataclass(frozen=True, slots=True)
class Foundation:
    """What has to be right before a worker starts: read and checked, not yet connected."""

    key: PrivateKey
    app_id: int
    home: Home


def lay_foundation(settings: Settings) -> Foundation:
    """Read key and home file; raise SettingsError with a sentence for each that is wrong."""
    problems: list[str] = []
    key, home = None, None
    try:
        key = load_key(private_key_pem(settings))
    except ValueError as error:
        problems.append(str(error))
    if settings.app_id is None:
        problems.append("GOOD_CITIZEN_APP_ID is missing: it is on the App's settings page.")
    try:
        home = load_home(settings.home_file.read_bytes(), str(settings.home_file))
    except OSError as error:
        problems.append(
            f"The home file {settings.home_file} can't be read ({error.strerror}): "
            "set GOOD_CITIZEN_HOME_FILE or --home."
        )
    except ConfigError as error:
        problems.extend(str(problem) for problem in error.problems)
    if key is None or home is None or settings.app_id is None:
        raise SettingsError(tuple(problems))
    return Foundation(key, settings.app_id, home)


def private_key_pem(settings: Settings) -> str:
    """Give the private key's text from its setting or its file; ValueError with a sentence."""
    if settings.private_key is not None:
        return settings.private_key.get_secret_value()
    if settings.private_key_file is None:
        raise ValueError(
            "The App's private key is missing: set GOOD_CITIZEN_PRIVATE_KEY_FILE to the file that "
            "GitHub let you download, or GOOD_CITIZEN_PRIVATE_KEY to its text."
        )
    try:
        return settings.private_key_file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "it is no text"
        raise ValueError(
            f"The private key's file {settings.private_key_file} can't be read: {why}."
        ) from None


async def run_worker(settings: Settings, stop: asyncio.Event) -> None:
    """Work until `stop`; then finish or return what is in flight."""
    foundation = lay_foundation(settings)
    async with AsyncExitStack() as stack:
        work = await _compose(settings, foundation, stack)
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
            every(SWEEP_EVERY, stop, self.jobs.ring_for_stale, "sweep"),
            every(BEAT_EVERY, stop, self.beat, "beat"),
            every(CLEAN_EVERY, stop, self.clean, "clean"),
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

    async def clean(self) -> None:
        """Drop the bodies of old deliveries."""
        before = datetime.now(UTC) - timedelta(days=self.body_days)
        async with self.engine.begin() as connection:
            dropped = await deliveries.drop_bodies(connection, before)
        if dropped:
            log.info("dropped bodies", count=dropped)


async def _compose(settings: Settings, foundation: Foundation, stack: AsyncExitStack) -> _Work:
    engine, reader = open_engine(settings.database_url), open_reader(settings.database_url)
    stack.push_async_callback(engine.dispose)
    stack.push_async_callback(reader.dispose)
    await check_durability(engine)
    clock = SystemClock()
    rules = WriteRules(settings.write_spacing, settings.writes_per_minute, settings.writes_per_hour)
    host = foundation.home.host
    github = await stack.enter_async_context(
        GitHub(
            api_url=settings.github_api_url,
            app_id=foundation.app_id,
            private_key=foundation.key,
            timeout_seconds=settings.client_timeout,
            write_window_seconds=settings.write_window,
            budgets=RowBudgets(engine, host, rules, clock, reader=reader),
            clock=clock,
        )
    )
    async with engine.begin() as connection:
        tenant = await places.enroll(
            connection, host, foundation.home, clock.now(), dry_run=is_dry(settings, foundation)
        )
    access = Access(github, engine, reader, tenant, clock)
    name = f"{socket.gethostname()}:{os.getpid()}"
    queue, close = await open_queue(settings.database_url)
    stack.push_async_callback(close)
    jobs = Jobs(
        queue,
        engine,
        partial(reconcile, access),
        Lease(name, settings.lease),
        clock.now,
        concurrency=settings.worker_concurrency,
    )
    return _Work(
        name, foundation.app_id, engine, github, access, jobs, settings.body_days, Counter()
    )


def is_dry(settings: Settings, foundation: Foundation) -> bool:
    """Tell whether nothing is to be written: the setting goes before the home file."""
    if settings.dry_run is not None:
        return settings.dry_run
    return foundation.home.publish.dry_run


def web_host(api_url: str) -> str:
    """Give the host that people see: github.com for api.github.com, else the API's own."""
    host = (urlsplit(api_url).hostname or "").lower()
    return "github.com" if host == "api.github.com" else host
