"""The unit of work: marked, leased, settled, put off, given up; the same on both databases."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlmodel import col

from app.policy.home import Home
from app.store import deliveries, places, subjects, turns
from app.store.deliveries import Replayed
from app.store.engine import open_engine
from app.store.given_up import given_up
from app.store.places import Tenant
from app.store.subjects import Key, Leased
from app.store.tables import Body, Concern, Delivery
from app.store.upsert import insert_into

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
KEY = Key("github.com", 2**40, 719)
GUID = "0b989ba4-242f-11e5-81e1-c7b6966d2516"

pytestmark = pytest.mark.anyio


class Rows:
    """A fresh database with a home in it."""

    def __init__(self, engine: AsyncEngine, tenant: Tenant) -> None:
        self.engine, self.tenant = engine, tenant

    async def mark(self, *keys: Key) -> dict[Key, tuple[int, int]]:
        async with self.engine.begin() as connection:
            return await subjects.mark_stale(connection, self.tenant.id, keys)

    async def lease(self, subject_id: int, worker: str = "a", now: datetime = NOW) -> Leased | None:
        async with self.engine.begin() as connection:
            return await subjects.lease(connection, subject_id, worker, now, 60)

    async def waiting(self, now: datetime = NOW) -> list[int]:
        async with self.engine.begin() as connection:
            return await turns.waiting(connection, now, 10)

    async def settle(self, held: Leased, now: datetime = NOW) -> bool:
        async with self.engine.begin() as connection:
            return await subjects.settle(connection, held, now)

    async def arrive(self, guid: str, concerns: dict[int, int]) -> int:
        async with self.engine.begin() as connection:
            row = insert_into(connection, Delivery).values(
                app_id=1, guid=guid, event="issues", received_at=NOW, state="pending",
                attempts=0, pumped_at=NOW,
            )  # fmt: skip
            made = await connection.execute(row.returning(col(Delivery.id)))
            delivery_id = made.scalar_one() or 0
            body = insert_into(connection, Body).values(delivery_id=delivery_id, raw=b"{}")
            await connection.execute(body)
            for subject_id, mark in concerns.items():
                await connection.execute(
                    insert_into(connection, Concern).values(
                        delivery_id=delivery_id, subject_id=subject_id, mark=mark
                    )
                )
            return delivery_id

    async def states(self) -> dict[str, str]:
        async with self.engine.begin() as connection:
            rows = await connection.execute(select(col(Delivery.guid), col(Delivery.state)))
            return {row.guid: row.state for row in rows}


@pytest.fixture
async def rows(database_url: str) -> AsyncIterator[Rows]:
    engine = open_engine(database_url)
    async with engine.begin() as connection:
        home = Home("Example", ("example-org",))
        tenant = await places.enroll(connection, "github.com", home, NOW, dry_run=True)
    yield Rows(engine, tenant)
    await engine.dispose()


async def test_a_marked_subject_is_found_by_its_row_until_it_is_settled(rows: Rows) -> None:
    ((subject_id, mark),) = (await rows.mark(KEY)).values()
    assert mark == 1
    assert await rows.waiting() == [subject_id]
    held = await rows.lease(subject_id)
    assert held is not None
    assert await rows.waiting() == []
    assert await rows.settle(held)
    assert await rows.waiting() == []


async def test_only_one_worker_holds_a_subject_at_a_time(rows: Rows) -> None:
    ((subject_id, _),) = (await rows.mark(KEY)).values()
    held = await asyncio.gather(*(rows.lease(subject_id, name) for name in "abcdefgh"))
    assert len([one for one in held if one]) == 1


async def test_a_mark_that_arrives_during_a_run_is_found_again(rows: Rows) -> None:
    ((subject_id, _),) = (await rows.mark(KEY)).values()
    held = await rows.lease(subject_id)
    assert held is not None
    await rows.mark(KEY)
    await rows.settle(held)
    assert await rows.waiting() == [subject_id]


async def test_whose_lease_ended_can_neither_prolong_nor_settle(rows: Rows) -> None:
    ((subject_id, _),) = (await rows.mark(KEY)).values()
    first = await rows.lease(subject_id, "first")
    later = NOW + timedelta(seconds=61)
    second = await rows.lease(subject_id, "second", later)
    assert first is not None
    assert second is not None
    async with rows.engine.begin() as connection:
        assert not await subjects.keep(connection, first, later)
        assert await subjects.keep(connection, second, later)
    assert not await rows.settle(first)
    assert await rows.settle(second)


async def test_a_subject_that_is_put_off_waits_until_its_time(rows: Rows) -> None:
    ((subject_id, _),) = (await rows.mark(KEY)).values()
    held = await rows.lease(subject_id)
    assert held is not None
    until = NOW + timedelta(minutes=5)
    async with rows.engine.begin() as connection:
        await subjects.put_off(connection, held, until, reason="a limit", failed_at=NOW)
    assert await rows.waiting() == []
    assert await rows.waiting(until) == [subject_id]
    again = await rows.lease(subject_id, now=until)
    assert again is not None
    assert (again.attempts, again.first_failed_at) == (1, NOW)


async def test_what_was_given_up_is_listed_and_a_new_mark_is_a_new_chance(rows: Rows) -> None:
    ((subject_id, _),) = (await rows.mark(KEY)).values()
    held = await rows.lease(subject_id)
    assert held is not None
    async with rows.engine.begin() as connection:
        await subjects.bury(connection, held, NOW, "it is not there")
        assert [one.reason for one in await given_up(connection)] == ["it is not there"]
    assert await rows.waiting() == []
    await rows.mark(KEY)
    assert await rows.waiting() == [subject_id]


async def test_a_worker_that_stops_returns_what_it_holds(rows: Rows) -> None:
    ((subject_id, _),) = (await rows.mark(KEY)).values()
    await rows.lease(subject_id, "a")
    async with rows.engine.begin() as connection:
        await subjects.give_back(connection, "a")
    assert await rows.waiting() == [subject_id]


async def test_only_known_subjects_are_known(rows: Rows) -> None:
    await rows.mark(KEY)
    other = Key(KEY.host, KEY.repository_id, 720)
    async with rows.engine.begin() as connection:
        assert await subjects.known(connection, rows.tenant.id, [KEY, other]) == {KEY}


async def test_a_delivery_is_done_when_all_that_it_concerns_is_settled(rows: Rows) -> None:
    other = Key(KEY.host, KEY.repository_id, 720)
    marked = await rows.mark(KEY, other)
    await rows.arrive(GUID, dict(marked.values()))
    for key in (KEY, other):
        assert await rows.states() == {GUID: "pending"}
        async with rows.engine.begin() as connection:
            await deliveries.release(connection, *marked[key], NOW)
    assert await rows.states() == {GUID: "done"}


async def test_a_delivery_that_came_during_a_run_is_not_done_by_it(rows: Rows) -> None:
    subject_id, mark = (await rows.mark(KEY))[KEY]
    await rows.arrive(GUID, {subject_id: mark + 1})
    async with rows.engine.begin() as connection:
        assert await deliveries.release(connection, subject_id, mark, NOW) == []
    assert await rows.states() == {GUID: "pending"}


async def test_buried_deliveries_are_listed_and_can_be_replayed(rows: Rows) -> None:
    subject_id, mark = (await rows.mark(KEY))[KEY]
    await rows.arrive(GUID, {subject_id: mark})
    async with rows.engine.begin() as connection:
        await deliveries.bury_waiting(connection, subject_id, mark, "given up")
        assert [one.reason for one in await deliveries.buried(connection)] == ["given up"]
        assert await deliveries.replay(connection, None) == Replayed(1, (), 0)
        taken = await deliveries.take_unpumped(connection, NOW, 10)
    assert [one.guid for one in taken] == [GUID]


async def test_a_replay_without_the_body_marks_what_the_delivery_concerned(rows: Rows) -> None:
    subject_id, mark = (await rows.mark(KEY))[KEY]
    await rows.arrive(GUID, {subject_id: mark})
    async with rows.engine.begin() as connection:
        await deliveries.bury_waiting(connection, subject_id, mark, "given up")
        assert await deliveries.drop_bodies(connection, NOW + timedelta(days=1), 10) == 1
        assert await deliveries.replay(connection, GUID) == Replayed(0, (subject_id,), 0)


async def test_a_dry_run_forgets_since_when_writing_was_on(rows: Rows) -> None:
    later = NOW + timedelta(days=1)
    home = rows.tenant.facts
    async with rows.engine.begin() as connection:
        on = await places.enroll(connection, "github.com", home, NOW, dry_run=False)
        still = await places.enroll(connection, "github.com", home, later, dry_run=False)
        off = await places.enroll(connection, "github.com", home, later, dry_run=True)
    assert (on.writing_since, still.writing_since, off.writing_since) == (NOW, NOW, None)
    assert on.id == off.id
