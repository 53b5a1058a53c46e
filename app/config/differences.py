"""What a changed file changes: the values that hold, before and after, by the names of entries."""

import json
import re
from typing import NamedTuple

from app.config import Resolved, resolved

_NAMED_BY = {"members": "login", "trackers": "repo", "communities": "name", "links": "match"}
_ENTRY = re.compile(r"(?P<head>(?:[\w-]+\.)*(?P<list>[\w-]+)\[\d+\])\.(?P<field>[\w-]+)")


class Difference(NamedTuple):
    """One value that differs, as JSON; None: there was, or will be, no such value."""

    key: str
    old: str | None
    new: str | None


def differences(old: bytes | str | None, new: bytes | str) -> tuple[Difference, ...]:
    """Give the values that differ between two home files, in the order of the new one.

    An entry of a list is known by its name and not by its place, so that one put on top does not
    change all below it. Of an entry that comes or goes what it leaves to the defaults is left out.
    `old` None: there was no file. Raises ConfigError.
    """
    before = {} if old is None else _named(resolved(old))
    after = _named(resolved(new))
    keys = dict.fromkeys((*after, *before))
    return tuple(found for key in keys if (found := _between(key, before.get(key), after.get(key))))


def _between(key: str, old: Resolved | None, new: Resolved | None) -> Difference | None:
    if old is None or new is None:
        there = old or new
        if there is None or there.origin == "default":
            return None
    elif old.value == new.value:
        return None
    return Difference(key, _shown(old), _shown(new))


def _shown(one: Resolved | None) -> str | None:
    return None if one is None else json.dumps(one.value, default=str, ensure_ascii=False)


def _named(rows: list[Resolved]) -> dict[str, Resolved]:
    """Give the values by keys in which entries of lists are named: members[yuvipanda].from."""
    names: dict[str, str] = {}
    taken: set[str] = set()
    for row in rows:
        entry = _ENTRY.fullmatch(row.key)
        if entry and _NAMED_BY.get(entry["list"]) == entry["field"]:
            name = f"{entry['head'].rpartition('[')[0]}[{row.value}]"
            unique, count = name, 1
            while unique in taken:
                count += 1
                unique = f"{name}({count})"
            taken.add(unique)
            names[entry["head"]] = unique
    named: dict[str, Resolved] = {}
    for row in rows:
        entry = _ENTRY.fullmatch(row.key)
        key = f"{names[entry['head']]}.{entry['field']}" if entry and entry["head"] in names else ""
        named[key or row.key] = row
    return named
