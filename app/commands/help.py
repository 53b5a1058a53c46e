"""/help: the commands."""

from app.commands.arguments import first_word, quoted
from app.commands.declare import Arguments, Command, Example, UsageError, Who
from app.commands.sayings import HelpAsked
from app.policy.answers import Sentence


def read(arguments: Arguments) -> HelpAsked:
    """Read [COMMAND]."""
    word, rest = first_word(arguments.rest)
    if rest:
        says = "At most one command can follow, not {said}."
        raise UsageError(Sentence(says, {"said": quoted(arguments.rest)}))
    return HelpAsked(word.lstrip("/").casefold() or None)


COMMAND = Command(
    verb="help",
    usage="/help [COMMAND]",
    summary="Lists the commands, or shows how one is used.",
    who=Who.MEMBER,
    read=read,
    examples=(
        Example("/help", "all commands"),
        Example("/help tactical", "one command, with examples"),
    ),
)
