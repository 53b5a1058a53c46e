"""Which version of its file a home goes by: read through the API, adopted if it is good.

What is adopted goes into the home's row, and every process goes by the row.
"""

from dataclasses import replace

import structlog

from app.config import ConfigError, load_home
from app.config.place import HomePlace
from app.policy.home import Home
from app.reconcile.access import Access
from app.reconcile.backtest import backtest
from app.reconcile.home_file import Present, file_session, read_present
from app.reconcile.refusals import recover, refuse
from app.store import homes, places, subjects
from app.store.places import Tenant
from app.store.subjects import Leased

log = structlog.get_logger("home")


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
        # Without the problems: they quote the file.
        log.error("another version of the app adopted a file that this one can't use")  # noqa: TRY400
        return
    access.tenant = replace(tenant, facts=facts, writing_since=kept.writing_since)
    access.may_read_board = True
    log.info("goes by another version of the file", digest=facts.digest)


def not_enrolled(
    home: Home | None, place: HomePlace | None, host: str, *, dry_run: bool | None
) -> Tenant:
    """Give what is known of a home before it has a row: `home`, or no more than its `place`."""
    owner = place.owner if place else ""
    facts = home or Home(name=owner, organisations=(owner,), host=host)
    return Tenant(0, host, facts, place=place, dry_run=dry_run)


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
