"""Where the app is installed, as GitHub has it now: the event that told of it may be lost."""

from collections.abc import Iterable, Mapping, Sequence

import structlog

from app.github.errors import GitHubError
from app.github.registration import Installed, Reach, Repository, read_installations, read_reach
from app.policy.upstreams import is_upstream
from app.reconcile import Access
from app.store import places, sweeps
from app.store.places import Standing
from app.sweep.pace import Pace
from app.sweep.report import Report

MOST_WALKED = 200
"""An account that lets the app into more repositories is not walked for what webhooks have lost:
that would cost more than all else. Those that an event named, or the config lists, still are."""

log = structlog.get_logger("sweep")


async def look_around(pace: Pace, report: Report, *, keep: bool) -> dict[int, str]:
    """Give the upstream repositories where the app is installed, id → name; `keep`: remember them.

    What GitHub can't show stays as it is remembered.
    """
    access = pace.access
    host = access.tenant.host
    async with access.reader.connect() as connection:
        known = await places.installations(connection, host)
        let_in = await sweeps.let_in(connection, host)
    try:
        there = await pace.patiently(lambda: read_installations(access.as_app()))
    except GitHubError as error:
        log.warning("given up for now", why=str(error))
        report.incomplete.append("where the app is installed")
        return let_in
    reached = {one.id: await _reached(pace, report, one) for one in there if _is_open(one, access)}
    if keep:
        await _remember(access, known, there)
        async with access.reader.connect() as connection:
            let_in = await sweeps.let_in(connection, host)
        await _remember_repositories(access, let_in, reached)
    return let_in | {one.id: one.full_name for each in reached.values() for one in each}


def _is_open(one: Installed, access: Access) -> bool:
    """Say whether it is somebody else's and works: the home's own repositories are no upstream."""
    ours = {login.casefold() for login in access.tenant.facts.organisations}
    return one.suspended_at is None and _login(one).casefold() not in ours


def _login(one: Installed) -> str:
    return one.account.login if one.account else ""


async def _reached(pace: Pace, report: Report, one: Installed) -> Sequence[Repository]:
    """Give the upstream repositories of an installation; its limits don't hold up the sweep."""
    access = pace.access

    async def ask() -> Reach | GitHubError:
        try:
            return await read_reach(access.listing(one.id), most=MOST_WALKED)
        except GitHubError as error:
            return error

    reach = await pace.patiently(ask)
    if isinstance(reach, GitHubError):
        log.warning("given up for now", why=str(reach))
        report.incomplete.append(_login(one))
        return ()
    if reach.total_count > MOST_WALKED:
        report.too_many.append(_login(one))
        return ()
    home = access.tenant.facts
    return [repo for repo in reach.repositories if is_upstream(repo.full_name, home)]


async def _remember(
    access: Access, known: Mapping[int, Standing], there: Sequence[Installed]
) -> None:
    """Write down installations that are new, suspended, working again or gone."""
    now, host = access.clock.now(), access.tenant.host
    changed = [one for one in there if not _is_as_known(one, known.get(one.id))]
    listed = {one.id for one in there}
    gone = [
        (number, one)
        for number, one in known.items()
        if one.removed_at is None and number not in listed
    ]
    if not changed and not gone:
        return
    async with access.engine.begin() as connection:
        for one in changed:
            await places.see_installation(
                connection,
                host,
                one.id,
                account_id=one.account.id if one.account else None,
                account_login=_login(one) or None,
                suspended_at=one.suspended_at,
            )
        for number, standing in gone:
            await places.see_installation(
                connection, host, number, suspended_at=standing.suspended_at, removed_at=now
            )


def _is_as_known(one: Installed, known: Standing | None) -> bool:
    if known is None or known.removed_at is not None:
        return False
    suspended = (one.suspended_at is None) == (known.suspended_at is None)
    return suspended and (_login(one) or None) == known.account_login


async def _remember_repositories(
    access: Access, let_in: Mapping[int, str], reached: Mapping[int, Iterable[Repository]]
) -> None:
    """Write down which repositories let us in, where that is new."""
    new = [
        (number, one)
        for number, each in reached.items()
        for one in each
        if let_in.get(one.id) != one.full_name
    ]
    if not new:
        return
    now = access.clock.now()
    async with access.engine.begin() as connection:
        for number, one in new:
            await places.see_repository(
                connection,
                access.tenant.host,
                one.id,
                one.full_name,
                now,
                private=one.private,
                archived=one.archived,
                fork=one.fork,
                installation_id=number,
            )
