"""/value: what it brought to whom."""

from app.commands.declare import Arguments, Command, Example, UsageError, Who
from app.commands.sayings import ValueSaid
from app.policy.answers import Sentence


def read(arguments: Arguments) -> ValueSaid:
    """Read TEXT, word for word."""
    if not arguments.rest:
        raise UsageError(Sentence("What it brought to whom has to follow, in your own words."))
    return ValueSaid(arguments.rest)


COMMAND = Command(
    verb="value",
    usage="/value TEXT",
    summary="What it brought to whom, kept word for word for reports.",
    who=Who.MEMBER,
    read=read,
    examples=(
        Example(
            "/value Students of CryoCloud can now log in with the scopes that their course needs.",
            "one sentence that a funder understands",
        ),
    ),
)
