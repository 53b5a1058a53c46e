"""SQLite's small transactions share their commits, and none of them pays for another."""

import asyncio

from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from app.store.engine import open_engine
from tests.store.test_engine import ADD_ONE, COUNT


def test_one_that_fails_takes_nothing_back_of_those_that_share_its_commit(sqlite_url: str) -> None:
    async def check() -> tuple[list[BaseException | None], int | None]:
        engine = open_engine(sqlite_url)

        async def add(then: str) -> None:
            async with engine.begin() as connection:
                await connection.execute(ADD_ONE)
                await connection.execute(text(then))

        results = await asyncio.gather(
            add("SELECT 1"), add("SELECT nonsense"), add("SELECT 1"), return_exceptions=True
        )
        async with engine.begin() as connection:
            count: int | None = await connection.scalar(COUNT)
        await engine.dispose()
        return list(results), count

    results, count = asyncio.run(check())
    assert [type(one) for one in results] == [type(None), OperationalError, type(None)]
    assert count == 2


def test_one_that_is_cancelled_takes_nothing_back_of_those_that_share_its_commit(
    sqlite_url: str,
) -> None:
    async def check() -> tuple[list[bool], int | None]:
        engine, inside = open_engine(sqlite_url), asyncio.Event()

        async def add(then: asyncio.Event | None = None) -> None:
            async with engine.begin() as connection:
                await connection.execute(ADD_ONE)
                if then is not None:
                    inside.set()
                    await then.wait()

        # The second hangs in its turn, the third waits for one, and the last shares their commit.
        tasks = [asyncio.create_task(add(then)) for then in (None, asyncio.Event(), None, None)]
        await inside.wait()
        tasks[1].cancel()
        tasks[2].cancel()
        await asyncio.wait(tasks)
        async with engine.begin() as connection:
            count: int | None = await connection.scalar(COUNT)
        await engine.dispose()
        return [task.cancelled() for task in tasks], count

    assert asyncio.run(check()) == ([False, True, True, False], 2)


def test_nobody_is_told_that_it_is_stored_what_a_full_disk_took_back(sqlite_url: str) -> None:
    """SQLite then ends the whole transaction, and a commit after that succeeds with nothing."""
    rows: list[str] = []

    async def check() -> list[BaseException | None]:
        engine = open_engine(sqlite_url)

        async def write(name: str, size: int = 1) -> None:
            async with engine.begin() as connection:
                await connection.exec_driver_sql("PRAGMA max_page_count = 1")  # as many as it has
                await connection.exec_driver_sql(
                    "INSERT INTO callcount (operation, outcome, count) VALUES (?, ?, 1)",
                    (name, "x" * size),
                )

        names = ("first", "large", "after")
        sizes = (1, 2**20, 1)
        results = await asyncio.gather(*map(write, names, sizes), return_exceptions=True)
        async with engine.begin() as connection:
            rows.extend(await connection.scalars(text("SELECT operation FROM callcount")))
        await engine.dispose()
        return results

    results = asyncio.run(check())
    stored = [one is None for one in results]
    assert stored == [False, False, True]
    assert rows == ["after"]
