"""Asking for many at once, and in halves where GitHub breaks down over it."""

from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

import structlog

from app.github.errors import ServerError, Unreachable

BROKEN = (ServerError, Unreachable)
A = TypeVar("A")
B = TypeVar("B")
log = structlog.get_logger("sweep")


async def in_halves(
    asked: Sequence[A],
    ask: Callable[[Sequence[A]], Awaitable[Sequence[B]]],
    give_up: Callable[[A], object],
) -> list[tuple[A, B]]:
    """Give an answer to each; `give_up` takes what GitHub can't answer even when asked alone."""
    if not asked:
        return []
    try:
        answers = await ask(asked)
    except BROKEN as error:
        if len(asked) == 1:
            log.warning("given up for now", why=str(error))
            give_up(asked[0])
            return []
        half = len(asked) // 2
        first = await in_halves(asked[:half], ask, give_up)
        return first + await in_halves(asked[half:], ask, give_up)
    return list(zip(asked, answers, strict=True))
