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
from app.store.engine import single_statement
from app.store.places import Tenant
from app.store.subjects import Leased
from app.store.writes import Write, note_writes

_LOST = "the lease ended before the write"
log = structlog.get_logger("writing")


class LeaseLostError(Exception):
    """The lease ended while we worked: another worker may hold the subject, so we stop."""


async def write(
    access: Access, held: Leased, target: TargetState, actions: Sequence[Action]
) -> tuple[Write, ...] | None:
    """Carry out a plan: look once more, then one write for each action, the comments first.

    Gives what the last of them wrote, which is yet to be noted; None where nothing was written.
    """
    if not actions or held.installation_id is None:
        return None
    session = access.writing(held.installation_id, target)
    ordered = tuple(sorted(actions, key=lambda one: isinstance(one, AddLabel | RemoveLabel)))
    us = await access.us()
    seen = await look(session, target, us=us, actions=ordered)
    if isinstance(seen, NotThere):
        log.info("not written", subject=held.id, why=seen.says)
        return None
    written: tuple[Write, ...] = ()
    for action in ordered:
        await keep_lease(access, held, written)
        result = await perform(session, target, action, seen=seen, home=access.tenant.facts)
        log.info("wrote", subject=held.id, action=_name(action), outcome=result.outcome.value)
        done = result.outcome in {Outcome.DONE, Outcome.ALREADY}
        written = (_row(action, result.comment_id),) if done else ()
    return written


async def write_and_note(
    access: Access, held: Leased, target: TargetState, actions: Sequence[Action]
) -> None:
    """Carry out a plan, and note what it wrote last in a transaction of its own."""
    last = await write(access, held, target, actions)
    if last is None:
        return
    async with access.engine.begin() as connection:
        now = access.clock.now()
        await note_writes(connection, held.home_id, held.id, last, now, dry=False)


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


async def keep_lease(access: Access, held: Leased, written: Sequence[Write] = ()) -> None:
    """Prolong the lease right before a write; LeaseLostError if it is no longer ours.

    `written` is what the write before that one did, to be noted with it.
    """
    now, engine = access.clock.now(), access.engine
    async with (engine if written else single_statement(engine)).begin() as connection:
        if written:
            await note_writes(
                connection, held.home_id, held.id, written, now, dry=False, done=False
            )
        ours = await subjects.keep(connection, held, now)
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
