"""`good-citizen doctor`: for the admin's first hour, what is right, what isn't and what to do."""

import asyncio
import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import structlog
import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from app.cli.diagnosis import Check, Diagnosis, State, fine, problem, unknown
from app.cli.ground import (
    look_at_database,
    look_at_home,
    look_at_key,
    look_at_secret,
    look_at_worker,
)
from app.cli.operate import DATABASE, console
from app.cli.registered import AT_GITHUB, look_at_github
from app.settings import Settings, SettingsError, read_settings

_WIDTHS = (max(map(len, State)), max(map(len, Check)))
_STYLES = {State.OK: "green", State.PROBLEM: "bold red", State.UNKNOWN: "yellow"}


def doctor(
    *,
    only: Annotated[
        list[Check] | None,
        typer.Option("--only", help="Look at this alone; may be given several times."),
    ] = None,
    home: Annotated[
        Path | None, typer.Option(help="Instead of GOOD_CITIZEN_HOME_FILE.", show_default=False)
    ] = None,
    database_url: DATABASE = None,
) -> None:
    """Look at settings, App, webhook, database and worker; say what to do. Changes nothing.

    The exit code is 0 if all is well, else 1.

    Examples: good-citizen doctor
              good-citizen doctor --only database --only worker
    """
    counted = dict.fromkeys(State, 0)
    screen = console()
    for found in examine({"home_file": home, "database_url": database_url}, frozenset(only or ())):
        counted[found.state] += 1
        _show(screen, found)
    screen.print(Text(_summary(counted)))
    if counted[State.OK] != sum(counted.values()):
        raise typer.Exit(1)


def examine(overrides: Mapping[str, object], only: frozenset[Check]) -> Iterator[Diagnosis]:
    """Look at what is named in `only`, at everything if nothing is."""
    chosen = only or frozenset(Check)
    try:
        settings = read_settings(overrides)
    except SettingsError as error:
        advice = "Set it in the environment or in .env; README lists the settings."
        yield from (problem(Check.SETTINGS, says, advice) for says in error.problems)
        rest = (check for check in Check if check in chosen - {Check.SETTINGS})
        yield from (unknown(check, "the settings have to be right first") for check in rest)
        return
    with _quiet():
        yield from (found for found in _examine(settings, chosen) if found.check in chosen)


def _examine(settings: Settings, chosen: frozenset[Check]) -> Iterator[Diagnosis]:
    yield fine(Check.SETTINGS, "they can be read")
    home, key = None, None
    if chosen & {Check.HOME, *AT_GITHUB}:
        home, found = look_at_home(settings)
        yield from found
    if chosen & {Check.KEY, *AT_GITHUB}:
        key, found = look_at_key(settings)
        yield from found
    yield look_at_secret(settings)
    if chosen & AT_GITHUB:
        yield from asyncio.run(look_at_github(settings, key, home))
    if Check.DATABASE in chosen:
        yield asyncio.run(look_at_database(settings.database_url))
    if Check.WORKER in chosen:
        yield asyncio.run(look_at_worker(settings.database_url))


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep the logs of what is called out of the report: it says the same for people."""
    before = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    try:
        yield
    finally:
        structlog.configure(**before)


def _show(screen: Console, found: Diagnosis) -> None:
    """Print one line, and what to do below it; wrapped for people, never for a file or a pipe."""
    advice = f"\n→ {found.advice}" if found.advice else ""
    says = Text.assemble(found.says, (advice, "bold"))
    if screen.is_terminal:
        line = Table.grid(padding=(0, 2, 0, 0))
        line.add_column(width=_WIDTHS[0])
        line.add_column(width=_WIDTHS[1])
        line.add_column(overflow="fold")
        line.add_row(Text(found.state, style=_STYLES[found.state]), Text(found.check), says)
        screen.print(line)
    else:
        head = f"{found.state:<{_WIDTHS[0]}}  {found.check:<{_WIDTHS[1]}}  "
        plain = str(says).replace("\n", "\n" + " " * len(head))
        screen.print(Text(head + plain), soft_wrap=True)


def _summary(counted: Mapping[State, int]) -> str:
    many = {State.PROBLEM: "problems"}
    said = (
        f"{number} {many.get(state, state) if number != 1 else state}"
        for state, number in counted.items()
        if number
    )
    return ", ".join(said)
