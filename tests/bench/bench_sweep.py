"""What the sweep finds and costs in a big made-up world, killed three times on the way.

Run it as `python -m tests.bench.bench_sweep [--people 50] [--items 20000] [--share 0.1]`. The demo
GitHub listens on loopback; each sweep is a process of its own, and three of them are ended with
SIGKILL. Then one goes on to the end, and another has nothing to do. Printed are points, requests
and seconds, and how what is in the ledger compares with the demo's own records. Ends with 1 if
something is missing, too much, twice, or over the budget: 1,500 points for the first, 60 requests
for the second.
"""

import argparse
import asyncio
import json
import multiprocessing
import sys
import tempfile
import time
from collections import Counter
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from sqlalchemy import func, select
from sqlmodel import col

from app.demo.github import DemoGitHub, serve_demo_github
from app.foundation import lay_foundation
from app.logs import set_up_logs
from app.settings import Settings
from app.store import places
from app.store.engine import open_reader
from app.store.migrate import migrate
from app.store.tables import Contribution, Decision, Subject
from app.sweep import Options, sweep
from app.worker import connect
from tests.sweep.world import Fact, World, make_world

KILLS = 3
MOST_POINTS = 1500
MOST_REQUESTS = 60
LEASE = 5.0


async def _sweep(settings: Settings, name: str) -> dict[str, Any]:
    foundation = lay_foundation(settings)
    async with AsyncExitStack() as stack:
        access = await connect(settings, foundation, stack)
        assert foundation.home is not None
        async with access.engine.begin() as connection:
            access.tenant = await places.enroll(
                connection, access.tenant.host, foundation.home, access.clock.now(), dry_run=True
            )
        report = await sweep(access, worker=name, options=Options(lease=LEASE))
        return report.figures()


def _process(settings: Settings, name: str, result: Path) -> None:
    set_up_logs(str)
    result.write_text(json.dumps(asyncio.run(_sweep(settings, name))))


def _run(
    settings: Settings, name: str, demo: DemoGitHub, kill_after: int | None = None
) -> dict[str, Any] | None:
    """Sweep in a process of its own, killed after so many requests; None if it was."""
    result, sent = Path(tempfile.mkdtemp()) / "figures.json", len(demo.log)
    context = multiprocessing.get_context("spawn")
    process = context.Process(target=_process, args=(settings, name, result))
    process.start()
    while process.is_alive():
        if kill_after is not None and len(demo.log) >= sent + kill_after:
            process.kill()
        process.join(0.01)
    if not result.exists():
        return None
    figures: dict[str, Any] = json.loads(result.read_text())
    return figures


async def _found(database_url: str) -> tuple[list[Fact], int]:
    """Give the acts in the ledger, and how many decisions there are in all."""
    reader = open_reader(database_url)
    async with reader.connect() as connection:
        rows = await connection.execute(
            select(
                col(Contribution.account_key),
                col(Contribution.act),
                col(Subject.repository_id),
                col(Subject.space),
                col(Subject.number),
            ).join(Subject, col(Contribution.subject_id) == col(Subject.id))
        )
        facts = [(int(r[0]), r[1], r[2], r[3], r[4]) for r in rows]
        decisions = await connection.scalar(select(func.count()).select_from(Decision)) or 0
    await reader.dispose()
    return facts, decisions


def _prepare(world: World, url: str, directory: Path) -> Settings:
    """Write down what an operator would: key, home file, where GitHub is."""
    key = rsa.generate_private_key(65537, 2048)
    app = world.demo.places.app("good-citizen", public_key=key.public_key())
    world.demo.places.install(app, "example-org")
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    (directory / "key.pem").write_bytes(pem)
    members = "\n".join(f"  - {{login: {one.login}}}" for one in world.members)
    (directory / "home.yml").write_text(
        "version: 1\n"
        "home: {name: Example, organisations: [example-org], host: 127.0.0.1}\n"
        "trackers:\n  - {repo: example-org/infrastructure, public: true}\n"
        "needs: {labels: {support: tech-support}}\n"
        "upstreams: [listed-hub/*]\n"
        f"members:\n{members}\n"
    )
    return Settings(
        app_id=app.id,
        private_key_file=directory / "key.pem",
        home_file=directory / "home.yml",
        database_url=f"sqlite:///{directory / 'bench.db'}",
        github_api_url=url,
    )


def main() -> int:
    """Make the world, sweep it, and compare."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--people", type=int, default=50)
    parser.add_argument("--items", type=int, default=20_000)
    parser.add_argument("--share", type=float, default=0.1)
    parser.add_argument("--kill-every", type=int, default=200, help="requests, on average")
    asked = parser.parse_args()
    now, demo = datetime.now(UTC).replace(microsecond=0), DemoGitHub()
    started = time.perf_counter()
    world = make_world(
        demo, now, people=asked.people, items=asked.items, listed=30, others=20, share=asked.share
    )
    print(f"a world of {asked.items:,} items: {time.perf_counter() - started:.0f} s")  # noqa: T201
    random = Random(1)
    with tempfile.TemporaryDirectory() as directory, serve_demo_github(demo=demo) as served:
        settings = _prepare(world, served.url, Path(directory))
        migrate(settings.database_url)
        started = time.perf_counter()
        killed = 0
        for number in range(KILLS):
            after = round(asked.kill_every * random.uniform(0.7, 1.3))
            killed += _run(settings, f"killed {number}", demo, after) is None
            time.sleep(LEASE)
        first = _run(settings, "first", demo) or {}
        seconds, points, requests = time.perf_counter() - started, _points(demo), len(demo.log)
        print(  # noqa: T201
            f"killed {killed} times: {points:,} points and {requests:,} requests in all, "
            f"{seconds:.0f} s; the last: {first}"
        )
        facts, decisions = asyncio.run(_found(settings.database_url))
        second = _run(settings, "second", demo) or {}
        print(f"again: {second}")  # noqa: T201
        again, decided = asyncio.run(_found(settings.database_url))
        writes = len(demo.writes)
    truth = world.truth()
    twice = sum(count - 1 for count in Counter(facts).values())
    print(  # noqa: T201
        f"there are {len(truth):,} acts; found {len(set(facts)):,}, missing "
        f"{len(truth - set(facts))}, too much {len(set(facts) - truth)}, twice {twice}, "
        f"decided twice {decisions - len(facts)}; writes to GitHub {writes}"
    )
    fine = (
        set(facts) == truth
        and twice == writes == 0
        and (len(again), decided) == (len(facts), decisions)
        and killed == KILLS
        and points <= MOST_POINTS
        and second.get("requests", MOST_REQUESTS + 1) <= MOST_REQUESTS
    )
    print("fine" if fine else "NOT as promised")  # noqa: T201
    return 0 if fine else 1


def _points(demo: DemoGitHub) -> int:
    """Give what every installation used of GraphQL's limit this hour."""
    names = [f"installation {number}" for number in demo.state.installations]
    return sum(demo.meter.window(name, "graphql")[0] for name in names)


if __name__ == "__main__":
    sys.exit(main())
