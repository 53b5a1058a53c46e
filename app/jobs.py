"""The queue and the schedules: the bell that says "look at this subject", and what a failure costs.

The only module that knows the queue library. The rows are the truth: a bell that is lost, doubled
or late costs seconds, because stale subjects are found again by their rows.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

import asyncpg
import structlog
from pgqueuer import PgQueuer
from pgqueuer.models import Job
from sqlalchemy.ext.asyncio import AsyncEngine

from app.github.errors import GitHubError, Limited
from app.reconcile.writing import LeaseLostError
from app.store import deliveries, subjects, turns
from app.store.engine import database_address, single_statement
from app.store.subjects import Leased
from app.store.writes import Write, note_writes

ENTRYPOINT = "reconcile"
QUIET = timedelta(seconds=1)
"""A subject that was just settled rests for so long: a storm of events becomes few rounds."""
FIRST_WAIT, LONGEST_WAIT = 2.0, 3600.0
GIVE_UP = timedelta(days=1)
"""A subject that has failed for so long is buried."""
DRAIN = 8.0
"""Seconds that work in flight may take to finish when the process stops (GitHub's client's
time-out is longer: what is not done by then is returned and found again)."""
HEARTBEAT = 30.0
"""Seconds without a sign of life after which the queue gives a worker's job to another one."""

log = structlog.get_logger("jobs")


class Reconcile(Protocol):
    """Make GitHub and the ledger agree about one subject; see reconcile.py."""

    async def __call__(self, held: Leased) -> Sequence[Write] | None:
        """Give what was written last, to be noted as it settles; raise whatever went wrong."""
        ...


@dataclass(frozen=True, slots=True)
class Lease:
    """Who holds subjects here, and for how many seconds at a time."""

    worker: str
    seconds: float


