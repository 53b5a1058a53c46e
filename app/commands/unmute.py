"""/unmute: the app may write on this item again."""

from app.commands.arguments import nothing_more
from app.commands.declare import Arguments, Command, Example, Who
from app.commands.sayings import Muted


def read(arguments: Arguments) -> Muted:
    """Read nothing."""
    nothing_more(arguments)
    return Muted(on=False)


COMMAND = Command(
    verb="unmute",
    usage="/unmute",
    summary="The app may write on this item again; what a maintainer muted, a maintainer unmutes.",
    who=Who.MEMBER_OR_MAINTAINER,
    read=read,
    examples=(Example("/unmute", "after it was muted"),),
)
