"""Ids as GitHub's: numbers of today's size, opaque node ids, deterministic hashes."""

import base64
import binascii
import hashlib
from itertools import count

from app.demo.github.model import (
    Account,
    BoardItem,
    Comment,
    Commit,
    Event,
    Installation,
    Item,
    Label,
    Project,
    Reaction,
    Release,
    Repo,
    Review,
)

FIRST = {
    "account": 9_000_000,
    "repo": 700_000_000,
    "item": 3_000_000_001,
    "comment": 3_100_000_001,
    "review": 3_200_000_001,
    "reaction": 300_000_001,
    "label": 5_000_000_001,
    "event": 17_000_000_001,
    "release": 190_000_001,
    "app": 1_000_001,
    "installation": 60_000_001,
    "project": 14_000_001,
    "delivery": 4_700_000_000_001,
}
"""The first id of each kind: beyond 32 bits where GitHub's are."""

_LARGEST_INT = 2**31 - 1

_PREFIX: dict[type, str] = {
    Repo: "R",
    Label: "LA",
    Comment: "IC",
    Review: "PRR",
    Reaction: "REA",
    Release: "RE",
    Event: "EV",
    Project: "PVT",
    BoardItem: "PVTI",
    Installation: "IN",
}
_ACCOUNT_PREFIX = {"User": "U", "Organization": "O", "Bot": "BOT", "Mannequin": "M"}


class Ids:
    """Counters, one for each kind of id."""

    def __init__(self) -> None:
        self._counters = {kind: count(first) for kind, first in FIRST.items()}

    def next(self, kind: str) -> int:
        """Give the next id of `kind`, one of the keys of FIRST."""
        return next(self._counters[kind])


def node_id(thing: object) -> str:
    """Give the opaque id that REST calls node_id and GraphQL calls id."""
    if isinstance(thing, Commit):
        return _opaque("C", f"{thing.repo.id}:{thing.sha}")
    if isinstance(thing, Item):
        return _opaque("PR" if thing.pull else "I", str(thing.id))
    if isinstance(thing, Account):
        return _opaque(_ACCOUNT_PREFIX[thing.type], str(thing.id))
    return _opaque(_PREFIX[type(thing)], str(thing.id))  # type: ignore[attr-defined]  # every type of _PREFIX has one


def read_node_id(opaque: str) -> tuple[str, str]:
    """Split a node id into prefix and what it names; raises ValueError for another's."""
    prefix, _, rest = opaque.partition("_")
    try:
        padded = rest + "=" * (-len(rest) % 4)
        return prefix, base64.urlsafe_b64decode(padded).decode()
    except (binascii.Error, UnicodeDecodeError) as error:
        raise ValueError(opaque) from error


def int32(number: int) -> int | None:
    """Give a GraphQL Int: GitHub's databaseId can't hold the ids that need fullDatabaseId."""
    return number if number <= _LARGEST_INT else None


def sha(*parts: object) -> str:
    """Give a deterministic 40-digit hash as Git's."""
    return hashlib.sha1("\0".join(map(str, parts)).encode(), usedforsecurity=False).hexdigest()


def _opaque(prefix: str, text: str) -> str:
    return f"{prefix}_{base64.urlsafe_b64encode(text.encode()).decode().rstrip('=')}"
