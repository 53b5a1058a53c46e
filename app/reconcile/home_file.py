"""The home's own file: read through the API, adopted if it is good, told of if it is not.

The file is a subject of its own (space "home"), so that one process at a time looks at it; what it
finds goes into the home's row, and every process goes by the row.
"""

from dataclasses import dataclass, replace
from hashlib import sha256

import structlog

from app.config import LARGEST, ConfigError, Problem, load_home
from app.github.client import Session
from app.github.errors import NotFound
from app.github.files import PULLS, FileRead, RepositorySeen, read_file, read_repository
from app.policy.home import Home
from app.reconcile.access import Access
from app.reconcile.backtest import backtest
from app.reconcile.refusals import recover, refuse
from app.store import homes, places, subjects
from app.store.places import Tenant
from app.store.subjects import Key, Leased

SPACE = "home"
"""What a subject's number counts that is the file itself: it is 0."""

log = structlog.get_logger("home")


@dataclass(frozen=True, slots=True)
class Present:
    """The file as it is on the default branch, and the repository that holds it."""

    repository: RepositorySeen
    path: str
    file: FileRead

    @property
    def digest(self) -> str:
        """Give the sha256 of the bytes, of none where the file is not there."""
        return sha256(self.file.content or b"").hexdigest()

    def home(self, host: str) -> Home:
        """Give the home that the file describes; ConfigError with every problem."""
        return usable(self.file, host, self.path)


def usable(file: FileRead, host: str, source: str) -> Home:
    """Give the home that a file describes, for the GitHub `host`; raises ConfigError."""
    if file.content is None:
        raise _problem("", "there is no such file on the default branch", source)
    if file.size > LARGEST:
        raise _problem("", f"expected at most {LARGEST:,} bytes, found {file.size:,}", source)
    home = load_home(file.content, source)
    if home.host.lower() != host.lower():
        raise _problem("home.host", f"expected {host}, which is served here", source)
    return home


async def file_session(access: Access) -> Session:
    """Read the file, and pull requests that change it; raises NotFound where we aren't let in."""
    place = access.tenant.place
    installation = await access.installation_on((place.owner,)) if place else None
    if place is None or installation is None:
        where = place.owner if place else "the home's organisation"
        raise NotFound(f"the app is not installed on {where}: install it there first")
    return access.github.installation(installation, permissions=PULLS)


async def find_repository(access: Access, session: Session) -> RepositorySeen:
    """Give the repository that holds the file: the first of its possible places that is there."""
    place = access.tenant.place
    for name in place.repositories if place else ():
        try:
            seen = await read_repository(session, name)
        except NotFound:
            continue
        async with access.engine.begin() as connection:
            await places.see_repository(
                connection,
                access.tenant.host,
                seen.id,
                seen.full_name,
                access.clock.now(),
                private=seen.private,
                installation_id=session.asker.key,
            )
        return seen
    names = " nor ".join(place.repositories) if place else ""
    raise NotFound(f"there is no {names}, or the app may not see it")


async def read_present(access: Access, session: Session) -> Present:
    """Read the file of the default branch; without a change it costs nothing (ETag)."""
    path = access.tenant.place.path if access.tenant.place else ""
    repository = await find_repository(access, session)
    return Present(repository, path, await read_file(session, repository.full_name, path))


async def ask_for_file(access: Access) -> None:
    """Have the file looked at again: done every few minutes and when a change of it is merged."""
    if access.tenant.place is None:
        return
    repository = await find_repository(access, await file_session(access))
    async with access.engine.begin() as connection:
        key = Key(access.tenant.host, repository.id, 0, SPACE)
        await subjects.mark_stale(connection, access.tenant.id, [key])


async def keep_up(access: Access) -> None:
    """Go by the version of the file that the home's row has now: another process may have read it.

    To be called before a mark is worked on: a mark and the version that it is for are written
    together.
    """
    tenant = access.tenant
    if tenant.place is None:
        return
    async with access.reader.connect() as connection:
        if await homes.kept_digest(connection, tenant.id) == tenant.facts.digest:
            return
        kept = await homes.kept_file(connection, tenant.id)
    if kept is None or not kept.text:
        return
    try:
        facts = load_home(kept.text)
    except ConfigError:
        log.exception("another version of the app adopted a file that this one can't read")
        return
    access.tenant = replace(tenant, facts=facts, writing_since=kept.writing_since)
    log.info("goes by another version of the file", digest=facts.digest)


async def enroll_home(access: Access) -> Tenant:
    """Give the home as of the last good version of its file: the one kept, else the present one.

    `access` has a tenant that knows no more than its place. Raises ConfigError with every problem
    if there is no good version yet, and the errors of app.github.errors.
    """
    tenant = access.tenant
    owner = tenant.place.owner.casefold() if tenant.place else ""
    async with access.reader.connect() as connection:
        kept = await homes.kept_files(connection, tenant.host)
    for one in kept:
        try:
            facts = load_home(one.text)
        except ConfigError:
            continue
        if owner in {name.casefold() for name in facts.organisations}:
            return await _take(access, replace(tenant, id=one.home_id), facts, one.text)
    present = await read_present(access, await file_session(access))
    facts = present.home(tenant.host)
    async with access.engine.begin() as connection:
        fresh = await places.enroll(
            connection, tenant.host, facts, access.clock.now(), dry_run=True
        )
    return await _take(access, replace(tenant, id=fresh.id), facts, _text(present))


async def reconcile_home_file(access: Access, held: Leased) -> None:
    """Read the file; adopt a good version that is new, tell once of one that can't be used."""
    tenant = access.tenant
    if tenant.place is None:
        return
    session = await file_session(access)
    present = await read_present(access, session)
    try:
        facts = present.home(tenant.host)
    except ConfigError as error:
        await refuse(access, held, session, present, error.problems)
        return
    if facts.digest != tenant.facts.digest:
        await _adopt(access, facts, _text(present))
    await recover(access, held)


async def _adopt(access: Access, facts: Home, text: str) -> None:
    """Go by a new version, and have those subjects looked at again that it decides differently."""
    found = await backtest(access, facts)
    async with access.engine.begin() as connection:
        access.tenant = await homes.adopt(
            connection, access.tenant, facts, text, access.clock.now()
        )
        await subjects.mark_again(connection, found.subject_ids)
    log.info("adopted", digest=facts.digest, tried=found.tried, stale=len(found.subject_ids))


async def _take(access: Access, tenant: Tenant, facts: Home, text: str) -> Tenant:
    async with access.engine.begin() as connection:
        return await homes.adopt(connection, tenant, facts, text, access.clock.now())


def _text(present: Present) -> str:
    return (present.file.content or b"").decode()


def _problem(path: str, says: str, source: str) -> ConfigError:
    return ConfigError((Problem(1, 1, path, says, source),))
