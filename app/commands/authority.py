"""Who may say what where: from facts that the caller read live, never GitHub's author_association.

Could-not-check refuses. Machines, deleted accounts and the app itself are not heard at all.
Outsiders on items that outsiders read get a reaction and no answer: `told` is False.
"""

from dataclasses import dataclass
from enum import Enum
from typing import Literal, TypeAlias

from app.commands.declare import Command, Who
from app.policy.answers import Sentence
from app.policy.home import Home
from app.policy.model import ItemRef, Visibility
from app.policy.upstreams import is_home_repository, tracker_of

Permission: TypeAlias = Literal["admin", "maintain", "write", "triage", "read", "none"]
"""GitHub's `role_name` of a collaborator; a role of the organisation's own making is its base."""

MAINTAINERS = frozenset({"admin", "maintain", "write"})


class Place(Enum):
    """Where something was said."""

    UPSTREAM_INSTALLED = "an upstream repository that has let the app in"
    UPSTREAM_ELSEWHERE = "an upstream repository without the app: nothing said there is heard"
    TRACKER = "an item of the home's tracker that everybody can read"
    PRIVATE = "an item that only the home's own people can read"


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who said it, as checked now. None: it was looked for and could not be read.

    `is_member`: on the home's roster on the day of the comment. `is_act_person`: an act on the
    contribution meant is theirs. `permission`: in the repository that it was said in; need only
    be read where `needs_permission` says so.
    """

    is_member: bool | None
    is_act_person: bool | None = None
    permission: Permission | None = None
    is_bot: bool = False
    is_ghost: bool = False
    is_own_app: bool = False

    @property
    def is_nobody(self) -> bool:
        """Say whether there is no person behind it."""
        return self.is_bot or self.is_ghost or self.is_own_app


@dataclass(frozen=True, slots=True)
class Allowed:
    """They may. `as_maintainer`: by their permission upstream, whether a member or not."""

    as_maintainer: bool = False


@dataclass(frozen=True, slots=True)
class NotAllowed:
    """They may not; `told`: the sentence is answered, else there is a reaction alone."""

    says: Sentence
    told: bool


@dataclass(frozen=True, slots=True)
class CouldNotCheck:
    """Whether they may could not be read just now, so they may not."""

    says: Sentence
    told: bool


@dataclass(frozen=True, slots=True)
class Silent:
    """It is as if nothing had been said."""


Verdict: TypeAlias = Allowed | NotAllowed | CouldNotCheck | Silent


def place_of(item: ItemRef, home: Home, *, visibility: Visibility, installed: bool) -> Place | None:
    """Give the place that an item is, None for the home's own repository that tracks nothing.

    What was not read as private is for everybody; an upstream's private repository is upstream.
    """
    if tracker_of(item.repo, home) is not None:
        return Place.PRIVATE if visibility is Visibility.PRIVATE else Place.TRACKER
    if is_home_repository(item.repo, home):
        return None
    return Place.UPSTREAM_INSTALLED if installed else Place.UPSTREAM_ELSEWHERE


def needs_permission(
    command: Command | None, speaker: Speaker, place: Place, *, elsewhere: bool = False
) -> bool:
    """Say whether the speaker's permission in the repository has to be read before `may`.

    A member's too: a maintainer's /unmute lifts more than a member's.
    """
    return (
        command is not None
        and command.who is Who.MEMBER_OR_MAINTAINER
        and place is Place.UPSTREAM_INSTALLED
        and not elsewhere
        and not speaker.is_nobody
    )


def may(
    command: Command | None, speaker: Speaker, place: Place, *, elsewhere: bool = False
) -> Verdict:
    """Say whether `speaker` may say `command` in `place`.

    `command` None: a verb that there is none of, which is told to those who may command at all.
    `elsewhere`: the line names another item than the one it stands on, where permission in this
    repository is worth nothing.
    """
    if speaker.is_nobody or place is Place.UPSTREAM_ELSEWHERE:
        return Silent()
    if needs_permission(command, speaker, place, elsewhere=elsewhere):
        if speaker.permission in MAINTAINERS:
            return Allowed(as_maintainer=True)
        if speaker.permission is None and not speaker.is_member:
            return CouldNotCheck(
                Sentence("Your permission in this repository could not be read just now."),
                told=False,
            )
    told = place is Place.PRIVATE
    if speaker.is_member is None:
        return CouldNotCheck(Sentence("The list of members could not be read just now."), told)
    if not speaker.is_member:
        return NotAllowed(Sentence("Only the organisation's own people can say this here."), told)
    return Allowed() if command is None else _may_as_a_member(command, speaker, place)


def _may_as_a_member(command: Command, speaker: Speaker, place: Place) -> Verdict:
    if command.on_trackers_only and place is Place.UPSTREAM_INSTALLED:
        return NotAllowed(
            Sentence("This belongs on an issue of the organisation's own tracker."), told=True
        )
    if command.who is not Who.ONESELF or speaker.is_act_person:
        return Allowed()
    if speaker.is_act_person is None:
        return CouldNotCheck(
            Sentence("Whose contribution this is could not be read just now."), told=True
        )
    return NotAllowed(Sentence("This can be said only about one's own contribution."), told=True)
