"""/need: what it is for."""

from app.commands.arguments import quoted, take_community, take_link
from app.commands.declare import Arguments, Command, Example, Takes, UsageError, Who
from app.commands.sayings import NeedNamed
from app.policy.answers import Sentence


def read(arguments: Arguments) -> NeedNamed:
    """Read LINK [for COMMUNITY]."""
    link, rest = take_link(arguments.rest)
    if link is None:
        said = arguments.rest
        says = "{said} is no link: it has to be an address, or owner/repo and the number."
        raise UsageError(
            Sentence(says, {"said": quoted(said)})
            if said
            else Sentence("What it is needed for has to follow: an address, or owner/repo#N.")
        )
    community = take_community(rest, arguments.home)
    if rest and community is None:
        says = "Only “for” and the name of a community can follow the link, not {said}."
        raise UsageError(Sentence(says, {"said": quoted(rest)}))
    return NeedNamed(link, community)


COMMAND = Command(
    verb="need",
    usage="/need LINK [for COMMUNITY]",
    summary="What it is for: an item of the tracker, a ticket, a message. It is then tactical.",
    who=Who.MEMBER,
    takes=Takes.NEEDS_A_LINK,
    read=read,
    examples=(
        Example("/need 2i2c-org/infrastructure#1234", "an item of the tracker"),
        Example("/need https://example.freshdesk.com/a/tickets/12 for CryoCloud", "a ticket"),
    ),
)
