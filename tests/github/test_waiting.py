"""What GitHub's limits and our own budgets do to calls, on a virtual clock."""

import asyncio
from datetime import timedelta

import httpx2
import pytest

from app.github.client import GitHub, Session
from app.github.errors import Limited, ServerError
from app.github.limits import MemoryBudgets, WriteRules
from tests.github.small_github import (
    START,
    WRITE,
    Script,
    SmallGitHub,
    answer,
    client,
    comment,
    failing,
    html,
    play,
    read,
)

SECONDARY = {"message": "You have exceeded a secondary rate limit. Please wait a few minutes."}
EPOCH = int(START.timestamp())
DATE = (START + timedelta(seconds=90)).strftime("%a, %d %b %Y %H:%M:%S GMT")


def spent(status: int, resets_in: int, **headers: str) -> httpx2.Response:
    return answer(
        {"message": "API rate limit exceeded"},
        status,
        x_ratelimit_limit="5000",
        x_ratelimit_remaining="0",
        x_ratelimit_reset=str(EPOCH + resets_in),
        **headers,
    )


LIMITS = [
    (answer(SECONDARY, 403, retry_after="17"), 17),
    (answer(SECONDARY, 429, retry_after="17"), 17),
    (answer({"message": "?"}, 429, retry_after=DATE), 90),
    (spent(403, 1800), 1800),
    (spent(429, 1800), 1800),
    (spent(403, 1800, retry_after="30"), 1800),
    (spent(403, -5), 1),
    (spent(403, 20, x_ratelimit_resource="search"), 20),
    (answer(SECONDARY, 403, x_ratelimit_remaining="4000"), 60),
    (answer(SECONDARY, 403, retry_after="soon"), 60),
    (answer({"message": "You have triggered an abuse detection mechanism"}, 403), 60),
    (html(429), 60),
    (answer({"message": "no"}, 429, retry_after="9999999"), 86400),
    (answer({"message": "no"}, 403, retry_after="0"), 0),
]


@pytest.mark.parametrize(("response", "seconds"), LIMITS)
@pytest.mark.parametrize("write", [True, False])
def test_a_limit_is_obeyed_for_as_long_as_github_says(
    github: SmallGitHub, response: httpx2.Response, seconds: int, *, write: bool
) -> None:
    ask = comment if write else read

    async def scene(_: GitHub, session: Session) -> None:
        github.script.append(response)
        with pytest.raises(Limited) as caught:
            await ask(session)
        assert caught.value.until == START + timedelta(seconds=seconds)
        assert caught.value.retry_after == seconds
        assert not caught.value.final
        until = seconds
        while github.clock.seconds < until:
            with pytest.raises(Limited):
                await ask(session)
            github.clock.pass_by(seconds=max(until / 7, 1))
        github.clock.pass_by(seconds=1)
        assert await ask(session) == {"fine": True}

    play(github, scene)
    assert not [sent for sent in github.sent if 0 < sent.at < seconds]


def test_a_limit_holds_for_all_who_ask_for_the_installation_in_any_process(
    github: SmallGitHub,
) -> None:
    async def scene() -> None:
        shared = MemoryBudgets(clock=github.clock)
        async with client(github, budgets=shared) as one, client(github, budgets=shared) as two:
            github.script.append(answer(SECONDARY, 403, retry_after="60"))
            with pytest.raises(Limited):
                await read(one.installation(42, permissions=WRITE))
            for hub in (one, two):
                with pytest.raises(Limited):
                    await read(hub.installation(42, repository_ids=(9,), permissions=WRITE))
                assert await read(hub.installation(43, permissions=WRITE)) == {"fine": True}

    asyncio.run(scene())
    assert [sent.bearer[:6] for sent in github.asked] == ["ghs_42", "ghs_43", "ghs_43"]


def test_who_waited_for_a_token_meanwhile_does_not_ask_after_all(github: SmallGitHub) -> None:
    async def scene(hub: GitHub, session: Session) -> None:
        other = hub.installation(42, permissions={"metadata": "read"})
        await read(session)
        github.script.append(answer(SECONDARY, 403, retry_after="60"))
        results = await asyncio.gather(read(session), read(other), return_exceptions=True)
        assert all(isinstance(result, Limited) for result in results)

    play(github, scene)
    assert len(github.asked) == 2


def test_limits_without_a_time_double_until_a_call_succeeds(github: SmallGitHub) -> None:
    waits: list[float] = []

    async def scene(_: GitHub, session: Session) -> None:
        limited: Script = answer(SECONDARY, 403)
        for step in [limited] * 8 + [answer({}), limited]:
            github.script.append(step)
            try:
                await read(session)
            except Limited as error:
                waits.append(error.retry_after or 0)
                await github.clock.sleep(waits[-1])

    play(github, scene)
    assert waits == [60, 120, 240, 480, 960, 1920, 3600, 3600, 60]


def test_many_refused_at_once_are_one_strike(github: SmallGitHub) -> None:
    async def scene(_: GitHub, session: Session) -> None:
        await read(session)
        github.script += 10 * [answer(SECONDARY, 403)]
        errors = await asyncio.gather(*(read(session) for _ in range(10)), return_exceptions=True)
        assert {e.retry_after for e in errors if isinstance(e, Limited)} == {60}
        assert len(errors) == 10

    play(github, scene)


