"""Everybody who is in the middle of sending, and who has to go when they hold too much together.

A cap for each sender bounds nothing while there is none for how many there are. Whoever sends as
GitHub does has its request whole within a moment, so of all who aren't done the one that began
first is the slowest: that one is cut, and those who come later don't notice.
"""

from collections.abc import Callable

MOST_HELD = 28 * 2**20
"""Bytes that all unfinished requests may hold together: more than the largest delivery."""
CONNECTION = 8 * 2**10
"""Bytes that an unfinished request counts for by itself: so there are at most 3,584 of them."""


class Crowd:
    """The unfinished requests of one server, by what cuts them; the longest unfinished first."""

    def __init__(self, most: int = MOST_HELD) -> None:
        self._most = most
        self._held: dict[Callable[[], None], int] = {}
        self._total = 0

    def join(self, cut: Callable[[], None]) -> None:
        """Count one more, or the same anew and as the last; `cut` ends it and lets it leave."""
        self.leave(cut)
        self._held[cut] = 0
        self.hold(cut, CONNECTION)

    def hold(self, cut: Callable[[], None], size: int) -> None:
        """Add `size` bytes to what one holds; if that is too much for all, the first ones go."""
        self._held[cut] += size
        self._total += size
        while self._total > self._most:
            first = next(iter(self._held))
            self.leave(first)
            first()

    def leave(self, cut: Callable[[], None]) -> None:
        """Count it no more: its request is whole, or it is gone."""
        self._total -= self._held.pop(cut, 0)
