"""The budgets of app.github.limits as rows, so that all processes and machines share them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

from sqlalchemy import Row, bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from sqlmodel import col

from app.github.clock import Clock, SystemClock
from app.github.limits import LimitLeft, WriteRules, WriteWindow, later, next_slot
from app.store.engine import single_statement
from app.store.tables import Installation
from app.store.upsert import insert_into

UNLIMITED = WriteRules(spacing=0.0, per_minute=0, per_hour=0)
NOTED_EVERY = timedelta(seconds=5)
"""How old the noted limit may get: each answer of GitHub tells it, not each is worth a commit."""

_BLOCKED = select(col(Installation.blocked_until)).where(
    col(Installation.host) == bindparam("host"), col(Installation.id) == bindparam("id")
)


class RowBudgets:
    """The Budgets of one GitHub host. `reader`, if given, answers what need not wait for writers.

    A transaction here is short and is never held over a call to GitHub.
    """

    def __init__(
        self,
        engine: AsyncEngine,
        host: str,
        rules: WriteRules,
        clock: Clock | None = None,
        *,
        reader: AsyncEngine | None = None,
    ) -> None:
        self._engine = engine
        self._reader = reader or engine
        self._host = host
        self._rules = rules
        self._clock = clock or SystemClock()
        self._noted: dict[int, tuple[datetime, LimitLeft]] = {}

    async def reserve_write(self, installation_id: int) -> float:
        """Give the seconds to wait before the next write, and reserve that slot."""
        if self._rules == UNLIMITED:
            return 0.0
        async with self._row(installation_id) as (connection, row):
            recent = WriteWindow(tuple(row.recent_writes))
            wait, window = next_slot(self._clock.now().timestamp(), recent, self._rules)
            if window != recent:
                await self._set(connection, installation_id, recent_writes=list(window.slots))
        return wait

    async def blocked_until(self, installation_id: int) -> datetime | None:
        """Give the instant before which nothing may be sent."""
        async with single_statement(self._reader).connect() as connection:
            until: datetime | None = await connection.scalar(
                _BLOCKED, {"host": self._host, "id": installation_id}
            )
        return until

    async def block(self, installation_id: int, until: datetime) -> None:
        """Let nobody send anything for this installation before `until`; never shortens."""
        async with self._row(installation_id) as (connection, row):
            await self._set(
                connection, installation_id, blocked_until=later(row.blocked_until, until)
            )

    async def note_limit(
        self, installation_id: int, remaining: int, limit: int, resets_at: datetime
    ) -> None:
        """Keep what GitHub said is left of the primary limit, at most every few seconds."""
        now, new = self._clock.now(), LimitLeft(remaining, limit, resets_at)
        if known := self._noted.get(installation_id):
            noted_at, left = known
            same_hour = left.resets_at == resets_at and left.limit == limit
            if same_hour and remaining and now < noted_at + NOTED_EVERY:
                return
        self._noted[installation_id] = (now, new)
        async with self._row(installation_id) as (connection, _):
            await self._set(
                connection, installation_id, limit_remaining=remaining, limit_resets_at=resets_at
            )

    @asynccontextmanager
    async def _row(
        self, installation_id: int
    ) -> AsyncIterator[tuple[AsyncConnection, Row[list[float], datetime | None]]]:
        """Lock the installation's row, made if it is missing, until the transaction ends."""
        async with self._engine.begin() as connection:
            await connection.execute(
                insert_into(connection, Installation)
                .values(host=self._host, id=installation_id, recent_writes=[])
                .on_conflict_do_nothing(index_elements=["host", "id"])
            )
            row = await connection.execute(
                select(col(Installation.recent_writes), col(Installation.blocked_until))
                .where(
                    col(Installation.host) == self._host, col(Installation.id) == installation_id
                )
                .with_for_update()
            )
            yield connection, row.one()

    async def _set(
        self, connection: AsyncConnection, installation_id: int, **values: object
    ) -> None:
        await connection.execute(
            update(Installation)
            .where(col(Installation.host) == self._host, col(Installation.id) == installation_id)
            .values(**values)
        )
