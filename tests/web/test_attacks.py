"""What an attacker would try: to fill the memory, to hold connections, to be read in two ways."""

import asyncio
import itertools
import socket

import httpx2
import pytest
from fastapi import FastAPI
from sqlalchemy import event
from starlette.types import Receive, Scope, Send

from app.store.engine import open_reader
from app.web.crowd import CONNECTION, Crowd
from app.web.pages import operator_pages
from app.web.server import MOST_AHEAD, MOST_HEADERS, address_of, listen, web_server
from tests.web.wire import BODY, RESET, Serving, Signed, Streams, against, connect, request

GET = b"GET /healthz HTTP/1.1\r\nhost: x\r\n"


async def said(streams: Streams) -> bytes:
    """Give all that the server says until it closes; fails if it says nothing for 30 s."""
    reader, writer = streams
    try:
        return await asyncio.wait_for(reader.read(), 30)
    except ConnectionResetError:
        return RESET
    finally:
        writer.transport.abort()


def test_of_all_who_do_not_finish_the_first_gives_way() -> None:
    gone: list[int] = []
    crowd = Crowd(most=3 * CONNECTION)
    cuts = [lambda n=n: gone.append(n) for n in range(5)]
    for cut in cuts[:4]:
        crowd.join(cut)
    assert gone == [0]
    crowd.join(cuts[1])  # it has got on, and stands at the end
    crowd.hold(cuts[3], CONNECTION + 1)
    assert gone == [0, 2, 3]
    crowd.leave(cuts[1])
    crowd.join(cuts[4])
    crowd.hold(cuts[4], 2 * CONNECTION)
    assert gone == [0, 2, 3]


def test_requests_sent_ahead_are_answered_in_order_but_only_a_few(
    serving: Serving, sqlite_url: str
) -> None:
    async def talk(client: httpx2.AsyncClient) -> list[bytes]:
        few = await connect(client, (GET + b"\r\n") * (MOST_AHEAD - 1))
        for _ in range(MOST_AHEAD - 1):
            await few[0].readuntil(b"alive\n")
        few[1].close()
        return [await said(await connect(client, (GET + b"\r\n") * 1_000))]

    (many,) = against(serving, sqlite_url, talk, deadline=20)
    assert many.count(b"alive\n") <= MOST_AHEAD + 1
    assert b"HTTP/1.1 400 " in many


def test_headers_that_are_too_large_are_refused_though_they_come_at_once(
    serving: Serving, sqlite_url: str
) -> None:
    header = b"connection: close\r\nx-a: " + b"b" * MOST_HEADERS

    async def talk(client: httpx2.AsyncClient) -> bytes:
        return await said(await connect(client, GET + header + b"\r\n\r\n"))

    assert against(serving, sqlite_url, talk, deadline=20).startswith((b"HTTP/1.1 4", RESET))


def test_who_takes_no_answer_is_cut_at_the_deadline() -> None:
    """A connection that is closed would otherwise stay open until everything is taken."""
    ended = asyncio.Event()

    async def endless(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            for step in ("startup", "shutdown"):
                await receive()
                await send({"type": f"lifespan.{step}.complete"})
            return
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for more in (True, True, False):
            await send({"type": "http.response.body", "body": bytes(2**23), "more_body": more})
        ended.set()

    async def run() -> None:
        listener = listen("127.0.0.1", 0)
        server = web_server(endless, deadline=0.3)
        running = asyncio.create_task(server.serve(sockets=[listener]))
        await server.ready.wait()
        url = httpx2.URL(address_of(listener))
        with socket.create_connection((url.host, url.port or 80)) as deaf:
            deaf.sendall(GET + b"\r\n")
            await asyncio.wait_for(ended.wait(), 20)
        server.should_exit = True
        await running

    asyncio.run(run())


def chunked(body: bytes) -> bytes:
    return b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)


