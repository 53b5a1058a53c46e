"""What an upstream repository's own .github/good-citizen.yml asks of us, kept for some minutes.

It can only opt in, restrict or mute. A file that can't be read or used restricts: nothing is
written there.
"""

import asyncio
from datetime import timedelta
from functools import partial

import structlog

from app.config import ConfigError, upstream_config
from app.config.place import UPSTREAM_PATH
from app.github.errors import Forbidden
from app.github.files import FILES, read_file
from app.publish import Asks
from app.reconcile.access import Access

KEPT = timedelta(minutes=5)
"""So long an answer is taken as it is; asking again then is free if nothing changed (ETag).

Jobs that need it at the same time wait for one answer: that there is no file is asked twice with a
token a few seconds old.
"""
MOST_KEPT = 2_000

log = structlog.get_logger("upstream file")


async def upstream_asks(
    access: Access, installation: int | None, repository_id: int, full_name: str
) -> Asks | None:
    """Give how much a repository wants written; None: it has no file, the home's setting holds.

    Asked only where the app is installed: elsewhere nothing is written anyway. Raises the errors of
    app.github.errors but for a missing permission, which restricts as a bad file does.
    """
    if installation is None:
        return None
    now = access.clock.now()
    known = access.asked.get(repository_id)
    if known is None or now >= known[0] + KEPT:
        if len(access.asked) >= MOST_KEPT:
            access.asked.clear()
        reading = asyncio.ensure_future(_read(access, installation, repository_id, full_name))
        reading.add_done_callback(partial(_forget_failure, access, repository_id))
        known = access.asked[repository_id] = (now, reading)
    # A job that is stopped leaves the others their answer.
    return await asyncio.shield(known[1])


def _forget_failure(
    access: Access, repository_id: int, reading: asyncio.Future[Asks | None]
) -> None:
    """Let the next one ask anew where no answer came; those who waited for it are told why."""
    if not reading.cancelled() and reading.exception() is None:
        return
    known = access.asked.get(repository_id)
    if known is not None and known[1] is reading:
        del access.asked[repository_id]


async def _read(
    access: Access, installation: int, repository_id: int, full_name: str
) -> Asks | None:
    session = access.github.installation(
        installation, repository_ids=(repository_id,), permissions=FILES
    )
    try:
        # Most have no file, and this token is used for nothing else.
        await session.introduce("/repositories/{id}", id=repository_id)
        found = await read_file(session, full_name, UPSTREAM_PATH)
    except Forbidden:
        log.warning("may not be read, so nothing is written there", repository=repository_id)
        return "off"
    if found.content is None:
        return None
    try:
        return upstream_config(found.content).publish
    except ConfigError as error:
        first = error.problems[0]
        log.warning(
            "can't be used, so nothing is written there",
            repository=repository_id,
            line=first.line,
            column=first.column,
            problems=len(error.problems),
        )
        return "off"
