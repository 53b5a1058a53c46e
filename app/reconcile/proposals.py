"""A pull request that changes the home's file: one comment says what it would do.

Costs five calls, of which those that nothing changed about are free: the repository, the pull
request, its paths, the file at its head and on the default branch.
"""

from dataclasses import dataclass

from app.config import ConfigError
from app.config.differences import differences
from app.github.errors import NotFound
from app.github.files import FileRead, Proposed, read_file, read_proposed, touches
from app.github.finding import NotThere
from app.policy.backtest import Backtest
from app.policy.model import ItemRef
from app.publish import (
    Action,
    CreateComment,
    EditComment,
    InternalPen,
    InternalText,
    PublicPen,
    PublicText,
    Seen,
    body_of,
    is_marked,
    marker,
)
from app.publish.proposal import (
    MOST_ROWS,
    Proposal,
    Setting,
    Standing,
    fork_comment,
    proposal_comment,
    removal_comment,
)
from app.publish.target import OurComment
from app.publish.wall import Pen, T
from app.reconcile.access import Access
from app.reconcile.backtest import backtest
from app.reconcile.home_file import Present, ask_for_file, file_session, read_present, usable
from app.reconcile.refusals import flaws_of
from app.reconcile.writing import may_write, note_dry, write_and_note
from app.store.subjects import Leased

PURPOSE = "config"
"""What our comment is for on its item: see publish.marker."""


@dataclass(frozen=True, slots=True)
class _Fork:
    path: str


@dataclass(frozen=True, slots=True)
class _Removal:
    path: str


async def reconcile_proposal(access: Access, held: Leased, ref: ItemRef) -> None:
    """Say on a pull request what it makes of the home's file; nothing where it does not touch it.

    A merged one has the file looked at again.
    """
    place = access.tenant.place
    if place is None or ref.number is None:
        return
    session = await file_session(access)
    present = await read_present(access, session)
    name = present.repository.full_name
    if present.repository.id != held.key.repository_id:
        return
    proposed = await read_proposed(session, name, ref.number)
    if proposed is None or not _matters(proposed):
        return
    if not await touches(session, name, proposed.number, place.path):
        return
    if proposed.merged_at is not None:
        await ask_for_file(access)
    if (says := await _what(access, present, proposed)) is not None:
        await _tell(access, held, ref, says)


def _matters(proposed: Proposed) -> bool:
    gone = proposed.state == "closed" and proposed.merged_at is None
    return proposed.is_to_default and not gone


async def _what(
    access: Access, present: Present, proposed: Proposed
) -> Proposal | _Fork | _Removal | None:
    """Work out what is to be said; None: it stays as it was said before the merge.

    Only of a version that was merged, still stands and can't be used something else is to be said.
    """
    merged = proposed.merged_at is not None
    if proposed.is_from_fork and not merged:
        return _Fork(present.path)
    session = await file_session(access)
    there = await read_file(
        session, present.repository.full_name, present.path, ref=proposed.head.sha
    )
    if merged and there.content != present.file.content:
        return None
    if there.content is None:
        return _Removal(present.path)
    return await _proposal(access, present, there, merged=merged)


async def _proposal(
    access: Access, present: Present, there: FileRead, *, merged: bool
) -> Proposal | None:
    host = access.tenant.host
    try:
        home = usable(there, host, present.path)
    except ConfigError as error:
        standing: Standing = "refused" if merged else "proposed"
        return Proposal(present.path, standing, flaws_of(error.problems))
    if merged:
        return None
    found = await backtest(access, home)
    return Proposal(present.path, differences=_settings(present.file, there), backtest=found)


def _settings(now: FileRead, then: FileRead) -> tuple[Setting, ...] | None:
    """Compare with the file that stands there, whose readers are those of the pull request."""
    try:
        found = differences(now.content, then.content or b"")
    except ConfigError:
        return None
    return tuple(Setting(*one) for one in found)


async def _tell(
    access: Access, held: Leased, ref: ItemRef, says: Proposal | _Fork | _Removal
) -> None:
    read = await access.tracker_item(ref, held.key.repository_id)
    if isinstance(read, NotThere):
        raise NotFound(read.says)
    home, target = access.tenant.facts, read.target
    internal = InternalPen.for_target(home, target)
    text: InternalText | PublicText
    if internal is not None:
        text = _text(says, target.ref, internal)
    else:
        found = says.backtest if isinstance(says, Proposal) else None
        seen = await _seen(access, found) if found else {}
        text = _text(says, target.ref, PublicPen(home, seen, target.ref))
    actions = _actions(text, read.ours, (await access.us()).app_id)
    if may_write(access.tenant, target.updated_at):
        await write_and_note(access, held, target, actions)
    elif access.tenant.writing_since is None:
        await note_dry(access, held, actions)


def _text(says: Proposal | _Fork | _Removal, about: ItemRef, pen: Pen[T]) -> T:
    match says:
        case Proposal():
            return proposal_comment(says, about, pen)
        case _Fork():
            return fork_comment(says.path, about, pen)
        case _Removal():
            return removal_comment(says.path, about, pen)


async def _seen(access: Access, found: Backtest) -> Seen:
    """Read who can read what could be listed: only what is public right now may be."""
    listed = (change.subject.ref for change in found.changes if not change.is_personal)
    refs = {ref.key: ref for ref in listed}
    known = await access.follow(tuple(refs.values())[:MOST_ROWS])
    return {key: item.visibility for key, item in known.items.items()}


def _actions(
    text: InternalText | PublicText,
    ours: tuple[OurComment, ...],
    app_id: int,
) -> tuple[Action, ...]:
    mark = marker(app_id, PURPOSE)
    known = next((one for one in ours if is_marked(one.body, app_id, PURPOSE)), None)
    if known is None:
        return (CreateComment(text, mark),)
    if body_of(known.body) == body_of(str(text)):
        return ()
    return (EditComment(known.id, text, mark),)
