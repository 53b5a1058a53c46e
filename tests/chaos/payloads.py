"""GitHub's own example payloads, and what can be made of them: nulls, and anything at all."""

import gzip
import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

from app.store.events import WANTED

REAL = Path(__file__).parents[1] / "contracts" / "webhooks.json.gz"
Step: TypeAlias = "str | int"
ALSO_NULL = frozenset({
    "user", "owner", "sender", "author", "head", "label", "comment", "review", "account",
    "assignees", "requested_reviewers",
})  # fmt: skip
"""Null where an account, a fork or a label is gone, though no example shows it."""
ODD: tuple[Any, ...] = (
    None, True, 0, -1, 2**63, 10**400, 1.5, float("nan"), "", "x" * 70_000, "1", "\x00", "a\x00b",
    "\ud800", "\udfff\ud800 half", "\u202eRTL \U0001f600 \u0000", "2020-13-45T99:99:99Z",
    "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-12:00", [], {}, [None], [[]], {"id": None},
    {"login": "yuvipanda"}, "../../../etc", "<script>alert(1)</script>", "@everyone #1",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Example:
    """One payload and the event that it came with."""

    event: str
    payload: dict[str, Any]

    def body(self) -> bytes:
        return json.dumps(self.payload).encode()


@cache
def real() -> tuple[Example, ...]:
    """All example payloads."""
    listed = json.loads(gzip.decompress(REAL.read_bytes()))
    return tuple(Example(one["event"], one["payload"]) for one in listed)


def wanted() -> tuple[Example, ...]:
    """Those of events that the App is subscribed to or gets unasked."""
    return tuple(one for one in real() if one.event in WANTED)


def paths(value: object, above: tuple[Step, ...] = ()) -> Iterator[tuple[Step, ...]]:
    """Give the way to everything in a payload."""
    inside: Sequence[tuple[Step, Any]] = ()
    if isinstance(value, dict):
        inside = tuple(value.items())
    elif isinstance(value, list):
        inside = tuple(enumerate(value))
    for step, part in inside:
        yield (*above, step)
        yield from paths(part, (*above, step))


def with_value(example: Example, path: tuple[Step, ...], value: object) -> Example:
    """Give the example with something else at `path`."""
    payload = json.loads(json.dumps(example.payload))
    at: Any = payload
    for step in path[:-1]:
        at = at[step]
    at[path[-1]] = value
    return Example(example.event, payload)


@cache
def nullable() -> frozenset[tuple[str, ...]]:
    """The fields, each with the one it is in, that GitHub sends as null somewhere."""
    return frozenset(
        _name(path)
        for example in real()
        for path in paths(example.payload)
        if _at(example.payload, path) is None
    )


def _name(path: tuple[Step, ...]) -> tuple[str, ...]:
    return tuple(step for step in path if isinstance(step, str))[-2:]


def nulled() -> list[Example]:
    """Give the examples with each nullable field nulled that is not null anyway, one at a time."""
    return [
        with_value(example, path, None)
        for example in wanted()
        for path in paths(example.payload)
        if (_name(path) in nullable() or path[-1] in ALSO_NULL)
        and _at(example.payload, path) is not None
    ]


def _at(payload: Any, path: tuple[Step, ...]) -> object:
    for step in path:
        payload = payload[step]
    return payload


def mutant(rng: random.Random, examples: Sequence[Example], numbers: Sequence[int]) -> bytes:
    """Give the bytes of an example with one to four things changed, now and then of no JSON.

    `numbers` are ids and numbers of things that exist, to be put where another one stands.
    """
    example = rng.choice(examples)
    for _ in range(rng.randrange(1, 5)):
        path = rng.choice([path for path in paths(example.payload) if len(path) < 5])
        is_number = type(_at(example.payload, path)) is int
        value = rng.choice(numbers) if is_number and rng.random() < 0.5 else rng.choice(ODD)
        example = with_value(example, path, value)
    return _spoilt(rng, example.body())


def _spoilt(rng: random.Random, body: bytes) -> bytes:
    match rng.randrange(40):
        case 0:
            return body[: rng.randrange(len(body))]
        case 1:
            return b"[" * 100_000
        case 2:
            return body.replace(b'"', b"'", 3)
        case 3:
            return b"\xff\xfe" + body
        case 4:
            return body.replace(b"1", b"1" * 5_000, 1)
        case _:
            return body
