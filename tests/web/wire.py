"""Bytes on a socket, for what no well-behaved client would send."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

import httpx2

Serving = Callable[..., AbstractAsyncContextManager[httpx2.AsyncClient]]
Signed = Callable[..., dict[str, str]]
Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]
BODY = b"{}"
RESET = b"reset"


def against(
    serving: Serving,
    database_url: str,
    talk: Callable[[httpx2.AsyncClient], Awaitable[Any]],
    *,
    deadline: float,
) -> Any:
    async def run() -> Any:
        async with serving(database_url, deadline=deadline) as client, asyncio.timeout(30):
            return await talk(client)

    return asyncio.run(run())


async def connect(client: httpx2.AsyncClient, first: bytes = b"") -> Streams:
    reader, writer = await asyncio.open_connection(client.base_url.host, client.base_url.port)
    writer.write(first)
    return reader, writer


async def until_cut(streams: Streams, drip: bytes = b"", every: float = 0.01) -> bytes:
    """Give what the server says until it cuts us; `drip` is sent over and over meanwhile.

    Where our next drop crosses the server's last word, the system may drop that word.
    """
    reader, writer = streams
    rest = asyncio.create_task(reader.read())
    while drip and not rest.done():
        writer.write(drip)
        await asyncio.wait([rest], timeout=every)
    try:
        return await rest
    except ConnectionResetError:
        return RESET
    finally:
        writer.close()


def request(headers: dict[str, str], length: int) -> bytes:
    lines = [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join(
        ["POST /webhook HTTP/1.1", "host: x", f"content-length: {length}", *lines, "", ""]
    ).encode()
