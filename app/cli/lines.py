"""Reading files of JSON lines for the commands: a line that is none is told by number."""

import gzip
import json
import sys
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple, NoReturn

import typer
from rich.console import Console
from rich.progress import track

from app.config import ConfigError, load_home
from app.policy.home import Home
from app.store.version import NotReadyError

UNCUT = 10_000
"""Columns where no terminal is: what another program reads is never cut off."""

out = Console(highlight=False, width=None if sys.stdout.isatty() else UNCUT)
err = Console(stderr=True, highlight=False, width=None if sys.stderr.isatty() else UNCUT)


class Line(NamedTuple):
    """One line of a file: its number from 1, and the object, or what is wrong with it."""

    number: int
    object: Mapping[str, object] | None
    problem: str = ""


def lines_of(file: Path, *, doing: str) -> Iterator[Line]:
    """Give the lines of a .jsonl or .jsonl.gz file, with a progress bar where people watch.

    Empty lines are left out. A file that cannot be read ends the command with a sentence.
    """
    texts = _texts(file)
    hidden = not (err.is_terminal and out.is_terminal)
    for number, text in track(
        list(enumerate(texts, start=1)), doing, console=err, transient=True, disable=hidden
    ):
        if text.strip():
            yield _line(number, text)


def home_from(file: Path) -> Home:
    """Read a good-citizen.yml; a bad one ends the command with its problems."""
    try:
        return load_home(file.read_bytes(), str(file))
    except OSError as error:
        fail(f"{file} cannot be read: {error.strerror}")
    except ConfigError as error:
        fail(str(error))


def fail(says: str) -> NoReturn:
    """End the command with a sentence on standard error and exit code 1."""
    err.print(says, markup=False)
    raise typer.Exit(1)


def cannot(error: Exception) -> NoReturn:
    """End the command with what settings or database miss, and exit code 2."""
    err.print(str(error), markup=False)
    if isinstance(error, NotReadyError):
        says = "`good-citizen serve` makes the tables or brings them up to date."
        err.print(says, markup=False)
    raise typer.Exit(2) from None


def _texts(file: Path) -> list[bytes]:
    try:
        content = file.read_bytes()
        if file.suffix == ".gz":
            content = gzip.decompress(content)
    except OSError as error:
        fail(f"{file} cannot be read: {error.strerror or error}")
    except (EOFError, zlib.error):
        fail(f"{file} is no complete gzip file")
    return content.split(b"\n")


def _line(number: int, text: bytes) -> Line:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        return Line(number, None, f"no JSON: {error}")
    if not isinstance(value, dict):
        return Line(number, None, "no JSON object")
    return Line(number, value)
