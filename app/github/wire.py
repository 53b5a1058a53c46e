"""Connections to GitHub by aiohttp, whose parser is C: httpx2's own cost three times as much.

What httpx2 has above them (requests, headers, unpacking) stays, and so do its errors.
"""

from collections.abc import AsyncIterator
from types import TracebackType
from typing import Self
from urllib.request import getproxies, proxy_bypass

import aiohttp
import httpx2
from aiohttp.client_middlewares import ClientHandlerType
from yarl import URL

LONGEST_HEADER = 64 * 1024
"""Bytes; a Link header of search is longer than aiohttp's own bound allows."""
NOT_OURS = frozenset({"accept", "accept-encoding", "user-agent", "content-type"})
"""Headers that aiohttp would make up where a request has none."""


def proxy_for(url: httpx2.URL) -> str | None:
    """Give the proxy that the environment names for an address: HTTPS_PROXY, NO_PROXY and so on.

    aiohttp would look itself, at every request, and take a password from ~/.netrc on the way.
    """
    if proxy_bypass(url.host):
        return None
    named = getproxies()
    proxy = named.get(url.scheme) or named.get("all")
    return f"http://{proxy}" if proxy and "://" not in proxy else proxy


class Wire(httpx2.AsyncBaseTransport):
    """An httpx2 transport over at most `connections` kept connections; an async context manager.

    The seconds of `timeout` hold for getting a connection ("connect") and for each read ("read").
    """

    def __init__(
        self, timeout: httpx2.Timeout, connections: int, *, proxy: str | None = None
    ) -> None:
        self._timeout = aiohttp.ClientTimeout(
            total=None,
            connect=timeout.connect,
            sock_connect=timeout.connect,
            sock_read=timeout.read,
        )
        self._connections = connections
        self._proxy = proxy
        self._tls = httpx2.create_ssl_context()
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=self._connections, ssl=self._tls),
            timeout=self._timeout,
            proxy=self._proxy,
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            skip_auto_headers=NOT_OURS,
            max_line_size=LONGEST_HEADER,
            max_field_size=LONGEST_HEADER,
            middlewares=(_once,),
        )
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None = None,
        error: BaseException | None = None,
        trace: TracebackType | None = None,
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close all connections."""
        if self._session is not None:
            await self._session.close()

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send a request and give the answer with its body still to be read.

        Errors: httpx2's; after ConnectError and ConnectTimeout it never left.
        """
        if self._session is None:
            raise RuntimeError("The wire is used outside of its context.")
        answer = await self._session.request(
            request.method,
            URL(str(request.url), encoded=True),
            headers=[(name.decode(), value.decode()) for name, value in request.headers.raw],
            data=await request.aread() or None,
            allow_redirects=False,
        )
        return httpx2.Response(
            answer.status,
            headers=list(answer.raw_headers),
            stream=_Body(answer),
            request=request,
        )


async def _once(
    request: aiohttp.ClientRequest, handler: ClientHandlerType
) -> aiohttp.ClientResponse:
    """Say it in httpx2's words, which aiohttp doesn't answer with another try of its own.

    Whether a request may be sent twice is for retries.py to say.
    """
    try:
        return await handler(request)
    except aiohttp.ConnectionTimeoutError as error:
        raise httpx2.ConnectTimeout(str(error)) from error
    except aiohttp.ClientConnectorError as error:
        raise httpx2.ConnectError(str(error)) from error
    except aiohttp.SocketTimeoutError as error:
        raise httpx2.ReadTimeout(str(error)) from error
    except aiohttp.ClientResponseError as error:
        raise httpx2.RemoteProtocolError(error.message) from error
    except (aiohttp.ClientError, OSError) as error:
        raise httpx2.ReadError(str(error)) from error


class _Body(httpx2.AsyncByteStream):
    """The bytes of an answer as they come, still packed."""

    def __init__(self, answer: aiohttp.ClientResponse) -> None:
        self._answer = answer

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            async for chunk in self._answer.content.iter_any():
                yield chunk
        except aiohttp.SocketTimeoutError as error:
            raise httpx2.ReadTimeout(str(error)) from error
        except (aiohttp.ClientError, OSError) as error:
            raise httpx2.RemoteProtocolError(str(error)) from error

    async def aclose(self) -> None:
        """Keep the connection if its answer was read to the end, else close it."""
        if self._answer.content.at_eof():
            self._answer.release()
        else:
            self._answer.close()
