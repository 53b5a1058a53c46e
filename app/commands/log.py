"""/log: work that leaves no pull request."""

import re

from app.commands.arguments import activity_called, minutes_in, place_in, quoted
from app.commands.declare import Arguments, Command, Example, UsageError, Who
from app.commands.sayings import Logged
from app.policy.answers import Sentence
from app.policy.home import Home
from app.policy.upstreams import is_upstream

_LOGGED = re.compile(
    r"""(?P<activity>\S.{0,99}?)\s+(?P<duration>\S+)\s+on\s+
    (?P<upstream>(?:<?https?://)?[^\s:]+)\s*:\s*(?P<text>\S.*)""",
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)


def read(arguments: Arguments) -> Logged:
    """Read ACTIVITY DURATION on UPSTREAM: TEXT, the text word for word."""
    found = _LOGGED.fullmatch(arguments.rest)
    if found is None:
        says = "It takes the activity, how long it took, “on” where, a colon, and what it was."
        raise UsageError(Sentence(says))
    return Logged(
        activity_called(found["activity"], arguments.home),
        minutes_in(found["duration"]),
        _upstream(found["upstream"], arguments.home),
        found["text"],
    )


def _upstream(said: str, home: Home) -> str:
    place = place_in(said)
    if place is None:
        says = "{said} is no place: it has to be owner, owner/repo, owner/repo#N or an address."
        raise UsageError(Sentence(says, {"said": quoted(said)}))
    repo = place.partition("#")[0].partition("@")[0]
    if not is_upstream(repo if "/" in repo else f"{repo}/-", home):
        says = "{said} is not upstream: work for the organisation's own repositories is not logged."
        raise UsageError(Sentence(says, {"said": quoted(said)}))
    return place


COMMAND = Command(
    verb="log",
    usage="/log ACTIVITY DURATION on UPSTREAM: TEXT",
    summary="Work that leaves no pull request: a meeting, mentoring, an answer to somebody.",
    who=Who.MEMBER,
    read=read,
    on_trackers_only=True,
    examples=(
        Example(
            "/log meetings 1h30m on jupyterhub/team-compass: monthly meeting, took the notes",
            "durations are 2h, 90m, 1h30m, 1.5h or 1:30",
        ),
        Example(
            "/log mentoring 45m on jupyterhub: a first contribution, talked through together",
            "an organisation as a whole",
        ),
    ),
)
