"""A config file as plain values that remember their line and column."""

import re
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from app.config.problems import Path, Problem, dotted

LARGEST = 64 * 1024
"""Bytes that a file may have."""
DEEPEST = 10
"""Levels of mappings and lists that a file may have."""
MOST_VALUES = 4_000
"""Keys and values that a file may have: it bounds the time that reading takes."""

_NOTHING = frozenset(("", "~", "null", "Null", "NULL"))
_TRUTH = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_INTEGER = re.compile(r"[-+]?[0-9]{1,18}")
_DECIMAL = re.compile(r"[-+]?(\.[0-9]{1,18}|[0-9]{1,18}(\.[0-9]{0,18})?)([eE][-+]?[0-9]{1,3})?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class Mark(NamedTuple):
    """A place in the file; line and column count from 1."""

    line: int
    column: int


START = Mark(1, 1)


@dataclass(slots=True)
class Tree:
    """A file as dicts, tuples and scalars, the places of its values and keys, and its problems.

    `unread` are paths whose value is not what the file says, since reading it was refused: nothing
    more can be said about it; () when that is so for the whole file.
    """

    source: str
    value: object = None
    values: dict[Path, Mark] = field(default_factory=dict)
    keys: dict[Path, Mark] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    unread: set[Path] = field(default_factory=set)

    def refuse(self, mark: Mark, path: Path, says: str) -> None:
        """Note a problem."""
        self.problems.append(Problem(mark.line, mark.column, dotted(path), says, self.source))

    def at_value(self, path: Path) -> Mark:
        """Give the place of a value, or of the nearest thing around it that the file has."""
        while path and path not in self.values:
            path = path[:-1]
        return self.values.get(path, START)

    def at_key(self, path: Path) -> Mark:
        """Give the place of the key that `path` ends with."""
        return self.keys.get(path) or self.at_value(path)

    def was_read(self, path: Path) -> bool:
        """Say whether the value at `path` is what stands in the file."""
        return not any(path[:length] in self.unread for length in range(len(path) + 1))


def plain_value(text: str) -> object:
    """Give what an unquoted scalar means: nothing, truth, number, day or else text.

    The core schema of YAML 1.2, so that `on`, `off`, `yes` and `no` are text, with days added.
    What is too long for a number, or no day of the calendar, stays text.
    """
    if text in _NOTHING:
        return None
    if text in _TRUTH:
        return _TRUTH[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    if _DECIMAL.fullmatch(text):
        return float(text)
    return day(text) or text


def day(text: str) -> date | None:
    """Give the day that `text` names as YYYY-MM-DD, or None."""
    if not _DAY.fullmatch(text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