class Jobs:
    """Runs what the bell calls for, at most `concurrency` subjects at a time."""

    def __init__(
        self,
        queue: PgQueuer,
        engine: AsyncEngine,
        reconcile: Reconcile,
        lease: Lease,
        now: Callable[[], datetime],
        *,
        reader: AsyncEngine,
        concurrency: int,
    ) -> None:
        self._queue = queue
        self._engine = engine
        self._reader = reader
        self._reconcile = reconcile
        self._lease = lease
        self._now = now
        self._concurrency = concurrency
        queue.entrypoint(ENTRYPOINT)(self._called)

    async def ring(self, subject_ids: Iterable[int]) -> None:
        """Ask for subjects to be looked at; one that is waiting or running is not asked twice.

        Installations take turns: the hundredth item of one waits for the first of another. Its
        place gets better as those before it are done, whatever comes after.
        """
        ids = list(dict.fromkeys(subject_ids))
        if not ids:
            return
        async with single_statement(self._reader).connect() as connection:
            places = await turns.places(connection, ids)
        await self._queue.qm.queries.enqueue(
            [ENTRYPOINT] * len(ids),
            [str(one).encode() for one in ids],
            [-places[one] for one in ids],
            dedupe_key=[f"subject:{one}" for one in ids],
            on_conflict="update_priority",
        )

    async def ring_for_stale(self) -> int:
        """Ring for what its row says is stale and due; give how many there are."""
        async with single_statement(self._reader).connect() as connection:
            ids = await turns.waiting(connection, self._now(), 20 * self._concurrency)
        await self.ring(ids)
        return len(ids)

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop`; then let what is in flight finish for a while, and return the rest."""
        batch = max(1, self._concurrency // 2)
        running = asyncio.create_task(
            self._queue.run(
                batch_size=batch,
                max_concurrent_tasks=2 * batch,
                dequeue_timeout=timedelta(seconds=2),
                # A job that a killed worker took is nobody's no later than its lease.
                heartbeat_timeout=timedelta(seconds=min(self._lease.seconds, HEARTBEAT)),
            )
        )
        stopping = asyncio.create_task(stop.wait())
        try:
            await asyncio.wait((running, stopping), return_when=asyncio.FIRST_COMPLETED)
            self._queue.shutdown.set()
            await asyncio.wait((running,), timeout=DRAIN)
        finally:
            stopping.cancel()
            running.cancel()
            with suppress(asyncio.CancelledError):
                await running
            async with self._engine.begin() as connection:
                await subjects.give_back(connection, self._lease.worker)

    async def _called(self, job: Job) -> None:
        await self.work_on(int(job.payload or b"0"))

    async def work_on(self, subject_id: int) -> None:
        """Run one subject if it is stale, due and free; never raises but for a lost database."""
        worker, now = self._lease.worker, self._now()
        async with single_statement(self._engine).begin() as connection:
            held = await subjects.lease(connection, subject_id, worker, now, self._lease.seconds)
        if held is None:
            return
        try:
            last = await self._reconcile(held)
        except Limited as limit:
            wait = max(limit.retry_after or 0.0, (limit.until - self._now()).total_seconds(), 1.0)
            await self._put_off(held, wait, str(limit), failed=False)
        except GitHubError as error:
            if error.final:
                await self._bury(held, str(error))
            else:
                await self._put_off(held, error.retry_after or 0.0, str(error))
        except LeaseLostError as lost:
            # Whoever holds it now goes on; and if nobody does, its row says that it is stale.
            log.warning("let go", subject=subject_id, reason=str(lost))
        except Exception as error:
            log.exception("failed", subject=subject_id)
            await self._put_off(held, 0.0, f"{type(error).__name__}: {error}")
        else:
            await self._settle(held, last)

    async def _settle(self, held: Leased, last: Sequence[Write] | None) -> None:
        now = self._now()
        async with self._engine.begin() as connection:
            if last is not None:
                await note_writes(connection, held.home_id, held.id, last, now, dry=False)
            ours = await subjects.settle(connection, held, now + QUIET)
            done = await deliveries.release(connection, held.id, held.mark, now) if ours else []
        for guid, received_at in done:
            log.info("done", guid=guid, seconds=round((now - received_at).total_seconds(), 3))

    async def _put_off(
        self, held: Leased, at_least: float, reason: str, *, failed: bool = True
    ) -> None:
        """Return a subject for later; what has failed for a day is given up."""
        now = self._now()
        if failed and held.first_failed_at and now - held.first_failed_at > GIVE_UP:
            await self._bury(held, f"given up after a day of tries: {reason}")
            return
        wait = max(at_least, backoff(held.attempts) if failed else 0.0)
        until = now + timedelta(seconds=wait * random.uniform(1.0, 1.25))
        log.warning("put off", subject=held.id, until=until.isoformat(), reason=reason)
        async with self._engine.begin() as connection:
            await subjects.put_off(
                connection,
                held,
                until,
                reason=reason,
                failed_at=now if failed else None,
            )

    async def _bury(self, held: Leased, reason: str) -> None:
        log.warning("buried", subject=held.id, reason=reason)
        async with self._engine.begin() as connection:
            await subjects.bury(connection, held, self._now(), reason)
            await deliveries.bury_waiting(connection, held.id, held.mark, reason)


def backoff(attempts: int) -> float:
    """Give the seconds to wait after so many failed attempts: doubling, an hour at the most."""
    return float(min(FIRST_WAIT * 2 ** min(attempts, 20), LONGEST_WAIT))


async def open_queue(database_url: str) -> tuple[PgQueuer, Callable[[], Awaitable[None]]]:
    """Make the queue that fits the database, and what closes it.

    For SQLite it lives in this process, and the rows bring it back; on PostgreSQL all workers
    share it.
    """
    url = database_address(database_url)
    if url.get_backend_name() == "sqlite":
        return PgQueuer.in_memory(), _nothing
    dsn = url.set(drivername="postgresql").render_as_string(hide_password=False)
    # Nobody takes a lock or opens a cursor through it that a reset would have to clear away.
    pool = await asyncpg.create_pool(dsn, min_size=2, max_size=6, reset=_as_it_is)
    return PgQueuer.from_asyncpg_pool(pool), pool.close


async def _nothing() -> None:
    """Close what needs no closing."""


async def _as_it_is(_: object) -> None:
    """Take a connection back as it is: the queue's statements leave nothing behind in one."""


async def every(
    seconds: float, stop: asyncio.Event, act: Callable[[], Awaitable[object]], name: str
) -> None:
    """Do something again and again until `stop`; a failure is logged and tried at the next turn."""
    while not stop.is_set():
        try:
            await act()
        except Exception:
            log.exception("failed", schedule=name)
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), seconds)
