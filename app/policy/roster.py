"""Who was one of the home's people on which day, and who is a machine."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from app.policy.home import Home, Member
from app.policy.model import Person

_BOT = "[bot]"


def member(person: Person | None, home: Home, at: datetime | None) -> Member | None:
    """Give the member that `person` was at `at` (None: the member they are, with no end)."""
    if person is None:
        return None
    people = _people(home)
    for one in people.named(person):
        if _there(one, at, home) and not people.is_bot(person):
            return one
    return None


def is_member(person: Person, home: Home, at: datetime) -> bool:
    """Say whether `person` was one of the home's people on the day of `at`."""
    return member(person, home, at) is not None


def is_same(one: Member, person: Person | None) -> bool:
    """Say whether `person` is this member, by id where both are known, else by login."""
    if person is None:
        return False
    if one.id is not None and person.id is not None:
        return one.id == person.id
    login = person.login.casefold()
    return login == one.login.casefold() or login in map(str.casefold, one.former_logins)


def is_bot(person: Person, home: Home) -> bool:
    """Say whether `person` is a machine: GitHub says so, the login does, or the home does."""
    return _people(home).is_bot(person)


def local_day(at: datetime, home: Home) -> date:
    """Give the day that `at` is in the home's time zone; a time without zone is UTC."""
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(_zone(home.timezone)).date()


def colleagues(home: Home) -> frozenset[str]:
    """Give every login, present or former, of anybody who is or was a member; without case."""
    return _people(home).accounts


@dataclass(frozen=True, slots=True)
class _People:
    by_login: Mapping[str, tuple[Member, ...]]
    by_id: Mapping[int, tuple[Member, ...]]
    accounts: frozenset[str]
    bots: frozenset[str]

    def named(self, person: Person) -> tuple[Member, ...]:
        """Give the members that `person` can be; a login is worth nothing against two ids."""
        if person.id is not None and person.id in self.by_id:
            return self.by_id[person.id]
        same = self.by_login.get(person.login.casefold(), ())
        if person.id is None:
            return same
        return tuple(one for one in same if one.id in {None, person.id})

    def is_bot(self, person: Person) -> bool:
        """Say whether `person` is a machine."""
        login = person.login.casefold()
        return bool(person.is_bot) or login.endswith(_BOT) or login in self.bots


@lru_cache(maxsize=16)
def _people(home: Home) -> _People:
    by_login: dict[str, list[Member]] = defaultdict(list)
    by_id: dict[int, list[Member]] = defaultdict(list)
    for one in home.members:
        for login in {name.casefold() for name in (one.login, *one.former_logins)}:
            by_login[login].append(one)
        if one.id is not None:
            by_id[one.id].append(one)
    return _People(
        {login: tuple(them) for login, them in by_login.items()},
        {id_: tuple(them) for id_, them in by_id.items()},
        frozenset(by_login),
        frozenset(login.casefold() for login in home.bots),
    )


def _there(one: Member, at: datetime | None, home: Home) -> bool:
    if one.since is None and one.until is None:
        return True
    if at is None:
        return one.until is None
    day = local_day(at, home)
    return (one.since is None or one.since <= day) and (one.until is None or day <= one.until)


@lru_cache(maxsize=64)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)
