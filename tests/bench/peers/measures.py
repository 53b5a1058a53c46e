"""What is measured: one round of one side, as figures by name."""

import asyncio
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import uvloop

from app.config import load_home
from app.pump import pump
from app.store import places
from app.store.engine import open_engine
from app.store.inbox import Arrival, Inbox
from app.store.migrate import migrate
from tests.bench.peers.letters import letters
from tests.bench.peers.load import press
from tests.bench.peers.running import FakeGitHub, Running
from tests.chaos.world import HOME

WARM = 8
"""Deliveries that are done before the measuring begins: tokens are minted then."""
REST = 3.0
"""Seconds without work before memory is looked at, or before the measuring begins."""
PATIENCE = 120.0
AT_ONCE = 64
Figures = dict[str, float]
Start = Callable[[], AbstractContextManager[Running]]


def receive(side: Running, fake: FakeGitHub, seconds: float, connections: int) -> Figures:
    """Press for some seconds: answers per second, and how long the slow ones took."""
    ready = letters(fake.where, side.path, int(4000 * seconds))
    uvloop.run(press(side.address, ready[-WARM:], 1))
    used = side.cpu()
    load = uvloop.run(press(side.address, ready[:-WARM], connections, seconds))
    assert not load.refused, f"{load.refused} were not taken"
    return {
        "answers/s": load.per_second,
        "p50 ms": 1000 * load.quantile(0.5),
        "p99 ms": 1000 * load.quantile(0.99),
        "CPU ms": 1000 * (side.cpu() - used) / len(load.waits),
    }


def end_to_end(side: Running, fake: FakeGitHub, how_many: int, warm: int = WARM) -> Figures:
    """Send so many and wait until each has its label and its comment; before that `warm` others."""
    ready = letters(fake.where, side.path, how_many + warm)
    fake.books(reset=True)
    uvloop.run(press(side.address, ready[how_many:], 1))
    _until_done(fake, warm)
    time.sleep(REST)
    fake.books(reset=True)
    used, used_by_fake = side.cpu(), fake.running.cpu()
    load = uvloop.run(press(side.address, ready[:how_many], AT_ONCE))
    books = _until_done(fake, how_many)
    assert not load.refused, f"{load.refused} were not taken"
    assert not books["twice"], f"{books['twice']} were written twice"
    return {
        "answers/s": load.per_second,
        "p99 ms": 1000 * load.quantile(0.99),
        "done/s": how_many / (books["last"] - load.began),
        "CPU ms": 1000 * (side.cpu() - used) / how_many,
        "GitHub calls": books["requests"] / how_many,
        "fake's CPU ms": 1000 * (fake.running.cpu() - used_by_fake) / how_many,
    }


def _until_done(fake: FakeGitHub, how_many: int) -> dict[str, float]:
    deadline = time.monotonic() + PATIENCE
    while (books := fake.books())["done"] < how_many:
        assert time.monotonic() < deadline, f"only {books['done']} of {how_many} were done"
        time.sleep(0.1)
    return books


def at_rest(side: Running) -> Figures:
    """Give the memory of all of its processes after some seconds without work, in MiB.

    PSS shares a page out among those who have it; RSS counts it once for each.
    """
    time.sleep(REST)
    proportional, resident = side.memory()
    return {"PSS MiB": proportional / 2**20, "RSS MiB": resident / 2**20}


def start(begin: Start) -> Figures:
    """Give the seconds from the command to ready."""
    began = time.monotonic()
    with begin():
        return {"s": time.monotonic() - began}


def demo() -> Figures:
    """Give the seconds that `good-citizen demo` takes."""
    began = time.monotonic()
    command = [sys.executable, "-m", "app.cli", "demo"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return {"s": time.monotonic() - began}


def irrelevant(fake: FakeGitHub, database_url: str, how_many: int) -> Figures:
    """Pump deliveries about people who are not in the roster."""
    bodies = [
        letter.partition(b"\r\n\r\n")[2]
        for letter in letters(fake.where, "/webhook", WARM + how_many, stranger=True)
    ]
    seconds = asyncio.run(_pump(fake.where.app_id, database_url, bodies))
    return {"deliveries/s": how_many / seconds}


async def _pump(app_id: int, database_url: str, bodies: list[bytes]) -> float:
    engine, now = open_engine(database_url), datetime.now(UTC)
    home = load_home(HOME.encode())
    async with engine.begin() as connection:
        tenant = await places.enroll(connection, home.host, home, now, dry_run=False)
    arrivals = [
        Arrival(app_id, str(UUID(int=number)), "pull_request", body, now, "pending")
        for number, body in enumerate(bodies)
    ]
    async with Inbox(engine) as inbox:
        for some in range(0, len(arrivals), AT_ONCE):
            await asyncio.gather(*map(inbox.put, arrivals[some : some + AT_ONCE]))
    await pump(engine, tenant, app_id, datetime.now(UTC), limit=WARM)
    began = time.monotonic()
    while (batch := await pump(engine, tenant, app_id, datetime.now(UTC))).taken:
        assert not batch.subjects
    seconds = time.monotonic() - began
    await engine.dispose()
    return seconds


@contextmanager
def sqlite() -> Iterator[str]:
    """Give a fresh SQLite database."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'bench.db'}"
        migrate(url)
        yield url
