"""Commands for whoever runs the app: what was given up, what would be written, run it again."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated, TypeVar

import typer
from rich.console import Console
from rich.table import Table
from sqlalchemy.ext.asyncio import AsyncConnection

from app.settings import SettingsError, read_settings
from app.store import deliveries, subjects
from app.store.engine import StoreError, open_engine
from app.store.given_up import given_up
from app.store.migrate import migrate
from app.store.writes import Placed, written

DATABASE = Annotated[
    str | None,
    typer.Option(
        "--database-url", help="Instead of GOOD_CITIZEN_DATABASE_URL.", show_default=False
    ),
]
WIDE = 10_000
"""Columns where the output is no terminal: nothing is cut off."""
T = TypeVar("T")


def buried(database_url: DATABASE = None) -> None:
    """List what was given up, with the reason; `good-citizen replay` runs it again.

    Example: good-citizen buried
    """
    lost = ask(database_url, deliveries.buried)
    items = ask(database_url, given_up)
    if not lost and not items:
        typer.echo("Nothing is buried.")
        return
    table = Table("received", "event", "delivery or item", "reason", show_edge=False)
    for one in lost:
        table.add_row(_when(one.received_at), one.event, one.guid, one.reason)
    for item in items:
        table.add_row(_when(item.buried_at), "", item.where, item.reason)
    console().print(table)


def replay(
    what: Annotated[str, typer.Argument(metavar="GUID|all", help="One delivery, or all buried.")],
    database_url: DATABASE = None,
) -> None:
    """Run deliveries again: one by its GUID, or all that are buried. Nothing is done twice.

    Examples: good-citizen replay all
              good-citizen replay 0b989ba4-242f-11e5-81e1-c7b6966d2516
    """

    async def again(connection: AsyncConnection) -> int:
        count, bare = await deliveries.replay(connection, None if what == "all" else what)
        if what == "all":
            bare += [item.id for item in await given_up(connection)]
        await subjects.mark_again(connection, bare)
        return count + len(bare) if what == "all" else count

    count = ask(database_url, again)
    if not count and what != "all":
        typer.echo(
            f"There is no delivery {what}. `good-citizen buried` lists what can be replayed."
        )
        raise typer.Exit(1)
    typer.echo(f"{count} to be run again; a running worker takes them within seconds.")


def pending_writes(
    *,
    text: Annotated[bool, typer.Option(help="Show the comments' whole text.")] = False,
    database_url: DATABASE = None,
) -> None:
    """Show what would be written where, if this were no dry run.

    Example: good-citizen pending-writes --text
    """

    async def planned(connection: AsyncConnection) -> list[Placed]:
        return await written(connection, dry=True)

    writes = ask(database_url, planned)
    if not writes:
        typer.echo("Nothing would be written.")
        return
    table = Table("where", "what", "", show_edge=False)
    for one in writes:
        said = one.write.detail or _shown(one.write.text or "", whole=text)
        table.add_row(one.where, one.write.action, said)
    console().print(table)
    typer.echo(
        f"{len(writes)} writes. To switch writing on, set publish.dry_run to false in the home "
        "file: only items that are active from then on are written to."
    )


def console() -> Console:
    """Give a console that cuts nothing off when the output is no terminal."""
    plain = Console()
    return plain if plain.is_terminal else Console(width=WIDE)


def _shown(text: str, *, whole: bool) -> str:
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("<!--")]
    return text if whole else (lines[0] if lines else "")


def _when(moment: datetime | None) -> str:
    return moment.strftime("%Y-%m-%d %H:%M") if moment else ""


def ask(database_url: str | None, act: Callable[[AsyncConnection], Awaitable[T]]) -> T:
    """Do something in one transaction; end with one clear sentence where that can't be done."""

    async def done(url: str) -> T:
        engine = open_engine(url)
        try:
            async with engine.begin() as connection:
                return await act(connection)
        finally:
            await engine.dispose()

    try:
        url = read_settings({"database_url": database_url}).database_url
        migrate(url)
        return asyncio.run(done(url))
    except (SettingsError, StoreError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from None
