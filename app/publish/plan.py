"""The smallest change that makes GitHub say what we believe. Pure; planning twice changes nothing.

A comment that has nothing left to say is edited to one neutral line and not deleted, so that links
to it and answers below it keep their sense; while there is nothing to say none is created.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from app.policy.model import Act, Kind, Visibility
from app.publish.actions import (
    Action,
    AddLabel,
    CreateComment,
    EditComment,
    RemoveLabel,
    body_of,
    is_marked,
    marker,
)
from app.publish.render import nothing_left, repeated, tracker_comment, upstream_comment
from app.publish.target import (
    Asks,
    Served,
    Situation,
    TargetState,
    is_home,
    is_tracker,
)
from app.publish.wall import InternalPen, Pen, PublicPen, T

MOST_LABELS: Final = 100
"""Labels GitHub lets an issue have."""

_LABELLED: Final = frozenset({Kind.TACTICAL, Kind.STRATEGIC})


def plan(target: TargetState, served: Sequence[Served], situation: Situation) -> tuple[Action, ...]:
    """Give what is to be done at a target, in order; nothing where nothing differs.

    `served`: for an upstream item the contributions to it, for a tracker's item those that its
    need or stewardship concerns. An item of the home's that is no tracker's gets nothing. A dry
    run plans the same; it is the performer that holds back.
    """
    if situation.muted or not _writable(target):
        return ()
    private = {s.subject.key for s in served if s.visibility is Visibility.PRIVATE}
    seen = {key: v for key, v in situation.seen.items() if key not in private}
    situation = replace(situation, seen=seen)
    if is_tracker(target.ref, situation.home):
        return _plan_tracker(target, served, situation)
    if is_home(target.ref, situation.home):
        return ()
    return _plan_upstream(target, served, situation)


def asked(situation: Situation) -> Asks:
    """Give how much may be written in an upstream: its own word if it has one, else the home's."""
    if situation.upstream_asks is not None:
        return situation.upstream_asks
    return situation.home.publish.upstream


def _writable(target: TargetState) -> bool:
    known = target.visibility is not Visibility.UNKNOWN
    return target.installed and known and not target.archived and not target.locked


def _plan_upstream(
    target: TargetState, served: Sequence[Served], situation: Situation
) -> tuple[Action, ...]:
    asks = asked(situation)
    speaking = _speaking(served)
    if asks == "off" or speaking is None or target.draft or speaking.draft:
        return ()
    # The item's name may have changed since it was read: the target is the same item, read live.
    speaking = replace(speaking, subject=target.ref)
    kind, by_word = speaking.decision.kind, speaking.decision.by_word
    if kind not in _LABELLED and not by_word:
        return ()
    actions = _label_actions(target, kind, situation)
    if asks == "label+comment":
        pen = PublicPen(situation.home, situation.seen, target.ref)
        says = upstream_comment(speaking, target.ref, pen) if kind in _LABELLED else None
        actions += _comment_actions(target, says, pen, situation.app_id)
    return actions


def _speaking(served: Sequence[Served]) -> Served | None:
    """Choose the contribution that speaks for the item, None where none does or they disagree.

    A person's word about the item goes before its author's act; other acts are the ledger's.
    Anything provisional among them keeps everything as it is.
    """
    voices = [s for s in served if s.about_item] or [s for s in served if s.act is Act.AUTHORED]
    if len({s.decision.kind for s in voices}) != 1 or any(s.decision.provisional for s in voices):
        return None
    return min(voices, key=lambda s: (s.act is not Act.AUTHORED, s.act, s.who.login.lower()))


def _label_actions(target: TargetState, kind: Kind, situation: Situation) -> tuple[Action, ...]:
    """Swap our labels so that at most the one for `kind` is left; other people's stay."""
    styles = situation.home.publish.labels
    ours = {style.name.casefold() for style in styles.values()}
    style = styles.get(kind) if kind in _LABELLED else None
    wanted = None if style is None else style.name.casefold()
    present = [name for name in target.labels if name.casefold() in ours]
    gone = [name for name in present if name.casefold() != wanted]
    actions: tuple[Action, ...] = tuple(RemoveLabel(name) for name in gone)
    there = any(name.casefold() == wanted for name in present)
    if style is not None and not there and len(target.labels) - len(gone) < MOST_LABELS:
        actions += (AddLabel(style.name, style.color, style.description),)
    return actions


def _plan_tracker(
    target: TargetState, served: Sequence[Served], situation: Situation
) -> tuple[Action, ...]:
    if situation.home.publish.tracker == "off":
        return ()
    internal = InternalPen.for_target(situation.home, target)
    if internal is not None:
        says = tracker_comment(served, internal)
        return _comment_actions(target, says, internal, situation.app_id)
    pen = PublicPen(situation.home, situation.seen, target.ref)
    return _comment_actions(target, tracker_comment(served, pen), pen, situation.app_id)


def _comment_actions(
    target: TargetState, says: T | None, pen: Pen[T], app_id: int
) -> tuple[Action, ...]:
    mark = marker(app_id)
    actions: tuple[Action, ...] = ()
    if target.comment is None and says is not None:
        actions += (CreateComment(says, mark),)
    wanted = [(target.comment, nothing_left(pen) if says is None else says)]
    wanted += [(duplicate, repeated(pen)) for duplicate in target.duplicates]
    for comment, text in wanted:
        if comment is None:
            continue
        same = body_of(comment.body) == body_of(str(text)) and is_marked(comment.body, app_id)
        if not same:
            actions += (EditComment(comment.id, text, mark),)
    return actions
