"""What is wrong with a config file, and where: all of it at once, each with its line."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from typing import TypeAlias

Path: TypeAlias = tuple[str | int, ...]
"""The keys and indexes that lead to a value; () is the whole file."""

MOST = 100
"""The most problems that are listed; a file with more is not the file that was meant."""

_SHOWN = 60
_LAST_OF_FOUR = 0xFFFF
_PLAIN_KEY = re.compile(r"[\w-]+")


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem: line and column count from 1; `path` is dotted, "" for the file as a whole."""

    line: int
    column: int
    path: str
    says: str
    source: str = "good-citizen.yml"

    def __str__(self) -> str:
        """Give the form that editors jump to: file:line:column, then what was expected there."""
        where = f"{self.source}:{self.line}:{self.column}"
        return f"{where} {self.path}: {self.says}" if self.path else f"{where} {self.says}"


class ConfigError(Exception):
    """The file cannot be used; `problems` are in the order of their lines, never empty."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


def in_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Give the problems by line, each once, no more than MOST and a last one that says so."""
    ordered = sorted(
        set(problems), key=lambda problem: (problem.line, problem.column, problem.says)
    )
    if len(ordered) <= MOST:
        return tuple(ordered)
    last = ordered[MOST]
    more = Problem(last.line, last.column, "", "and more problems from here on", last.source)
    return (*ordered[:MOST], more)


def dotted(path: Path) -> str:
    """Give `path` as people write it: members[2].login, needs.labels["Contract Deliverable"]."""
    shown = ""
    for part in path:
        if isinstance(part, int):
            shown += f"[{part}]" if part >= 0 else ""
        elif _PLAIN_KEY.fullmatch(part):
            shown += f".{_cut(part)}"
        else:
            shown += f'["{_cut(part)}"]'
    return shown.removeprefix(".")


def found(value: object) -> str:
    """Say what stands in the file instead of what was expected, short and on one line."""
    if isinstance(value, str):
        return f'"{_cut(value)}"'
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, date):
        return f"the date {value.isoformat()}"
    names = {type(None): "nothing", dict: "a mapping", tuple: "a list"}
    return names.get(type(value)) or f"the number {value}"


def meant(word: object, known: Iterable[str]) -> str:
    """Give '; did you mean "x"?' where one of the `known` words is near, else nothing."""
    folded = {name.lower(): name for name in known}
    near = get_close_matches(str(word)[:_SHOWN].lower(), list(folded), n=1)
    return f'; did you mean "{folded[near[0]]}"?' if near else ""


def _cut(text: str) -> str:
    cut = text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"
    return "".join(c if c.isprintable() else _escaped(c) for c in cut)


def _escaped(character: str) -> str:
    code = ord(character)
    return f"\\u{code:04x}" if code <= _LAST_OF_FOUR else f"\\U{code:08x}"
