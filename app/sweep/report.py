"""What a sweep did, in counts alone: nobody and no item is named with a kind."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeAlias


@dataclass(slots=True)
class Report:
    """What a sweep found and what it cost.

    `words` are what people said while deliveries were lost, and nobody had heard.
    `acts` counts members' acts within the window by sort, `kinds` what they were decided to be.
    `incomplete` are sources that GitHub did not show in full, or not at all; they are looked at
    again by the next sweep. `unknown` are logins that nobody has, `unwalked` globs over owners,
    `too_many` accounts that let the app into more repositories than are walked.
    """

    requests: int = 0
    points: int = 0
    rested: float = 0.0
    looked_at: int = 0
    read: int = 0
    recorded: int = 0
    changed: int = 0
    left_to_jobs: int = 0
    mentions: int = 0
    words: int = 0
    acts: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    incomplete: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    unwalked: list[str] = field(default_factory=list)
    too_many: list[str] = field(default_factory=list)
    resumed: bool = False

    def figures(self) -> dict[str, Any]:
        """Give the counts as JSON."""
        return {
            "requests": self.requests,
            "points": self.points,
            "looked_at": self.looked_at,
            "read": self.read,
            "recorded": self.recorded,
            "changed": self.changed,
            "left_to_jobs": self.left_to_jobs,
            "mentions": self.mentions,
            "words": self.words,
            "acts": dict(self.acts),
            "incomplete": len(self.incomplete),
            "resumed": self.resumed,
        }


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a phase is (words, trackers, people, upstreams): sources done, of how many."""

    phase: str
    done: int
    of: int
    report: Report


OnProgress: TypeAlias = Callable[[Progress], None]
