"""Importing what github-to-sqlite fetched: decided from what the file tells, without a call."""

import asyncio
import tempfile
from collections import deque
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import Future
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy.ext.asyncio import AsyncEngine

from app.imports.judging import Backlinks, Pool, TrackerTold
from app.imports.recording import Complete, Counts, Recorder
from app.imports.source import BadFileError, Source, digest_of, look_at
from app.imports.survey import Survey, survey
from app.policy.home import Home
from app.policy.model import Item
from app.store import imports, unimport
from app.store.bulk import NewSubject, see_repositories
from app.store.mentions import mentions_of_many
from app.store.places import Tenant

__all__ = [
    "BadFileError",
    "BusyError",
    "Complete",
    "Options",
    "Report",
    "forget_file",
    "import_file",
]

BATCH = 250
"""Items in a transaction: what a kill costs, and for how long others wait to write."""
AHEAD = 6
"""Batches that are read and decided while one is written."""
FEW = 2_000
"""Items up to which it isn't worth to start processes."""
T = TypeVar("T")
Progress = Callable[[str, int, int], None]


class BusyError(Exception):
    """Another process imports the same file just now."""


@dataclass(slots=True)
class Report:
    """What an import came to. `finished_at`: it was imported before, and nothing was to be done."""

    in_file: int = 0
    trackers: int = 0
    by_members: int = 0
    counts: Counts = field(default_factory=Counts)
    as_of: datetime | None = None
    finished_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Options:
    """How to import; `processes` decide beside the one that writes (None: two, for few items none).

    Two decide as quickly as the other writes, on two cores as well; a third would only cost memory.
    """

    complete: Complete = "undecided"
    dry: bool = False
    processes: int | None = None
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    progress: Progress = lambda _, __, ___: None


async def import_file(
    engine: AsyncEngine, reader: AsyncEngine, tenant: Tenant, path: Path, options: Options
) -> Report:
    """Import a file, going on where a former try was stopped; nothing is recorded twice.

    Raises BadFileError with one sentence, or BusyError.
    """
    progress = options.progress
    source = await asyncio.to_thread(look_at, path, lambda n, of: progress("reading", n, of))
    with tempfile.TemporaryDirectory(prefix="good-citizen-import-") as directory:
        found = await asyncio.to_thread(
            survey,
            source,
            tenant.facts,
            Path(directory) / "scratch.db",
            lambda n, of: progress("looking for members' items", n, of),
        )
        run = _Run(engine, reader, tenant, source, found, options)
        return await run.preview() if options.dry else await run.go()


async def forget_file(engine: AsyncEngine, tenant: Tenant, name: str) -> int | None:
    """Take away what a file brought, by its path or the name it had; None: it never was imported.

    Gives how many items that were.
    """
    known = await asyncio.to_thread(digest_of, Path(name)) or Path(name).name
    async with engine.begin() as connection:
        files = await unimport.find(connection, tenant.id, known)
    if not files:
        return None
    gone = 0
    for file_id, _ in files:
        while True:
            async with engine.begin() as connection:
                lot = await unimport.take_away(connection, tenant, file_id)
            gone += lot
            if not lot:
                break
    return gone


def under(home: Home) -> str:
    """Name config and roster: with others the same file tells of other acts."""
    return sha256(repr((home.digest, home.members, home.trackers)).encode()).hexdigest()[:16]


