"""The words of the core as types: sentences, evidence, answers, decisions.

An answer's sentence *is* the explanation that comments, pages, the command line and reports print.
It is a constant template with typed pieces, so that the wall can tell piece by piece what
outsiders may read. Answers and pieces carry their own name in a field, so that a stored one is
read back as what it was.
"""

from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from string import Formatter
from typing import TYPE_CHECKING, Literal, LiteralString, TypeAlias

from app.policy.model import (
    Activity,
    Bucket,
    ItemRef,
    Kind,
    Person,
    Strength,
    Visibility,
    Where,
    Work,
)

if TYPE_CHECKING:
    Constant: TypeAlias = LiteralString
    """Text that stands in the source: nothing that was read from anywhere."""
else:
    Constant = str  # what a stored sentence is read back as


@dataclass(frozen=True, slots=True)
class Own:
    """A piece of a sentence that is a field of the very item the sentence is about."""

    text: str
    part: Literal["own"] = "own"


@dataclass(frozen=True, slots=True)
class Ref:
    """A piece that names another item; outsiders see `stand_in` unless the item is public."""

    item: ItemRef
    stand_in: Constant = "an item of the organisation's tracker"
    visibility: Visibility = Visibility.UNKNOWN
    part: Literal["ref"] = "ref"


@dataclass(frozen=True, slots=True)
class Name:
    """A piece of a sentence that is a name of the home's; shown outside only if marked public."""

    text: str
    public: bool = False
    stand_in: Constant = "a community that the organisation serves"
    part: Literal["name"] = "name"


@dataclass(frozen=True, slots=True)
class Internal:
    """A piece of a sentence that never leaves the home; outsiders see `stand_in`."""

    text: str
    stand_in: Constant = "an internal source"
    part: Literal["internal"] = "internal"


Part: TypeAlias = Own | Ref | Name | Internal


@dataclass(frozen=True, slots=True)
class Sentence:
    """A constant template with named pieces: one sentence, which the wall can read piece by piece.

    >>> str(Sentence("it serves {need}", {"need": Name("CryoCloud")}))
    'it serves CryoCloud'
    """

    template: Constant
    parts: dict[str, Part] = field(default_factory=dict)

    def __str__(self) -> str:
        """Give the whole sentence, for those who may read everything."""
        return "".join(
            literal + (_shown(self.parts[name]) if name is not None else "")
            for literal, name, _, _ in Formatter().parse(self.template)
        )

    def __hash__(self) -> int:
        return hash((self.template, tuple(sorted(self.parts.items(), key=lambda kv: kv[0]))))


def _shown(part: Part) -> str:
    return str(part.item) if isinstance(part, Ref) else part.text


@dataclass(frozen=True, slots=True)
class Evidence:
    """One observed fact and where to see it.

    `ref` is the item it points at, or None with `url` for what is no GitHub item; `seen_in` is the
    item whose text carries it; `private` text or addresses reach no public place.
    """

    where: Where
    strength: Strength
    ref: ItemRef | None = None
    url: str | None = None
    seen_in: ItemRef | None = None
    by: Person | None = None
    at: datetime | None = None
    verb: str | None = None
    private: bool = False


@dataclass(frozen=True, slots=True)
class Need:
    """What the organisation serves by a contribution, with its evidence.

    `bucket` None: a need all the same, its bucket is not known.
    """

    says: Sentence
    evidence: Evidence
    bucket: Bucket | None = None
    bucket_from: Where | None = None
    community: str | None = None


@dataclass(frozen=True, slots=True)
class Yes:
    """The rule holds, because. `hint`: what it rests on may mean something else."""

    says: Sentence
    evidence: tuple[Evidence, ...] = ()
    activity: Activity | None = None
    need: Need | None = None
    hint: bool = False
    answer: Literal["yes"] = "yes"


@dataclass(frozen=True, slots=True)
class No:
    """The rule does not hold, because."""

    says: Sentence
    evidence: tuple[Evidence, ...] = ()
    answer: Literal["no"] = "no"


@lru_cache(maxsize=256)
def no(says: Constant) -> No:
    """Give a No whose sentence has no pieces. Most answers are such, so each is made once."""
    return No(Sentence(says))


@dataclass(frozen=True, slots=True)
class Unknown:
    """It was looked for and could not be read just now. Not a No."""

    says: Sentence
    evidence: tuple[Evidence, ...] = ()
    answer: Literal["unknown"] = "unknown"


Answer: TypeAlias = Yes | No | Unknown


@dataclass(frozen=True, slots=True)
class Finding:
    """What one rule answered about one contribution."""

    rule: str
    answer: Answer


@dataclass(frozen=True, slots=True)
class Overrule:
    """A person's word on a contribution or on a whole item; the latest one stands.

    `kind` undecided means "not what was said before" (a label taken off). `by_label` tells a
    label put on or taken off by hand from a slash command.
    """

    kind: Kind
    by: Person
    at: datetime
    bucket: Bucket | None = None
    activity: Activity | None = None
    need: ItemRef | None = None
    need_url: str | None = None
    community: str | None = None
    because: str | None = None
    by_label: bool = False


@dataclass(frozen=True, slots=True)
class Assignment:
    """Planned stewardship: taken from the team's list, or the person's turn in a role."""

    person: Person
    activity: Activity
    says: Sentence


@dataclass(frozen=True, slots=True)
class Decision:
    """What a contribution is, why, and how sure that is. Superseded, never edited.

    `provisional`: it passed over an Unknown or rests on a hint alone; it writes nothing upstream
    and never moves a label that is already there. `question`: what only a person can say.
    """

    kind: Kind
    because: Sentence
    findings: tuple[Finding, ...]
    bucket: Bucket | None = None
    activity: Activity | None = None
    need: Need | None = None
    community: str | None = None
    provisional: bool = False
    conflict: Sentence | None = None
    question: Sentence | None = None
    by_word: bool = False
    work: Work | None = None
    flags: tuple[Sentence, ...] = ()
    policy_version: str = ""
    rule: str = ""
    """The name of the rule that decided."""
