"""Pages by cursor: first and after, last and before, over any list."""

import base64
import binascii
from collections.abc import Sequence
from typing import Any

from app.demo.github.graph.context import Args, Connection, Context, Fields, refused


def connect(
    things: Sequence[Any], args: Args, *, most: int | None = None, **extra: object
) -> Connection:
    """Cut the page that `args` ask for out of `things`; beyond `most` there is nothing to see."""
    total, reach = len(things), len(things) if most is None else min(most, len(things))
    start, end = 0, reach
    if args.get("after"):
        start = _offset(args["after"]) + 1
    if args.get("before"):
        end = min(end, _offset(args["before"]))
    between = max(end - start, 0)
    if args.get("first") is not None:
        end = min(end, start + args["first"])
    if args.get("last") is not None:
        start = max(start, end - args["last"])
    page = things[start:end]
    info = {
        "startCursor": _cursor(start) if page else None,
        "endCursor": _cursor(start + len(page) - 1) if page else None,
        "hasNextPage": start + len(page) < reach,
        "hasPreviousPage": start > 0,
    }
    return Connection(page, total, between, info, extra)


def _cursor(offset: int) -> str:
    return base64.b64encode(f"cursor:v2:{offset}".encode()).decode()


def _offset(cursor: str) -> int:
    try:
        return int(base64.b64decode(cursor).decode().removeprefix("cursor:v2:"))
    except (binascii.Error, ValueError) as error:
        raise refused("INVALID_CURSOR_ARGUMENTS", f"`{cursor}` is no valid cursor.") from error


def ordered(things: Sequence[Any], args: Args, by: dict[str, str]) -> list[Any]:
    """Sort by the attribute that `orderBy` names; oldest first without it."""
    order = args.get("orderBy") or {"field": "CREATED_AT", "direction": "ASC"}
    attribute = by.get(order["field"], "created_at")
    down = order["direction"] == "DESC"

    def key(thing: Any) -> tuple[Any, int]:  # noqa: ANN401 - anything with an id can be sorted
        value = getattr(thing, attribute)
        return (len(value) if isinstance(value, list) else value, thing.id)

    return sorted(things, key=key, reverse=down)


def _extra(name: str) -> Any:  # noqa: ANN401 - a resolver
    def resolve(connection: Connection, _: Context, __: Args) -> object:
        return connection.extra[name]

    return resolve


CONNECTION: Fields = {"nodes": "nodes", "pageInfo": "page_info", "totalCount": "total"}
TIMELINE: Fields = CONNECTION | {
    "filteredCount": "between",
    "updatedAt": _extra("updated"),
}
SEARCH: Fields = {
    "nodes": "nodes",
    "pageInfo": "page_info",
    "issueCount": _extra("issues"),
    "repositoryCount": _extra("repositories"),
    "userCount": _extra("users"),
}
PAGE_INFO: Fields = {
    name: (lambda info, _, __, name=name: info[name])  # type: ignore[misc]  # mypy takes the default for a parameter
    for name in ("startCursor", "endCursor", "hasNextPage", "hasPreviousPage")
}
