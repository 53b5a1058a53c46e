"""From everything that people said about a subject to what stands. Pure.

The latest word stands, whoever said it; /personal concerns its speaker's own contribution alone.
/undo takes back the last word that a person said on the subject, whoever said it, with one
exception: another person's /personal, of which nobody else is told. Said again, it takes back the
one before. What it can take back is what was stated about the work: /tactical, /strategic,
/personal, /need, /value, /log, and labels put on or taken off by hand; /mute has its /unmute.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType
from typing import TypeAlias

from app.commands.sayings import (
    Labelled,
    Link,
    Logged,
    Muted,
    NeedNamed,
    Overruled,
    Reconsidered,
    Saying,
    Undone,
    ValueSaid,
)
from app.policy.answers import Overrule
from app.policy.model import ItemRef, Kind, Person

_TAKEN_BACK = (Overruled, NeedNamed, ValueSaid, Logged, Labelled)
_Key: TypeAlias = int | str


@dataclass(frozen=True, slots=True)
class Spoken:
    """One word about a subject, as recorded: `verb` as typed, or "label", "unlabel"."""

    verb: str
    saying: Saying
    by: Person
    at: datetime
    id: int


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands of all that was said about a subject.

    `item`: the latest word on the whole item. `own`: people's latest /personal, each about their
    contribution alone. `needs`, `values`, `logs`: words not taken back, in their order.
    `took_back`: the id of each /undo and the word that it took back, None where there was none.
    """

    item: Overrule | None = None
    own: tuple[Overrule, ...] = ()
    needs: tuple[Spoken, ...] = ()
    values: tuple[Spoken, ...] = ()
    logs: tuple[Spoken, ...] = ()
    muted: bool = False
    reconsiders: int = 0
    took_back: Mapping[int, Spoken | None] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def undone(self) -> frozenset[int]:
        """Give the ids of the words that were taken back."""
        return frozenset(word.id for word in self.took_back.values() if word is not None)

    def words_on(self, person: Person) -> tuple[Overrule, ...]:
        """Give the word that stands for this person's contributions: one, or none."""
        own = next((one for one in self.own if _key(one.by) == _key(person)), None)
        word = own or self.item
        return () if word is None else (word,)

    def is_about_item(self, person: Person) -> bool:
        """Say whether what stands for this person's contributions was said of the whole item."""
        return self.item is not None and self.words_on(person) == (self.item,)


def standing(words: Iterable[Spoken]) -> Standing:
    """Give what stands. `words`: all that were ever said of the subject, also those taken back."""
    said = sorted(words, key=lambda word: (word.at, word.id))
    took_back = _took_back(said)
    gone = {word.id for word in took_back.values() if word is not None}
    left = [word for word in said if word.id not in gone]
    item, own = _overrules(left)
    return Standing(
        item,
        own,
        needs=tuple(word for word in left if isinstance(word.saying, NeedNamed)),
        values=tuple(word for word in left if isinstance(word.saying, ValueSaid)),
        logs=tuple(word for word in left if isinstance(word.saying, Logged)),
        muted=_is_muted(left),
        reconsiders=sum(isinstance(word.saying, Reconsidered) for word in left),
        took_back=MappingProxyType(took_back),
    )


def is_personal(word: Spoken) -> bool:
    """Say whether a word is a person's own affair, that nobody else is told of."""
    return isinstance(word.saying, Overruled) and word.saying.kind is Kind.PERSONAL


def _took_back(said: list[Spoken]) -> dict[int, Spoken | None]:
    stack: list[Spoken] = []
    took_back: dict[int, Spoken | None] = {}
    for word in said:
        if isinstance(word.saying, _TAKEN_BACK):
            stack.append(word)
        elif isinstance(word.saying, Undone):
            last = next((one for one in reversed(stack) if _may_undo(word.by, one)), None)
            took_back[word.id] = last
            if last is not None:
                stack.remove(last)
    return took_back


def _may_undo(by: Person, word: Spoken) -> bool:
    return not is_personal(word) or _key(word.by) == _key(by)


def _overrules(words: list[Spoken]) -> tuple[Overrule | None, tuple[Overrule, ...]]:
    item: Overrule | None = None
    own: dict[_Key, Overrule] = {}
    for word in words:
        match word.saying:
            case Overruled(Kind.PERSONAL):
                own[_key(word.by)] = Overrule(Kind.PERSONAL, word.by, word.at)
                continue
            case Overruled() as said:
                now: Overrule | None = _overrule(word, said)
            case NeedNamed() as need:
                now = _needed(word, need, item)
            case Labelled() as label:
                now = _labelled(word, label, item)
            case _:
                continue
        if now is not item:
            item = now
            own.clear()
    return item, tuple(own.values())


def _overrule(word: Spoken, said: Overruled) -> Overrule:
    need, need_url = _link(said.link)
    return Overrule(
        said.kind,
        word.by,
        word.at,
        bucket=said.bucket,
        activity=said.activity,
        need=need,
        need_url=need_url,
        community=said.community,
        because=said.because,
    )


def _needed(word: Spoken, said: NeedNamed, before: Overrule | None) -> Overrule:
    """Naming a need makes it tactical; what was said of it as tactical before still holds."""
    need, need_url = _link(said.link)
    tactical = before if before is not None and before.kind is Kind.TACTICAL else None
    return Overrule(
        Kind.TACTICAL,
        word.by,
        word.at,
        bucket=tactical.bucket if tactical else None,
        need=need,
        need_url=need_url,
        community=said.community or (tactical.community if tactical else None),
        because=tactical.because if tactical else None,
    )


def _labelled(word: Spoken, label: Labelled, before: Overrule | None) -> Overrule | None:
    """Read a label; what agrees with the word before it takes none of that word's details away.

    Taken off, it means "not this kind", which a word for another kind says already.
    """
    if label.on:
        if before is not None and before.kind is label.kind:
            return replace(before, by=word.by, at=word.at, by_label=True)
        return Overrule(label.kind, word.by, word.at, by_label=True)
    if before is not None and before.kind not in (label.kind, Kind.UNDECIDED):
        return before
    return Overrule(Kind.UNDECIDED, word.by, word.at, by_label=True)


def _is_muted(words: list[Spoken]) -> bool:
    by_member = by_maintainer = False
    for word in words:
        if isinstance(word.saying, Muted):
            if word.saying.on:
                by_member = by_member or not word.saying.by_maintainer
                by_maintainer = by_maintainer or word.saying.by_maintainer
            else:
                by_member = False
                by_maintainer = by_maintainer and not word.saying.by_maintainer
    return by_member or by_maintainer


def _link(link: Link | None) -> tuple[ItemRef | None, str | None]:
    return (None, link) if isinstance(link, str) else (link, None)


def _key(person: Person) -> _Key:
    return person.login.casefold() if person.id is None else person.id
