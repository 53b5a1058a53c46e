"""/reconsider: read and decide afresh."""

from app.commands.arguments import nothing_more
from app.commands.declare import Arguments, Command, Example, Who
from app.commands.sayings import Reconsidered


def read(arguments: Arguments) -> Reconsidered:
    """Read nothing."""
    nothing_more(arguments)
    return Reconsidered()


COMMAND = Command(
    verb="reconsider",
    usage="/reconsider",
    summary="Everything about it is read and decided afresh; what people said still stands.",
    who=Who.MEMBER,
    read=read,
    examples=(
        Example("/reconsider", "after a link was added somewhere that the app does not see"),
    ),
)
