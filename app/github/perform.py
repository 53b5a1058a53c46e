"""The smallest change, carried out: a look right before, then one write for each action."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from app.github.client import Session
from app.github.errors import Gone, Locked, NotFound, Unprocessable
from app.github.finding import Found, NotThere, find
from app.github.payloads import CommentNode, LabelNode, at, parsed
from app.github.target import Us, our_comments, target_state
from app.policy.home import Home
from app.policy.model import ItemRef, Visibility
from app.publish.actions import (
    Action,
    AddLabel,
    CreateComment,
    EditComment,
    RemoveLabel,
    body_of,
    passes,
)
from app.publish.target import OurComment, TargetState

LOOK_ROUNDS = 10
"""Pages of 100 comments that are looked through for ours, newest first."""

_CLOSED = "nothing can be written to it: it is locked, or its repository is archived"


class Outcome(StrEnum):
    """How an action ended. None of these is tried again; what can heal is raised instead."""

    DONE = "done"
    ALREADY = "already"
    """Nothing was left to do."""
    GONE = "gone"
    """The item or the comment is not there any more; the next plan starts from that."""
    CLOSED = "closed"
    """The item is locked or its repository archived: for good, as far as the app is concerned."""
    REFUSED = "refused"
    """We don't write it: what was seen just now is not what the text was made for."""


@dataclass(frozen=True, slots=True)
class WriteResult:
    """What came of one action; `comment_id` is the comment that now carries the text."""

    action: Action
    outcome: Outcome
    says: str
    comment_id: int | None = None


@dataclass(frozen=True, slots=True)
class Looked:
    """An item as seen right before a write.

    `ours` are all comments by our app, oldest first; `complete` tells that no comment was left
    out in looking for them.
    """

    target: TargetState
    ours: tuple[OurComment, ...]
    complete: bool


async def look(
    session: Session, target: TargetState, *, us: Us, actions: tuple[Action, ...] = ()
) -> Looked | NotThere:
    """Read what must hold right before writing: visibility, locks, labels, our own comments.

    Give it the session that will write: it waits for that session's turn first, so that what was
    seen is fresh when the write goes out. `actions` tells which label to ask for. One call per 100
    comments. Does not follow a transfer: a text for one place is not written in another.
    """
    await session.turn()
    label = next((action.name for action in actions if isinstance(action, AddLabel)), None)
    asks = {"label": label or "", "asksLabel": label is not None}
    found = await _see(session, target, before=None, **asks)
    if isinstance(found, NotThere):
        return found
    comments, before = _page(found)
    for _ in range(LOOK_ROUNDS - 1):
        if before is None:
            break
        older = await _see(session, target, before=before, **asks)
        if isinstance(older, NotThere):
            return older
        page, before = _page(older)
        comments = (*page, *comments)
    has = found.answer and parsed(LabelNode, at(found.answer.data, "repository", "label"))
    ours = our_comments(comments, us)
    seen = target_state(
        found.place,
        found.node,
        target.ref,
        ours,
        us,
        installed=target.installed,
        repository_has=(has.name,) if has else (),
    )
    return Looked(seen, ours, found.node.comments is not None and before is None)


async def _see(session: Session, target: TargetState, **asks: Any) -> Found | NotThere:  # noqa: ANN401
    return await find(
        session,
        "look",
        target.ref,
        repository_id=target.repository_id,
        follow=False,
        **asks,
    )


def _page(found: Found) -> tuple[tuple[CommentNode, ...], str | None]:
    """Give the comments of one page, and the cursor of the older one before it."""
    page = found.node.comments
    if page is None:
        return (), None
    return page.seen, page.page_info.start_cursor if page.page_info.has_previous_page else None


async def perform(
    session: Session, target: TargetState, action: Action, *, seen: Looked, home: Home
) -> WriteResult:
    """Carry out one action on the item that `target` describes and that was just looked at.

    Perform comments before labels: a text needs the freshest look. Raises errors that can heal
    (limits, 5xx, time-outs) and those that a person must (a missing permission); a comment whose
    creation failed unclearly is found by its marker when the item is looked at again.
    """
    if (why := _not_what_was_meant(target, action, seen, home)) is not None:
        return WriteResult(action, Outcome.REFUSED, why)
    if seen.target.archived or seen.target.locked:
        return WriteResult(action, Outcome.CLOSED, _CLOSED)
    try:
        return await _write(session, seen, action)
    except Locked:
        return WriteResult(action, Outcome.CLOSED, _CLOSED)
    except (NotFound, Gone):
        return WriteResult(action, Outcome.GONE, "it is not there any more")


