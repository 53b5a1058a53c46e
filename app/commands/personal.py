"""/personal: one's own contribution was made on one's own time."""

from app.commands.arguments import nothing_more
from app.commands.declare import Arguments, Command, Example, Who
from app.commands.sayings import Overruled
from app.policy.model import Kind


def read(arguments: Arguments) -> Overruled:
    """Read nothing: whose contribution it is follows from who says it."""
    nothing_more(arguments)
    return Overruled(Kind.PERSONAL)


COMMAND = Command(
    verb="personal",
    usage="/personal",
    summary="Your own contribution was made on your own time. Nobody is told; reports count it.",
    who=Who.ONESELF,
    read=read,
    examples=(Example("/personal", "on a pull request that you wrote"),),
)
