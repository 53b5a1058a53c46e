"""A power cut: the database's file and its log, as they are at any moment, hold what was promised.

The web process is stopped in the middle of whatever it does, both files are copied, and it goes on.
"""

import asyncio
import random
import shutil
import sqlite3
import uuid
from contextlib import closing
from dataclasses import dataclass, field
from multiprocessing.context import ForkServerContext
from pathlib import Path

import httpx2
import psutil

from app.settings import Settings
from app.web.server import address_of, listen
from tests.web.delivering import SECRET, signed

SENDERS = 16
DELIVERIES = 400
"""Of 48 KiB each: more than fits into the log, so it is moved into the file meanwhile."""
COPIES = 8
ROOT = Path(__file__).parents[2]
SERVE = """
import sys
sys.path.insert(0, root)
from tests.chaos import unguarded
if build:
    getattr(unguarded, build)()
from app.cli.serve import run_web_process
run_web_process(settings, listener)
"""


@dataclass
class Load:
    """Deliveries sent as fast as they are answered, and copies of the database in between."""

    file: Path
    moments: set[int]
    pid: int = 0
    left: int = DELIVERIES
    acknowledged: set[str] = field(default_factory=set)
    copies: list[tuple[Path, frozenset[str]]] = field(default_factory=list)

    async def send_on(self, client: httpx2.AsyncClient) -> None:
        while self.left > 0:
            self.left -= 1
            body, guid = uuid.uuid4().bytes * 3_072, str(uuid.uuid4())
            answer = await client.post(
                "/webhook", content=body, headers=signed(body, x_github_delivery=guid)
            )
            assert answer.status_code == 202
            self.acknowledged.add(guid)
            if len(self.acknowledged) in self.moments:
                self.copy()

    def copy(self) -> None:
        """Copy the file and its log as they are now, with what was acknowledged before."""
        promised = frozenset(self.acknowledged)
        process = psutil.Process(self.pid)
        process.suspend()
        there = self.file.with_name(f"copy-{len(self.copies)}.db")
        for suffix in ("", "-wal"):
            shutil.copy(f"{self.file}{suffix}", f"{there}{suffix}")
        process.resume()
        self.copies.append((there, promised))


def lost(copy: Path, promised: frozenset[str]) -> set[str]:
    """Open a copy as the next start would; give the deliveries that it lacks."""
    with closing(sqlite3.connect(copy)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        whole = "SELECT guid FROM delivery JOIN body ON delivery_id = id"
        found = {guid for (guid,) in connection.execute(whole)}
    return set(promised - found)


def lost_by_power_cuts(
    processes: ForkServerContext, database_url: str, seed: int, build: str = ""
) -> list[int]:
    """Give for each of the copies how many acknowledged deliveries are not in it."""
    print(f"seed {seed}")  # noqa: T201
    file = Path(database_url.removeprefix("sqlite:///"))
    load = Load(file, set(random.Random(seed).sample(range(SENDERS, DELIVERIES), COPIES)))
    settings = Settings(_env_file=None, app_id=1, webhook_secret=SECRET, database_url=database_url)
    listener = listen("127.0.0.1", 0)
    names = {"root": str(ROOT), "build": build, "settings": settings, "listener": listener}
    web = processes.Process(target=exec, args=(SERVE, names))
    web.start()
    address = address_of(listener)
    listener.close()
    load.pid = web.pid or 0

    async def run() -> None:
        async with (
            httpx2.AsyncClient(base_url=address, trust_env=False, timeout=60) as client,
            asyncio.TaskGroup() as senders,
        ):
            for _ in range(SENDERS):
                senders.create_task(load.send_on(client))

    try:
        asyncio.run(run())
    finally:
        web.kill()
        web.join()
    assert len(load.copies) == COPIES
    return [len(lost(*copy)) for copy in load.copies]


def test_whatever_the_moment_of_a_power_cut_nothing_acknowledged_is_lost(
    processes: ForkServerContext, sqlite_url: str
) -> None:
    assert lost_by_power_cuts(processes, sqlite_url, seed=21) == [0] * COPIES


def test_what_is_acknowledged_before_the_commit_is_lost_in_a_power_cut(
    processes: ForkServerContext, sqlite_url: str
) -> None:
    build = "acknowledging_before_the_commit"
    assert any(lost_by_power_cuts(processes, sqlite_url, seed=21, build=build))
