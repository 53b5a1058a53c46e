"""`good-citizen import`: what github-to-sqlite fetched into SQLite files, into the ledger."""

import asyncio
import signal
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal, TypeVar

import typer
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from sqlalchemy.ext.asyncio import AsyncEngine

from app.cli.ledger import DATABASE, HOME
from app.cli.lines import err, out
from app.cli.whose import whose_home
from app.imports import BadFileError, BusyError, Options, Report, forget_file, import_file
from app.policy.home import Home
from app.settings import Settings, SettingsError, read_settings
from app.store.engine import (
    DATABASE_ERRORS,
    StoreError,
    check_durability,
    open_engine,
    open_reader,
    unusable,
)
from app.store.imports import home_of
from app.store.migrate import migrate
from app.store.places import Tenant

STOPPED = 130
"""The exit code of what Ctrl-C ended."""
T = TypeVar("T")


def import_command(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE…", help="SQLite files, as github-to-sqlite made.")
    ],
    *,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Count what would be recorded, and keep nothing.")
    ] = False,
    forget: Annotated[
        bool, typer.Option("--forget", help="Take away again what these files brought.")
    ] = False,
    complete: Annotated[
        Literal["none", "undecided", "all"] | None,
        typer.Option(
            help="Which items to read from GitHub later.",
            show_default="GOOD_CITIZEN_IMPORT_COMPLETE",
        ),
    ] = None,
    home: HOME = None,
    database_url: DATABASE = None,
) -> None:
    """Import what members did upstream from SQLite files, without asking GitHub anything.

    The tables users, repos, pull_requests, issues and issue_comments are read; issues of the home's
    trackers in them count as mentions. Import trackers and upstreams in one file or the trackers
    first. Stopped or killed, the same command goes on where it was. What is known from GitHub or a
    newer file stays, and so does what people said.

    Examples: good-citizen import github.db
              good-citizen import github.db --dry-run
              good-citizen import github.db --forget
    """
    overrides = {"database_url": database_url, "home_file": home, "import_complete": complete}
    try:
        settings = read_settings(overrides)
        if not dry_run:
            migrate(settings.database_url)
        facts = whose_home(settings)
        bad = asyncio.run(_each(files, settings, facts, dry=dry_run, forget=forget))
    except (SettingsError, StoreError) as error:
        err.print(str(error), markup=False)
        raise typer.Exit(2) from None
    except asyncio.CancelledError:
        err.print("Stopped; the same command goes on from here.")
        raise typer.Exit(STOPPED) from None
    if bad:
        raise typer.Exit(1)


async def _each(
    files: list[Path], settings: Settings, home: Home, *, dry: bool, forget: bool
) -> int:
    """Take one file after the other; give how many could not be taken."""
    task = asyncio.current_task()
    if task is not None:
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    if dry:
        tenant = Tenant(0, home.host, home)
        return await _all(files, lambda file: _import(file, settings, tenant, None, dry=True))
    engine = open_engine(settings.database_url)
    try:
        await check_durability(engine)
        async with engine.begin() as connection:
            tenant = await home_of(connection, home.host, home, datetime.now(UTC))
        if forget:
            return await _all(files, lambda file: _forget(file, tenant, engine))
        return await _all(files, lambda file: _import(file, settings, tenant, engine, dry=False))
    except DATABASE_ERRORS as error:
        raise unusable(engine.url, error) from error
    finally:
        await engine.dispose()


async def _all(files: list[Path], act: Callable[[Path], Awaitable[None]]) -> int:
    bad = 0
    for file in files:
        try:
            await act(file)
        except (BadFileError, BusyError) as error:
            err.print(str(error), markup=False)
            bad += 1
    return bad


async def _import(
    file: Path, settings: Settings, tenant: Tenant, engine: AsyncEngine | None, *, dry: bool
) -> None:
    reader = open_reader(settings.database_url)
    with _bar() as bar:
        tasks: dict[str, TaskID] = {}

        def show(step: str, done: int, of: int) -> None:
            if step not in tasks:
                tasks[step] = bar.add_task(f"{file.name}: {step}", total=of)
            bar.update(tasks[step], completed=done)

        options = Options(complete=settings.import_complete, dry=dry, progress=show)
        try:
            report = await import_file(engine or reader, reader, tenant, file, options)
        finally:
            await reader.dispose()
    _tell(file, report, dry=dry)


async def _forget(file: Path, tenant: Tenant, engine: AsyncEngine) -> None:
    gone = await forget_file(engine, tenant, str(file))
    if gone is None:
        raise BadFileError(f"{file} never was imported.")
    out.print(f"{file}: {gone} items taken away; what GitHub or people said stays.", markup=False)


def _tell(file: Path, report: Report, *, dry: bool) -> None:
    counts = report.counts
    if report.finished_at is not None:
        out.print(
            f"{file}: was imported on {report.finished_at:%Y-%m-%d} with this roster; nothing to "
            "do.",
            markup=False,
        )
        return
    kinds = ", ".join(f"{count:,} {kind}" for kind, count in sorted(counts.kinds.items()))
    lines = [
        f"{file}: {report.in_file:,} items, as of {report.as_of:%Y-%m-%d}",
        (
            f"  {report.by_members:,} by members, {report.trackers:,} of the trackers with "
            f"{counts.mentions:,} mentions"
        ),
        f"  {counts.recorded:,} {'would be ' if dry else ''}recorded"
        + (f": {kinds}" if kinds else ""),
    ]
    told = (
        (counts.silent, "by nobody who was a member on that day"),
        (counts.unchanged, "known already"),
        (counts.newer, "known better from GitHub or a newer file"),
        (counts.decided_anew, "decided anew because a tracker mentions them"),
        (counts.to_complete, "to be read from GitHub later"),
    )
    lines += [f"  {count:,} {says}" for count, says in told if count]
    out.print("\n".join(lines), markup=False)


def _bar() -> Progress:
    return Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeElapsedColumn(),
        console=err,
        transient=True,
        disable=not err.is_terminal,
    )
