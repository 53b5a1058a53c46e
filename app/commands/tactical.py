"""/tactical: it serves a need."""

from app.commands.arguments import cut_because, quoted, take_bucket, take_community, take_link
from app.commands.declare import Arguments, Command, Example, Takes, UsageError, Who
from app.commands.sayings import Overruled
from app.policy.answers import Sentence
from app.policy.model import Kind


def read(arguments: Arguments) -> Overruled:
    """Read [BUCKET] [LINK] [for COMMUNITY] [because …]; bucket and link in either order."""
    rest, because = cut_because(arguments.rest)
    bucket, rest = take_bucket(rest, arguments.home)
    link, rest = take_link(rest)
    if bucket is None:
        bucket, rest = take_bucket(rest, arguments.home)
    community = take_community(rest, arguments.home)
    if rest and community is None:
        says = (
            "{said} is none of the buckets product-dev, internal-eng, tech-support and "
            "partnership-support, no link, and not “for” a community either."
        )
        raise UsageError(Sentence(says, {"said": quoted(rest)}))
    return Overruled(Kind.TACTICAL, bucket=bucket, link=link, community=community, because=because)


COMMAND = Command(
    verb="tactical",
    usage="/tactical [BUCKET] [LINK] [for COMMUNITY] [because …]",
    summary="It was done for communities that the organisation serves, or as planned work.",
    who=Who.MEMBER,
    takes=Takes.A_LINK,
    read=read,
    examples=(
        Example("/tactical", "it serves a need, whichever"),
        Example(
            "/tactical tech-support for CryoCloud", "where the need came from, and whose it is"
        ),
        Example(
            "/tactical jupyterhub/oauthenticator#719 product-dev because the roadmap has it",
            "on another issue: which contribution is meant comes first",
        ),
        Example(
            "/tactical tech-support https://example.freshdesk.com/a/tickets/12",
            "the need itself: an item of the tracker, or any address, which outsiders never see",
        ),
    ),
)
