"""Taking somebody out of stored JSON and text: their name, their number, and what they wrote. Pure.

Addresses of repositories stay ("octocat/hello"): they are where a thing is, not who did it.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

SOMEBODY: Final = "somebody"
"""Stands where a name stood."""

_LONG: Final = 5
"""From so many letters on a login is taken for a name wherever it stands; a shorter one may be a
common word, and is one only after an @, in an address or alone."""
_ADDRESSES: Final = frozenset({"repo", "url", "host", "sha", "tag", "template", "part", "rule"})
_WROTE: Final = ("by", "author")
_TEXTS: Final = ("body", "message")


@dataclass(frozen=True)
class Who:
    """Somebody by GitHub's numeric ids and by every login that is known."""

    ids: frozenset[int]
    logins: frozenset[str]

    @property
    def marks(self) -> tuple[str, ...]:
        """Give what stored JSON or text holds wherever it may speak of them, in lower case."""
        numbers = (
            f'"id":{gap}{id_}{end}' for id_ in self.ids for gap in ("", " ") for end in (",", "}")
        )
        return (*sorted(login.casefold() for login in self.logins), *sorted(numbers))

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Match their name where it stands for them in a text."""
        every = "|".join(re.escape(login) for login in sorted(self.logins, key=len, reverse=True))
        long = "|".join(
            re.escape(login)
            for login in sorted(self.logins, key=len, reverse=True)
            if len(login) >= _LONG
        )
        end = r"(?![\w-]|/[\w.-])"
        ways = [rf"(?<![\w@-])@(?:{every}){end}", rf"(?<=\.com/)(?:{every}){end}"]
        if long:
            ways.append(rf"(?<![\w/-])(?:{long}){end}")
        return re.compile("|".join(ways), re.IGNORECASE)

    def is_meant(self, person: object) -> bool:
        """Say whether a stored person is they; a login is worth nothing against another id."""
        if not isinstance(person, dict) or "login" not in person:
            return False
        if person.get("id") is not None:
            return person["id"] in self.ids
        login = str(person["login"]).casefold()
        return login in {one.casefold() for one in self.logins}

    def without_name(self, text: str) -> str:
        """Give a text without their name."""
        if not self.logins:
            return text
        if text.casefold() in {one.casefold() for one in self.logins}:
            return SOMEBODY
        return self.pattern.sub(SOMEBODY, text)


def scrubbed(value: Any, who: Who) -> Any:  # noqa: ANN401 - JSON
    """Give stored JSON without them: no name, no number, and nothing of what they wrote upstream.

    What they wrote in the home's own tracker stays without their name: it is why something else
    was decided, and the home's own text.
    """
    if isinstance(value, str):
        return who.without_name(value)
    if isinstance(value, list):
        return [scrubbed(one, who) for one in value]
    if not isinstance(value, dict):
        return value
    if who.is_meant(value):
        return {**value, "login": SOMEBODY, "id": None}
    if value.get("id") is not None and "login" in value:
        return value  # somebody else, who has that login now
    wrote = any(who.is_meant(value.get(key)) for key in _WROTE)
    # An item that a link leads to, or that mentions the subject, has `hop`: it is the tracker's.
    theirs = wrote and "hop" not in value
    return {key: _field(key, one, who, theirs=theirs) for key, one in value.items()}


def _field(key: str, value: Any, who: Who, *, theirs: bool) -> Any:  # noqa: ANN401 - JSON
    if isinstance(value, str) and key in _ADDRESSES:
        return value
    if theirs and key in _TEXTS:
        return "" if isinstance(value, str) else value
    if key == "co_authors":
        return [one for one in value or () if who.without_name(str(one)) == one]
    return scrubbed(value, who)


def logins_in(value: Any, ids: Collection[int]) -> Iterator[str]:  # noqa: ANN401 - JSON
    """Give every login that stored JSON names together with one of these ids."""
    if isinstance(value, list):
        for one in value:
            yield from logins_in(one, ids)
    elif isinstance(value, dict):
        if value.get("id") in ids and isinstance(value.get("login"), str):
            yield value["login"]
        for one in value.values():
            yield from logins_in(one, ids)
