"""`good-citizen demo`: the product at its real job, offline, in one command."""

import signal
import sys
from types import FrameType
from typing import Annotated

import typer

from app.demo.run import run
from app.demo.telling import console


def demo(
    *,
    serve: Annotated[
        bool, typer.Option("--serve", help="Keep both sides running until Ctrl-C.")
    ] = False,
) -> None:
    """Show what the app does, against a small GitHub of its own on this machine.

    Needs no account, no server and no settings; writes to a temporary directory only.
    """
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _leave)
    # A shell without job control has what runs in its background ignore SIGINT.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        code = run(console(), serve=serve)
    except KeyboardInterrupt:
        code = 130
    raise typer.Exit(code)


def _leave(number: int, _: FrameType | None) -> None:
    """Leave as if by an error, so that everything that was started is stopped."""
    sys.exit(128 + number)
