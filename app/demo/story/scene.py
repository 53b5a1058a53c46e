"""The words a story is told in: a scene is one contribution, day by day, and what must follow."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeAlias

from app.demo.github import DemoGitHub
from app.policy.model import Act, Bucket, Kind

Day: TypeAlias = Callable[[DemoGitHub, datetime], object]
"""What happens on the demo GitHub on one day, at that moment."""

INFRASTRUCTURE = "2i2c-org/infrastructure"
BOARD = "Engineering board"


@dataclass(frozen=True, slots=True)
class Expected:
    """What the ledger has to say in the end about one person's act."""

    who: str
    act: Act
    kind: Kind
    bucket: Bucket | None = None
    activity: str | None = None
    community: str | None = None
    provisional: bool = False
    by_word: bool = False


@dataclass(frozen=True, slots=True)
class Said:
    """A command that somebody says in a comment of its own, and what must come of it.

    `heard` False: refused, with a reaction and no reply. `stands` False: taken back later. `value`
    is what the ledger has to keep of it word for word.
    """

    day: int
    who: str
    line: str
    heard: bool = True
    stands: bool = True
    value: str | None = None


@dataclass(frozen=True, slots=True)
class Scene:
    """One contribution: what happens on which day, and what must be there in the end.

    `item` is "owner/name#1". `expected` empty: silence, the ledger knows of nobody's act. `label`
    is the kind whose label the item bears. `comments` are the items that carry one comment of ours,
    replies aside. `words` are said on the item, in their order. `gist` is what our comment on the
    item has to say, where that is what the scene is about.
    """

    item: str
    about: str
    days: Mapping[int, Day]
    expected: tuple[Expected, ...] = ()
    label: Kind | None = None
    comments: tuple[str, ...] = field(default=())
    words: tuple[Said, ...] = ()
    gist: str | None = None

    @property
    def all_days(self) -> frozenset[int]:
        """Give the days on which something happens or is said."""
        return frozenset(self.days) | {word.day for word in self.words}

    def play(self, github: DemoGitHub, day: int, at: datetime) -> None:
        """Let happen and be said what the scene has for a day; words follow, a second each."""
        if act := self.days.get(day):
            act(github, at)
        said = (word for word in self.words if word.day == day)
        for second, word in enumerate(said, start=1):
            github.people.comment(self.item, word.who, word.line, at=at + timedelta(seconds=second))


def tracker(number: int) -> str:
    """Give an item of the organisation's tracker."""
    return f"{INFRASTRUCTURE}#{number}"
