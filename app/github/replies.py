"""What GitHub's answers mean: status, headers and body become a value or an error. Pure."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any, TypeAlias

from gidgethub import GitHubException, sansio

from app.github.errors import (
    Archived,
    Forbidden,
    GitHubError,
    Gone,
    Locked,
    NotFound,
    Refused,
    ServerError,
    Suspended,
    Unauthorized,
    Unprocessable,
)
from app.github.limits import HOUR, MINUTE, LimitLeft, after

Json: TypeAlias = Any
"""What GitHub sends, as it came: whoever uses it parses the fields that it needs."""

REDIRECTS = frozenset({301, 302, 307, 308})
_LONGEST_MESSAGE = 200
_SPEAKS_OF_A_LIMIT = ("rate limit", "abuse detection")


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer as it came: status, headers with lower-case names, the body decompressed."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def good(self) -> bool:
        """Whether the request succeeded."""
        return HTTPStatus.OK <= self.status < HTTPStatus.MULTIPLE_CHOICES

    def parsed(self) -> dict[str, Any] | None:
        """Give the body if it is a JSON object."""
        try:
            found = json.loads(self.body)
        except (ValueError, RecursionError):
            return None
        return found if isinstance(found, dict) else None

    def message(self) -> str:
        """Give GitHub's own words as one short line, "" if there are none."""
        said = (self.parsed() or {}).get("message")
        line = " ".join(said.split()) if isinstance(said, str) else ""
        return "".join(char for char in line if char.isprintable())[:_LONGEST_MESSAGE]


@dataclass(frozen=True, slots=True)
class Page:
    """The JSON of a good answer, the address of the next page, and the status it came with."""

    data: Json
    next_url: str | None = None
    status: int = 200


def read_page(reply: Reply) -> Page:
    """Read a good answer; ServerError for HTML, cut or senseless JSON."""
    # Only these two: the library would stumble over a senseless rate limit header.
    headers = {k: v for k, v in reply.headers.items() if k in {"content-type", "link"}}
    try:
        data, _, next_url = sansio.decipher_response(HTTPStatus.OK, headers, reply.body)
    except (ValueError, LookupError, RecursionError, GitHubException):
        raise ServerError("GitHub's answer is cut or no JSON.", status=reply.status) from None
    if isinstance(data, str) and not _is_json(reply):
        raise ServerError("GitHub's answer is no JSON.", status=reply.status)
    return Page(data, next_url, reply.status)


def limit_left(reply: Reply) -> LimitLeft | None:
    """Read what is left of the primary limit; None if not said, or said of search or GraphQL."""
    return _headers_limit(reply) if _resource(reply) == "core" else None


def is_spent(reply: Reply) -> LimitLeft | None:
    """Give the limit that this good answer has used up, so that the next isn't even tried."""
    left = _headers_limit(reply) if _resource(reply) in {"core", "graphql"} else None
    return left if left is not None and left.remaining <= 0 else None


def limited_until(reply: Reply, now: datetime, strikes: int) -> datetime | None:
    """Tell until when GitHub wants no more requests, None if the answer is no limit.

    403 or 429; then Retry-After, or the reset if nothing remains (the later of both), else a
    minute, doubled with each of `strikes` limits in a row. A 403 without any of these headers is a
    limit only if it says so. (docs.github.com, "Rate limits", "Best practices")
    """
    if reply.status not in {HTTPStatus.FORBIDDEN, HTTPStatus.TOO_MANY_REQUESTS}:
        return None
    left = _headers_limit(reply)
    waits = [] if (named := retry_after(reply, now)) is None else [named]
    if left is not None and left.remaining <= 0:
        waits.append(max((left.resets_at - now).total_seconds(), 1.0))
    if waits:
        return after(now, max(waits))
    said = reply.message().lower()
    if reply.status == HTTPStatus.FORBIDDEN and not any(w in said for w in _SPEAKS_OF_A_LIMIT):
        return None
    return after(now, backoff(strikes))


def backoff(strikes: int) -> float:
    """Give the seconds to stay away after a limit that names none: 60, 120 … an hour."""
    return float(min(MINUTE * 2 ** min(strikes, 10), HOUR))


def retry_after(reply: Reply, now: datetime) -> float | None:
    """Read Retry-After, which is seconds or a date; None if it is missing or senseless."""
    value = reply.headers.get("retry-after", "").strip()
    if value.isascii() and value.isdigit() and len(value) < 10:  # noqa: PLR2004 - no such wait
        return float(value)
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max((moment - now).total_seconds(), 0.0)


def failure(reply: Reply, operation: str, *, write: bool, mint: bool) -> GitHubError:
    """Give the error that an answer of 304 or 400 and above is, limits apart."""
    said = reply.message()
    sentence = f"GitHub answered {reply.status} to {operation}" + (f": {said}" if said else ".")
    if reply.status < HTTPStatus.BAD_REQUEST or reply.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return ServerError(sentence, status=reply.status)
    if reply.body and reply.parsed() is None:
        # A page for people comes from a proxy or a sick front end, not from the API.
        return ServerError(f"{sentence} The body is no JSON.", status=reply.status)
    match reply.status:
        case HTTPStatus.FORBIDDEN:
            return _forbidden(reply, sentence, write=write, mint=mint)
        case HTTPStatus.UNPROCESSABLE_ENTITY if mint:
            return Forbidden(f"{sentence} (not granted to the App)", status=reply.status)
        case HTTPStatus.UNPROCESSABLE_ENTITY:
            return Unprocessable(sentence, status=reply.status, codes=_codes(reply))
    kind = _PLAIN.get(reply.status, Refused)
    return kind(sentence, status=reply.status)


_PLAIN: dict[int, type[GitHubError]] = {
    401: Unauthorized,
    404: NotFound,
    408: ServerError,
    410: Gone,
    451: Gone,
}


def _forbidden(reply: Reply, sentence: str, *, write: bool, mint: bool) -> GitHubError:
    said = reply.message().lower()
    if mint and "suspended" in said:
        return Suspended(sentence, status=reply.status)
    if write and "archived" in said:
        return Archived(sentence, status=reply.status)
    if write and "locked" in said:
        return Locked(sentence, status=reply.status)
    needs = reply.headers.get("x-accepted-github-permissions", "")[:_LONGEST_MESSAGE]
    if needs:
        sentence = f"{sentence} (needs the permission {needs})"
    return Forbidden(sentence, status=reply.status, needs=needs)


def _codes(reply: Reply) -> frozenset[str]:
    errors = (reply.parsed() or {}).get("errors")
    listed = errors if isinstance(errors, list) else []
    codes = (error.get("code") for error in listed if isinstance(error, dict))
    return frozenset(code for code in codes if isinstance(code, str))


def _is_json(reply: Reply) -> bool:
    return "json" in reply.headers.get("content-type", "").lower()


def _resource(reply: Reply) -> str:
    return reply.headers.get("x-ratelimit-resource", "core")


def _headers_limit(reply: Reply) -> LimitLeft | None:
    try:
        said = sansio.RateLimit.from_http(reply.headers)
    except (ValueError, OverflowError, OSError):
        return None
    if said is None:
        return None
    return LimitLeft(said.remaining, said.limit, said.reset_datetime)
