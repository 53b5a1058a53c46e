"""From a plan to GitHub: only while the lease is ours, only what is active since writing began."""

from collections.abc import Sequence
from datetime import datetime
from typing import assert_never

import structlog

from app.github.finding import NotThere
from app.github.perform import Outcome, look, perform
from app.publish import (
    Action,
    AddLabel,
    CreateComment,
    EditComment,
    RemoveLabel,
    TargetState,
)
from app.reconcile.access import Access
from app.store import subjects
from app.store.places import Tenant
from app.store.subjects import Leased
from app.store.writes import Write, note_writes

_LOST = "the lease ended before the write"
log = structlog.get_logger("writing")


class LeaseLostError(Exception):
    """The lease ended while we worked: another worker may hold the subject, so we stop."""


async def write(
    access: Access, held: Leased, target: TargetState, actions: Sequence[Action]
) -> None:
    """Carry out a plan: look once more, then one write for each action, the comments first."""
    if not actions or held.installation_id is None:
        return
    session = access.writing(held.installation_id, target)
    ordered = tuple(sorted(actions, key=lambda one: isinstance(one, AddLabel | RemoveLabel)))
    us = await access.us()
    seen = await look(session, target, us=us, actions=ordered)
    if isinstance(seen, NotThere):
        log.info("not written", subject=held.id, why=seen.says)
        return
    await keep_lease(access, held)
    for left, action in zip(reversed(range(len(ordered))), ordered, strict=True):
        result = await perform(session, target, action, seen=seen, home=access.tenant.facts)
        log.info("wrote", subject=held.id, action=_name(action), outcome=result.outcome.value)
        done = result.outcome in {Outcome.DONE, Outcome.ALREADY}
        await _note(access, held, [_row(action, result.comment_id)] * done, goes_on=left > 0)


async def _note(access: Access, held: Leased, writes: Sequence[Write], *, goes_on: bool) -> None:
    """Keep what was written; `goes_on`: another write follows, so prolong the lease with it."""
    now, ours = access.clock.now(), True
    async with access.engine.begin() as connection:
        if writes:
            await note_writes(
                connection, held.home_id, held.id, writes, now, dry=False, done=not goes_on
            )
        if goes_on:
            ours = await subjects.keep(connection, held, now)
    if not ours:
        raise LeaseLostError(_LOST)


async def note_dry(access: Access, held: Leased, actions: Sequence[Action]) -> None:
    """Keep what would have been written, for an admin to see before switching writing on."""
    async with access.engine.begin() as connection:
        await note_writes(
            connection,
            held.home_id,
            held.id,
            [_row(action, None) for action in actions],
            access.clock.now(),
            dry=True,
        )


def may_write(tenant: Tenant, *active: datetime | None) -> bool:
    """Tell whether writing is on and something here is active since it was switched on."""
    since = tenant.writing_since
    return since is not None and any(at is not None and at >= since for at in active)


async def keep_lease(access: Access, held: Leased) -> None:
    """Prolong the lease right before a write; LeaseLostError if it is no longer ours."""
    async with access.engine.begin() as connection:
        ours = await subjects.keep(connection, held, access.clock.now())
    if not ours:
        raise LeaseLostError(_LOST)


def _row(action: Action, comment_id: int | None) -> Write:
    match action:
        case AddLabel() | RemoveLabel():
            return Write(_name(action), detail=action.name)
        case CreateComment() | EditComment():
            return Write(_name(action), text=str(action.text), comment_id=comment_id)
    assert_never(action)


def _name(action: Action) -> str:
    names = {
        AddLabel: "add label",
        RemoveLabel: "remove label",
        CreateComment: "create comment",
        EditComment: "edit comment",
    }
    return names[type(action)]