async def _write(session: Session, seen: Looked, action: Action) -> WriteResult:
    match action:
        case AddLabel():
            return await _add_label(session, seen.target, action)
        case RemoveLabel():
            return await _remove_label(session, seen.target, action)
        case CreateComment():
            return await _create_comment(session, seen, action)
        case EditComment():
            return await _edit_comment(session, seen, action)


def _not_what_was_meant(
    target: TargetState, action: Action, seen: Looked, home: Home
) -> str | None:
    now = seen.target
    if now.repository_id != target.repository_id or now.ref.number != target.ref.number:
        return "another item stands there now"
    if now.visibility is Visibility.UNKNOWN or now.visibility is not target.visibility:
        return f"it was {target.visibility.value} when this was planned and is not so any more"
    if not passes(action, now, home):
        return "the text is for the home's own people, and outsiders can read it there"
    return None


async def _add_label(session: Session, target: TargetState, action: AddLabel) -> WriteResult:
    name = action.name.casefold()
    if any(label.casefold() == name for label in target.labels):
        return WriteResult(action, Outcome.ALREADY, "the label is on it already")
    if not any(label.casefold() == name for label in target.repository_has):
        await _create_label(session, target.ref, action)
    await session.post(
        "/repos/{owner}/{repo}/issues/{n}/labels",
        data={"labels": [action.name]},
        n=target.ref.number,
        **_repository(target.ref),
    )
    return WriteResult(action, Outcome.DONE, f"added the label {action.name!r}")


async def _create_label(session: Session, ref: ItemRef, action: AddLabel) -> None:
    label = {"name": action.name, "color": action.color, "description": action.description}
    try:
        await session.post("/repos/{owner}/{repo}/labels", data=label, **_repository(ref))
    except Unprocessable as error:
        if "already_exists" not in error.codes:
            raise


async def _remove_label(session: Session, target: TargetState, action: RemoveLabel) -> WriteResult:
    name = action.name.casefold()
    there = next((label for label in target.labels if label.casefold() == name), None)
    gone = WriteResult(action, Outcome.ALREADY, "the label is not on it any more")
    if there is None:
        return gone
    try:
        await session.delete(
            "/repos/{owner}/{repo}/issues/{n}/labels/{name}",
            n=target.ref.number,
            name=there,
            **_repository(target.ref),
        )
    except NotFound:
        return gone
    return WriteResult(action, Outcome.DONE, f"took the label {there!r} off")


async def _create_comment(session: Session, seen: Looked, action: CreateComment) -> WriteResult:
    ours = next((c for c in seen.ours if c.body.startswith(action.marker)), None)
    if ours is not None:
        return await _write_over(session, seen, ours, action)
    if not seen.complete:
        says = "it has so many comments that ours could be among those that were not read"
        return WriteResult(action, Outcome.REFUSED, says)
    made = await session.post(
        "/repos/{owner}/{repo}/issues/{n}/comments",
        data={"body": action.body},
        n=seen.target.ref.number,
        **_repository(seen.target.ref),
    )
    return WriteResult(action, Outcome.DONE, "commented", comment_id=int(made["id"]))


async def _edit_comment(session: Session, seen: Looked, action: EditComment) -> WriteResult:
    ours = next((c for c in seen.ours if c.id == action.comment_id), None)
    if ours is None and seen.complete:
        return WriteResult(action, Outcome.GONE, "our comment is not there any more")
    return await _write_over(session, seen, ours or OurComment(action.comment_id, ""), action)


async def _write_over(
    session: Session, seen: Looked, ours: OurComment, action: CreateComment | EditComment
) -> WriteResult:
    if body_of(ours.body) == body_of(action.body):
        return WriteResult(action, Outcome.ALREADY, "our comment says so already", ours.id)
    await session.patch(
        "/repos/{owner}/{repo}/issues/comments/{id}",
        data={"body": action.body},
        id=ours.id,
        **_repository(seen.target.ref),
    )
    return WriteResult(action, Outcome.DONE, "edited our comment", comment_id=ours.id)


async def react(session: Session, ref: ItemRef, comment_id: int, content: str) -> Outcome:
    """Put a reaction ("+1", "eyes", "confused" …) on somebody's comment; twice is once."""
    try:
        await session.post(
            "/repos/{owner}/{repo}/issues/comments/{id}/reactions",
            data={"content": content},
            id=comment_id,
            **_repository(ref),
        )
    except Locked:
        return Outcome.CLOSED
    except (NotFound, Gone):
        return Outcome.GONE
    return Outcome.DONE


def _repository(ref: ItemRef) -> dict[str, str]:
    owner, _, repo = ref.repo.partition("/")
    return {"owner": owner, "repo": repo}
