"""The HTTP server: uvicorn, with a deadline and a cap for whoever sends slowly or endlessly.

Stock uvicorn waits for ever for the rest of a request's headers or body, and for whoever doesn't
take an answer; it takes headers of any size, and as many requests ahead as fit into a packet, each
of which holds a hundred times the bytes that it came in.
"""

import asyncio
import contextlib
import socket
from collections.abc import Iterator
from http import HTTPStatus

from starlette.types import ASGIApp
from uvicorn import Config, Server
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from app.web.crowd import Crowd

DEADLINE = 10.0
"""Seconds that the headers of a request may take, the body once more as long, and the answer."""
MOST_HEADERS = 64 * 2**10
"""Bytes of one request's headers."""
MOST_AHEAD = 8
"""Requests that may wait on one connection for the answers to those before them."""
LAST_ANSWERS = 8
"""Seconds that open requests get when the server stops."""


class TooMuchError(Exception):
    """A request that isn't parsed any further: the connection is answered with 400 and closed."""


class DeadlineProtocol(HttpToolsProtocol):
    """One connection, cut when its request isn't whole in time, or its answer isn't taken."""

    deadline = DEADLINE
    crowd = Crowd()
    """Shared by the connections of a server."""
    _timer: asyncio.TimerHandle | None = None
    """Runs while the client has to send something; meanwhile we stand in the crowd."""
    _leaving: asyncio.TimerHandle | None = None
    """Runs while the client has to take something."""
    _headers_open = True
    """Headers are awaited: those of the first request, or of the next one."""
    _header_bytes = 0
    """Of headers that have no end yet, as they came."""
    _parsed_bytes = 0
    """Of names and values that were parsed."""
    _got_on = False
    """The last bytes ended some headers or some body."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Give the client time for its first request, also if it sends nothing at all."""
        super().connection_made(transport)
        self._restart_timer()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the timers."""
        self._stop_timer()
        self._stop_leaving()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        """Give the client time to take what we said."""
        super().pause_writing()
        self._wait_for_reader()

    def resume_writing(self) -> None:
        """Stop that time, unless the connection is to end."""
        if not self.transport.is_closing():
            self._stop_leaving()
        super().resume_writing()

    def data_received(self, data: bytes) -> None:
        """Parse what came; never leave a connection without any timer between two requests."""
        self._got_on = False
        super().data_received(data)
        if self.transport.is_closing():
            self._wait_for_reader()
            return
        if self._headers_open and not self._got_on:
            self._header_bytes += len(data)
            if self._header_bytes > MOST_HEADERS:
                self._cut(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
                return
        answered = self.cycle is None or self.cycle.response_complete
        if answered and self._timer is None and self.timeout_keep_alive_task is None:
            self._restart_timer()
        if self._timer is not None and (self._headers_open or not answered):
            self.crowd.hold(self.give_way, len(data))

    def on_message_begin(self) -> None:
        """Start the time for headers."""
        super().on_message_begin()
        if self._timer is None:
            self._restart_timer()

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header, up to a size of all: one packet may hold very many. Not from trailers."""
        self._parsed_bytes += len(name) + len(value)
        if self._parsed_bytes > MOST_HEADERS:
            raise TooMuchError
        if self._headers_open:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """Start the time for the body."""
        if len(self.pipeline) >= MOST_AHEAD:
            raise TooMuchError
        self._headers_open = False
        self._got_on = True
        self._restart_timer()
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """Stop the time: the request is whole, the next one's begins with its first byte."""
        self._stop_timer()
        self._headers_open = True
        self._got_on = True
        self._header_bytes = self._parsed_bytes = 0
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """See to it that the answer is taken if it was the last one."""
        super().on_response_complete()
        if self.transport.is_closing():
            self._wait_for_reader()

    def timeout_keep_alive_handler(self) -> None:
        """Close a connection that nobody uses."""
        super().timeout_keep_alive_handler()
        self._wait_for_reader()

    def _unsupported_upgrade_warning(self) -> None:
        """End with this answer: what follows an upgrade that we don't make can't be parsed."""
        if not self.cycle.response_complete:
            self.cycle.keep_alive = False

    def give_way(self) -> None:
        """Make room for others."""
        self._cut(HTTPStatus.SERVICE_UNAVAILABLE)

    def _restart_timer(self) -> None:
        self._stop_timer()
        self._timer = self.loop.call_later(self.deadline, self._cut, HTTPStatus.REQUEST_TIMEOUT)
        self.crowd.join(self.give_way)

    def _stop_timer(self) -> None:
        self.crowd.leave(self.give_way)
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _wait_for_reader(self) -> None:
        """Abort at the deadline: a connection that is closed stays until all is taken."""
        if self._leaving is None:
            self._leaving = self.loop.call_later(self.deadline, self.transport.abort)

    def _stop_leaving(self) -> None:
        if self._leaving is not None:
            self._leaving.cancel()
            self._leaving = None

    def _cut(self, status: HTTPStatus) -> None:
        self._stop_timer()
        if self.transport.is_closing():
            return
        cycle = self.cycle
        answered = cycle is not None and cycle.response_started and not self._headers_open
        if cycle is not None and not cycle.response_complete:
            cycle.disconnected = True
            cycle.body = bytearray()
            cycle.message_event.set()
        if not answered:
            self.transport.write(
                f"HTTP/1.1 {status.value} {status.phrase}\r\nconnection: close\r\n"
                "content-length: 0\r\n\r\n".encode()
            )
        self.transport.close()
        self._wait_for_reader()


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
    protocol = type("Protocol", (DeadlineProtocol,), {"deadline": deadline, "crowd": Crowd()})
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
