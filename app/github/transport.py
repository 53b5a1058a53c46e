"""The only way out: one HTTP client that talks to the configured API and to nobody else."""

import asyncio
from collections.abc import Mapping
from functools import cache
from ipaddress import ip_address
from types import TracebackType
from typing import Self

import httpx2
import uritemplate
from gidgethub import sansio

from app.github.errors import EgressRefused, GitHubError, Oversized, Unreachable
from app.github.replies import Reply
from app.github.wire import Wire, proxy_for

LARGEST_ANSWER = 32 * 1024 * 1024
MOST_CONNECTIONS = 40
"""At once, per process; GitHub allows an installation 100 over all its processes."""
PACKINGS = "gzip, deflate"
"""What answers may be packed in; httpx2 unpacks more only with what we don't install."""

_ID = 2
_NEVER_SENT = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout)


class Gate:
    """Knows the API's address, fills URL templates, and refuses every other address."""

    def __init__(self, api_url: str) -> None:
        try:
            base = httpx2.URL(api_url)
        except httpx2.InvalidURL:
            base = httpx2.URL("")
        if base.scheme not in {"https", "http"} or not base.host or base.query or base.userinfo:
            raise ValueError("The API's address must be like https://api.github.com.")
        self.loopback = _is_loopback(base.host)
        if base.scheme == "http" and not self.loopback:
            raise ValueError("The API's address must begin with https://: tokens are sent there.")
        self._site = (base.scheme, base.host, base.port)
        self._prefix = base.path.rstrip("/")
        self._base = str(base.copy_with(path=self._prefix or "/", fragment=None)).rstrip("/")
        # Enterprise Server has REST at /api/v3 and GraphQL at /api/graphql.
        self.graphql = base.copy_with(path=self._prefix.removesuffix("/v3") + "/graphql")

    def fill(self, template: str, uri_vars: Mapping[str, object]) -> httpx2.URL:
        """Give the whole address of a template such as /repos/{owner}/{repo}{?page}.

        Raises ValueError for a value that is missing, superfluous or a path step, and
        EgressRefused for an absolute address outside the API.
        """
        known, in_path = _names(template)
        if unknown := uri_vars.keys() - known:
            raise ValueError(f"{template} has no place for {', '.join(sorted(unknown))}.")
        given = {name: _text(value) for name, value in uri_vars.items() if value is not None}
        if bad := [name for name in in_path if given.get(name, "") in {"", ".", ".."}]:
            raise ValueError(f"{template} needs a value for {', '.join(sorted(bad))}.")
        if template.startswith("//"):
            raise EgressRefused("An address that names another host was refused.")
        try:
            return self.check(sansio.format_url(template, given, base_url=self._base))
        except ValueError:
            raise EgressRefused("An address that can't be read was refused.") from None

    def check(self, address: str, seen_from: httpx2.URL | None = None) -> httpx2.URL:
        """Give the address as a URL if it is the configured API's; else raise EgressRefused."""
        try:
            url = httpx2.URL(address) if seen_from is None else seen_from.join(address)
        except httpx2.InvalidURL:
            raise EgressRefused("GitHub named an address that can't be read.") from None
        self.refuse_elsewhere(url)
        return url.copy_with(fragment=None) if url.fragment else url

    def refuse_elsewhere(self, url: httpx2.URL) -> None:
        """Raise EgressRefused for what is not inside of the configured API."""
        inside = url == self.graphql or url.path.startswith(self._prefix + "/")
        steps = url.raw_path.split(b"?")[0].lower().replace(b"%2e", b".").split(b"/")
        climbs = b".." in steps or b"." in steps or b"\\" in url.raw_path
        if (url.scheme, url.host, url.port) != self._site or not inside or climbs or url.userinfo:
            raise EgressRefused("An address outside the configured API was refused.")

    def repository(self, url: httpx2.URL) -> int | None:
        """Give the id of the repository that an address /repositories/{id}/… lies in."""
        steps = url.path.removeprefix(self._prefix).split("/")
        is_id = len(steps) > _ID and steps[1] == "repositories" and steps[_ID].isdecimal()
        return int(steps[_ID]) if is_id else None


@cache
def _names(template: str) -> tuple[frozenset[str], frozenset[str]]:
    """Give the names of a template's variables: all of them, and those in its path."""
    parts = uritemplate.URITemplate(template).variables
    path = [part for part in parts if part.operator.value not in {"?", "&"}]
    return (
        frozenset(name for part in parts for name in part.variable_names),
        frozenset(name for part in path for name in part.variable_names),
    )


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


class Egress:
    """Sends one request and reads one answer: bounded in time and size, no redirect followed."""

    def __init__(
        self, gate: Gate, timeout_seconds: float, transport: httpx2.AsyncBaseTransport | None
    ) -> None:
        self.gate = gate
        self._seconds = timeout_seconds
        # Half of the whole, so that "never connected" and "no answer" stay apart.
        timeout = httpx2.Timeout(timeout_seconds, connect=timeout_seconds / 2)
        # A proxy named in the environment is the operator's way out, but never to loopback.
        proxy = None if gate.loopback else proxy_for(gate.graphql)
        self._wire = transport or Wire(timeout, MOST_CONNECTIONS, proxy=proxy)

    async def __aenter__(self) -> Self:
        await self._wire.__aenter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._wire.__aexit__(kind, error, trace)

    async def exchange(
        self, method: str, url: httpx2.URL, headers: httpx2.Headers, body: bytes | None
    ) -> Reply:
        """Send the request and give the answer. Errors: Unreachable, Oversized, EgressRefused."""
        self.gate.refuse_elsewhere(url)
        request = httpx2.Request(method, url, headers=headers, content=body)
        request.headers["accept-encoding"] = PACKINGS
        failure: GitHubError
        try:
            async with asyncio.timeout(self._seconds):
                return await self._read(request)
        except _NEVER_SENT as error:
            failure = Unreachable(f"GitHub can't be reached ({type(error).__name__}).", sent=False)
        except TimeoutError:
            failure = Unreachable(f"GitHub gave no answer in {self._seconds:g} s.", sent=True)
        except (httpx2.RequestError, httpx2.StreamError) as error:
            failure = Unreachable(f"GitHub's answer broke off ({type(error).__name__}).", sent=True)
        # Outside of the handlers: the library's errors hold the request, and so the token.
        raise failure

    async def _read(self, request: httpx2.Request) -> Reply:
        response = await self._wire.handle_async_request(request)
        response.request = request
        try:
            body = bytearray()
            async for chunk in response.aiter_bytes():
                body += chunk
                if len(body) > LARGEST_ANSWER:
                    raise Oversized("GitHub's answer is larger than 32 MiB.")
            return Reply(response.status_code, _headers(response), bytes(body))
        finally:
            await response.aclose()


def _headers(response: httpx2.Response) -> dict[str, str]:
    """Give the headers by their names in small letters; one that came twice joined by a comma."""
    found: dict[str, str] = {}
    for raw_name, raw_value in response.headers.raw:
        name, value = raw_name.decode(errors="replace").lower(), raw_value.decode(errors="replace")
        found[name] = f"{found[name]}, {value}" if name in found else value
    return found
