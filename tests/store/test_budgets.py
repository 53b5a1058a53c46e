"""Budgets as rows: the same for everybody who looks."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import text

from app.github.limits import WriteRules
from app.store.budgets import RowBudgets
from app.store.engine import open_engine, open_reader

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
RULES = WriteRules(spacing=1.0, per_minute=60, per_hour=400)


class StandingClock:
    """A clock that a test sets."""

    def __init__(self, now: datetime = NOON) -> None:
        self.time = now

    def now(self) -> datetime:
        return self.time

    async def sleep(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)


def with_two_processes(
    database_url: str, use: Callable[[RowBudgets, RowBudgets, StandingClock], Awaitable[Any]]
) -> Any:
    """Give `use` the budgets of two engines on one database, as two processes have them."""

    async def run() -> Any:
        clock = StandingClock()
        engines = [open_engine(database_url), open_engine(database_url)]
        reader = open_reader(database_url)
        first = RowBudgets(engines[0], "github.com", RULES, clock, reader=reader)
        second = RowBudgets(engines[1], "github.com", RULES, clock)
        try:
            return await use(first, second, clock)
        finally:
            for engine in (*engines, reader):
                await engine.dispose()

    return asyncio.run(run())


def test_no_two_processes_get_the_same_slot(database_url: str) -> None:
    async def use(first: RowBudgets, second: RowBudgets, _: StandingClock) -> list[float]:
        return sorted(
            await asyncio.gather(*(budgets.reserve_write(7) for budgets in (first, second) * 5))
        )

    assert with_two_processes(database_url, use) == [float(second) for second in range(10)]


def test_each_installation_has_its_own_budget(database_url: str) -> None:
    async def use(first: RowBudgets, second: RowBudgets, _: StandingClock) -> list[float]:
        return [await first.reserve_write(7), await second.reserve_write(8)]

    assert with_two_processes(database_url, use) == [0.0, 0.0]


def test_a_block_holds_for_all_and_is_never_shortened(database_url: str) -> None:
    async def use(first: RowBudgets, second: RowBudgets, _: StandingClock) -> list[Any]:
        seen = [await first.blocked_until(7)]
        await second.block(7, NOON + timedelta(hours=1))
        await second.block(7, NOON + timedelta(minutes=1))
        return [*seen, await first.blocked_until(7), await first.blocked_until(8)]

    assert with_two_processes(database_url, use) == [None, NOON + timedelta(hours=1), None]


def test_what_is_left_of_the_limit_is_noted_every_few_seconds(database_url: str) -> None:
    async def left() -> int:
        reader = open_reader(database_url)
        async with reader.connect() as connection:
            found = await connection.scalar(text("SELECT limit_remaining FROM installation"))
        await reader.dispose()
        return int(found)

    async def use(first: RowBudgets, _: RowBudgets, clock: StandingClock) -> list[int]:
        reset = NOON + timedelta(hours=1)
        seen = []
        for remaining, later in ((4999, 0), (4998, 1), (4997, 5), (0, 0)):
            await clock.sleep(later)
            await first.note_limit(7, remaining, 5000, reset)
            seen.append(await left())
        return seen

    assert with_two_processes(database_url, use) == [4999, 4999, 4997, 0]
