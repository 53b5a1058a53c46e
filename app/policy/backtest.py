"""A back-test: what another config would have made of what is recorded. Pure values.

The same facts and words are decided twice, with the home as it is and as it would be, so that
nothing but the config makes the difference.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.policy.answers import Decision
from app.policy.model import Act, Kind, Person, Subject


@dataclass(frozen=True, slots=True)
class Change:
    """One contribution that would be decided differently; None: it is, or would be, out of scope.

    `subject_id` is the row of the subject, for whoever has to look at it again.
    """

    subject_id: int
    subject: Subject
    who: Person
    act: Act
    before: Decision | None
    after: Decision | None

    @property
    def kinds(self) -> tuple[Kind | None, Kind | None]:
        """Give the kind before and after."""
        return (
            self.before.kind if self.before else None,
            self.after.kind if self.after else None,
        )

    @property
    def is_personal(self) -> bool:
        """Say whether it is, or would be, personal: then it is counted and never listed."""
        return Kind.PERSONAL in self.kinds


@dataclass(frozen=True, slots=True)
class Backtest:
    """What was tried (a number of recorded contributions) and what would differ, newest first."""

    tried: int
    changes: tuple[Change, ...] = ()

    @property
    def counts(self) -> Mapping[tuple[Kind | None, Kind | None], int]:
        """Count the changes by the kind before and after, the most frequent first."""
        return dict(Counter(change.kinds for change in self.changes).most_common())

    @property
    def subject_ids(self) -> Sequence[int]:
        """Give the subjects that have to be looked at again, each once."""
        return tuple(dict.fromkeys(change.subject_id for change in self.changes))


def differs(before: Decision | None, after: Decision | None) -> bool:
    """Say whether two decisions count differently: in kind, bucket, activity or community."""
    return _counted(before) != _counted(after)


def _counted(decision: Decision | None) -> tuple[str | None, ...] | None:
    if decision is None:
        return None
    return (decision.kind, decision.bucket, decision.activity, decision.community)
