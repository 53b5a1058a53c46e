"""The inbox: acknowledged means on disk."""

import asyncio
import uuid
from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from app.store.engine import DATABASE_ERRORS, open_engine, open_reader
from app.store.inbox import MOST_BYTES, MOST_WAITING, Arrival, Inbox, OverloadedError


def arrival(guid: str | None = None, *, app_id: int = 1, body: bytes = b"{}") -> Arrival:
    return Arrival(
        app_id, guid or str(uuid.uuid4()), "issues", body, datetime.now(UTC), state="pending"
    )


async def count(database_url: str) -> int:
    reader = open_reader(database_url)
    async with reader.connect() as connection:
        found = await connection.scalar(text("SELECT count(*) FROM delivery"))
    await reader.dispose()
    return int(found)


def test_what_is_put_is_there_for_others_once_put_comes_back(database_url: str) -> None:
    async def run() -> list[int]:
        engine = open_engine(database_url)
        seen = []
        async with Inbox(engine) as inbox:
            for _ in range(3):
                await inbox.put(arrival())
                seen.append(await count(database_url))
        await engine.dispose()
        return seen

    assert asyncio.run(run()) == [1, 2, 3]


def test_of_many_that_come_at_once_each_is_stored_once(database_url: str) -> None:
    async def run() -> tuple[list[bool], int]:
        engine = open_engine(database_url)
        guids = [str(uuid.uuid4()) for _ in range(300)]
        async with Inbox(engine) as inbox:
            new = await asyncio.gather(*(inbox.put(arrival(guid)) for guid in guids * 3))
        await engine.dispose()
        return new, await count(database_url)

    new, stored = asyncio.run(run())
    assert (sum(new), stored) == (300, 300)


def test_a_guid_is_known_for_one_app_only(database_url: str) -> None:
    async def run() -> list[bool]:
        engine = open_engine(database_url)
        guid = str(uuid.uuid4())
        async with Inbox(engine) as inbox:
            new = [await inbox.put(arrival(guid, app_id=app)) for app in (1, 2, 1)]
        await engine.dispose()
        return new

    assert asyncio.run(run()) == [True, True, False]


def test_every_one_that_waits_gets_to_know_of_a_failure(empty_database_url: str) -> None:
    async def run() -> list[bool | BaseException]:
        engine = open_engine(empty_database_url)
        async with Inbox(engine) as inbox:
            results = await asyncio.gather(
                *(inbox.put(arrival()) for _ in range(5)), return_exceptions=True
            )
        await engine.dispose()
        return results

    results = asyncio.run(run())
    assert len(results) == 5
    assert all(isinstance(result, DATABASE_ERRORS) for result in results)


def test_more_than_can_wait_is_refused_and_the_rest_stored(sqlite_url: str) -> None:
    async def run() -> tuple[int, int]:
        engine = open_engine(sqlite_url)
        async with Inbox(engine) as inbox:
            results = await asyncio.gather(
                *(inbox.put(arrival()) for _ in range(MOST_WAITING + 9)), return_exceptions=True
            )
        await engine.dispose()
        refused = sum(isinstance(result, OverloadedError) for result in results)
        return refused, await count(sqlite_url)

    assert asyncio.run(run()) == (9, MOST_WAITING)


def test_more_bytes_than_can_wait_are_refused_unless_nothing_else_waits(sqlite_url: str) -> None:
    async def run() -> list[bool | BaseException]:
        engine = open_engine(sqlite_url)
        large = bytes(MOST_BYTES // 2 + 1)
        async with Inbox(engine) as inbox:
            results = await asyncio.gather(
                *(inbox.put(arrival(body=large)) for _ in range(2)), return_exceptions=True
            )
        await engine.dispose()
        return results

    first, second = asyncio.run(run())
    assert first is True
    assert isinstance(second, OverloadedError)


def test_closing_writes_what_waits_and_takes_nothing_more(database_url: str) -> None:
    async def run() -> tuple[list[bool], int]:
        engine = open_engine(database_url)
        async with Inbox(engine) as inbox:
            waiting = [asyncio.create_task(inbox.put(arrival())) for _ in range(20)]
            await asyncio.sleep(0)
        with pytest.raises(OverloadedError):
            await inbox.put(arrival())
        await engine.dispose()
        return await asyncio.gather(*waiting), await count(database_url)

    assert asyncio.run(run()) == ([True] * 20, 20)


def test_somebody_who_goes_away_keeps_nobody_from_being_stored(sqlite_url: str) -> None:
    async def run() -> int:
        engine = open_engine(sqlite_url)
        async with Inbox(engine) as inbox:
            tasks = [asyncio.create_task(inbox.put(arrival())) for _ in range(3)]
            await asyncio.sleep(0)
            tasks[0].cancel()
            assert await asyncio.gather(*tasks[1:]) == [True, True]
        await engine.dispose()
        return await count(sqlite_url)

    assert asyncio.run(run()) == 3
