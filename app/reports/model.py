"""The words of reports as types: a question, the rows that answer it, and what was counted."""

from dataclasses import dataclass, field
from datetime import datetime

from app.policy.model import Act, ItemRef, Kind, Strength, Where, Work
from app.reports.standing import Standing


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of the ledger.

    Acts from `since` until before `until` (UTC; None: no bound), as they were known at `as_of`.
    `upstream` is a glob over "owner/name"; `people` are account keys (tables.Contribution), empty
    for a person whom nobody knows, None for everybody. `personal`: for the operator's own eyes.
    """

    as_of: datetime
    since: datetime | None = None
    until: datetime | None = None
    kind: Kind | None = None
    bucket: str | None = None
    activity: str | None = None
    upstream: str | None = None
    community: str | None = None
    people: frozenset[str] | None = None
    personal: bool = False

    @property
    def is_narrowed(self) -> bool:
        """Say whether it is about less than the whole home in a span of time.

        Then a count of personal contributions could be laid at somebody's door.
        """
        told = (self.bucket, self.activity, self.upstream, self.community, self.people)
        return any(one is not None for one in told)


@dataclass(frozen=True, slots=True)
class Seen:
    """One piece of evidence of a decision: where it was seen, and its address."""

    where: Where
    strength: Strength
    name: str
    url: str


@dataclass(frozen=True, slots=True)
class Decided:
    """One decision about an act, as a report tells it; the standing one has no `superseded_at`.

    `decided_by` is a rule's name, or the login of the person whose word it was (`by_person`).
    """

    kind: Kind
    because: str
    decided_by: str
    decided_at: datetime
    bucket: str | None = None
    activity: str | None = None
    community: str | None = None
    work: Work | None = None
    need: str | None = None
    need_url: str | None = None
    provisional: bool = False
    by_person: bool = False
    policy_version: str = ""
    superseded_at: datetime | None = None
    changed_because: str | None = None
    evidence: tuple[Seen, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the ledger: who did what to which item, and what that was decided to be.

    `value`: what people said it brought to whom, word for word. `minutes` of logged work.
    `earlier`: the decisions that the standing one replaced, the oldest first.
    """

    act: Act
    at: datetime | None
    item: ItemRef
    title: str
    person: str
    person_key: str
    decided: Decided
    standing: Standing | None = None
    value: tuple[str, ...] = ()
    minutes: int | None = None
    earlier: tuple[Decided, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """Acts that are alike in everything that is counted by: `n` of them, by `people`.

    `is_release`: the item's work is a release; then, and for releases made, `items` are which.
    """

    kind: Kind
    act: Act
    n: int = 1
    bucket: str | None = None
    activity: str | None = None
    community: str | None = None
    is_release: bool = False
    standing: Standing | None = None
    people: frozenset[str] = frozenset()
    items: frozenset[int] = frozenset()
    minutes: int = 0


@dataclass(frozen=True, slots=True)
class Count:
    """What was counted of one kind, bucket, activity or community (counting.md).

    `people` None: it is not told, since it is about personal time.
    """

    acts: int = 0
    people: int | None = 0
    changes: int = 0
    delivered: int = 0
    minutes: int = 0


@dataclass(frozen=True, slots=True)
class Totals:
    """Everything that is counted; `apart` holds what is in none of the kinds, or is told again.

    `kinds[Kind.PERSONAL]` is missing where it could be laid at somebody's door.
    """

    kinds: dict[Kind, Count] = field(default_factory=dict)
    buckets: dict[str, Count] = field(default_factory=dict)
    activities: dict[str, Count] = field(default_factory=dict)
    communities: dict[str, Count] = field(default_factory=dict)
    apart: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Head:
    """What stands above a report: the home, what was asked (as people typed it), as of when."""

    home: str
    as_of: datetime
    made_at: datetime
    asked: dict[str, str] = field(default_factory=dict)
