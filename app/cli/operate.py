"""Commands for whoever runs the app: what was given up, what would be written, run it again."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime
from textwrap import indent
from typing import Annotated, TypeVar

import typer
from rich.console import Console, Group
from rich.table import Table
from rich.text import Text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from app.cli.lines import cannot
from app.publish import one_line
from app.settings import SettingsError, read_settings
from app.store import deliveries, subjects
from app.store.deliveries import Buried, Replayed
from app.store.engine import StoreError, open_engine, open_reader
from app.store.given_up import GivenUp, given_up
from app.store.version import ready
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

    async def lost_and_given_up(connection: AsyncConnection) -> tuple[list[Buried], list[GivenUp]]:
        return await deliveries.buried(connection), await given_up(connection)

    lost, items = ask(database_url, lost_and_given_up)
    if not lost and not items:
        typer.echo("Nothing is buried.")
        return
    table = Table("when", "event", "delivery or item", "reason", show_edge=False)
    for one in lost:
        table.add_row(*map(Text, (_when(one.received_at), one.event, one.guid, one.reason)))
    for item in items:
        table.add_row(*map(Text, (_when(item.buried_at), "", item.where, item.reason)))
    console().print(table)


def replay(
    what: Annotated[str, typer.Argument(metavar="GUID|all", help="One delivery, or all buried.")],
    database_url: DATABASE = None,
) -> None:
    """Run deliveries again: one by its GUID, or all that are buried. Nothing is done twice.

    Examples: good-citizen replay all
              good-citizen replay 0b989ba4-242f-11e5-81e1-c7b6966d2516
    """

    async def one_again(connection: AsyncConnection) -> Replayed:
        found = await deliveries.replay(connection, what.lower())
        await subjects.mark_again(connection, found.subjects)
        return found

    async def all_again(connection: AsyncConnection) -> Replayed:
        found = await deliveries.replay(connection, None)
        items = {*found.subjects, *(item.id for item in await given_up(connection))}
        await subjects.mark_again(connection, sorted(items))
        return replace(found, subjects=tuple(items))

    found = ask(database_url, all_again if what == "all" else one_again, open_engine)
    if not found.deliveries and not found.subjects and what != "all":
        why = "is kept no longer" if found.empty else "is not known"
        typer.echo(
            f"What delivery {what} said {why}: `good-citizen buried` lists what can be replayed, "
            "and GitHub sends a delivery again for three days (the App's page, Advanced)."
        )
        raise typer.Exit(1)
    told = [f"{found.deliveries} deliveries"] if found.deliveries else []
    told += [f"{len(found.subjects)} items"] if found.subjects else []
    if not told:
        typer.echo("Nothing is buried.")
        return
    typer.echo(f"To be run again: {' and '.join(told)}. A running worker takes them in seconds.")


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
    screen = console()
    screen.print(_whole(writes) if text else _listed(writes))
    screen.print(
        Text(
            f"\n{len(writes)} writes. To switch writing on, set publish.dry_run to false in the "
            "home file: only items that are active from then on are written to."
        )
    )


def console() -> Console:
    """Give a console that cuts nothing off when the output is no terminal."""
    plain = Console()
    return plain if plain.is_terminal else Console(width=WIDE)


def _listed(writes: list[Placed]) -> Table:
    table = Table("where", "what", "which", show_edge=False)
    for one in writes:
        which = one.write.detail or one_line(_gist(one.write.text or ""))
        table.add_row(*map(Text, (one.where, one.write.action, which)))
    return table


def _gist(comment: str) -> str:
    """Give the first line that says something: no marker and no heading."""
    lines = [line.strip() for line in comment.splitlines()]
    telling = [x for x in lines if x and not x.startswith("<!--") and not x.endswith("**")]
    return next(iter(telling), "")


def _whole(writes: list[Placed]) -> Group:
    """Show each write with all of its text, indented below the place that it is for."""
    return Group(
        *(
            Text(
                f"{one.where}: {one.write.action} {one.write.detail}".rstrip()
                + (f"\n\n{indent(one.write.text, '    ')}\n" if one.write.text else "")
            )
            for one in writes
        )
    )


def _when(moment: datetime | None) -> str:
    return moment.strftime("%Y-%m-%d %H:%M") if moment else ""


def ask(
    database_url: str | None,
    act: Callable[[AsyncConnection], Awaitable[T]],
    opened: Callable[[str], AsyncEngine] = open_reader,
) -> T:
    """Do something in one transaction; end with one clear sentence where that can't be done."""

    async def done(url: str) -> T:
        async with ready(opened(url)) as connection:
            result = await act(connection)
            await connection.commit()
            return result

    try:
        return asyncio.run(done(read_settings({"database_url": database_url}).database_url))
    except (SettingsError, StoreError) as error:
        cannot(error)
