"""GitHub's own example payloads, and what can be made of them: nulls, and anything at all."""

import gzip
import json
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

from app.store.events import WANTED

REAL = Path(__file__).parents[1] / "contracts" / "webhooks.json.gz"
NULLS = REAL.with_name("nulls.json.gz")
"""As tests/contracts/cut_nulls.py made it of GitHub's description."""
Step: TypeAlias = "str | int"
ALSO_NULL = frozenset({"author", "comment", "head", "review", "sender"})
"""Null where an account or a fork is gone, though neither description nor example shows it."""
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
    return _with_all(example, [path], value)


def _with_all(example: Example, ways: Iterable[tuple[Step, ...]], value: object) -> Example:
    """Give the example with `value` at each of several places, none within another."""
    payload = json.loads(json.dumps(example.payload))
    for way in ways:
        _at(payload, way[:-1])[way[-1]] = value
    return Example(example.event, payload)


@cache
def nullable() -> dict[str, dict[str, list[str]]]:
    """The fields that GitHub's description lets be null, by event and action."""
    found: dict[str, dict[str, list[str]]] = json.loads(gzip.decompress(NULLS.read_bytes()))
    return found


def nulled() -> list[Example]:
    """Give the examples with nulls: each field that may be null alone, in one of its event.

    And each example with all of them null at once: once the widest of them, once the narrowest.
    """
    found, alone = [], set[tuple[str, str]]()
    for example in wanted():
        spots = may_be_null(example)
        for name, ways in spots.items():
            if (example.event, name) not in alone:
                alone.add((example.event, name))
                found += [with_value(example, way, None) for way in ways]
        every = [way for ways in spots.values() for way in ways]
        found.append(_with_all(example, [one for one in every if not _is_within(one, every)], None))
        found.append(
            _with_all(example, [one for one in every if not _has_within(one, every)], None)
        )
    return found


def may_be_null(example: Example) -> dict[str, list[tuple[Step, ...]]]:
    """Give the fields of an example that may be null, also absent ones, and the ways to each."""
    actions = nullable()[example.event]
    named = actions.get(example.payload.get("action", ""), [])
    spots = {name: list(_ways(example.payload, tuple(name.split(".")))) for name in named}
    for path in paths(example.payload):
        if path[-1] in ALSO_NULL:
            spots.setdefault(".".join(map(str, path)), [path])
    return {name: ways for name, ways in spots.items() if ways}


def _ways(
    at: Any, names: tuple[str, ...], above: tuple[Step, ...] = ()
) -> Iterator[tuple[Step, ...]]:
    """Give the ways to what is called by these names; `*` is each thing in a list."""
    first, rest = names[0], names[1:]
    steps: Sequence[Step] = ()
    if isinstance(at, list) and first == "*":
        steps = range(len(at))
    elif isinstance(at, dict) and (first in at or not rest):
        steps = (first,)
    for step in steps:
        if rest:
            yield from _ways(at[step], rest, (*above, step))
        else:
            yield (*above, step)


def _is_within(one: tuple[Step, ...], every: Iterable[tuple[Step, ...]]) -> bool:
    return any(other != one and one[: len(other)] == other for other in every)


def _has_within(one: tuple[Step, ...], every: Iterable[tuple[Step, ...]]) -> bool:
    return any(other != one and other[: len(one)] == one for other in every)


def _at(payload: Any, path: tuple[Step, ...]) -> Any:
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