@pytest.mark.parametrize("resource", ["core", "graphql"])
def test_the_last_request_of_the_hour_is_not_followed_by_another(
    github: SmallGitHub, resource: str
) -> None:
    async def scene(_: GitHub, session: Session) -> None:
        last = spent(200, 600, x_ratelimit_resource=resource)
        github.script.append(last)
        await read(session)
        with pytest.raises(Limited) as caught:
            await read(session)
        assert caught.value.until == START + timedelta(seconds=600)

    play(github, scene)
    assert len(github.asked) == 1


def test_what_is_left_of_the_limit_is_noted(github: SmallGitHub) -> None:
    budgets = MemoryBudgets(clock=github.clock)

    def left(remaining: str, **more: str) -> httpx2.Response:
        return answer(
            {},
            200,
            x_ratelimit_limit="5000",
            x_ratelimit_remaining=remaining,
            x_ratelimit_reset=str(EPOCH + 60),
            **more,
        )

    async def scene() -> None:
        async with client(github, budgets=budgets) as hub:
            session = hub.installation(42, permissions=WRITE)
            for response in (left("29", x_ratelimit_resource="search"), left("many"), left("4998")):
                github.script.append(response)
                await read(session)
            assert budgets.left[42].remaining == 4998
            assert budgets.left[42].resets_at == START + timedelta(seconds=60)

    asyncio.run(scene())


def test_a_server_error_with_retry_after_is_obeyed_too(github: SmallGitHub) -> None:
    async def scene(_: GitHub, session: Session) -> None:
        github.script.append(answer({"message": "busy"}, 503, retry_after="40"))
        with pytest.raises(ServerError) as caught:
            await read(session)
        assert caught.value.retry_after == 40
        with pytest.raises(Limited):
            await read(session)

    play(github, scene)
    assert len(github.asked) == 1


def test_writes_keep_to_the_budget_over_two_hours_and_reads_do_not_wait(
    github: SmallGitHub,
) -> None:
    async def scene(_: GitHub, session: Session) -> None:
        while github.clock.seconds < 7200:
            try:
                await comment(session)
            except Limited as error:
                await read(session)
                await github.clock.sleep(error.retry_after or 0)

    play(github, scene)
    writes = [sent.at for sent in github.asked if sent.method == "POST"]
    for seconds, most in ((0.999, 1), (59.999, 60), (3599.999, 400)):
        assert max(sum(at <= w < at + seconds for w in writes) for at in writes) == most
    assert len(writes) >= 800


def test_writers_side_by_side_share_one_budget(github: SmallGitHub) -> None:
    async def scene(hub: GitHub, _: Session) -> None:
        sessions = [hub.installation(42, permissions=WRITE) for _ in range(8)]
        await asyncio.gather(*(comment(session) for session in sessions))

    play(github, scene)
    assert sorted(sent.at for sent in github.asked) == list(range(8))


def test_without_rules_nobody_waits(github: SmallGitHub) -> None:
    off = MemoryBudgets(WriteRules(0, 0, 0), github.clock)

    async def scene() -> None:
        async with client(github, budgets=off) as hub:
            session = hub.installation(42, permissions=WRITE)
            for _ in range(100):
                await comment(session)

    asyncio.run(scene())
    assert github.clock.seconds == 0


def test_a_turn_waited_for_before_lets_the_write_leave_at_once(github: SmallGitHub) -> None:
    async def scene(_: GitHub, session: Session) -> None:
        await comment(session)
        await session.turn()
        assert github.clock.seconds == 1
        await read(session)
        await comment(session)
        assert github.clock.seconds == 1
        await comment(session)
        assert github.clock.seconds == 2

    play(github, scene)


def test_a_block_that_comes_while_waiting_for_a_turn_is_seen(github: SmallGitHub) -> None:
    budgets = MemoryBudgets(clock=github.clock)

    async def scene() -> None:
        async with client(github, budgets=budgets) as hub:
            session = hub.installation(42, permissions=WRITE)
            await comment(session)
            writing = asyncio.ensure_future(session.turn())
            await asyncio.sleep(0)
            await budgets.block(42, START + timedelta(minutes=5))
            with pytest.raises(Limited):
                await writing

    asyncio.run(scene())


def test_redeliveries_are_paced_apart_from_what_installations_write(github: SmallGitHub) -> None:
    async def scene(hub: GitHub, _: Session) -> None:
        app = hub.app()
        for number in range(600):
            try:
                await app.post("/app/hook/deliveries/{id}/attempts", id=number)
            except Limited as error:
                await github.clock.sleep(error.retry_after or 0)
        assert github.clock.seconds < 5 * 60

    play(github, scene)


def test_an_installation_under_a_limit_gets_no_token_either(github: SmallGitHub) -> None:
    github.mint_script.append(answer(SECONDARY, 403, retry_after="5"))
    assert isinstance(failing(github, read), Limited)
    assert github.asked == []
