"""How quick the answer is while the workers are busy, and whether one organisation starves another.

The sender is a process of its own: the demo GitHub's work would delay it.
"""

import asyncio
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing.context import ForkServerContext

import httpx2
from sqlalchemy import select
from sqlmodel import col

from app.demo.github.hooks import Delivery as Hook
from app.store.engine import open_reader
from app.store.tables import Delivery
from tests.chaos.machines import ROOT
from tests.chaos.onslaught import Moments, Onslaught, read_books
from tests.chaos.sites import Running
from tests.chaos.world import OUTSIDER, World, populate

A, OTHER = "jupyterhub", "pangeo-data/pangeo-docker-images"
CHILD = """
import sys
sys.path.insert(0, root)
from tests.chaos import busy
result.send(busy.send_in_time(address, letters, rate))
"""
Letter = tuple[bytes, dict[str, str]]


@dataclass(frozen=True)
class Answers:
    """Status codes and seconds of the answers, counted from when each was due to be sent."""

    codes: set[int]
    seconds: list[float]
    """Sorted."""
    late: float
    """By how much the sender itself was late at the most."""
    pending: int
    """Deliveries that were not done yet when the last answer came."""

    @property
    def p99(self) -> float:
        return self.seconds[len(self.seconds) * 99 // 100]


def send_in_time(
    address: str, letters: Sequence[Letter], rate: float
) -> tuple[set[int], list[float], float]:
    """Send letters at an even rate, whether the ones before are answered or not."""

    async def send(client: httpx2.AsyncClient, letter: Letter, due: float) -> tuple[int, float]:
        answer = await client.post("/webhook", content=letter[0], headers=letter[1])
        return answer.status_code, time.perf_counter() - due

    async def run() -> tuple[set[int], list[float], float]:
        limits = httpx2.Limits(max_connections=64, max_keepalive_connections=64)
        async with httpx2.AsyncClient(
            base_url=address, timeout=30, trust_env=False, limits=limits
        ) as client:
            began, late, sending = time.perf_counter(), 0.0, []
            for number, letter in enumerate(letters):
                due = began + number / rate
                await asyncio.sleep(max(0.0, due - time.perf_counter()))
                late = max(late, time.perf_counter() - due)
                sending.append(asyncio.create_task(send(client, letter, due)))
            answers = await asyncio.gather(*sending)
        return {code for code, _ in answers}, sorted(took for _, took in answers), late

    return asyncio.run(run())


def answers(
    context: ForkServerContext, running: Running, rng: random.Random, count: int, rate: float
) -> Answers:
    """Send so many webhooks of people at a rate; each gives the worker something to do."""
    populate(running.world, rng, count)
    codes, seconds, late = _send(context, running, _take(running.world), rate)
    pending = asyncio.run(_pending(running.database_url))
    return Answers(codes, seconds, late, pending)


async def _pending(database_url: str) -> int:
    reader = open_reader(database_url)
    try:
        return (await read_books(reader)).figures.deliveries["pending"]
    finally:
        await reader.dispose()


def _take(world: World) -> list[Hook]:
    with world.demo.state.lock:
        hooks = [hook for hook, _ in world.demo.hooks.queue]
        world.demo.hooks.queue.clear()
    return hooks


def _send(
    context: ForkServerContext, running: Running, hooks: Sequence[Hook], rate: float
) -> tuple[set[int], list[float], float]:
    receive, result = context.Pipe(duplex=False)
    names = {
        "root": str(ROOT),
        "address": running.site.address,
        "letters": [(hook.body, hook.headers()) for hook in hooks],
        "rate": rate,
        "result": result,
    }
    child = context.Process(target=exec, args=(CHILD, names))
    child.start()
    result.close()
    told: tuple[set[int], list[float], float] = receive.recv()
    child.join()
    return told


@dataclass(frozen=True)
class Noise:
    """How long the deliveries of B and of A took until they were done, and what A's items cost."""

    other: list[float]
    noisy: list[float]
    """Seconds, sorted."""
    calls: float
    """Requests to GitHub for each item of A, while A was noisy."""


def noise(
    context: ForkServerContext,
    running: Running,
    rng: random.Random,
    *,
    items: int,
    each: int,
    others: int,
) -> Noise:
    """Let the items of A be settled, then send `each` events about each, a few of B between."""
    world = running.world
    world.demo.people.org("pangeo-data")
    world.demo.places.repo(OTHER)
    world.demo.places.install(world.app, "pangeo-data")
    while len(world.items) < items:
        populate(world, rng, 2 * items)
    rest(running, rng)
    asked = len(world.demo.log)
    for name in world.items[:items]:
        for number in range(each):
            world.demo.people.comment(name, OUTSIDER, f"Still waiting {number}")
    noisy = _take(world)
    for number in range(1, others + 1):
        world.demo.people.open_pull_request(
            OTHER, "yuvipanda", "Document how to build", files=("docs/a.md",), number=number
        )
    quiet = _take(world)
    mixed = list(noisy)
    for number, hook in enumerate(quiet):
        mixed.insert(rng.randrange(len(mixed) * number // others, len(mixed)), hook)
    codes, _, _ = _send(context, running, mixed, 2_000.0)
    assert codes == {202}
    rest(running, rng)
    a = str(next(i.id for i in world.demo.state.installations.values() if i.account.login == A))
    calls = sum(one.actor.endswith(a) and not one.fault for one in world.demo.log[asked:])
    other, loud = (
        asyncio.run(_seconds(running.database_url, {hook.guid for hook in hooks}))
        for hooks in (quiet, noisy)
    )
    return Noise(other, loud, calls / items)


def rest(running: Running, rng: random.Random) -> None:
    """Deliver what waits, and wait until all is done."""
    storm = Onslaught(running.world, running.site, running.served, rng, Moments([]), Moments([]))
    with storm.begin():
        storm.until_rest(running.database_url, 600)


async def _seconds(database_url: str, guids: set[str]) -> list[float]:
    reader = open_reader(database_url)
    try:
        async with reader.connect() as connection:
            rows = await connection.execute(
                select(col(Delivery.received_at), col(Delivery.done_at)).where(
                    col(Delivery.guid).in_(guids)
                )
            )
            return sorted((row.done_at - row.received_at).total_seconds() for row in rows)
    finally:
        await reader.dispose()
