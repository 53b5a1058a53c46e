import asyncio
from collections.abc import Callable

import httpx2
import pytest

from app.demo.github import Fault, Request, serve_demo_github
from app.demo.github.faults import (
    bad_credentials,
    cut,
    hang,
    html_502,
    rate_limited,
    reset,
    server_error,
)
from tests.demo.world import UPSTREAM, World

COMMENTS = f"/repos/{UPSTREAM}/issues/719/comments"


def once(fault: Fault) -> Callable[[Request], Fault | None]:
    waiting = [fault]
    return lambda request: waiting.pop() if request.is_write and waiting else None


def write(world: World, fault: Fault) -> httpx2.Response | str:
    """Write one comment over a real socket; the name of the exception where none came."""
    token = world.as_installation().token
    world.github.faults = once(fault)
    with serve_demo_github(demo=world.github) as served:
        headers = {"Authorization": f"Bearer {token}"}
        with httpx2.Client(base_url=served.url, headers=headers, trust_env=False) as client:
            try:
                return client.post(COMMENTS, json={"body": "x"}, timeout=0.5)
            except httpx2.TransportError as error:
                return type(error).__name__


@pytest.mark.parametrize(
    ("fault", "status", "written"),
    [
        (server_error(500), 500, 0),
        (server_error(503, applied=True), 503, 1),
        (html_502(), 502, 0),
        (html_502(applied=True), 502, 1),
        (rate_limited(403), 403, 0),
        (rate_limited(429, retry_after=7), 429, 0),
        (bad_credentials(), 401, 0),
    ],
)
def test_a_failed_answer_tells_nothing_of_whether_it_was_done(
    fault: Fault, status: int, written: int
) -> None:
    world = World()
    answer = write(world, fault)
    assert isinstance(answer, httpx2.Response)
    assert (answer.status_code, len(world.pull.comments)) == (status, written)
    (request,) = world.github.writes
    assert (request.status, request.applied, request.fault) == (status, bool(written), "status")
    assert answer.headers.get("retry-after") == fault.headers.get("retry-after")


@pytest.mark.parametrize(
    ("fault", "seen", "written"),
    [
        (reset(), "ReadError", 0),
        (reset(applied=True), "ReadError", 1),
        (hang(5.0), "ReadTimeout", 0),
        (hang(5.0, applied=True), "ReadTimeout", 1),
        (hang(0.05), "ReadError", 0),
        (cut(), "RemoteProtocolError", 1),
    ],
)
def test_a_broken_connection_tells_nothing_either(fault: Fault, seen: str, written: int) -> None:
    world = World()
    broken = {"ReadError", "RemoteProtocolError"}
    got = write(world, fault)
    assert got == seen or {got, seen} <= broken
    assert len(world.pull.comments) == written
    (request,) = world.github.writes
    assert (request.status, request.applied) == (0, bool(written))


def test_in_process_a_broken_connection_is_the_clients_own_exception() -> None:
    world = World()
    token = world.as_installation()
    world.github.faults = once(reset(applied=True))
    with pytest.raises(httpx2.ReadError):
        token.post(COMMENTS, {"body": "x"})
    assert len(world.pull.comments) == 1


def test_a_fresh_token_can_be_refused_by_its_age() -> None:
    world = World()
    token = world.as_installation()

    def fresh(request: Request) -> Fault | None:
        age = request.token_age
        return bad_credentials() if age is not None and age.total_seconds() < 2 else None

    world.github.faults = fresh
    assert token.get(f"/repos/{UPSTREAM}").status_code == 401
    world.clock.forward(seconds=2)
    assert token.get(f"/repos/{UPSTREAM}").status_code == 200


def test_the_log_tells_who_asked_what_and_which_were_writes() -> None:
    world = World()
    token = world.as_installation()
    token.get(COMMENTS)
    token.post(COMMENTS, {"body": "x"})
    token.query("{ id }")
    minted, read, written, asked = world.github.log
    assert [r.is_write for r in (minted, read, written, asked)] == [False, False, True, False]
    assert written.actor == f"installation {world.at_upstream.id}"
    assert (written.method, written.path, written.status) == ("POST", COMMENTS, 201)
    assert written.body == b'{"body":"x"}'
    assert world.github.writes == [written]


def test_served_it_answers_over_sockets_and_sends_webhooks_by_itself() -> None:
    world = World()
    arrived = asyncio.Event()

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 202 Accepted\r\ncontent-length: 0\r\n\r\n")
        writer.close()
        await writer.wait_closed()
        arrived.set()

    async def story() -> None:
        receiver = await asyncio.start_server(take, "127.0.0.1", 0)
        port = receiver.sockets[0].getsockname()[1]
        world.app.webhook_url = f"http://127.0.0.1:{port}/webhook"
        with serve_demo_github(demo=world.github, deliver=True) as served:
            world.people.comment(world.pull, "yuvipanda", "x")
            await asyncio.wait_for(arrived.wait(), 5)
            async with httpx2.AsyncClient(trust_env=False) as client:
                for prefix in ("", "/api/v3"):
                    answer = await client.get(f"{served.url}{prefix}/repos/{UPSTREAM}")
                    assert answer.json()["url"] == f"{served.url}/repos/{UPSTREAM}"
        receiver.close()

    asyncio.run(story())
