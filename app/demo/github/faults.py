"""What is asked of the demo GitHub, kept; and the ways in which it can be made to fail.

A fault knows whether the request is applied first: "applied, then 502" is what makes an app write
twice.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal, TypeAlias

import httpx2
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.demo.github.state import State

HTML = b"<!DOCTYPE html><html><head><title>Unicorn! &middot; GitHub</title></head></html>"


@dataclass(slots=True, eq=False)
class Request:
    """One request as it came in, and what became of it.

    `status` is what the asker saw (0: nothing), `applied` whether the work was done, whatever the
    asker saw; `body` is kept for writes only.
    """

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes
    at: datetime
    token_age: timedelta | None = None
    actor: str = ""
    status: int = 0
    applied: bool = False
    fault: str | None = None

    @property
    def is_write(self) -> bool:
        """Tell whether it changes what is in a repository (minting and GraphQL don't)."""
        inside = self.path.startswith(("/repos/", "/repositories/"))
        return inside and self.method not in {"GET", "HEAD"}


@dataclass(slots=True, frozen=True)
class Fault:
    """One failure: "status" answers so, the others end the connection.

    "hang" keeps silent for `seconds`, "reset" breaks off before the answer, "cut" in its middle.
    """

    kind: Literal["status", "hang", "reset", "cut"]
    applied: bool = False
    status: int = 502
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = HTML
    seconds: float = 0.0


Faults: TypeAlias = Callable[[Request], Fault | None]


def html_502(*, applied: bool = False) -> Fault:
    """Give the page that GitHub's front shows when its back is gone."""
    return Fault("status", applied=applied, headers={"content-type": "text/html"})


def server_error(status: int = 500, *, applied: bool = False) -> Fault:
    """Give a 5xx in JSON."""
    return _said(status, "Server Error", applied=applied)


def rate_limited(status: int = 403, *, retry_after: int | None = None) -> Fault:
    """Give a secondary limit: 403 or 429, with Retry-After or without."""
    headers = {} if retry_after is None else {"retry-after": str(retry_after)}
    return _said(status, "You have exceeded a secondary rate limit.", headers)


def bad_credentials(status: int = 401) -> Fault:
    """Give what a fresh token can get for some seconds."""
    return _said(status, "Bad credentials")


def hang(seconds: float, *, applied: bool = False) -> Fault:
    """Give silence, and then a broken connection."""
    return Fault("hang", applied=applied, seconds=seconds)


def reset(*, applied: bool = False) -> Fault:
    """Give a connection that breaks before the answer."""
    return Fault("reset", applied=applied)


def cut() -> Fault:
    """Give an answer that breaks off in its middle; the work is done."""
    return Fault("cut", applied=True)


def _said(
    status: int, message: str, headers: dict[str, str] | None = None, *, applied: bool = False
) -> Fault:
    body = f'{{"message":"{message}","documentation_url":"https://docs.github.com/rest"}}'
    kind = {"content-type": "application/json; charset=utf-8"}
    return Fault("status", applied, status, kind | (headers or {}), body.encode())


class Watched:
    """The outermost layer: keeps the log, and lets requests fail as `faults` says."""

    def __init__(self, inner: ASGIApp, state: State) -> None:
        self._inner, self._state = inner, state
        self.faults: Faults | None = None
        self.log: list[Request] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and keep what became of it."""
        if scope["type"] != "http":
            await self._inner(scope, receive, send)
            return
        request = await self._request(scope, receive)
        self.log.append(request)
        scope["state"] = {"request": request}
        fault = self.faults(request) if self.faults else None
        messages: list[Message] = []
        if fault is None or fault.applied:
            messages = await self._inside(scope, request)
        if not request.is_write:
            request.body = b""
        if fault is None:
            request.status = messages[0]["status"]
            for message in messages:
                await send(message)
            return
        request.fault = fault.kind
        request.status = fault.status if fault.kind == "status" else 0
        await _fail(fault, messages, scope, receive, send)

    async def _request(self, scope: Scope, receive: Receive) -> Request:
        body, more = b"", True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False)
        headers = {k.decode("latin1").lower(): v.decode("latin1") for k, v in scope["headers"]}
        now = self._state.now()
        token = self._state.tokens.get(headers.get("authorization", "").partition(" ")[2])
        query = scope["query_string"].decode("latin1")
        age = now - token.minted_at if token else None
        return Request(scope["method"], scope["path"], query, headers, body, now, age)

    async def _inside(self, scope: Scope, request: Request) -> list[Message]:
        messages: list[Message] = []

        async def receive() -> Message:
            return {"type": "http.request", "body": request.body, "more_body": False}

        async def send(message: Message) -> None:
            messages.append(message)

        await self._inner(scope, receive, send)
        request.applied = messages[0]["status"] < 400  # noqa: PLR2004 - what a refusal begins with
        return messages


async def _fail(
    fault: Fault, messages: list[Message], scope: Scope, receive: Receive, send: Send
) -> None:
    if fault.kind == "status":
        await send(_start(fault.status, fault.headers))
        await send({"type": "http.response.body", "body": fault.body})
        return
    if fault.kind == "hang":
        await _until_gone(receive, fault.seconds)
    if fault.kind == "cut":
        whole = b"".join(message.get("body", b"") for message in messages[1:])
        half = whole[: len(whole) // 2]
        await send(messages[0])
        await send({"type": "http.response.body", "body": half, "more_body": True})
    await _break_off(scope, receive)


def _start(status: int, headers: dict[str, str]) -> Message:
    raw: list[Any] = [(k.encode("latin1"), v.encode("latin1")) for k, v in headers.items()]
    return {"type": "http.response.start", "status": status, "headers": raw}


async def _until_gone(receive: Receive, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            while (await receive())["type"] != "http.disconnect":
                pass
    except TimeoutError:
        return


async def _break_off(scope: Scope, receive: Receive) -> None:
    """End the connection; without one (in-process) raise what a client over a socket would."""
    breaker = scope.get("extensions", {}).get("demo.break")
    if breaker is None:
        raise httpx2.ReadError("the connection was reset")
    breaker["abort"]()
    await _until_gone(receive, 5.0)
