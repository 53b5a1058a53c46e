"""The HTTP server: uvicorn, with a deadline and a cap for whoever sends slowly or endlessly.

Stock uvicorn waits for ever for the rest of a request's headers or body, and its parser takes
headers of any size.
"""

import asyncio
import contextlib
import socket
from collections.abc import Iterator
from http import HTTPStatus

from starlette.types import ASGIApp
from uvicorn import Config, Server
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

DEADLINE = 10.0
"""Seconds that the headers of a request may take, and the body once more as long."""
MOST_HEADERS = 64 * 2**10
"""Bytes of unfinished headers that are waited on; one packet more may have been read."""
LAST_ANSWERS = 8
"""Seconds that open requests get when the server stops."""


class DeadlineProtocol(HttpToolsProtocol):
    """One connection, cut when its request isn't whole in time."""

    deadline = DEADLINE
    _timer: asyncio.TimerHandle | None = None
    _headers_open = True
    """Headers are awaited: those of the first request, or of the next one."""
    _header_bytes = 0
    _got_on = False
    """The last bytes ended some headers or some body."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Give the client time for its first request, also if it sends nothing at all."""
        super().connection_made(transport)
        self._restart_timer()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the timer."""
        self._stop_timer()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Parse what came; never leave a connection without any timer between two requests."""
        self._got_on = False
        super().data_received(data)
        if self.transport.is_closing():
            return
        if self._headers_open and not self._got_on:
            self._header_bytes += len(data)
            if self._header_bytes > MOST_HEADERS:
                self._cut(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
                return
        between_requests = self.cycle is None or self.cycle.response_complete
        if between_requests and self._timer is None and self.timeout_keep_alive_task is None:
            self._restart_timer()

    def on_message_begin(self) -> None:
        """Start the time for headers."""
        super().on_message_begin()
        if self._timer is None:
            self._restart_timer()

    def on_headers_complete(self) -> None:
        """Start the time for the body."""
        self._headers_open = False
        self._got_on = True
        self._restart_timer()
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """Stop the time: the request is whole, the next one's begins with its first byte."""
        self._stop_timer()
        self._headers_open = True
        self._got_on = True
        self._header_bytes = 0
        super().on_message_complete()

    def _restart_timer(self) -> None:
        self._stop_timer()
        self._timer = self.loop.call_later(self.deadline, self._cut, HTTPStatus.REQUEST_TIMEOUT)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _cut(self, status: HTTPStatus) -> None:
        self._stop_timer()
        if self.transport.is_closing():
            return
        cycle = self.cycle
        answered = cycle is not None and cycle.response_started and not self._headers_open
        if cycle is not None and not cycle.response_complete:
            cycle.disconnected = True
            cycle.message_event.set()
        if not answered:
            self.transport.write(
                f"HTTP/1.1 {status.value} {status.phrase}\r\nconnection: close\r\n"
                "content-length: 0\r\n\r\n".encode()
            )
        self.transport.close()


class WebServer(Server):
    """uvicorn's server, stopped by `should_exit` and not by signals, which are its caller's.

    `ready` is set once it answers.
    """

    def __init__(self, config: Config) -> None:
        super().__init__(config)
        self.ready = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start the application and accept connections."""
        await super().startup(sockets)
        self.ready.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals alone."""
        yield


def web_server(app: ASGIApp, *, deadline: float = DEADLINE) -> WebServer:
    """Give the server of `app`; run it with `await server.serve(sockets=[socket])`."""
    protocol = type("Protocol", (DeadlineProtocol,), {"deadline": deadline})
    return WebServer(
        Config(
            app,
            http=protocol,
            ws="none",
            lifespan="on",
            interface="asgi3",
            log_config=None,
            access_log=False,
            proxy_headers=False,
            server_header=False,
            timeout_graceful_shutdown=LAST_ANSWERS,
        )
    )


def listen(host: str, port: int) -> socket.socket:
    """Take the address; port 0 for any that is free. Raises OSError if it can't be had."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(2048)
        listener.setblocking(False)  # noqa: FBT003  # the socket's own way
    except OSError:
        listener.close()
        raise
    return listener


def address_of(listener: socket.socket) -> str:
    """Give the address that a listening socket can be reached at, as http://HOST:PORT."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
