"""How long an import takes and how much memory: a file of a million items, made here.

Run it as `python -m tests.bench.bench_import [ITEMS] [SHARE] [DATABASE_URL]`. Half of the items
are pull requests, there are as many comments as items, two in a hundred items are the tracker's,
and SHARE of the others (0.1) were written or merged by one of 50 members. Printed are the seconds
without making the file, and the most memory that this process and those it started had together.
"""

import asyncio
import sqlite3
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import psutil

from app.imports import Options, import_file
from app.policy.home import Community, Home, Member, Needs, Tracker
from app.policy.model import Bucket
from app.store import places
from app.store.engine import open_engine, open_reader
from app.store.migrate import migrate
from tests.imports.files import SCHEMA

TRACKER = 1
UPSTREAMS = 200
MEMBERS = tuple(f"member-{n}" for n in range(50))
OUTSIDERS = 20_000
HOME = Home(
    name="Example",
    organisations=("example-org",),
    trackers=(Tracker("example-org/infrastructure", public=True),),
    needs=Needs(labels=(("support", Bucket.TECH_SUPPORT),)),
    members=tuple(Member(login, 1 + n) for n, login in enumerate(MEMBERS)),
    communities=(Community("Ocean University", ("ocean-u",), public=True),),
)
TITLES = (
    "Add a way to choose the profile",
    "Fix the crash on an empty name",
    "Explain how to log in",
    "ci: test against Python 3.13",
    "Bump traitlets to 5.1",
    "Add changelog for 5.0.0",
)
SENTENCES = (
    "This lets an admin choose which groups may start a server.",
    "Until now the value was *replaced*, which is surprising; now `merge` does it.",
    "See the [documentation](https://upstream.example/docs) for the details.",
    "- the first thing that changes\n- the second thing that changes",
    "Tests are added, and the changelog is updated.",
)


def make(file: Path, items: int, share: float) -> None:
    """Write a file of so many items."""
    random = Random(7)
    with closing(sqlite3.connect(file)) as connection:
        connection.executescript(f"PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; {SCHEMA}")
        connection.executemany(
            "INSERT INTO users (id, login, type) VALUES (?, ?, 'User')",
            [(1 + n, login) for n, login in enumerate(MEMBERS)]
            + [(1000 + n, f"outsider-{n}") for n in range(OUTSIDERS)],
        )
        connection.executemany(
            "INSERT INTO repos (id, full_name, private, fork) VALUES (?, ?, 0, 0)",
            [(TRACKER, "example-org/infrastructure")]
            + [(2 + n, f"upstream-{n}/hub") for n in range(UPSTREAMS)],
        )
        connection.execute("INSERT INTO labels (id, name) VALUES (1, 'support')")
        for first in range(0, items, 50_000):
            _some(connection, range(first, min(first + 50_000, items)), share, random)
        connection.commit()


def _some(connection: sqlite3.Connection, numbers: range, share: float, random: Random) -> None:
    rows = [_item(number, share, random) for number in numbers]
    columns = ("id", "number", "repo", "user", "title", "body", "created_at", "updated_at")
    names = ", ".join((*columns, "closed_at", "type", "pull_request"))
    connection.executemany(
        f"INSERT INTO issues ({names}) VALUES ({', '.join('?' * 11)})",  # noqa: S608
        (row[:11] for row in rows),
    )
    names = ", ".join((*columns, "closed_at", "merged_at", "merged_by", "author_association"))
    connection.executemany(
        f"INSERT INTO pull_requests ({names}) VALUES ({', '.join('?' * 12)})",  # noqa: S608
        ((10**9 + row[0], *row[1:9], row[8], row[11], "MEMBER") for row in rows if row[10]),
    )
    connection.executemany(
        "INSERT INTO issue_comments (id, issue, user, body, created_at, updated_at)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        (
            (
                row[0],
                row[0],
                1000 + random.randrange(OUTSIDERS),
                random.choice(SENTENCES),
                *row[6:8],
            )
            for row in rows
        ),
    )
    connection.executemany(
        "INSERT INTO issues_labels (labels_id, issues_id) VALUES (1, ?)",
        ((row[0],) for row in rows if row[2] == TRACKER and row[0] % 3 == 0),
    )


