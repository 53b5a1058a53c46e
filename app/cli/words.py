"""good-citizen words: what people said, for whoever runs the app."""

from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text
from sqlalchemy.ext.asyncio import AsyncConnection

from app.cli.operate import DATABASE, ask, console
from app.commands.arguments import item_in
from app.store.said import Listed, listed

MOST = 50


def words(
    item: Annotated[
        str | None,
        typer.Argument(metavar="[OWNER/REPO#N]", help="What was said about one item alone."),
    ] = None,
    *,
    most: Annotated[int, typer.Option(min=1, help="The latest ones, so many.")] = MOST,
    personal: Annotated[
        bool, typer.Option("--personal", help="Show what people said of their own time, too.")
    ] = False,
    database_url: DATABASE = None,
) -> None:
    """List what people said in comments and by labels: who, when, what, why, what became of it.

    Examples: good-citizen words
              good-citizen words jupyterhub/oauthenticator#719
    """
    about = item_in(item) if item else None
    if item and (about is None or about.number is None):
        typer.echo(f"{item} is no item: write it as OWNER/REPO#NUMBER, or its address.", err=True)
        raise typer.Exit(2)
    named = (about.repo, about.number) if about and about.number else None

    async def said(connection: AsyncConnection) -> list[Listed]:
        return await listed(connection, item=named, most=most)

    found = ask(database_url, said)
    shown = [one for one in found if personal or not one.is_personal]
    if not found:
        typer.echo("Nobody said anything yet.")
    if shown:
        console().print(_table(shown))
    if hidden := len(found) - len(shown):
        typer.echo(f"{hidden} about people's own time; --personal shows them, to you alone.")


def _table(words: list[Listed]) -> Table:
    table = Table("when", "who", "about", "said", "what became of it", show_edge=False)
    for one in words:
        when = one.said_at.strftime("%Y-%m-%d %H:%M")
        table.add_row(*map(_plain, (when, one.by, one.where, one.text, one.became)))
    return table


def _plain(text: str) -> Text:
    """Give what somebody typed as the text it is: no markup, and nothing that moves a terminal."""
    return Text("".join(c if c.isprintable() else "\ufffd" for c in text))
