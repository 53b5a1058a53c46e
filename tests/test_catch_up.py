import asyncio
from datetime import timedelta

import pytest

from app.catch_up import ARRIVES_WITHIN, CaughtUp, catch_up
from app.demo.github.faults import server_error
from app.github.errors import ServerError
from app.store.redeliveries import OVERLAP, Lost, lost
from tests.outage import Outage, set_outage


@pytest.mark.parametrize("hours", [24.0, 71.0])
def test_what_failed_is_redelivered_oldest_first_within_githubs_limits(
    sqlite_url: str, hours: float
) -> None:
    async def scene() -> None:
        async with set_outage(sqlite_url) as outage:
            lost = await outage.fail(400, hours)
            outage.requests.clear()
            turns = await outage.run(minutes=15)
            assert outage.asked == lost
            assert outage.taken == set(lost)
            assert sum(turn.redelivered for turn in turns) == 400
            assert not any(turn.too_old or turn.left or turn.unseen_since for turn in turns)
            assert outage.most_per_minute() <= 900

    asyncio.run(scene())


def test_past_the_window_the_sweep_is_told_since_when(database_url: str) -> None:
    async def scene() -> None:
        async with set_outage(database_url) as outage:
            await outage.turn()
            before = outage.clock.now()
            lost = await outage.fail(96, 96)
            turns = await outage.run(minutes=10)
            assert turns[0].unseen_since == before
            assert outage.asked in (lost[-71:], lost[-72:])
            assert outage.taken == set(outage.asked)
            assert turns[-1].unseen_since is None

    asyncio.run(scene())


def test_what_grows_too_old_while_we_wait_is_counted_and_not_asked_for_again(
    sqlite_url: str,
) -> None:
    async def scene() -> None:
        async with set_outage(sqlite_url) as outage:
            lost = await outage.fail(200, 0.01)
            outage.clock.pass_by(hours=71.985)
            first, *more = await outage.run(minutes=30)
            assert (first.redelivered, first.too_old) == (150, 50)
            assert outage.taken == set(lost[:150])
            assert not any(turn.too_old or turn.redelivered for turn in more)

    asyncio.run(scene())


def test_nothing_that_arrived_is_asked_for_and_later_walks_are_short(database_url: str) -> None:
    async def scene() -> None:
        async with set_outage(database_url) as outage:
            for number in range(350):
                outage.demo.hooks.add(outage.app, "issues", {"action": "opened", "n": number})
            await outage.deliver()
            outage.clock.pass_by(hours=1)
            assert (await outage.turn()).walked == 350
            outage.clock.pass_by(hours=1)
            outage.requests.clear()
            assert await outage.turn() == CaughtUp(walked=100)
            assert outage.requests == [("GET", outage.clock.now())]

    asyncio.run(scene())


def test_what_a_person_redelivered_meanwhile_is_not_asked_for(sqlite_url: str) -> None:
    async def scene() -> None:
        async with set_outage(sqlite_url) as outage:
            await outage.fail(3, 1)
            outage.demo.hooks.redeliver(outage.app, outage.demo.hooks.attempts[0].id)
            await outage.deliver()
            assert (await outage.turn()).redelivered == 2

    asyncio.run(scene())


def test_what_keeps_failing_is_asked_for_ever_more_seldom(database_url: str) -> None:
    async def scene() -> None:
        async with set_outage(database_url) as outage:
            await outage.fail(1, 0.1)
            outage.status = 503
            turns = await outage.run(minutes=200)
            asked = [n * 5 for n, turn in enumerate(turns) if turn.redelivered]
            assert asked == [0, 10, 30, 70, 150]
            outage.status = 202
            outage.clock.pass_by(hours=6)
            assert (await outage.turn()).redelivered == 1
            outage.clock.pass_by(minutes=5)
            assert (await outage.turn()).redelivered == 0
            assert len(outage.taken) == 1

    asyncio.run(scene())


def test_an_asked_for_delivery_that_never_comes_is_asked_for_again(database_url: str) -> None:
    async def scene() -> None:
        async with set_outage(database_url) as outage:
            (guid,) = await outage.fail(1, 0.1)
            await catch_up(
                outage.github, outage.engine, outage.reader, outage.clock, app_id=outage.app.id
            )
            outage.demo.hooks.queue.clear()
            outage.clock.pass_by(seconds=ARRIVES_WITHIN.total_seconds() + 1)
            assert (await outage.turn()).redelivered == 1
            assert outage.taken == {guid}

    asyncio.run(scene())


def test_a_stop_in_the_middle_is_gone_on_with(sqlite_url: str) -> None:
    async def scene() -> None:
        async with set_outage(sqlite_url) as outage:
            lost = await outage.fail(20, 1)
            outage.requests.clear()
            done = await catch_up(
                outage.github,
                outage.engine,
                outage.reader,
                outage.clock,
                app_id=outage.app.id,
                stopping=lambda: len(outage.requests) > 7,
            )
            assert (done.redelivered, done.left) == (7, 13)
            await outage.deliver()
            assert (await outage.turn()).redelivered == 13
            assert outage.taken == set(lost)

    asyncio.run(scene())


def test_of_two_processes_one_walks(database_url: str) -> None:
    async def scene() -> None:
        async with set_outage(database_url) as outage:
            await outage.fail(40, 1)
            both = await asyncio.gather(outage.turn(), outage.turn())
            assert sorted(done.redelivered for done in both) == [0, 40]
            assert len(outage.demo.hooks.attempts) == 80

    asyncio.run(scene())


def test_a_walk_goes_back_to_where_something_is_missing(sqlite_url: str) -> None:
    async def scene() -> None:
        async with set_outage(sqlite_url) as outage:
            await outage.fail(1, 0.1)
            outage.status = 503
            await outage.turn()
            for _ in range(3):
                outage.clock.pass_by(hours=8)
                outage.demo.hooks.add(outage.app, "issues", {"action": "opened"})
                outage.status = 202
                await outage.deliver()
            assert (await outage.turn()).redelivered == 1
            outage.clock.pass_by(hours=1)
            assert (await outage.turn()).walked == len(outage.demo.hooks.attempts)
            outage.clock.pass_by(minutes=5)
            assert (await outage.turn()).redelivered == 0
            assert outage.clock.now() - outage.demo.hooks.attempts[0].delivered_at > timedelta(1)

    asyncio.run(scene())


def test_what_is_lost_for_good_is_noted_once_and_for_as_long_as_it_lasts(
    database_url: str,
) -> None:
    async def scene() -> None:
        async with set_outage(database_url) as outage:
            await outage.turn()
            began = outage.clock.now()
            outage.demo.faults = lambda asked: (
                server_error() if asked.path == "/app/hook/deliveries" else None
            )
            for hours, gone in ((80, 8), (1, 9)):
                outage.clock.pass_by(hours=hours)
                with pytest.raises(ServerError):
                    await outage.turn()
                (one,) = await noted(outage)
                ends = (one.until - began).total_seconds() / 3600
                assert (one.since, int(ends)) == (began - OVERLAP, gone)
            outage.demo.faults = None
            await outage.turn()
            outage.clock.pass_by(hours=71)
            await outage.turn()
            assert len(await noted(outage)) == 1
            outage.clock.pass_by(hours=90)
            await outage.turn()
            assert len(await noted(outage)) == 2

    async def noted(outage: Outage) -> list[Lost]:
        async with outage.reader.connect() as connection:
            since = outage.clock.now() - timedelta(days=365)
            return await lost(connection, outage.app.id, since)

    asyncio.run(scene())