@dataclass(slots=True)
class _Run:
    engine: AsyncEngine
    reader: AsyncEngine
    tenant: Tenant
    source: Source
    found: Survey
    options: Options

    async def go(self) -> Report:
        now, tenant = self.options.now(), self.tenant
        async with self.engine.begin() as connection:
            began = await imports.begin(
                connection,
                tenant.id,
                digest=self.source.digest,
                name=self.source.path.name,
                under=under(tenant.facts),
                as_of=self.found.as_of,
                now=now,
            )
        counts = _counts(began.figures)
        report = self._report(counts)
        if began.finished_at is not None:
            report.finished_at = began.finished_at
            return report
        recorder = Recorder(
            tenant, began.file_id, self.found.as_of, began.again, self.options.complete, counts
        )
        pool = self._pool(self.found.wanted - began.cursor)
        try:
            await self._record(pool, recorder, began.cursor)
        finally:
            await asyncio.to_thread(pool.close)
        return report

    async def _record(self, pool: Pool, recorder: Recorder, cursor: int) -> None:
        async with self.engine.begin() as connection:
            rows = [dict(row) for row in pool.judge.reader.rows.repositories()]
            await see_repositories(connection, self.tenant.host, rows, self.found.as_of)
        trackers, wanted = self.found.trackers, self.found.wanted

        async def read(first: int, last: int) -> Future[list[TrackerTold]]:
            return pool.trackers(first, last)

        async def decide(first: int, last: int) -> Future[list[NewSubject]]:
            return pool.items(first, last, await self._backlinks(pool, first, last))

        async def keep(last: int, told: list[TrackerTold] | list[NewSubject]) -> None:
            nonlocal cursor
            await self._keep(recorder, told, cursor, last)
            cursor = last

        await _in_order(_ranges(cursor, trackers), read, keep)
        await _in_order(_ranges(max(cursor, trackers), wanted), decide, keep)
        if not wanted:
            await keep(0, [])

    async def _keep(
        self,
        recorder: Recorder,
        told: list[TrackerTold] | list[NewSubject],
        before: int,
        after: int,
    ) -> None:
        now, done = self.options.now(), after == self.found.wanted
        async with self.engine.begin() as connection:
            if not await imports.claim(connection, recorder.file_id, before):
                raise BusyError(f"{self.source.path} is being imported by another process.")
            items = [one for one in told if isinstance(one, NewSubject)]
            trackers = [one for one in told if isinstance(one, TrackerTold)]
            if trackers:
                await recorder.trackers(connection, trackers, now)
            if items:
                await recorder.items(connection, items, now)
            await imports.advance(
                connection,
                recorder.file_id,
                after,
                asdict(recorder.counts) | {"again": recorder.again},
                finished_at=now if done else None,
            )
        self.options.progress("deciding", after, self.found.wanted)

    async def _backlinks(self, pool: Pool, first: int, last: int) -> Backlinks:
        asked = pool.judge.reader.rows.keys(first, last)
        async with self.reader.connect() as connection:
            return await mentions_of_many(connection, self.tenant.id, self.tenant.host, asked)

    async def preview(self) -> Report:
        """Count what would be recorded if nothing were known yet; the database isn't asked."""
        counts, pool = Counts(), self._pool(self.found.wanted)
        mentions = dict[tuple[int, int], list[Item]]()
        trackers, wanted = self.found.trackers, self.found.wanted

        async def read(first: int, last: int) -> Future[list[TrackerTold]]:
            return pool.trackers(first, last)

        async def decide(first: int, last: int) -> Future[list[NewSubject]]:
            keys = pool.judge.reader.rows.keys(first, last)
            return pool.items(first, last, {key: mentions[key] for key in keys & mentions.keys()})

        async def note(_: int, told: list[TrackerTold]) -> None:
            for found, repository_id in (each for one in told for each in one.mentions):
                counts.mentions += 1
                if repository_id is not None and found.to.number is not None:
                    mentions.setdefault((repository_id, found.to.number), []).append(found.within)

        async def count(last: int, told: list[NewSubject]) -> None:
            for one in told:
                counts.recorded += bool(one.decisions)
                counts.silent += not one.decisions
                counts.add(str(each.columns["kind"]) for each in one.decisions)
            self.options.progress("deciding", last, wanted)

        try:
            await _in_order(_ranges(0, trackers), read, note)
            await _in_order(_ranges(trackers, wanted), decide, count)
        finally:
            await asyncio.to_thread(pool.close)
        return self._report(counts)

    def _pool(self, left: int) -> Pool:
        processes = self.options.processes
        if processes is None:
            processes = 2 if left > FEW else 0
        return Pool(self.source, self.found, self.tenant, processes)

    def _report(self, counts: Counts) -> Report:
        found = self.found
        return Report(
            found.in_file, found.trackers, found.wanted - found.trackers, counts, found.as_of
        )


def _counts(figures: dict[str, Any]) -> Counts:
    return Counts(**{name: value for name, value in figures.items() if name != "again"})


def _ranges(done: int, until: int) -> Iterator[tuple[int, int]]:
    """Give the numbers that are left, batch by batch, both ends included."""
    for first in range(done + 1, until + 1, BATCH):
        yield first, min(first + BATCH - 1, until)


async def _in_order(
    ranges: Iterator[tuple[int, int]],
    start: Callable[[int, int], Awaitable[Future[T]]],
    take: Callable[[int, T], Awaitable[None]],
) -> None:
    """Start work on some ranges ahead, and take the results in the ranges' order."""
    waiting: deque[tuple[int, Future[T]]] = deque()
    for first, last in ranges:
        waiting.append((last, await start(first, last)))
        if len(waiting) > AHEAD:
            at, future = waiting.popleft()
            await take(at, await asyncio.wrap_future(future))
    while waiting:
        at, future = waiting.popleft()
        await take(at, await asyncio.wrap_future(future))
