"""/tactical: it serves a need."""

from app.commands.arguments import (
    cut_because,
    first_word,
    quoted,
    take_bucket,
    take_community,
    take_link,
)
from app.commands.declare import Arguments, Command, Example, Takes, UsageError, Who
from app.commands.nearest import nearest
from app.commands.sayings import Overruled
from app.policy.answers import Own, Part, Sentence
from app.policy.model import Bucket, Kind


def read(arguments: Arguments) -> Overruled:
    """Read [BUCKET] [LINK] [for COMMUNITY] [because …]; bucket and link in either order."""
    rest, because = cut_because(arguments.rest)
    bucket, rest = take_bucket(rest, arguments.home)
    link, rest = take_link(rest)
    if bucket is None:
        bucket, rest = take_bucket(rest, arguments.home)
    community = take_community(rest, arguments.home)
    if rest and community is None:
        raise _none_of_these(rest)
    return Overruled(Kind.TACTICAL, bucket=bucket, link=link, community=community, because=because)


def _none_of_these(said: str) -> UsageError:
    known = ", ".join(Bucket)
    near = nearest(first_word(said)[0], Bucket)
    parts: dict[str, Part] = {"said": quoted(said), "known": Own(known), "near": Own(near or "")}
    if near is None:
        says = "{said} is no bucket, no link and no “for” with a community. The buckets: {known}."
        return UsageError(Sentence(says, parts))
    return UsageError(
        Sentence("{said} is no bucket; the nearest is {near}. The list: {known}.", parts)
    )


COMMAND = Command(
    verb="tactical",
    usage="/tactical [BUCKET] [LINK] [for COMMUNITY] [because …]",
    summary="It was done for communities that the organisation serves, or as planned work.",
    who=Who.MEMBER,
    takes=Takes.A_LINK,
    read=read,
    examples=(
        Example(
            "/tactical tech-support for CryoCloud", "where the need came from, and whose it is"
        ),
        Example("/tactical", "it serves a need, whichever"),
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
