"""Deliveries come in, processes are killed at random moments, the sender repeats what got no 2xx.

A moment is a number of answers to the sender (for the web process) or of requests to GitHub (for
the worker), drawn from the seed: as random as a clock's, and the run makes sure that it comes.
"""

import asyncio
import random
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Future
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace

import httpx2
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlmodel import col

from app.demo.github import Fault, Request, Served
from app.demo.github import faults as failing
from app.demo.github.hooks import Delivery as Hook
from app.store.engine import open_reader
from app.store.figures import Figures, read_figures
from app.store.tables import Delivery, Subject
from tests.chaos.machines import Site
from tests.chaos.world import World

LOOK_EVERY = 0.1
AT_ONCE = 16
PORTION = 64
DUPLICATES = 0.1
"""Share of the deliveries that are sent twice."""
Weather = Callable[[Request], Fault | None]


@dataclass(frozen=True, slots=True)
class Books:
    """What the database says: deliveries by state, GUIDs, and subjects that are still stale."""

    figures: Figures
    stale: int
    guids: frozenset[str] = frozenset()

    @property
    def at_rest(self) -> bool:
        return not self.figures.deliveries["pending"] and not self.stale


class RestlessError(AssertionError):
    """It did not come to rest in time; `books` is what there was by then."""

    def __init__(self, told: str, books: Books) -> None:
        super().__init__(f"it does not come to rest: {told}")
        self.books = books


@dataclass
class Moments:
    """When to kill: at which counts; `due` says so once for each."""

    counts: list[int]
    _seen: int = 0

    def pass_one(self) -> None:
        self._seen += 1

    def due(self) -> bool:
        return bool(self.counts) and self._seen >= self.counts[0]

    def done(self) -> None:
        del self.counts[0]

    def plan(self, later: int) -> None:
        """Plan one more, so many counts from now."""
        self.counts = sorted((*self.counts, self._seen + later))


