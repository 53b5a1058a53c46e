"""The `good-citizen` command: one file for each group of commands, imported when asked for."""

from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperGroup
from typer.main import get_command

from app import __version__

COMMANDS = {
    "demo": "app.cli.demo:demo",
    "serve": "app.cli.serve:serve",
    "doctor": "app.cli.doctor:doctor",
    "pending-writes": "app.cli.operate:pending_writes",
    "buried": "app.cli.operate:buried",
    "replay": "app.cli.operate:replay",
    "words": "app.cli.words:words",
    "sweep": "app.cli.sweep:sweep_command",
    "import": "app.cli.imports:import_command",
    "ledger": "app.cli.ledger:ledger",
    "forget": "app.cli.forget:forget",
    "config": "app.cli.config:config_app",
    "policy": "app.cli.classify:policy",
    "classify": "app.cli.classify:classify",
    "detect-work": "app.cli.classify:detect_work_command",
    "evaluate": "app.cli.evaluate:evaluate",
}
"""Each command and where it lives, in the order in which help shows them."""

HELP = {"help_option_names": ["-h", "--help"]}


class OnDemand(TyperGroup):
    """Imports a command when it is run: `buried` needs no web server, `serve` no evaluation."""

    # The contexts are Click's own, which Typer carries under a private name: hence Any.
    def list_commands(self, _: Any) -> list[str]:
        """Name the commands in their order."""
        return list(COMMANDS)

    def get_command(self, _: Any, cmd_name: str) -> Any:
        """Import a command; None if there is none of that name."""
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name].partition(":")
        found = getattr(import_module(module), name)
        if isinstance(found, typer.Typer):
            return get_command(found)
        alone = typer.Typer(
            context_settings=HELP, pretty_exceptions_enable=False, add_completion=False
        )
        alone.command(cmd_name)(found)
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