def _item(number: int, share: float, random: Random) -> tuple[Any, ...]:
    tracker = number % 50 == 0
    repo = TRACKER if tracker else 2 + number % UPSTREAMS
    mine = tracker or random.random() < share
    user = 1 + random.randrange(50) if mine else 1000 + random.randrange(OUTSIDERS)
    at = datetime(2018, 1, 1, tzinfo=UTC) + timedelta(minutes=3 * number)
    body = f"{number}: " + "\n\n".join(random.sample(SENTENCES, 3))
    if tracker:
        other = number + 1 + random.randrange(40)
        body += f"\n\nBrings in https://github.com/upstream-{other % UPSTREAMS}/hub/pull/{other}"
    elif mine and random.random() < 0.2:
        body += f"\n\nRef https://github.com/example-org/infrastructure/issues/{number // 50 * 50}"
    is_pull = not tracker and number % 2 == 1
    told = at.strftime("%Y-%m-%dT%H:%M:%SZ")
    return (
        number + 1, number, repo, user, f"{random.choice(TITLES)} ({number})", body, told, told,
        told if number % 4 else None, "pull" if is_pull else "issue",
        f"upstream/hub/pulls/{number}" if is_pull else None,
        (1 + random.randrange(50) if mine else None) if number % 4 else None,
    )  # fmt: skip


@dataclass
class Used:
    """The most memory that a process and its children had at once, and their processor time."""

    memory: int = 0
    processor: dict[int, float] = field(default_factory=dict)

    def watch(self, stop: threading.Event) -> None:
        """Look a few times a second."""
        here, began = psutil.Process(), sum(psutil.Process().cpu_times()[:2])
        while not stop.wait(0.2):
            total = 0
            for one in _family(here):
                try:
                    total += one.memory_full_info().uss
                    self.processor[one.pid] = sum(one.cpu_times()[:2])
                except psutil.Error:
                    continue
            self.memory = max(self.memory, total)
        self.processor[here.pid] -= began


def _family(here: psutil.Process) -> Iterator[psutil.Process]:
    yield here
    yield from here.children(recursive=True)


async def measure(url: str, file: Path) -> str:
    """Import the file and give a line with the figures."""
    engine, reader = open_engine(url), open_reader(url)
    async with engine.begin() as connection:
        tenant = await places.enroll(
            connection, "github.com", HOME, datetime.now(UTC), dry_run=True
        )
    steps: dict[str, float] = {}

    def progress(step: str, done: int, total: int) -> None:
        steps[step] = time.perf_counter()
        if done == total:
            sys.stdout.write(f"  {step}: done at {steps[step] - began:.0f} s\n")
            sys.stdout.flush()

    began, used, stop = time.perf_counter(), Used(), threading.Event()
    watcher = threading.Thread(target=used.watch, args=(stop,))
    watcher.start()
    try:
        report = await import_file(engine, reader, tenant, file, Options(progress=progress))
        took = time.perf_counter() - began
    finally:
        stop.set()
        watcher.join()
        await engine.dispose()
        await reader.dispose()
    counts = report.counts
    return (
        f"{report.in_file:,} items in {took:.0f} s ({report.in_file / took:,.0f} a second), "
        f"{sum(used.processor.values()):.0f} s of processor time, "
        f"at most {used.memory / 2**20:.0f} MB; {report.trackers:,} of the tracker with "
        f"{counts.mentions:,} mentions, {counts.recorded:,} by members recorded: "
        f"{counts.kinds}\n"
    )


def main() -> None:
    """Make the file, import it, print the figures."""
    items = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    share = float(sys.argv[2]) if len(sys.argv) > 2 else 0.1
    with tempfile.TemporaryDirectory() as directory:
        url = sys.argv[3] if len(sys.argv) > 3 else f"sqlite:///{directory}/bench.db"
        migrate(url)
        file = Path(directory) / "github.db"
        make(file, items, share)
        sys.stdout.write(f"a file of {file.stat().st_size / 2**20:.0f} MB\n")
        sys.stdout.write(asyncio.run(measure(url, file)))


if __name__ == "__main__":
    main()
