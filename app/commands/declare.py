"""How a command is declared: as data, from which reading, authority, help and docs are made."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import LiteralString

from app.commands.sayings import Saying
from app.policy.answers import Sentence
from app.policy.home import Home


class Who(Enum):
    """Who may say a command; the value says it to people."""

    MEMBER = "the organisation's own people"
    ONESELF = "the organisation's own people, each about their own contribution"
    MEMBER_OR_MAINTAINER = (
        "the organisation's own people, and upstream the maintainers of the repository"
    )


class Takes(Enum):
    """Whether a command takes a LINK, which looks like the contribution meant and is not it."""

    NO_LINK = "no link"
    A_LINK = "a link"
    NEEDS_A_LINK = "needs a link"


@dataclass(frozen=True, slots=True)
class Arguments:
    """What follows the verb, and the contribution meant if it came first, word for word."""

    rest: str
    home: Home


@dataclass(frozen=True, slots=True)
class Example:
    """A line as a person types it, and what it says."""

    line: LiteralString
    says: LiteralString


@dataclass(frozen=True, slots=True)
class Command:
    """One slash command. `usage` is how it is typed; capitals and brackets are for people to fill.

    `read` gives the facts that its arguments state, or raises UsageError. `on_trackers_only`: it
    is about no contribution, so it is said on an issue of the home's tracker.
    """

    verb: LiteralString
    usage: LiteralString
    summary: LiteralString
    who: Who
    examples: tuple[Example, ...]
    read: Callable[[Arguments], Saying]
    takes: Takes = Takes.NO_LINK
    on_trackers_only: bool = False

    @property
    def arguments(self) -> LiteralString:
        """Give what is typed after the verb."""
        return self.usage.removeprefix(f"/{self.verb}").lstrip()


class UsageError(Exception):
    """A line that a person can put right; the sentence is the answer to it.

    `verb` is the command whose usage and example help: the one that was typed or the nearest.
    """

    def __init__(self, says: Sentence, verb: str | None = None) -> None:
        super().__init__(str(says))
        self.says = says
        self.verb = verb
