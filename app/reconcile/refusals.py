"""A version of the home's file that can't be used: told once, where it came from or on the tracker.

It came from a merged pull request that brought these very bytes; then that one's comment tells.
"""

from collections.abc import Sequence
from hashlib import sha256

import structlog

from app.config import Problem
from app.github.client import Session
from app.github.files import merged_lately, read_file, read_repository, touches
from app.github.issues import ISSUES, close_issue, tell_in_issue
from app.policy.model import ItemRef, SubjectType, Visibility
from app.publish import (
    CreateComment,
    InternalPen,
    InternalText,
    PublicPen,
    PublicText,
    TargetState,
    marker,
)
from app.publish.proposal import Flaw, recovery_text, refusal_text, refusal_title
from app.reconcile.access import Access
from app.reconcile.home_file import Present
from app.reconcile.writing import keep_lease
from app.store import homes, subjects
from app.store.homes import ISSUE
from app.store.subjects import Key, Leased
from app.store.writes import Write, note_writes

log = structlog.get_logger("home")


async def refuse(
    access: Access,
    held: Leased,
    session: Session,
    present: Present,
    problems: Sequence[Problem],
) -> None:
    """Keep what holds, and tell of this version unless that was done before."""
    async with access.reader.connect() as connection:
        if await homes.was_refused(connection, held.home_id, present.digest):
            return
    # Where, but not what: a problem quotes the file, which may not be for those who read logs.
    log.error(
        "the home's file can't be used; the last good version stays",
        digest=present.digest,
        problems=len(problems),
        line=problems[0].line,
        column=problems[0].column,
    )
    brought_by = await _brought_by(session, present)
    writes = []
    if brought_by is None and access.tenant.facts.trackers:
        writes = await _tell_on_tracker(access, held, present, problems)
    async with access.engine.begin() as connection:
        if brought_by is not None:
            key = Key(access.tenant.host, present.repository.id, brought_by)
            reached = {present.repository.id: session.asker.key}
            await subjects.mark_stale(connection, access.tenant.id, [key], installations=reached)
        await homes.note_refused(connection, held.home_id, present.digest)
        await note_writes(
            connection,
            held.home_id,
            held.id,
            writes,
            access.clock.now(),
            dry=access.tenant.writing_since is None,
        )


async def recover(access: Access, held: Leased) -> None:
    """Close the issue that told of a file that could not be used, if there is one."""
    async with access.reader.connect() as connection:
        issue = await homes.issue_of(connection, held.id)
    if issue is None or access.tenant.writing_since is None:
        return
    if (on := await _tracker(access)) is not None:
        session, target = on
        pen = PublicPen(access.tenant.facts, {}, target.ref)
        action = CreateComment(recovery_text(pen), await _marker(access))
        await keep_lease(access, held)
        await close_issue(session, target.ref.repo, action, await access.us())
    async with access.engine.begin() as connection:
        await note_writes(
            connection, held.home_id, held.id, [Write(ISSUE)], access.clock.now(), dry=False
        )


def flaws_of(problems: Sequence[Problem]) -> tuple[Flaw, ...]:
    """Give problems as texts say them."""
    return tuple(
        Flaw(one.line, one.column, f"{one.path}: {one.says}" if one.path else one.says)
        for one in problems
    )


async def _brought_by(session: Session, present: Present) -> int | None:
    """Give the merged pull request that brought these very bytes."""
    name = present.repository.full_name
    for one in await merged_lately(session, name):
        if not await touches(session, name, one.number, present.path):
            continue
        there = await read_file(session, name, present.path, ref=one.head.sha)
        same = sha256(there.content or b"").hexdigest() == present.digest
        return one.number if same else None
    return None


async def _tell_on_tracker(
    access: Access, held: Leased, present: Present, problems: Sequence[Problem]
) -> list[Write]:
    if (on := await _tracker(access)) is None:
        return []
    session, target = on
    home, repository = access.tenant.facts, present.repository
    file = ItemRef(repository.full_name, host=access.tenant.host)
    seen = {file.key: Visibility.PRIVATE if repository.private else Visibility.PUBLIC}
    internal, public = InternalPen.for_target(home, target), PublicPen(home, seen, target.ref)
    flaws = flaws_of(problems)
    text: InternalText | PublicText = (
        refusal_text(file, present.path, flaws, internal)
        if internal
        else refusal_text(file, present.path, flaws, public)
    )
    if access.tenant.writing_since is None:
        return [Write(ISSUE, text=str(text))]
    await keep_lease(access, held)
    number = await tell_in_issue(
        session,
        target.ref.repo,
        title=refusal_title(public),
        action=CreateComment(text, await _marker(access)),
        us=await access.us(),
        home=home,
    )
    return [Write(ISSUE, text=str(text), comment_id=number)]


async def _tracker(access: Access) -> tuple[Session, TargetState] | None:
    """Give the first tracker as a place to write to, with who can read it now."""
    trackers = access.tenant.facts.trackers
    installation = await access.home_installation()
    ids = await access.repository_ids(frozenset(one.repo for one in trackers[:1]))
    if installation is None or not ids:
        return None
    session = access.github.installation(
        installation, repository_ids=tuple(ids.values()), permissions=ISSUES
    )
    seen = await read_repository(session, trackers[0].repo)
    visibility = Visibility.PRIVATE if seen.private else Visibility.PUBLIC
    ref = ItemRef(seen.full_name, type=SubjectType.ISSUE, host=access.tenant.host)
    return session, TargetState(seen.id, ref, visibility, installed=True)


async def _marker(access: Access) -> str:
    return marker((await access.us()).app_id, "config")
