"""/undo: take back the last word."""

from app.commands.arguments import nothing_more
from app.commands.declare import Arguments, Command, Example, Who
from app.commands.sayings import Undone


def read(arguments: Arguments) -> Undone:
    """Read nothing."""
    nothing_more(arguments)
    return Undone()


COMMAND = Command(
    verb="undo",
    usage="/undo",
    summary="Takes back the last word that a person said on it; what stood before stands again.",
    who=Who.MEMBER,
    read=read,
    examples=(
        Example("/undo", "said twice, it takes back the last two"),
        Example("/undo jupyterhub/oauthenticator#719", "what was said on another contribution"),
    ),
)
