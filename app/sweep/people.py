"""Who the members are now: ids learnt once and kept, so that a changed login loses nobody."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta

from app.github import search
from app.github.errors import Gone, NotFound
from app.policy.home import Home, Member
from app.policy.model import Person
from app.policy.roster import is_bot
from app.reconcile import Access
from app.store import accounts, places, sweeps
from app.store.sweeps import Cursor
from app.sweep.pace import Pace
from app.sweep.report import Report

ASKED_AT_ONCE = 50
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Searched:
    """A member under the present login, and from when on (membership is dated)."""

    id: int
    login: str
    since: datetime | None


@dataclass(frozen=True, slots=True)
class Team:
    """Everybody whose acts are looked for: `ids` and `logins` of all that are or were members."""

    searched: tuple[Searched, ...]
    ids: frozenset[int]
    logins: frozenset[str]

    def has(self, person: Person) -> bool:
        """Say whether it can be one of them; the day of the act is looked at when it is decided."""
        if person.id is not None and person.id in self.ids:
            return True
        return person.login.casefold() in self.logins


async def recall(access: Access) -> None:
    """Let the process know the ids that earlier sweeps learnt; asks GitHub nothing."""
    known = await _known(access)
    access.tenant = replace(access.tenant, facts=_with_ids(access.tenant.facts, known))


async def learn(pace: Pace, report: Report, *, keep: bool, only: str | None = None) -> Team:
    """Find every member's id and present login; `only`: look for this one's acts alone.

    A login that has passed to somebody else is not taken for the member: the id says who it is.
    """
    access = pace.access
    home, known = access.tenant.facts, await _known(access)
    logins = list(dict.fromkeys(one.login for one in home.members if not _is_bot(one, home)))
    now: dict[str, Person] = {}
    for start in range(0, len(logins), ASKED_AT_ONCE):
        asked = logins[start : start + ASKED_AT_ONCE]
        for login, found in zip(asked, await search.people(pace.ask, asked), strict=True):
            person = await _present(pace, known.get(login.casefold()), found)
            if person is None or person.id is None:
                report.unknown.append(login)
            else:
                now[login.casefold()] = person
    if keep:
        await _remember(access, known, now)
    access.tenant = replace(access.tenant, facts=_with_ids(home, now))
    return _team(access.tenant.facts, now, only, access.clock.now())


async def _known(access: Access) -> dict[str, Person]:
    """Give whom the home file's logins stand for: by the file's own id, else by what was learnt."""
    tenant = access.tenant
    async with access.reader.connect() as connection:
        learnt = await sweeps.cursors(connection, tenant.id)
        ids = dict[str, int]()
        for one in tenant.facts.members:
            cursor = learnt.get(_source(one.login))
            if one.id is not None:
                ids[one.login] = one.id
            elif cursor is not None and cursor.state is not None:
                ids[one.login] = int(cursor.state["id"])
        seen = await accounts.numbered(connection, tenant.host, ids.values())
    return {
        login.casefold(): seen.get(number, Person(login, number)) for login, number in ids.items()
    }


async def _present(pace: Pace, known: Person | None, found: Person | None) -> Person | None:
    if known is None or known.id is None or (found is not None and found.id == known.id):
        return found
    session = await pace.session()
    try:
        said = await pace.patiently(lambda: session.get("/user/{account_id}", account_id=known.id))
    except (NotFound, Gone):
        return None
    return Person(str(said["login"]), known.id)


async def _remember(access: Access, known: dict[str, Person], now: dict[str, Person]) -> None:
    tenant, moment = access.tenant, access.clock.now()
    fresh = {key: one for key, one in now.items() if known.get(key) != one}
    if not fresh:
        return
    async with access.engine.begin() as connection:
        for one in fresh.values():
            await places.see_account(
                connection, tenant.host, one.id or 0, one.login, moment, type_="User"
            )
        learnt = {_source(key): Cursor(None, {"id": one.id}) for key, one in fresh.items()}
        await sweeps.set_cursors(connection, tenant.id, learnt)


def _source(login: str) -> str:
    return f"member:{login.casefold()}"


def _with_ids(home: Home, now: dict[str, Person]) -> Home:
    """Give the home with what was learnt: a member keeps every login that they had."""
    members = tuple(_known_as(one, now.get(one.login.casefold())) for one in home.members)
    return home if members == home.members else replace(home, members=members)


def _known_as(one: Member, person: Person | None) -> Member:
    if person is None or (one.id is not None and one.id != person.id):
        return one
    if person.login.casefold() == one.login.casefold():
        return replace(one, id=person.id)
    former = tuple(dict.fromkeys((*one.former_logins, one.login)))
    return replace(one, id=person.id, login=person.login, former_logins=former)


def _team(home: Home, now: dict[str, Person], only: str | None, moment: datetime) -> Team:
    people = home.members
    if only is not None:
        named = only.casefold()
        people = tuple(
            one
            for one in people
            if named in {one.login.casefold(), *(login.casefold() for login in one.former_logins)}
        )
    ids = {one.id for one in people if one.id is not None}
    present = {person.id: person.login for person in now.values()}
    searched = {
        one.id: Searched(one.id, present[one.id], _from(one))
        for one in people
        if one.id is not None and one.id in present and not _ended(one, moment)
    }
    logins = {login.casefold() for one in people for login in (one.login, *one.former_logins)}
    return Team(tuple(searched.values()), frozenset(ids), frozenset(logins))


def _from(one: Member) -> datetime | None:
    return None if one.since is None else datetime.combine(one.since, time(), UTC) - DAY


def _ended(one: Member, now: datetime) -> bool:
    # What a former member did before is looked for a while longer: it may be merged later.
    return one.until is not None and datetime.combine(one.until, time(), UTC) < now - 30 * DAY


def _is_bot(one: Member, home: Home) -> bool:
    return is_bot(Person(one.login, one.id), home)
