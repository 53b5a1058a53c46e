"""One call to GitHub, from asking leave to a read answer: retries, redirects, cache, counting."""

import asyncio
from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count

import httpx2
import structlog
from gidgethub import sansio

from app.github.asker import Asker, Call
from app.github.auth import Token
from app.github.books import Books
from app.github.cache import LARGEST_KEPT, ETagCache, Kept
from app.github.clock import Clock
from app.github.errors import (
    GitHubError,
    Limited,
    Moved,
    ServerError,
    Unauthorized,
    Unreachable,
)
from app.github.limits import after
from app.github.redact import Redactor
from app.github.replies import REDIRECTS, Page, Reply, failure, retry_after
from app.github.retries import pause
from app.github.transport import MOST_CONNECTIONS, Egress

MOST_REDIRECTS = 5
_ACCEPT = "application/vnd.github+json"
_API_VERSION = "2022-11-28"
_NOT_MODIFIED = 304
_OK = 200
_log = structlog.get_logger()


class Caller:
    """Performs calls for any asker, and counts every request by operation and outcome."""

    def __init__(
        self,
        egress: Egress,
        clock: Clock,
        cache: ETagCache | None,
        redactor: Redactor,
        write_window: timedelta,
    ) -> None:
        self.calls: Counter[tuple[str, str]] = Counter()
        self.books = Books(clock)
        self._egress = egress
        self._clock = clock
        self._cache = cache
        self._redactor = redactor
        self._write_window = write_window
        self._room = asyncio.Semaphore(MOST_CONNECTIONS)

    async def perform(self, call: Call, asker: Asker) -> Page:
        """Perform the call, trying again where that is safe; errors as in app.github.errors."""
        if call.write:
            call = replace(call, deadline=self._clock.now() + self._write_window)
        for tries in count(1):
            token: Token | None = None
            try:
                await self.books.ask_leave(asker)
                token = await asker.credentials.token()
                self._redactor.add(token.value)
                if call.write:
                    await self.books.take_turn(asker)
                return await self._follow(call, asker, token)
            except GitHubError as error:
                wait = self._wait(error, call, asker, token, tries)
                if wait is None:
                    raise
            await self._clock.sleep(wait)
        raise AssertionError  # pragma: no cover - counting has no end

    def _wait(
        self, error: GitHubError, call: Call, asker: Asker, token: Token | None, tries: int
    ) -> float | None:
        now = self._clock.now()
        if _too_late(call, now):
            return None
        wait = pause(error, safe=not call.write, tries=tries, token=token, now=now)
        if isinstance(error, Unauthorized) and token is not None and not wait:
            # Refused for good: whoever asks next must not be shown the same token.
            return wait if asker.credentials.drop(token) else None
        return wait

    async def _follow(self, call: Call, asker: Asker, token: Token) -> Page:
        url = call.url
        for _ in range(MOST_REDIRECTS + 1):
            reply, page = await self._counted(call, asker, token, url)
            if page is not None:
                token.worked = True
                return page
            url = self._hop(call, asker, url, reply)
        raise ServerError("GitHub redirects in a circle.", status=reply.status)

    def _hop(self, call: Call, asker: Asker, url: httpx2.URL, reply: Reply) -> httpx2.URL:
        """Give where a redirect leads. A write stays within the repositories it was meant for."""
        target = self._egress.gate.check(reply.headers.get("location", ""), seen_from=url)
        if call.write and self._egress.gate.repository(target) not in asker.repository_ids:
            raise Moved("GitHub has moved this item to another repository.", status=reply.status)
        return target

    async def _counted(
        self, call: Call, asker: Asker, token: Token, url: httpx2.URL
    ) -> tuple[Reply, Page | None]:
        """Send one request; give the answer and what was read in it, None for a redirect."""
        started, outcome, status = self._clock.now(), "ok", None
        try:
            reply = await self._send(call, asker, token, url)
            status = reply.status
            page = await self._read(call, asker, reply)
            outcome = "redirect" if page is None else "ok"
        except GitHubError as error:
            outcome, status = error.outcome, error.status
            error.reword(self._redactor.clean)
            if call.write and isinstance(error, ServerError | Unreachable):
                error.maybe_applied = not isinstance(error, Unreachable) or error.sent
            raise
        else:
            return reply, page
        finally:
            self.calls[call.operation, outcome] += 1
            took = (self._clock.now() - started).total_seconds()
            _log.debug(
                "github call",
                operation=call.operation,
                outcome=outcome,
                status=status,
                asker=asker.name,
                seconds=round(took, 3),
            )

    async def _send(self, call: Call, asker: Asker, token: Token, url: httpx2.URL) -> Reply:
        cache = self._cache if call.method == "GET" else None
        key = f"{asker.name} {url}"
        kept = await cache.look(key) if cache is not None else None
        headers = _headers(call, token, kept)
        async with self._room:
            self.books.refuse_if_blocked(asker)
            if _too_late(call, self._clock.now()):
                raise Unreachable("The write was given up: it took too long to begin.", sent=False)
            asker.usage.requests += 1
            asker.usage.writes += call.write
            reply = await self._egress.exchange(call.method, url, headers, call.body)
        if kept is not None and reply.status == _NOT_MODIFIED:
            asker.usage.not_modified += 1
            return Reply(_OK, {**reply.headers, **_revived(kept)}, kept.body)
        etag = reply.headers.get("etag")
        if cache is not None and etag and reply.status == _OK and len(reply.body) <= LARGEST_KEPT:
            call.read(reply)
            await cache.keep(key, Kept(etag, reply.body, reply.headers.get("link")))
        return reply

    async def _read(self, call: Call, asker: Asker, reply: Reply) -> Page | None:
        """Give what a good answer holds, None for a redirect; raise what any other means."""
        if (until := await self.books.settle(call, asker, reply)) is not None:
            left = (until - self._clock.now()).total_seconds()
            said = reply.message() or f"it answered {reply.status}"
            sentence = f"GitHub limits our requests: {said}"
            raise Limited(sentence, until=until, retry_after=left, status=reply.status)
        if reply.good:
            return call.read(reply)
        if reply.status in REDIRECTS:
            return None if call.follow else Page(None, status=reply.status)
        error = failure(reply, call.operation, write=call.write, mint=call.mint)
        now = self._clock.now()
        if isinstance(error, ServerError) and (wait := retry_after(reply, now)) is not None:
            error.retry_after = wait
            await self.books.block(asker, after(now, wait))
        raise error


def _too_late(call: Call, now: datetime) -> bool:
    return call.deadline is not None and now > call.deadline


def _headers(call: Call, token: Token, kept: Kept | None) -> httpx2.Headers:
    headers = sansio.create_headers("good-citizen", accept=_ACCEPT, jwt=token.value)
    headers["x-github-api-version"] = _API_VERSION
    if call.body is not None:
        headers["content-type"] = "application/json"
    if kept is not None:
        headers["if-none-match"] = kept.etag
    return httpx2.Headers(headers)


def _revived(kept: Kept) -> dict[str, str]:
    link = {"link": kept.link} if kept.link else {}
    return {"content-type": "application/json", **link}
