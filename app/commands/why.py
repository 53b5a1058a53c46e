"""/why: the reasoning."""

from app.commands.arguments import nothing_more
from app.commands.declare import Arguments, Command, Example, Who
from app.commands.sayings import Asked


def read(arguments: Arguments) -> Asked:
    """Read nothing."""
    nothing_more(arguments)
    return Asked()


COMMAND = Command(
    verb="why",
    usage="/why",
    summary="Shows how it was decided, rule by rule, as far as this place may read it.",
    who=Who.MEMBER,
    read=read,
    examples=(
        Example("/why", "about the item itself"),
        Example("/why jupyterhub/oauthenticator#719", "about another contribution"),
    ),
)