def moments(rng: random.Random, kills: int, within: int) -> Moments:
    return Moments(sorted(rng.sample(range(within // 20, within), kills)))


@dataclass
class Onslaught:
    """One run against a site; start with `begin`, then `until_rest`.

    `feed` is asked again and again whether more is to come, and lets it happen.
    """

    world: World
    site: Site
    served: Served
    rng: random.Random
    web_kills: Moments
    worker_kills: Moments
    weather: Weather | None = None
    duplicates: float = DUPLICATES
    feed: Callable[["Onslaught", Books], bool] = lambda *_: False
    acknowledged: set[str] = field(default_factory=set)
    sent: set[str] = field(default_factory=set)
    refused: list[int] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    """How long each 2xx took."""
    _waiting: int = 0
    _sending: Future[None] | None = None

    @contextmanager
    def begin(self) -> Iterator[None]:
        """Send in the background what is queued, again and again, until the block ends."""
        self.world.demo.faults = self._on_request
        self._sending = asyncio.run_coroutine_threadsafe(self._send(), self.served.loop)
        try:
            yield
        finally:
            self._sending.cancel()
            with suppress(CancelledError):
                self._sending.result(10)

    def _on_request(self, request: Request) -> Fault | None:
        """Kill the worker while GitHub has its request: before it is carried out, or after."""
        self.worker_kills.pass_one()
        odd = len(self.worker_kills.counts) % 2
        if self.worker_kills.due() and (request.is_write or odd) and self.site.worker.kill():
            self.worker_kills.done()
            return failing.reset(applied=self.rng.random() < 0.5)
        return self.weather(request) if self.weather else None

    async def _send(self) -> None:
        hooks = self.world.demo.hooks
        hooks_events = {"response": [self._on_answer]}
        waiting: deque[tuple[Hook, bool]] = deque()
        async with httpx2.AsyncClient(
            timeout=10, trust_env=False, event_hooks=hooks_events
        ) as client:
            while True:
                await self._until_the_door_is_there()
                self._draw(waiting)
                # In portions: a door that is killed then refuses few, not all that there is.
                with self.world.demo.state.lock:
                    hooks.queue.extend(waiting.popleft() for _ in range(min(PORTION, len(waiting))))
                self._waiting += 1  # what comes this moment is sent too
                attempts = await hooks.deliver(client=client, at_once=AT_ONCE)
                for attempt in attempts:
                    self.sent.add(attempt.delivery.guid)
                    if attempt.ok:
                        self.acknowledged.add(attempt.delivery.guid)
                        self.seconds.append(attempt.duration)
                    else:
                        self.refused.append(attempt.status_code)
                        waiting.append((attempt.delivery, True))
                self._waiting = len(waiting)
                if not waiting:
                    await asyncio.sleep(LOOK_EVERY)

    def _draw(self, waiting: deque[tuple[Hook, bool]]) -> None:
        """Take what is queued, a share of it twice."""
        hooks = self.world.demo.hooks
        with self.world.demo.state.lock:
            fresh = list(hooks.queue)
            hooks.queue.clear()
            self._waiting = len(waiting) + len(fresh)
        for entry in fresh:
            self.sent.add(entry[0].guid)
            waiting.append(entry)
            if self.rng.random() < self.duplicates:
                waiting.append((entry[0], True))

    async def _until_the_door_is_there(self) -> None:
        host, _, port = self.site.address.removeprefix("http://").partition(":")
        while True:
            try:
                _, writer = await asyncio.open_connection(host, int(port))
            except OSError:
                await asyncio.sleep(LOOK_EVERY)
            else:
                writer.close()
                return

    async def _on_answer(self, answer: httpx2.Response) -> None:
        if answer.is_success:
            self.web_kills.pass_one()
        if self.web_kills.due() and self.site.web.kill():
            self.web_kills.done()

    def until_rest(self, database_url: str, seconds: float) -> Books:
        """Mind the processes until nothing is left to send or to do; give the books.

        RestlessError if that takes longer than so many seconds.
        """
        deadline = time.monotonic() + seconds

        async def watch() -> Books:
            reader = open_reader(database_url)
            try:
                while True:
                    self.site.tend()
                    if self._sending is not None and self._sending.done():
                        self._sending.result()  # it ends by its own failure alone
                    books = await read_books(reader)
                    more = self.feed(self, books)
                    if not more and self._at_rest(books):
                        return replace(books, guids=await stored(reader))
                    if time.monotonic() > deadline:
                        raise RestlessError(self._told(books), books)
                    await asyncio.sleep(LOOK_EVERY)
            finally:
                await reader.dispose()

        return asyncio.run(watch())

    def _at_rest(self, books: Books) -> bool:
        killed = not self.web_kills.counts and not self.worker_kills.counts
        queue = self.world.demo.hooks.queue
        return (
            killed and books.at_rest and not queue and not self._waiting
            and self.sent == self.acknowledged
        )  # fmt: skip

    def _told(self, books: Books) -> str:
        return (
            f"{books.figures.deliveries}, {books.stale} stale, "
            f"{len(self.sent - self.acknowledged)} not acknowledged, "
            f"kills to come {self.web_kills.counts} {self.worker_kills.counts}\n"
            f"{self.site.web.last_words()}\n{self.site.worker.last_words()}"
        )


async def read_books(reader: AsyncEngine) -> Books:
    """Read everything in one transaction, so that it is the state of one moment."""
    async with reader.connect() as connection:
        figures = await read_figures(connection)
        stale = await connection.scalar(
            select(func.count())
            .select_from(Subject)
            .where(col(Subject.mark) > col(Subject.settled), col(Subject.buried_at).is_(None))
        )
    return Books(figures, stale or 0)


async def stored(reader: AsyncEngine) -> frozenset[str]:
    """Give the GUIDs of all deliveries that are in the database."""
    async with reader.connect() as connection:
        return frozenset(await connection.scalars(select(col(Delivery.guid))))


async def until_answers(
    client: httpx2.AsyncClient, path: str, site: Site, seconds: float = 60
) -> None:
    """Wait until the web process says yes at `path`: /healthz, or /readyz with a worker."""
    deadline = time.monotonic() + seconds
    while True:
        site.tend()
        with suppress(httpx2.TransportError):
            if (await client.get(path)).is_success:
                return
        assert time.monotonic() < deadline, site.worker.last_words() + site.web.last_words()
        await asyncio.sleep(LOOK_EVERY)


async def until_ready(site: Site) -> None:
    """Wait until the web process says that its database and a worker are there."""
    async with httpx2.AsyncClient(base_url=site.address, timeout=5, trust_env=False) as client:
        await until_answers(client, "/readyz", site)
