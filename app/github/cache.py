"""Answers kept with their ETag: asking again costs nothing of the primary limit (304).

A kept answer is only ever used when GitHub itself says, to the asker's present token, that it
still holds; so it can't show anything that the asker may no longer see.
"""

from collections import OrderedDict
from dataclasses import dataclass
from typing import Protocol

LARGEST_KEPT = 256 * 1024


@dataclass(frozen=True, slots=True)
class Kept:
    """One answer: its ETag, its body, and the Link header of its pagination."""

    etag: str
    body: bytes
    link: str | None = None


class ETagCache(Protocol):
    """Where answers are kept; the key names the asker and the address."""

    async def look(self, key: str) -> Kept | None:
        """Give the answer kept under this key."""
        ...

    async def keep(self, key: str, kept: Kept) -> None:
        """Keep an answer; older ones may be dropped."""
        ...


class MemoryETagCache:
    """Answers kept in this process, the least recently used dropped first."""

    def __init__(self, *, most_bytes: int = 16 * 1024 * 1024) -> None:
        self._most = most_bytes
        self._size = 0
        self._kept: OrderedDict[str, Kept] = OrderedDict()

    async def look(self, key: str) -> Kept | None:
        """Give the answer kept under this key."""
        if key in self._kept:
            self._kept.move_to_end(key)
        return self._kept.get(key)

    async def keep(self, key: str, kept: Kept) -> None:
        """Keep an answer; older ones may be dropped."""
        if old := self._kept.pop(key, None):
            self._size -= len(old.body)
        self._kept[key] = kept
        self._size += len(kept.body)
        while self._size > self._most:
            self._size -= len(self._kept.popitem(last=False)[1].body)
