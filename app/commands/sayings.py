"""What a command says, as values: facts to record, and how they stand in a row as JSON.

`Labelled` is no command: a label of ours put on or taken off by hand is a person's word too.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TypeAlias

from app.policy.model import Activity, Bucket, ItemRef, Kind, SubjectType

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"

Link: TypeAlias = ItemRef | str
"""What a need is named by: an item on GitHub, or the address of anything else (a ticket)."""


@dataclass(frozen=True, slots=True)
class Overruled:
    """/tactical, /strategic, /personal: what it is, whatever the rules say."""

    kind: Kind
    bucket: Bucket | None = None
    activity: Activity | None = None
    link: Link | None = None
    community: str | None = None
    because: str | None = None


@dataclass(frozen=True, slots=True)
class NeedNamed:
    """/need: what it is for."""

    link: Link
    community: str | None = None


@dataclass(frozen=True, slots=True)
class ValueSaid:
    """/value: what it brought to whom, word for word."""

    text: str


@dataclass(frozen=True, slots=True)
class Asked:
    """/why: the reasoning is wanted."""


@dataclass(frozen=True, slots=True)
class Reconsidered:
    """/reconsider: everything is to be read and decided afresh."""


@dataclass(frozen=True, slots=True)
class Undone:
    """/undo: the last word that a person said on it is taken back."""


@dataclass(frozen=True, slots=True)
class Muted:
    """/mute, /unmute: whether the app may write on this item."""

    on: bool
    by_maintainer: bool = False
    """Said with a maintainer's permission: then only a maintainer's /unmute lifts it."""


@dataclass(frozen=True, slots=True)
class Logged:
    """/log: work that leaves no pull request; `upstream` is "owner", "owner/name" or an item."""

    activity: Activity
    minutes: int
    upstream: str
    text: str


@dataclass(frozen=True, slots=True)
class HelpAsked:
    """/help: which commands there are, or how `verb` is used."""

    verb: str | None = None


@dataclass(frozen=True, slots=True)
class Labelled:
    """A label of ours for `kind`, put on or taken off by hand."""

    kind: Kind
    on: bool


Saying: TypeAlias = (
    Overruled
    | NeedNamed
    | ValueSaid
    | Asked
    | Reconsidered
    | Undone
    | Muted
    | Logged
    | HelpAsked
    | Labelled
)


def to_payload(saying: Saying) -> dict[str, Json]:
    """Give a saying as JSON; what is not said is left out."""
    match saying:
        case Overruled():
            said: dict[str, Json] = {
                "kind": saying.kind.value,
                "bucket": saying.bucket and saying.bucket.value,
                "activity": saying.activity,
                "link": None if saying.link is None else link_to_json(saying.link),
                "community": saying.community,
                "because": saying.because,
            }
        case NeedNamed(link, community):
            said = {"link": link_to_json(link), "community": community}
        case ValueSaid(text):
            said = {"text": text}
        case Muted(on, by_maintainer):
            said = {"on": on, "by_maintainer": by_maintainer}
        case Logged(activity, minutes, upstream, text):
            said = {"activity": activity, "minutes": minutes, "upstream": upstream, "text": text}
        case HelpAsked(verb):
            said = {"verb": verb}
        case Labelled(kind):
            said = {"kind": kind.value}
        case _:
            said = {}
    return {key: value for key, value in said.items() if value is not None}


def from_payload(verb: str, payload: Mapping[str, Json]) -> Saying:
    """Read back what `to_payload` gave for a word of `verb` ("label", "unlabel" for labels).

    Other keys are passed over. Raises ValueError for what is no payload of that verb.
    """
    reader = _READERS.get(verb)
    if reader is None:
        raise ValueError(f"no word is called {verb!r}")
    return reader(payload)


def link_to_json(link: Link) -> Json:
    """Give an item as an object, any other address as the text it is."""
    if isinstance(link, str):
        return link
    said: dict[str, Json] = {
        "repo": link.repo,
        "number": link.number,
        "type": link.type and link.type.value,
        "sha": link.sha,
        "tag": link.tag,
        "host": link.host,
    }
    return {key: value for key, value in said.items() if value is not None}


def link_from_json(value: Json) -> Link:
    """Read back what `link_to_json` gave; ValueError for anything else."""
    if isinstance(value, str):
        return value
    if not isinstance(value, dict):
        raise ValueError(f"a link is a text or an object, not {value!r}")  # noqa: TRY004 - bad input
    type_ = _text(value, "type")
    return ItemRef(
        _needed(value, "repo"),
        _number(value, "number"),
        None if type_ is None else SubjectType(type_),
        _text(value, "sha"),
        _text(value, "tag"),
        _needed(value, "host"),
    )


def _overruled(kind: Kind, payload: Mapping[str, Json]) -> Overruled:
    bucket, link = _text(payload, "bucket"), payload.get("link")
    return Overruled(
        kind,
        None if bucket is None else Bucket(bucket),
        _text(payload, "activity"),
        None if link is None else link_from_json(link),
        _text(payload, "community"),
        _text(payload, "because"),
    )


def _muted(payload: Mapping[str, Json], *, on: bool) -> Muted:
    return Muted(on, by_maintainer=payload.get("by_maintainer") is True)


def _logged(payload: Mapping[str, Json]) -> Logged:
    minutes = _number(payload, "minutes")
    if minutes is None:
        raise ValueError("minutes is missing")
    return Logged(
        _needed(payload, "activity"),
        minutes,
        _needed(payload, "upstream"),
        _needed(payload, "text"),
    )


def _text(payload: Mapping[str, Json], key: str) -> str | None:
    value = payload.get(key)
    if value is None or isinstance(value, str):
        return value
    raise ValueError(f"{key} is {value!r}, not a text")


def _needed(payload: Mapping[str, Json], key: str) -> str:
    value = _text(payload, key)
    if value is None:
        raise ValueError(f"{key} is missing")
    return value


def _number(payload: Mapping[str, Json], key: str) -> int | None:
    value = payload.get(key)
    if value is None or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    raise ValueError(f"{key} is {value!r}, not a whole number")


_READERS: Mapping[str, Callable[[Mapping[str, Json]], Saying]] = {
    "tactical": partial(_overruled, Kind.TACTICAL),
    "strategic": partial(_overruled, Kind.STRATEGIC),
    "personal": partial(_overruled, Kind.PERSONAL),
    "need": lambda said: NeedNamed(link_from_json(said.get("link")), _text(said, "community")),
    "value": lambda said: ValueSaid(_needed(said, "text")),
    "why": lambda _: Asked(),
    "reconsider": lambda _: Reconsidered(),
    "undo": lambda _: Undone(),
    "mute": partial(_muted, on=True),
    "unmute": partial(_muted, on=False),
    "log": _logged,
    "help": lambda said: HelpAsked(_text(said, "verb")),
    "label": lambda said: Labelled(Kind(_needed(said, "kind")), on=True),
    "unlabel": lambda said: Labelled(Kind(_needed(said, "kind")), on=False),
}
