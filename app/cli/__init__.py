"""The `good-citizen` command: one file for each group of commands, imported when asked for."""

from importlib import import_module
from typing import Annotated, Any, NamedTuple, cast

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

from app import __version__


class Command(NamedTuple):
    """Where a command lives, and what help says of it: the first sentences of its own help."""

    place: str
    says: str


COMMANDS = {
    "demo": Command(
        "app.cli.demo:demo",
        "Show what the app does, against a small GitHub of its own on this machine.",
    ),
    "serve": Command(
        "app.cli.serve:serve",
        "Receive GitHub's webhooks and work on them; both processes unless one is named.",
    ),
    "doctor": Command(
        "app.cli.doctor:doctor",
        "Look at settings, App, webhook, database and worker; say what to do. Changes nothing.",
    ),
    "pending-writes": Command(
        "app.cli.operate:pending_writes",
        "Show what would be written where, if this were no dry run.",
    ),
    "buried": Command(
        "app.cli.operate:buried",
        "List what was given up, with the reason; `good-citizen replay` runs it again.",
    ),
    "replay": Command(
        "app.cli.operate:replay",
        "Run deliveries again: one by its GUID, or all that are buried. Nothing is done twice.",
    ),
    "words": Command(
        "app.cli.words:words",
        "List what people said in comments and by labels: who, when, what, why, what became of it.",
    ),
    "sweep": Command(
        "app.cli.sweep:sweep_command",
        "Find what members did upstream since the last sweep, and record it; writes nothing to "
        "GitHub.",
    ),
    "import": Command(
        "app.cli.imports:import_command",
        "Import what members did upstream from SQLite files, without asking GitHub anything.",
    ),
    "ledger": Command(
        "app.cli.ledger:ledger",
        "Show what was done upstream, for whom and why: totals, then act by act, the newest first.",
    ),
    "forget": Command(
        "app.cli.forget:forget",
        "Forget a person, or an installation: delete what is theirs, and say what is kept and why.",
    ),
    "config": Command(
        "app.cli.config:config_app",
        "Check, show and describe good-citizen.yml.",
    ),
    "policy": Command(
        "app.cli.classify:policy",
        "Print the policy as Markdown: the definitions, the rules below each, the home's settings.",
    ),
    "classify": Command(
        "app.cli.classify:classify",
        "Say of each case whether it is tactical, strategic or personal, and why.",
    ),
    "detect-work": Command(
        "app.cli.classify:detect_work_command",
        "Say of each change what kind of work it is: feature, bugfix, documentation, ci, ….",
    ),
    "evaluate": Command(
        "app.cli.evaluate:evaluate",
        "Tell how many answers are right, for which kinds, and where they differ.",
    ),
}
"""Each command, in the order in which help shows them."""

HELP = {"help_option_names": ["-h", "--help"]}


class OnDemand(TyperGroup):
    """Imports a command when it is run: `buried` needs no web server, help needs nothing."""

    # The contexts are Click's own, which Typer carries under a private name: hence Any.
    def list_commands(self, _: Any) -> list[str]:
        """Name the commands in their order."""
        return list(COMMANDS)

    def get_command(self, _: Any, cmd_name: str) -> Any:
        """Give what help shows of a command; None if there is none of that name."""
        command = COMMANDS.get(cmd_name)
        return command and TyperCommand(cmd_name, help=command.says)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Import the command that is to be run."""
        name, found, rest = super().resolve_command(ctx, args)
        return name, found and _imported(cast("str", name)), rest


def _imported(name: str) -> Any:
    module, _, place = COMMANDS[name].place.partition(":")
    found = getattr(import_module(module), place)
    if isinstance(found, typer.Typer):
        return get_command(found)
    alone = typer.Typer(context_settings=HELP, pretty_exceptions_enable=False, add_completion=False)
    alone.command(name)(found)
    return get_command(alone)


app = typer.Typer(
    name="good-citizen",
    cls=OnDemand,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings=HELP,
)


def _version(asked: bool) -> None:  # noqa: FBT001 - Typer calls it so
    if asked:
        typer.echo(__version__)
        raise typer.Exit


@app.callback()
def root(
    *,
    version: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Print the version."),
    ] = False,
) -> None:
    """Tell tactical, strategic and personal open source work apart, and say why."""


def main() -> None:
    """Run the command line."""
    app()
