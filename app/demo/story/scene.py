"""The words a story is told in: a scene is one contribution, day by day, and what must follow."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
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


@dataclass(frozen=True, slots=True)
class Scene:
    """One contribution: what happens on which day, and what must be there in the end.

    `item` is "owner/name#1". `expected` empty: silence, the ledger knows of nobody's act. `label`
    is the kind whose label the item bears. `comments` are the items that carry one comment of ours.
    """

    item: str
    about: str
    days: Mapping[int, Day]
    expected: tuple[Expected, ...] = ()
    label: Kind | None = None
    comments: tuple[str, ...] = field(default=())


def tracker(number: int) -> str:
    """Give an item of the organisation's tracker."""
    return f"{INFRASTRUCTURE}#{number}"
