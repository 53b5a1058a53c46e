"""The client over real sockets on loopback: what only a network can do."""

import asyncio
import gzip
import socket
import struct
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from itertools import chain
from threading import Thread
from typing import TypeAlias

import httpx2
import pytest
import uvloop

from app.github.auth import load_key
from app.github.client import GitHub
from app.github.errors import GitHubError, Oversized, Unreachable
from app.github.limits import MemoryBudgets, WriteRules
from app.github.transport import Egress, Gate
from tests.github.small_github import VirtualClock, pem

Writer: TypeAlias = asyncio.StreamWriter
Serve: TypeAlias = Callable[[Writer], Awaitable[None]]
OK = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n"


@asynccontextmanager
async def github_on_loopback(serve: Serve, seconds: float = 5) -> AsyncIterator[GitHub]:
    """A client whose GitHub answers every request on a connection with `serve`."""

    async def connected(reader: asyncio.StreamReader, writer: Writer) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                size = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
                await reader.readexactly(int(size or 0))
                await serve(writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with hub_at(port, seconds) as hub:
        yield hub
    server.close()


def hub_at(port: int, seconds: float = 5) -> GitHub:
    clock = VirtualClock()
    return GitHub(
        api_url=f"http://127.0.0.1:{port}",
        app_id=1,
        private_key=load_key(pem()),
        timeout_seconds=seconds,
        budgets=MemoryBudgets(WriteRules(0, 0, 0), clock),
        clock=clock,
    )


def error_of(serve: Serve, seconds: float = 5) -> GitHubError:
    """Give the error that one write ends in."""

    async def run() -> GitHubError:
        async with github_on_loopback(serve, seconds) as hub:
            with pytest.raises(GitHubError) as caught:
                await hub.token("a-token").post("/repos/o/r/labels", data={"name": "a"})
            return caught.value

    return asyncio.run(run())


async def hang(_: Writer) -> None:
    await asyncio.Event().wait()


async def drip(writer: Writer) -> None:
    writer.write(OK + b"content-length: 100000\r\n\r\n")
    while True:
        writer.write(b" ")
        await writer.drain()
        await asyncio.sleep(0.01)


async def reset(writer: Writer) -> None:
    writer.transport.abort()


async def cut(writer: Writer) -> None:
    writer.write(OK + b'content-length: 99\r\n\r\n{"a": 1}')
    await writer.drain()
    writer.transport.abort()


async def senseless(writer: Writer) -> None:
    writer.write(b"what?\r\n\r\n")


async def not_gzip(writer: Writer) -> None:
    writer.write(OK + b"content-encoding: gzip\r\ncontent-length: 2\r\n\r\n{}")


async def bomb(writer: Writer) -> None:
    packed = gzip.compress(b'"' + bytes(1) * 40_000_000 + b'"', 9)
    writer.write(OK + b"content-encoding: gzip\r\ncontent-length: %d\r\n\r\n" % len(packed))
    writer.write(packed)
    await writer.drain()


async def fine(writer: Writer) -> None:
    writer.write(OK + b'content-length: 14\r\n\r\n{"fine": true}')


@pytest.mark.parametrize("serve", [hang, drip])
def test_an_answer_that_does_not_come_in_time_is_given_up(serve: Serve) -> None:
    began = time.monotonic()
    error = error_of(serve, 0.3)
    assert isinstance(error, Unreachable)
    assert error.sent
    assert error.maybe_applied
    assert 0.25 < time.monotonic() - began < 5


@pytest.mark.parametrize("serve", [reset, cut, senseless, not_gzip])
def test_a_write_whose_answer_breaks_off_may_have_been_applied(serve: Serve) -> None:
    error = error_of(serve)
    assert isinstance(error, Unreachable)
    assert error.sent
    assert error.maybe_applied
    assert not error.final


def test_sockets_that_go_while_they_connect_are_lost_connections() -> None:
    """On uvloop, as `serve` runs, some are gone before the client has looked at them."""

    async def lose(egress: Egress, url: httpx2.URL) -> GitHubError:
        with pytest.raises(GitHubError) as caught:
            await egress.exchange("GET", url, httpx2.Headers(), None)
        return caught.value

    async def run(port: int) -> list[GitHubError]:
        gate = Gate(f"http://127.0.0.1:{port}")
        async with Egress(gate, 5, None) as egress:
            url = gate.fill("/", {})
            rounds = [
                await asyncio.gather(*(lose(egress, url) for _ in range(40))) for _ in range(20)
            ]
            return list(chain.from_iterable(rounds))

    with socket.create_server(("127.0.0.1", 0), backlog=100) as server:
        Thread(target=_hang_up, args=(server, 800), daemon=True).start()
        errors = uvloop.run(run(server.getsockname()[1]))
    assert {type(error) for error in errors} == {Unreachable}


def _hang_up(server: socket.socket, times: int) -> None:
    """Accept and reset at once: SO_LINGER with no time sends RST."""
    for _ in range(times):
        taken, _ = server.accept()
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        taken.close()


def test_an_answer_is_read_up_to_32_mib_unpacked() -> None:
    error = error_of(bomb)
    assert isinstance(error, Oversized)
    assert error.final


def test_a_write_to_nobody_never_left() -> None:
    async def run() -> None:
        server = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        server.close()
        await server.wait_closed()
        async with hub_at(port) as hub:
            with pytest.raises(Unreachable) as caught:
                await hub.token("a-token").post("/repos/o/r/labels", data={"name": "a"})
            assert not caught.value.sent
            assert not caught.value.maybe_applied

    asyncio.run(run())


def test_a_hundred_reads_at_once_are_all_answered() -> None:
    async def run() -> None:
        async with github_on_loopback(fine) as hub:
            session = hub.token("a-token")
            found = await asyncio.gather(*(session.get("/app") for _ in range(100)))
            assert found == 100 * [{"fine": True}]

    asyncio.run(run())


def test_a_read_is_asked_again_after_a_reset() -> None:
    left = [reset, cut]

    async def serve(writer: Writer) -> None:
        await (left.pop() if left else fine)(writer)

    async def run() -> None:
        async with github_on_loopback(serve) as hub:
            assert await hub.token("a-token").get("/app") == {"fine": True}

    asyncio.run(run())


def test_what_breaks_off_on_a_kept_connection_is_not_sent_again_unasked() -> None:
    """A DELETE may be carried out by then: whether it is sent again is not the library's to say."""
    arrived = []

    async def fine_once(writer: Writer) -> None:
        arrived.append(writer)
        await (fine if len(arrived) == 1 else reset)(writer)

    async def run() -> None:
        async with github_on_loopback(fine_once) as hub:
            await hub.token("a-token").get("/user")
            with pytest.raises(Unreachable):
                await hub.token("a-token").delete("/repos/o/r/labels/a")

    asyncio.run(run())
    assert len(arrived) == 2
    assert arrived[0] is arrived[1]


ASK_FOR_THE_PROXY = """
import httpx2
from app.github.wire import proxy_for
print(*(proxy_for(httpx2.URL(f"https://{host}")) for host in ("api.github.com", "ghe.example.org")))
"""


def test_the_way_out_is_the_proxy_that_the_environment_names() -> None:
    def said(**environment: str) -> list[str]:
        ran = subprocess.run(
            [sys.executable, "-c", ASK_FOR_THE_PROXY],
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
        return ran.stdout.split()

    proxy = "http://proxy.example.org:3128"
    assert said(HTTPS_PROXY=proxy, NO_PROXY="example.org") == [proxy, "None"]
    assert said(ALL_PROXY="proxy.example.org:3128") == [proxy, proxy]
