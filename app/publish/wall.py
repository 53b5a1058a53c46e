"""The wall between private and public: two sorts of text, and no way from one to the other.

Both sorts are made by pens only, from constant templates and pieces that a pen lets through;
what people wrote comes out inert. mypy reads LiteralString as str, so that templates are constant
is held by a test over the source.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import date
from string import Formatter
from typing import ClassVar, Final, Generic, LiteralString, Self, TypeVar, final

from app.policy.answers import Evidence, Internal, Name, Own, Part, Ref, Sentence
from app.policy.home import Home, Member
from app.policy.model import Bucket, ItemRef, Kind, Visibility
from app.publish.inert import inert, one_line, visible
from app.publish.links import address, command, outside
from app.publish.target import Seen, TargetState, private_to_home

HIDDEN: Final = "something that is not shown here"

_LOGIN: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_-]*[A-Za-z0-9])?", re.ASCII)

LONGEST_SENTENCE: Final = 8_000
"""Characters of Markdown; a longer sentence is shown cut and without its links."""


class _Seal:
    """What only this module holds: without it no text is made."""


_SEAL: Final = _Seal()


class _Text:
    """Finished Markdown of one sort. Equal to the same text of the same sort only."""

    __slots__ = ("_markdown",)
    _markdown: str

    def __init__(self, seal: _Seal, markdown: str) -> None:
        if seal is not _SEAL:
            raise TypeError(f"{type(self).__name__} is made by a pen, never from a str")
        object.__setattr__(self, "_markdown", markdown)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"{type(self).__name__} does not change")

    def __str__(self) -> str:
        return self._markdown

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {len(self)} characters>"

    def __len__(self) -> int:
        return len(self._markdown)

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and str(other) == self._markdown

    def __hash__(self) -> int:
        return hash((type(self), self._markdown))


@final
class PublicText(_Text):
    """Text for a place that outsiders can read."""


@final
class InternalText(_Text):
    """Text for a place that only the home's own people can read."""


T = TypeVar("T", PublicText, InternalText)


class Pen(Generic[T]):
    """Makes one sort of text; a subclass says what may pass."""

    _sort: type[T]

    def __init__(self, home: Home) -> None:
        self._home = home

    outsiders_read: ClassVar[bool]

    def may_show(self, item: ItemRef) -> bool:
        """Tell whether number, title, state and address of `item` may stand in this text."""
        raise NotImplementedError

    def _may_name(self, name: str) -> bool:
        raise NotImplementedError

    def _may_tell(self) -> bool:
        return not self.outsiders_read

    def phrase(self, template: LiteralString, **pieces: T) -> T:
        """Fill a constant Markdown template with finished pieces of the same sort."""
        for piece in pieces.values():
            if type(piece) is not self._sort:
                raise TypeError(f"a piece of {self._sort.__name__} is one itself")
        return self._sort(_SEAL, template.format(**pieces))

    def join(self, separator: LiteralString, pieces: Iterable[T]) -> T:
        """Put finished pieces one after the other."""
        return self._sort(_SEAL, separator.join(str(self.phrase("{it}", it=p)) for p in pieces))

    def says(self, sentence: Sentence, about: ItemRef) -> T:
        """Render a sentence about the item `about`, stand-ins for what may not pass."""
        markdown, text, plain = "", "", ""
        for literal, part in _pieces(sentence):
            text += literal
            if part is None:
                continue
            shown = self._passes(part, about)
            words = one_line(_words(part)) if shown else _stand_in(part)
            if shown and isinstance(part, Ref):
                markdown = _add(markdown, text) + _link(part.item)
                plain, text = plain + text + words, ""
            else:
                text += words
        markdown = _add(markdown, text).rstrip()
        fits = len(markdown) <= LONGEST_SENTENCE
        return self._sort(_SEAL, markdown) if fits else self._plain(plain + text)

    def own(self, text: str, about: ItemRef) -> T:
        """Give a field of the item `about` itself, where that item may be shown."""
        return self._plain(text if self.may_show(about) else HIDDEN)

    def item(self, item: ItemRef, stand_in: LiteralString = HIDDEN) -> T:
        """Give a link to an item that leaves no back-reference there."""
        shown = self.may_show(item)
        return self._sort(_SEAL, _link(item)) if shown else self._plain(stand_in)

    def source(self, evidence: Evidence) -> T | None:
        """Give a link to what a piece of evidence points at, None where it may not pass."""
        if evidence.private and not self._may_tell():
            return None
        if evidence.ref is not None:
            return self.item(evidence.ref) if self.may_show(evidence.ref) else None
        if evidence.url is None or not self._may_tell():
            return None
        label, where = inert(one_line(evidence.url)), outside(evidence.url)
        return self._sort(_SEAL, f"[{label}]({where})" if where else label)

    def rule(self, name: str) -> T:
        """Give a rule's name as words; a rule is a function of ours, its name an identifier."""
        return self._plain(name.replace("_", " ") if name.isidentifier() else "a rule")

    def community(self, name: str) -> T | None:
        """Give a community's name, None where it may not pass."""
        return self._plain(name) if self._may_name(name) else None

    def command(self, verb: LiteralString, about: ItemRef | None, rest: LiteralString = "") -> T:
        """Show a slash command as inline code, which is never read as a command."""
        about = about if about is not None and self.may_show(about) else None
        return self._sort(_SEAL, command(verb, about, rest))

    def number(self, number: int) -> T:
        """Give a number."""
        return self._sort(_SEAL, str(int(number)))

    def home(self) -> T:
        """Give the home's name, which its file states in order to be shown."""
        return self._plain(self._home.name)

    def day(self, day: date) -> T:
        """Give a day of the calendar."""
        return self._sort(_SEAL, day.isoformat())

    def person(self, member: Member) -> T | None:
        """Give who agreed to be named, None for others; as a mention if the home's file says so."""
        if not member.agreed:
            return None
        told = self._home.iteration is not None and self._home.iteration.mention
        if told and _LOGIN.fullmatch(member.login):
            return self._sort(_SEAL, f"@{member.login}")
        return self._plain(member.login)

    def kind(self, kind: Kind) -> T:
        """Give the name that the home's people use for a kind, and the policy's own beside it."""
        shown = self._home.shown(kind)
        same = shown.casefold() == kind.value
        return self._plain(shown if same else f"{shown} ({kind.value})")

    def bucket(self, bucket: Bucket) -> T:
        """Give the name that the home's people use for a bucket."""
        return self._plain(self._home.bucket_names.get(bucket, bucket.value))

    def activity(self, activity: str) -> T | None:
        """Give an activity's name, None for one that is not on the home's list."""
        return self._plain(activity) if activity in self._home.strategic.activities else None

    def closing(self) -> T | None:
        """Give the line that the home's file wants below each comment."""
        line = self._home.publish.closing
        return self._plain(line) if line else None

    def _plain(self, text: str) -> T:
        return self._sort(_SEAL, inert(one_line(text)))

    def _passes(self, part: Part, about: ItemRef) -> bool:
        match part:
            case Own():
                return self.may_show(about)
            case Ref():
                return self._may_tell() or (
                    part.visibility is not Visibility.PRIVATE and self.may_show(part.item)
                )
            case Name():
                return self._may_name(part.text)
            case Internal():
                return self._may_tell()


