"""The tracking issue: one per iteration in the home's tracker, found or opened, told on, closed.

Level-triggered: it is found again by what is noted, by the marker of one that we opened, by its
title; it is looked at once an hour by one process, whoever asks and however often.
"""

import secrets
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from app.github.errors import GitHubError, NotFound
from app.github.files import read_repository
from app.github.finding import NotThere
from app.github.tracking import Closing, Issue, close_issue, issues_of_ours, open_issue, open_issues
from app.policy.scope import local_day
from app.publish import CreateComment, PublicPen
from app.publish.period import (
    Period,
    is_titled,
    issue_marker,
    labels_of,
    opened_for,
    period_at,
    period_of,
    title_of,
)
from app.publish.tracking import issue_text
from app.reconcile.access import Access
from app.reconcile.iteration import Look, TrackingOutcome, foretell, tell
from app.reconcile.writing import keep_lease
from app.store import iterations, subjects
from app.store.iterations import OPEN, OVER
from app.store.subjects import Leased

EVERY = timedelta(hours=1)
"""How often the issue is looked at, and its comment edited, at the most."""
AGAIN = timedelta(minutes=5)
"""When it is tried again after a failure: by then GitHub's lists show what we may have written."""
LEASE = 600.0
"""Seconds: reading all takes less, and it is prolonged before each write."""

__all__ = ["AGAIN", "EVERY", "TrackingOutcome", "keep_tracking_issue"]

log = structlog.get_logger("tracking")


async def keep_tracking_issue(access: Access) -> TrackingOutcome:
    """Make the tracking issue say what we believe; nothing within an hour of the last time.

    To be called as often as one likes: when it is due is in the database. Errors of GitHub are
    told in the outcome, others rise.
    """
    home, now = access.tenant.facts, access.clock.now()
    if home.iteration is None or home.publish.tracker == "off":
        return TrackingOutcome("off")
    period = period_at(home.iteration, local_day(now, home))
    if period is None:
        return TrackingOutcome("off", why="the first iteration has not begun")
    try:
        access = await access.during_a_round()
        held = await _hold(access, home.iteration.tracker, now)
    except GitHubError as error:
        return _put_off(error)
    if held is None:
        return TrackingOutcome("resting")
    rest_until = now + AGAIN
    try:
        outcome = await _keep(access, held, period)
        rest_until = now + EVERY
    except GitHubError as error:
        outcome = _put_off(error)
        rest_until += timedelta(seconds=error.retry_after or 0.0)
    finally:
        async with access.engine.begin() as connection:
            await subjects.settle(connection, held, rest_until)
    return outcome


def _put_off(error: GitHubError) -> TrackingOutcome:
    log.warning("put off", why=str(error))
    return TrackingOutcome("put off", why=str(error))


async def _hold(access: Access, tracker: str, now: datetime) -> Leased | None:
    repository_id = (await access.repository_ids(frozenset({tracker}))).get(tracker.casefold())
    if repository_id is None:
        raise NotFound("the iterations' tracker is not there, or not visible to the app")
    installation_id = await access.home_installation()
    async with access.engine.begin() as connection:
        held = await iterations.hold(
            connection,
            access.tenant.id,
            access.tenant.host,
            repository_id,
            # Of this call alone: not even another one in this process holds the same.
            worker=f"tracking:{secrets.token_hex(8)}",
            now=now,
            seconds=LEASE,
        )
    return replace(held, installation_id=installation_id) if held else None


async def _keep(access: Access, held: Leased, period: Period) -> TrackingOutcome:
    iteration, session = access.tenant.facts.iteration, await access.home()
    if iteration is None:
        return TrackingOutcome("off")
    tracker = await read_repository(session, iteration.tracker)
    ours = await issues_of_ours(session, tracker.full_name, await access.us())
    look = Look(access, held, session, tracker, iteration, period, tuple(ours))
    async with access.reader.connect() as connection:
        kept = await iterations.kept(connection, held.id)
    outcome = await _keep_present(look, kept.get(period.days))
    if not look.is_dry:
        try:
            await _end_others(look, kept, outcome.issue)
        except GitHubError as error:
            log.warning("an iteration that is over is put off", why=str(error))
    return outcome


async def _keep_present(look: Look, noted: int | None) -> TrackingOutcome:
    """Tell on the issue that we know, else on an open one of its title, else on a new one.

    One that we know and that a person closed stays so, and no other is opened beside it.
    """
    opened = await _opened(look, look.ours)
    known = noted if noted is not None else next((one.number for one in opened), None)
    read = await look.read(known) if known is not None else None
    if read is None or isinstance(read, NotThere) or read.target.state != "open":
        titled = await _titled(look)
        if titled is not None:
            known, read = titled, await look.read(titled)
            await look.remember(OPEN, look.period, titled)
    if known is None and look.is_dry:
        return await foretell(look)
    if known is None:
        known = await _open(look)
    outcome = await tell(look, look.period, read or await look.read(known))
    return replace(outcome, issue=known)


async def _opened(look: Look, issues: tuple[Issue, ...]) -> list[Issue]:
    """Give the issues that we opened for this iteration, open ones first, then the oldest."""
    app_id = (await look.access.us()).app_id
    wanted = look.period.days
    found = [(one, opened_for(one.body, app_id)) for one in issues]
    mine = [one for one, period in found if period is not None and period.days == wanted]
    return sorted(mine, key=lambda one: (not one.is_open, one.number))


async def _titled(look: Look) -> int | None:
    """Find an open issue of this iteration's title, whoever opened it; not ours of another one."""
    us = await look.access.us()
    for one in await open_issues(look.session, look.tracker.full_name, us):
        period = opened_for(one.body, us.app_id) if one.ours else None
        is_anothers = period is not None and period.days != look.period.days
        if not is_anothers and is_titled(one.title, look.iteration, look.period):
            return one.number
    return None


async def _open(look: Look) -> int:
    """Open the issue, unless it is there by now."""
    access, us, name = look.access, await look.access.us(), look.tracker.full_name
    session = look.writing()
    intro = issue_text(look.period, PublicPen(access.tenant.facts, {}, look.ref()))
    await session.turn()
    there = await _opened(look, tuple(await issues_of_ours(session, name, us)))
    if there:
        number = there[0].number
    else:
        await keep_lease(access, look.held)
        number = await open_issue(
            session,
            name,
            title=title_of(look.iteration, look.period),
            labels=labels_of(look.iteration, look.period),
            action=CreateComment(intro, issue_marker(us.app_id, look.period)),
        )
        log.info("opened", issue=number)
    await look.remember(OPEN, look.period, number, str(intro))
    return number


async def _end_others(look: Look, kept: Mapping[str, int], present: int | None) -> None:
    """Tell a last time on the issues of other iterations, and close those that we opened.

    Of two that we opened for the same one the younger is closed, without a word.
    """
    app_id = (await look.access.us()).app_id
    opened = {
        one.number: period
        for one in look.ours
        if one.is_open and (period := opened_for(one.body, app_id)) is not None
    }
    noted = {number: period for days, number in kept.items() if (period := period_of(days))}
    for number, period in (noted | opened).items():
        if number == present:
            continue
        is_over = period.days != look.period.days
        if is_over:
            await tell(look, period, await look.read(number))
        if number in opened:
            await keep_lease(look.access, look.held)
            why: Closing = "completed" if is_over else "not_planned"
            await close_issue(look.writing(), look.tracker.full_name, number, why)
            log.info("closed", issue=number)
        if is_over:
            await look.remember(OVER, period, number)
