"""/strategic: it keeps upstream healthy."""

from app.commands.arguments import activity_called, cut_because
from app.commands.declare import Arguments, Command, Example, Who
from app.commands.sayings import Overruled
from app.policy.model import Kind


def read(arguments: Arguments) -> Overruled:
    """Read [ACTIVITY] [because …]."""
    said, because = cut_because(arguments.rest)
    activity = activity_called(said, arguments.home) if said else None
    return Overruled(Kind.STRATEGIC, activity=activity, because=because)


COMMAND = Command(
    verb="strategic",
    usage="/strategic [ACTIVITY] [because …]",
    summary="It was done for the health of the open source ecosystem.",
    who=Who.MEMBER,
    read=read,
    examples=(
        Example("/strategic review", "with the activity that it is, from the organisation's list"),
        Example(
            "/strategic because it was our turn to keep the dependencies fresh", "with a reason"
        ),
    ),
)
