"""/mute: no more writing on this item."""

from app.commands.arguments import nothing_more
from app.commands.declare import Arguments, Command, Example, Who
from app.commands.sayings import Muted


def read(arguments: Arguments) -> Muted:
    """Read nothing."""
    nothing_more(arguments)
    return Muted(on=True)


COMMAND = Command(
    verb="mute",
    usage="/mute",
    summary="The app writes nothing more on this item, from now on.",
    who=Who.MEMBER_OR_MAINTAINER,
    read=read,
    examples=(Example("/mute", "the answer is a reaction, and then silence"),),
)
