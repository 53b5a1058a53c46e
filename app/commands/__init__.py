"""Slash commands: what people say in comments, read into facts to record. Pure.

A new command is one file with a `COMMAND`, its import and its place in the list below.
"""

from collections.abc import Mapping
from types import MappingProxyType

from app.commands import (
    help,  # noqa: A004 - a module is called like its command
    log,
    mute,
    need,
    personal,
    reconsider,
    strategic,
    tactical,
    undo,
    unmute,
    value,
    why,
)
from app.commands.declare import Command

COMMANDS: Mapping[str, Command] = MappingProxyType(
    {
        module.COMMAND.verb: module.COMMAND
        for module in (
            tactical,
            strategic,
            personal,
            need,
            value,
            why,
            reconsider,
            undo,
            mute,
            unmute,
            log,
            help,
        )
    }
)
"""Every command by its verb, in the order in which help shows them."""
