"""Reading what a line of JSON tells: missing is None or empty, wrong a ValueError that says so."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, time
from enum import StrEnum
from typing import TypeVar

from app.policy.addresses import read_address
from app.policy.links import mentions
from app.policy.model import ChangedFile, Comment, Commit, Item, ItemRef, Person, SubjectType

Named = TypeVar("Named", bound=StrEnum)

_NOWHERE = ItemRef("")
_DAY = len("2024-01-31")


def text(line: Mapping[str, object], key: str) -> str | None:
    """Give a text, None where it is missing."""
    value = line.get(key)
    if value is None or isinstance(value, str):
        return value
    raise ValueError(f"{key} is {_short(value)}, not a text")


def flag(line: Mapping[str, object], key: str) -> bool | None:
    """Give true or false, None where it is missing."""
    value = line.get(key)
    if value is None or isinstance(value, bool):
        return value
    raise ValueError(f"{key} is {_short(value)}, not true or false")


def number(line: Mapping[str, object], key: str) -> int | None:
    """Give a whole number, None where it is missing."""
    value = line.get(key)
    if value is None or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    raise ValueError(f"{key} is {_short(value)}, not a whole number")


def instant(line: Mapping[str, object], key: str) -> datetime | None:
    """Give a time in UTC. A bare day is its noon, which is that day in most time zones."""
    value = text(line, key)
    if value is None:
        return None
    try:
        at = datetime.fromisoformat(value)
    except ValueError as error:
        raise ValueError(
            f"{key} is {_short(value)}, not a time as in 2024-01-31T12:00:00Z"
        ) from error
    if len(value) == _DAY:
        return datetime.combine(at.date(), time(12), UTC)
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def one_of(kind: type[Named], line: Mapping[str, object], key: str) -> Named:
    """Give a word of `kind`."""
    value = text(line, key)
    try:
        return kind(value or "")
    except ValueError as error:
        known = ", ".join(one.value for one in kind)
        raise ValueError(f"{key} is {_short(value)}, not one of {known}") from error


def mapping(line: Mapping[str, object], key: str) -> Mapping[str, object]:
    """Give the object under `key`, which has to be there."""
    value = line.get(key)
    if isinstance(value, Mapping):
        return value
    raise ValueError(
        f"{key} is missing" if value is None else f"{key} is {_short(value)}, no object"
    )


def strings(line: Mapping[str, object], key: str) -> tuple[str, ...]:
    """Give a list of texts, empty where it is missing; nulls in it are left out."""
    return tuple(one for one in texts(line, key) if one is not None)


def texts(line: Mapping[str, object], key: str) -> tuple[str | None, ...]:
    """Give a list of texts and nulls, empty where it is missing."""
    values = _list(line, key)
    if all(one is None or isinstance(one, str) for one in values):
        return tuple(one if isinstance(one, str) else None for one in values)
    raise ValueError(f"{key} is not a list of texts")


def reference(line: Mapping[str, object], type_: SubjectType | None = None) -> ItemRef:
    """Give the item that `repo` with `number`, `sha` or `tag` names."""
    repo = text(line, "repo")
    if not repo or repo.count("/") != 1:
        raise ValueError(f"repo is {_short(repo)}, not owner/name")
    if type_ is None and line.get("type") is not None:
        type_ = one_of(SubjectType, line, "type")
    return ItemRef(repo, number(line, "number"), type_, text(line, "sha"), text(line, "tag"))


def files(line: Mapping[str, object]) -> tuple[ChangedFile, ...]:
    """Give the changed files."""
    return tuple(
        ChangedFile(text(one, "path") or "", number(one, "additions"), number(one, "deletions"))
        for one in _mappings(line, "files")
    )


def commits(line: Mapping[str, object]) -> tuple[Commit, ...]:
    """Give the commits: messages, or objects with `message`, `by` and `at`."""
    found = []
    for one in _list(line, "commits"):
        if isinstance(one, str):
            found.append(Commit(one))
        elif isinstance(one, Mapping):
            found.append(Commit(text(one, "message") or "", _person(one), instant(one, "at")))
        else:
            raise ValueError(f"commits has {_short(one)}, no message")  # noqa: TRY004 - bad input
    return tuple(found)


def comments(line: Mapping[str, object]) -> tuple[Comment, ...]:
    """Give the comments."""
    return tuple(
        Comment(_person(one), text(one, "body") or "", instant(one, "at"))
        for one in _mappings(line, "comments")
    )


def items(
    line: Mapping[str, object], key: str, type_: SubjectType | None = None
) -> tuple[Item, ...]:
    """Give the items under `key`; one that is no GitHub item has its address alone."""
    return tuple(_item(one, type_) for one in _mappings(line, key))


def _item(line: Mapping[str, object], type_: SubjectType | None) -> Item:
    url = text(line, "url")
    pointed = read_address(url).item if url else None
    ref = pointed or (reference(line, type_) if line.get("repo") else _NOWHERE)
    via = text(line, "via")
    return Item(
        ref=ref,
        title=text(line, "title"),
        body=text(line, "body"),
        labels=strings(line, "labels"),
        bucket=text(line, "bucket"),
        by=_person(line),
        at=instant(line, "at"),
        comments=comments(line),
        hop=number(line, "hop") or 1,
        via=next((one.item for one in mentions(via, _NOWHERE)), None),
        url=url,
    )


def _person(line: Mapping[str, object]) -> Person | None:
    login = text(line, "by")
    return Person(login) if login else None


def _mappings(line: Mapping[str, object], key: str) -> tuple[Mapping[str, object], ...]:
    values = _list(line, key)
    found = tuple(one for one in values if isinstance(one, Mapping))
    if len(found) == len(values):
        return found
    raise ValueError(f"{key} is not a list of objects")


def _list(line: Mapping[str, object], key: str) -> Sequence[object]:
    value = line.get(key)
    if value is None:
        return ()
    if isinstance(value, list):
        return value
    raise ValueError(f"{key} is {_short(value)}, not a list")


def _short(value: object) -> str:
    return repr(value)[:40]
