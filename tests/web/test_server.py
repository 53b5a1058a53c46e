"""Whoever sends slowly, endlessly or nothing at all: cut, and nobody else notices."""

import asyncio
import time

import httpx2
import pytest

from app.web.server import MOST_HEADERS
from tests.web.wire import BODY, RESET, Serving, Signed, against, connect, request, until_cut

GITHUBS_PATIENCE = 10.0
"""Seconds within which a delivery has to be answered."""


@pytest.mark.parametrize("first", [b"", b"POST /webhook HTTP/1.1\r\nhost: x\r\nx-a: "])
def test_headers_that_never_end_are_cut_at_the_deadline(
    serving: Serving, sqlite_url: str, first: bytes
) -> None:
    async def talk(client: httpx2.AsyncClient) -> bytes:
        return await until_cut(await connect(client, first))

    said = against(serving, sqlite_url, talk, deadline=0.2)
    assert said.startswith(b"HTTP/1.1 408 Request Timeout\r\n")


def test_dripping_headers_does_not_prolong_the_deadline(serving: Serving, sqlite_url: str) -> None:
    async def talk(client: httpx2.AsyncClient) -> bytes:
        return await until_cut(await connect(client, b"GET /healthz HTTP/1.1\r\n"), b"a: b\r\n")

    said = against(serving, sqlite_url, talk, deadline=0.3)
    assert said.startswith((b"HTTP/1.1 408 ", RESET))


def test_dripping_a_body_does_not_prolong_the_deadline(
    serving: Serving, signed: Signed, sqlite_url: str
) -> None:
    async def talk(client: httpx2.AsyncClient) -> bytes:
        start = request(signed(BODY), length=1_000_000)
        return await until_cut(await connect(client, start), b"x")

    said = against(serving, sqlite_url, talk, deadline=0.3)
    assert said.startswith((b"HTTP/1.1 408 ", RESET))


def test_blank_lines_between_requests_do_not_hold_a_connection_open(
    serving: Serving, sqlite_url: str
) -> None:
    async def talk(client: httpx2.AsyncClient) -> bytes:
        streams = await connect(client, b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n")
        await streams[0].readuntil(b"alive\n")
        return await until_cut(streams, b"\r\n")

    said = against(serving, sqlite_url, talk, deadline=0.2)
    assert said.startswith((b"HTTP/1.1 408 ", RESET))


def test_headers_without_end_are_refused_by_size(serving: Serving, sqlite_url: str) -> None:
    async def talk(client: httpx2.AsyncClient) -> bytes:
        return await until_cut(
            await connect(client, b"GET / HTTP/1.1\r\nx-a: "), b"x" * (MOST_HEADERS // 8)
        )

    said = against(serving, sqlite_url, talk, deadline=20)
    assert said.startswith((b"HTTP/1.1 431 ", RESET))


def test_a_connection_is_used_again_for_the_next_delivery(
    serving: Serving, signed: Signed, sqlite_url: str
) -> None:
    async def talk(client: httpx2.AsyncClient) -> list[bytes]:
        reader, writer = await connect(client)
        said = []
        for _ in range(3):
            writer.write(request(signed(BODY), len(BODY)) + BODY)
            said.append(await reader.readuntil(b"stored\n"))
        writer.close()
        return said

    answers = against(serving, sqlite_url, talk, deadline=5)
    assert [answer[:12] for answer in answers] == [b"HTTP/1.1 202"] * 3


def test_deliveries_are_answered_while_many_connections_are_half_open(
    serving: Serving, signed: Signed, sqlite_url: str
) -> None:
    async def talk(client: httpx2.AsyncClient) -> list[float]:
        half_open = await asyncio.gather(*(connect(client, b"POST /web") for _ in range(400)))
        took = []
        for _ in range(20):
            began = time.perf_counter()
            answer = await client.post("/webhook", content=BODY, headers=signed(BODY))
            took.append(time.perf_counter() - began)
            assert answer.status_code == 202
        for _, writer in half_open:
            writer.close()
        return took

    took = sorted(against(serving, sqlite_url, talk, deadline=20))
    assert took[-1] < GITHUBS_PATIENCE