def lines(headers: dict[str, str], *more: str) -> bytes:
    told = [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join(["POST /webhook HTTP/1.1", "host: x", *more, *told, "", ""]).encode()


UPGRADES = (b"websocket", b"h2c", b"x")
OTHER_PATHS = (
    b"/webhook/", b"//webhook", b"/%77ebhook/", b"/webhook%2f", b"/WEBHOOK", b"/./webhook",
)  # fmt: skip
SMUGGLED = b"GET /metrics HTTP/1.1\r\nhost: x\r\n\r\n"
TWO_WAYS: dict[str, tuple[tuple[str, ...], bytes]] = {
    "both lengths": (("content-length: 2", "transfer-encoding: chunked"), chunked(BODY)),
    "both, turned round": (("transfer-encoding: chunked", "content-length: 2"), chunked(BODY)),
    "two lengths": (("content-length: 2", "content-length: 3"), BODY + b" "),
    "a list of lengths": (("content-length: 2, 2",), BODY),
    "a length with a sign": (("content-length: +2",), BODY),
    "a length in hex": (("content-length: 0x2",), BODY),
    "a negative length": (("content-length: -2",), BODY),
    "chunked is not the last": (("transfer-encoding: chunked, identity",), chunked(BODY)),
    "another encoding": (("transfer-encoding: xchunked",), chunked(BODY)),
    "a blank before the colon": (("transfer-encoding : chunked",), chunked(BODY)),
    "a folded header": (("x-a: b\r\n c: d", "content-length: 2"), BODY),
    "a bare line feed": (("content-length: 2\nx-a: b",), BODY),
    "a NUL in a header": (("content-length: 2", "x-a: \0"), BODY),
    "a chunk without a size": (("transfer-encoding: chunked",), b"\r\n" + BODY + b"\r\n0\r\n\r\n"),
    "a chunk of a negative size": (("transfer-encoding: chunked",), b"-2\r\n" + BODY + b"\r\n"),
    "a chunk longer than said": (
        ("transfer-encoding: chunked",), b"1\r\n" + BODY + b"\r\n0\r\n\r\n",
    ),
    "a chunk of 2^64 bytes": (("transfer-encoding: chunked",), b"10000000000000002\r\n" + BODY),
}  # fmt: skip


def test_what_could_be_read_in_two_ways_is_not_read(
    serving: Serving, signed: Signed, sqlite_url: str
) -> None:
    async def talk(client: httpx2.AsyncClient) -> dict[str, bytes]:
        return {
            how: await said(await connect(client, lines(signed(BODY), *framing) + body + SMUGGLED))
            for how, (framing, body) in TWO_WAYS.items()
        }

    answers = against(serving, sqlite_url, talk, deadline=1)
    assert {how: answer[:13] for how, answer in answers.items()} == dict.fromkeys(
        TWO_WAYS, b"HTTP/1.1 400 "
    )
    assert [how for how, answer in answers.items() if answer.count(b"HTTP/1.1 ") > 1] == []


def test_trailers_are_no_headers(serving: Serving, signed: Signed, sqlite_url: str) -> None:
    headers = signed(BODY)
    signature = headers.pop("x-hub-signature-256")
    end = f"x-hub-signature-256: {signature}\r\nconnection: close\r\n\r\n".encode()

    async def talk(client: httpx2.AsyncClient) -> bytes:
        start = lines(headers, "transfer-encoding: chunked", "connection: close")
        return await said(await connect(client, start + chunked(BODY)[:-2] + end))

    assert against(serving, sqlite_url, talk, deadline=5).startswith(b"HTTP/1.1 401 ")


def test_an_upgrade_is_not_made_and_what_follows_is_not_read(
    serving: Serving, sqlite_url: str
) -> None:
    async def talk(client: httpx2.AsyncClient) -> list[bytes]:
        asked = [GET + b"connection: upgrade\r\nupgrade: %s\r\n\r\n" % to for to in UPGRADES]
        return [await said(await connect(client, one + SMUGGLED)) for one in asked]

    for answer in against(serving, sqlite_url, talk, deadline=1):
        assert answer.startswith(b"HTTP/1.1 200 ")
        assert b"\r\nconnection: close\r\n" in answer
        assert answer.count(b"HTTP/1.1 ") == 1


def test_no_other_path_leads_to_the_door_or_elsewhere(
    serving: Serving, signed: Signed, sqlite_url: str
) -> None:
    async def talk(client: httpx2.AsyncClient) -> dict[bytes, bytes]:
        start = request(signed(BODY), len(BODY)).replace(
            b"host: x", b"host: evil.example\r\nconnection: close"
        )
        return {
            path: await said(await connect(client, start.replace(b"/webhook", path, 1) + BODY))
            for path in OTHER_PATHS
        }

    answers = against(serving, sqlite_url, talk, deadline=5)
    assert {path: answer[:13] for path, answer in answers.items()} == dict.fromkeys(
        OTHER_PATHS, b"HTTP/1.1 404 "
    )
    assert b"evil.example" not in b"".join(answers.values())


@pytest.mark.parametrize("path", ["/metrics", "/readyz"])
def test_a_page_that_many_ask_for_at_once_is_read_from_the_database_once(
    sqlite_url: str, path: str
) -> None:
    async def run() -> tuple[set[int], int]:
        reader, app, read = open_reader(sqlite_url), FastAPI(), itertools.count()
        event.listen(reader.sync_engine, "begin", lambda _: next(read))
        app.include_router(operator_pages(reader, head="x"))
        transport = httpx2.ASGITransport(app)
        async with httpx2.AsyncClient(base_url="http://x", transport=transport) as client:
            answers = await asyncio.gather(*(client.get(path) for _ in range(200)))
        await reader.dispose()
        return {answer.status_code for answer in answers}, next(read)

    statuses, read = asyncio.run(run())
    assert statuses <= {200, 503}
    assert 0 < read < 20
