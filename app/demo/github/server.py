"""The demo GitHub put together, as an ASGI application and as a server on loopback."""

import asyncio
import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

import httpx2
import uvicorn
from starlette.applications import Starlette
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from app.demo.github.faults import Faults, Request, Watched
from app.demo.github.hooks import TIMEOUT, Attempt, Hooks
from app.demo.github.limits import Limits, Meter
from app.demo.github.people import People
from app.demo.github.places import Places
from app.demo.github.rest.routes import Rest, not_here
from app.demo.github.state import Clock, State

_BY_ID = re.compile(r"/repositories/(\d+)(/.*)?")
_ENTERPRISE = {"/api/v3": "", "/api/graphql": "/graphql"}


class DemoGitHub:
    """A small stateful GitHub: an ASGI application with its memory and its hands.

    `people` and `places` change it as people do, `hooks` holds the webhooks that follow, `log`
    what was asked; `faults` may be set at any time.
    """

    def __init__(
        self,
        *,
        clock: Clock | None = None,
        limits: Limits | None = None,
        faults: Faults | None = None,
    ) -> None:
        self.state = State(clock)
        self.meter = Meter(self.state, limits or Limits())
        self.hooks = Hooks(self.state)
        self.people = People(self.state)
        self.places = Places(self.state, self.people, self.hooks)
        errors: dict[Any, Any] = {404: not_here, 405: not_here}
        routes = Rest(self.state, self.hooks, self.meter).routes()
        self._routed = Starlette(routes=routes, exception_handlers=errors)
        self._watched = Watched(self._route, self.state)
        self._watched.faults = faults

    @property
    def faults(self) -> Faults | None:
        """Give what decides which requests fail, and how."""
        return self._watched.faults

    @faults.setter
    def faults(self, faults: Faults | None) -> None:
        self._watched.faults = faults

    @property
    def log(self) -> list[Request]:
        """Give every request that came in, oldest first."""
        return self._watched.log

    @property
    def writes(self) -> list[Request]:
        """Give the requests that changed, or tried to change, what is in a repository."""
        return [request for request in self.log if request.is_write]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; Enterprise Server's prefixes are understood too."""
        if scope["type"] == "http":
            for prefix, instead in _ENTERPRISE.items():
                if scope["path"].startswith(prefix):
                    scope = {**scope, "path": instead + scope["path"].removeprefix(prefix)}
        await self._watched(scope, receive, send)

    async def _route(self, scope: Scope, receive: Receive, send: Send) -> None:
        match = _BY_ID.fullmatch(scope["path"])
        repo = self.state.repos.get(int(match[1])) if match else None
        if match and repo:
            scope = {**scope, "path": f"/repos/{repo.full_name}{match[2] or ''}"}
        await self._routed(scope, receive, send)


class _Protocol(HttpToolsProtocol):
    """uvicorn's own, letting a fault break the connection off."""

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope["extensions"] = {"demo.break": {"abort": self.transport.abort}}


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = threading.Event()
        self.loop: asyncio.AbstractEventLoop | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.loop = asyncio.get_running_loop()
        self.ready.set()


@dataclass(slots=True)
class Served:
    """A demo GitHub that listens: at `url`, on the event loop of its own thread."""

    url: str
    demo: DemoGitHub
    loop: asyncio.AbstractEventLoop

    def deliver(self, **how: Any) -> list[Attempt]:  # noqa: ANN401 - as Hooks.deliver takes them
        """Send the queued webhooks and wait for the answers; `how` as in Hooks.deliver."""
        work = self.demo.hooks.deliver(**how)
        return asyncio.run_coroutine_threadsafe(work, self.loop).result()


@contextmanager
def serve_demo_github(
    port: int = 0, *, demo: DemoGitHub | None = None, deliver: bool = False
) -> Iterator[Served]:
    """Serve on 127.0.0.1 (any free port by default) in a thread until the block ends.

    With `deliver`, webhooks are sent as soon as they are queued.
    """
    demo = demo or DemoGitHub()
    listener = socket.create_server(("127.0.0.1", port))
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    demo.state.api_url = url
    config = uvicorn.Config(
        demo,
        http=_Protocol,
        lifespan="off",
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=1,
    )
    server = _Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    if not server.ready.wait(10) or server.loop is None:
        raise RuntimeError("the demo GitHub did not start")
    sender = (
        asyncio.run_coroutine_threadsafe(_send_on(demo.hooks), server.loop) if deliver else None
    )
    try:
        yield Served(url, demo, server.loop)
    finally:
        if sender:
            sender.cancel()
        server.should_exit = True
        thread.join()
        listener.close()


async def _send_on(hooks: Hooks) -> None:
    """Send webhooks as they are queued, until cancelled."""
    loop, queued = asyncio.get_running_loop(), asyncio.Event()
    sending: set[asyncio.Task[list[Attempt]]] = set()
    hooks.on_queued = lambda: loop.call_soon_threadsafe(queued.set)
    if hooks.queue:
        queued.set()
    async with httpx2.AsyncClient(timeout=TIMEOUT, trust_env=False) as client:
        try:
            while True:
                await queued.wait()
                queued.clear()
                task = asyncio.create_task(hooks.deliver(client=client))
                sending.add(task)
                task.add_done_callback(sending.discard)
        finally:
            hooks.on_queued = lambda: None
            for task in sending:
                task.cancel()
            with suppress(asyncio.CancelledError):
                await asyncio.gather(*sending, return_exceptions=True)
