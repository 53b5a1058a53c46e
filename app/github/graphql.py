"""Answers of GitHub's GraphQL: HTTP 200 does not mean that it went well. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.github.errors import Refused, ServerError
from app.github.limits import after
from app.github.replies import Page, Reply, backoff, is_spent, read_page

_LIMITED = frozenset({"RATE_LIMITED", "RATE_LIMIT"})
_SPEAKS_OF_A_LIMIT = "secondary rate limit"


@dataclass(frozen=True, slots=True)
class Problem:
    """One error of a GraphQL answer: `type` such as NOT_FOUND or FORBIDDEN, and where."""

    type: str | None
    path: tuple[str | int, ...]
    message: str


@dataclass(frozen=True, slots=True)
class GraphQLAnswer:
    """What could be read, what could not, and what it cost.

    `data` has null where a problem's path points. `cost` in points, if the query asked for
    `rateLimit { cost }`.
    """

    data: Mapping[str, Any]
    errors: tuple[Problem, ...] = ()
    cost: int | None = None

    def problem(self, *path: str | int) -> Problem | None:
        """Give the problem at this path, above it or without a place; None: it could be read."""
        return next((e for e in self.errors if path[: len(e.path)] == e.path), None)


def read_graphql(reply: Reply) -> Page:
    """Read an answer of HTTP 200 into a page whose data is a GraphQLAnswer.

    Raises Refused if GitHub names a fault of the query and gives no data, ServerError if it broke
    down on the way ("Something went wrong while executing your query").
    """
    found = read_page(reply).data
    if not isinstance(found, dict):
        raise ServerError("GitHub's GraphQL answer is no object.", status=reply.status)
    problems = _problems(found)
    data = found.get("data")
    if isinstance(data, dict):
        return Page(GraphQLAnswer(data, problems, _cost(data)))
    said = problems[0].message if problems else "neither data nor errors"
    sentence = f"GitHub could not answer the GraphQL query: {said}"
    if any(problem.type for problem in problems):
        raise Refused(sentence, status=reply.status)
    raise ServerError(sentence, status=reply.status)


def graphql_limited_until(reply: Reply, now: datetime, strikes: int) -> datetime | None:
    """Tell until when GitHub wants no more queries: a spent limit comes as HTTP 200 with errors."""
    if b"rate" not in reply.body.lower() or (found := reply.parsed()) is None:
        return None
    if not any(
        problem.type in _LIMITED or _SPEAKS_OF_A_LIMIT in problem.message.lower()
        for problem in _problems(found)
    ):
        return None
    if (left := is_spent(reply)) is not None:
        return after(now, max((left.resets_at - now).total_seconds(), 1.0))
    return after(now, backoff(strikes))


def _problems(found: Mapping[str, Any]) -> tuple[Problem, ...]:
    errors = found.get("errors")
    return tuple(_problem(e) for e in errors if isinstance(e, dict)) if errors else ()


def _problem(error: Mapping[str, Any]) -> Problem:
    extensions = error.get("extensions")
    code = extensions.get("code") if isinstance(extensions, dict) else None
    kind = error.get("type") or code
    path = error.get("path")
    return Problem(
        str(kind) if kind else None,
        tuple(path) if isinstance(path, list) else (),
        " ".join(str(error.get("message", "")).split())[:200],
    )


def _cost(data: Mapping[str, Any]) -> int | None:
    limit = data.get("rateLimit")
    cost = limit.get("cost") if isinstance(limit, dict) else None
    return cost if isinstance(cost, int) else None