@final
class PublicPen(Pen[PublicText]):
    """Makes text that outsiders may read: shows what was read as public in this very run.

    `target` is the item the text is for: its own fields are no news to its readers.
    """

    _sort = PublicText
    outsiders_read = True

    def __init__(self, home: Home, seen: Seen, target: ItemRef) -> None:
        super().__init__(home)
        self._public = {key for key, seen_as in seen.items() if seen_as is Visibility.PUBLIC}
        self._public.add(target.key)
        self._names = {
            name.casefold()
            for community in home.communities
            if community.public
            for name in (community.name, *community.aliases)
        }

    def may_show(self, item: ItemRef) -> bool:
        """Only what was read as public in this run, and the target itself."""
        return item.key in self._public

    def _may_name(self, name: str) -> bool:
        return name.casefold() in self._names


@final
class InternalPen(Pen[InternalText]):
    """Makes text for a target that only the home's own people can read; for others it refuses."""

    _sort = InternalText
    outsiders_read = False

    def __init__(self, home: Home, target: TargetState) -> None:
        if not private_to_home(target, home):
            raise ValueError(f"{target.ref} is not private to the home")
        super().__init__(home)

    @classmethod
    def for_target(cls, home: Home, target: TargetState) -> Self | None:
        """Give a pen where the target is private to the home, else None."""
        return cls(home, target) if private_to_home(target, home) else None

    def may_show(self, item: ItemRef) -> bool:  # noqa: ARG002 - the home's own people see all
        """Everything."""
        return True

    def _may_name(self, name: str) -> bool:  # noqa: ARG002 - as above
        return True


def public(sentence: Sentence, seen: Seen, home: Home, about: ItemRef) -> PublicText:
    """Render a sentence about `about` for that very item, as outsiders may read it."""
    return PublicPen(home, seen, about).says(sentence, about)


def _pieces(sentence: Sentence) -> Iterator[tuple[str, Part | None]]:
    for literal, name, _, _ in Formatter().parse(sentence.template):
        yield literal, None if name is None else sentence.parts[name]


def _words(part: Part) -> str:
    return str(part.item) if isinstance(part, Ref) else part.text


def _stand_in(part: Part) -> str:
    return HIDDEN if isinstance(part, Own) else part.stand_in


def _link(item: ItemRef) -> str:
    label = inert(one_line(str(item)))
    where = address(item)
    return f"[{label}]({where})" if where else label


def _add(markdown: str, text: str) -> str:
    # Without its blanks first: a slash or dash behind them would come to stand at a line's start.
    line = visible(text)
    return markdown + inert(line if markdown else line.lstrip())
