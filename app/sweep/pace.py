"""How the sweep asks GitHub: one query after the other, with room left for webhooks.

While less than a fifth of the limit is left it rests until the limit is renewed; it stops at once
when the process does, and when another process has taken its turn.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

import structlog

from app.github.client import Session
from app.github.errors import Limited
from app.github.graphql import GraphQLAnswer
from app.github.payloads import Node, parsed
from app.github.search import Ask
from app.reconcile import Access
from app.store import sweeps

LEASE = 120.0
"""Seconds for which a process has the turn; a call that is retried three times takes less."""
RESERVE = 5
"""A fifth of the limit is left to webhooks."""
NAP = 30.0

T = TypeVar("T")
log = structlog.get_logger("sweep")


class StoppedError(Exception):
    """The process stops, or another one sweeps now: go on next time where this was."""


class _Limit(Node):
    limit: int = 0
    remaining: int = 0
    reset_at: datetime | None = None


@dataclass(slots=True)
class Pace:
    """Asks as the home, with a token that can't write. `holds`: the turn is ours, so keep it."""

    access: Access
    worker: str
    stop: asyncio.Event
    holds: bool = True
    lease: float = LEASE
    rested: float = 0.0
    _rest_until: datetime | None = None
    _kept_at: datetime | None = None
    _session: Session | None = None

    async def session(self) -> Session:
        """Give the session that reads what is public, and the home's trackers."""
        if self._session is None:
            self._session = await self.access.home()
        return self._session

    async def ask(self, query: str, /, **variables: object) -> GraphQLAnswer:
        """Ask one query. Raises StoppedError and the errors of app.github.errors, limits apart."""
        return await self._ask(await self.session(), query, variables)

    async def asking_as(self, session: Callable[[], Awaitable[Session]]) -> Ask:
        """Give what asks like `ask`, with another session."""
        chosen = await session()

        async def ask(query: str, /, **variables: object) -> GraphQLAnswer:
            return await self._ask(chosen, query, variables)

        return ask

    async def _ask(
        self, session: Session, query: str, variables: dict[str, object]
    ) -> GraphQLAnswer:
        answer = await self.patiently(lambda: session.graphql(query, **variables))
        left = parsed(_Limit, answer.data.get("rateLimit"))
        if left is not None and left.remaining * RESERVE < left.limit:
            self._rest_until = left.reset_at
        return answer

    async def patiently(self, call: Callable[[], Awaitable[T]]) -> T:
        """Make one or several calls, and again after every limit that they run into."""
        while True:
            await self._rest()
            await self._keep_turn()
            try:
                return await self._unless_stopped(call())
            except Limited as limit:
                self._rest_until = limit.until

    async def _rest(self) -> None:
        clock = self.access.clock
        while self._rest_until is not None and (now := clock.now()) < self._rest_until:
            left = (self._rest_until - now).total_seconds()
            log.info("resting", seconds=round(left), why="webhooks go first")
            await self._unless_stopped(clock.sleep(min(left, NAP)))
            self.rested += (clock.now() - now).total_seconds()
            await self._keep_turn()
        self._rest_until = None

    async def _keep_turn(self) -> None:
        now = self.access.clock.now()
        kept_every = timedelta(seconds=self.lease / 4)
        if not self.holds or (self._kept_at and now < self._kept_at + kept_every):
            return
        self._kept_at = now
        home_id = self.access.tenant.id
        async with self.access.engine.begin() as connection:
            ours = await sweeps.keep_turn(connection, home_id, self.worker, now, self.lease)
        if not ours:
            raise StoppedError("another process sweeps now")

    async def _unless_stopped(self, work: Awaitable[T]) -> T:
        """Wait for what only reads, but not longer than until the process stops."""
        working = asyncio.ensure_future(work)
        stopping = asyncio.ensure_future(self.stop.wait())
        try:
            await asyncio.wait((working, stopping), return_when=asyncio.FIRST_COMPLETED)
            if working.done():
                return working.result()
            raise StoppedError("the process stops")
        finally:
            stopping.cancel()
            working.cancel()
            with suppress(asyncio.CancelledError, Exception):
                await working
