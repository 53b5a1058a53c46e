"""`good-citizen sweep`: find by hand what the worker finds every hour."""

import asyncio
import logging
import os
import signal
import socket
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, contextmanager
from datetime import UTC, datetime
from typing import Annotated

import structlog
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar
from rich.table import Table

from app.cli.lines import cannot
from app.config import ConfigError
from app.foundation import Foundation, lay_foundation
from app.github.errors import GitHubError
from app.policy.home import Home
from app.reconcile import Access, enroll_home
from app.settings import Settings, SettingsError, read_settings
from app.store import places
from app.store.engine import StoreError
from app.store.migrate import migrate
from app.store.version import look
from app.sweep import BusyError, Options, Progress, Report, StoppedError, sweep
from app.worker import connect

out, err = Console(), Console(stderr=True)
PHASES = {
    "words": "What was said in an outage",
    "trackers": "Trackers",
    "people": "Pull requests of members",
    "upstreams": "Upstreams",
}
UNTIL_FREE = 10.0
"""Seconds between two tries while another process sweeps."""


def sweep_command(
    member: Annotated[
        str | None, typer.Option(metavar="LOGIN", help="Only what this member did.")
    ] = None,
    since: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"], help="Go back to this day (UTC); else 90 days at first."
        ),
    ] = None,
    *,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Tell what is there, and keep nothing.")
    ] = False,
    database_url: Annotated[
        str | None,
        typer.Option(help="Instead of GOOD_CITIZEN_DATABASE_URL.", show_default=False),
    ] = None,
) -> None:
    """Find what members did upstream since the last sweep, and record it; writes nothing to GitHub.

    Goes on where a sweep was stopped. Costs few, wide queries, which are counted; while less than
    a fifth of GitHub's limit is left it rests, so that webhooks go first.

    Examples: good-citizen sweep
              good-citizen sweep --since 2026-01-01 --dry-run
    """
    from_day = since.replace(tzinfo=UTC) if since else None
    try:
        settings = read_settings({"database_url": database_url})
        foundation = lay_foundation(settings)
        (look if dry_run else migrate)(settings.database_url)
        options = Options(member, from_day, dry_run)
        with _quiet():
            report = asyncio.run(_swept(settings, foundation, options))
    except (SettingsError, StoreError) as error:
        cannot(error)
    except ConfigError as error:
        _fail(str(error), 2)
    except GitHubError as error:
        _fail(f"GitHub can't be asked: {error.sentence}", 1)
    except StoppedError:
        _fail("Stopped; the next sweep goes on from here.", 130)
    _tell(report, dry=dry_run)


async def _swept(settings: Settings, foundation: Foundation, options: Options) -> Report:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    async with AsyncExitStack() as stack:
        access = await connect(settings, foundation, stack)
        await _enroll(settings, foundation, access)
        if options.member is not None and not _knows(access.tenant.facts, options.member):
            raise SettingsError((f"{options.member} is no member in the home file.",))
        bar = stack.enter_context(_bar())
        return await _when_free(lambda: _sweep(access, options, bar, stop), stop)


async def _sweep(access: Access, options: Options, bar: Bar, stop: asyncio.Event) -> Report:
    tasks = {phase: bar.add_task(shown, total=None, cost="") for phase, shown in PHASES.items()}

    def show(progress: Progress) -> None:
        cost = f"{progress.report.requests} requests, {progress.report.points} points"
        if (task := tasks.get(progress.phase)) is not None:
            bar.update(task, total=progress.of, completed=progress.done, cost=cost)

    worker = f"{socket.gethostname()}:{os.getpid()}:sweep"
    return await sweep(access, worker=worker, stop=stop, options=options, on_progress=show)


async def _when_free(act: Callable[[], Awaitable[Report]], stop: asyncio.Event) -> Report:
    """Sweep as soon as no other process does: one that was killed keeps its turn for a while."""
    told = False
    while True:
        try:
            return await act()
        except BusyError as busy:
            if not told:
                until = f" (until {busy.until:%H:%M:%S} UTC at least)" if busy.until else ""
                err.print(f"Another process sweeps{until}; waiting for it.")
            told = True
        try:
            await asyncio.wait_for(stop.wait(), UNTIL_FREE)
        except TimeoutError:
            continue
        raise StoppedError("told to stop")


async def _enroll(settings: Settings, foundation: Foundation, access: Access) -> None:
    """Go by the home as the worker does: by its file, or by the version that was adopted."""
    home = foundation.home
    if home is None:
        access.tenant = await enroll_home(access)
        return
    dry = home.publish.dry_run if settings.dry_run is None else settings.dry_run
    async with access.engine.begin() as connection:
        access.tenant = await places.enroll(
            connection, access.tenant.host, home, access.clock.now(), dry_run=dry
        )


@contextmanager
def _quiet() -> Iterator[None]:
    """Let only warnings through, beside the bar: the rest is for the logs of a service."""
    before = structlog.get_config()
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
    )
    try:
        yield
    finally:
        structlog.configure(**before)


def _knows(home: Home, login: str) -> bool:
    wanted = login.casefold()
    return any(
        wanted in {name.casefold() for name in (one.login, *one.former_logins)}
        for one in home.members
    )


def _bar() -> Bar:
    shown = Console(stderr=True)
    return Bar(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[cost]}"),
        console=shown,
        transient=True,
        disable=not shown.is_terminal,
    )


def _tell(report: Report, *, dry: bool) -> None:
    """Say in counts what was found: whose a personal act is stands in the ledger alone."""
    table = Table("act", "found", show_edge=False)
    for act, count in sorted(report.acts.items()):
        table.add_row(act, str(count))
    out.print(table if report.acts else "No acts of members were found.")
    kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(report.kinds.items()))
    recorded = "would be recorded" if dry else "new or changed decisions"
    count = sum(report.kinds.values()) if dry else report.changed
    out.print(f"{count} {recorded}" + (f" ({kinds})" if kinds else ""))
    out.print(f"{report.mentions} mentions in trackers; {report.left_to_jobs} left to the worker")
    if report.words:
        out.print(f"{report.words} words of people, said while no webhook arrived")
    out.print(f"{report.requests} requests, {report.points} GraphQL points")
    if report.resumed:
        out.print("Went on where the last sweep was stopped.")
    notes = (
        ("Nobody has the login", report.unknown),
        ("Can't be walked, because its owner is a pattern", report.unwalked),
        ("Let the app into too many repositories to walk them all", report.too_many),
        ("Not shown in full by GitHub; the next sweep looks again", report.incomplete),
    )
    for says, what in notes:
        if what:
            err.print(f"{says}: {', '.join(sorted(set(what)))}", markup=False)


def _fail(says: str, code: int) -> None:
    err.print(says, markup=False)
    raise typer.Exit(code) from None
