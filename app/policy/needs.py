"""What an internal item means: a need and of which bucket, planned stewardship, or both.

Bucket: the board's field, then a label, then the title, then a ticket's address in the item's own
text; if it has none of these, the item that it is itself part of.
"""

import re
from datetime import timedelta
from functools import lru_cache
from typing import LiteralString, NamedTuple

from app.policy.answers import Evidence, Internal, Name, Need, Part, Ref, Sentence
from app.policy.communities import community_of
from app.policy.globs import matches_text
from app.policy.home import Community, Home
from app.policy.links import links_in
from app.policy.model import Bucket, Facts, Item, ItemRef, Where
from app.policy.places import may_lead_home, place_of
from app.policy.trace import Trace
from app.policy.verbs import BRINGS_IN, CONTRIBUTED, NEEDED_UNTIL, PENDING

SOON = timedelta(days=14)
"""A second internal item can tell the bucket only if it was there before the work or soon after."""

_PLACES: dict[Where, LiteralString] = {
    Where.TITLE: "its title leads to {item}",
    Where.BODY: "its description leads to {item}",
    Where.COMMIT: "a commit message leads to {item}",
    Where.COMMENT: "a member's comment leads to {item}",
    Where.CLOSED_ISSUE: "the issue that it closes leads to {item}",
    Where.BACKLINK: "{item} mentions it",
    Where.WORD: "somebody named {item} as what it is for",
}
_VERBS: dict[str, LiteralString] = {
    BRINGS_IN: "{item} brings it in",
    NEEDED_UNTIL: "{item} waits until it is there",
    PENDING: "{item} waits for it",
    CONTRIBUTED: "{item} tells that it was contributed upstream",
}


class Reason(NamedTuple):
    """One place inside the home as a reason for the work: what it is, and how we know.

    `stewardship`: it plans upstream work for upstream's sake. `need` None: it is nothing else.
    `marked`: the home's own marks call it a need; without them it is one all the same.
    """

    trace: Trace
    need: Need | None
    stewardship: bool
    marked: bool = False


class Marks(NamedTuple):
    """What board, labels, title and text of an internal item say about it."""

    need: bool = False
    bucket: Bucket | None = None
    bucket_from: Where | None = None
    stewardship: bool = False


def reasons(found: tuple[Trace, ...], facts: Facts, home: Home) -> tuple[Reason, ...]:
    """Give what the traces mean, the strongest first."""
    ordered = sorted(found, key=_strength)
    return tuple(_reason(trace, facts, home) for trace in ordered)


def marks_of(item: Item | None, home: Home) -> Marks:
    """Read what an internal item says about itself; of an unknown item nothing is known."""
    if item is None:
        return Marks()
    need, bucket, where = _marked(item, home)
    if bucket is None and (ticket := _ticket(item, home)):
        need, bucket, where = True, ticket, Where.BODY
    return Marks(need, bucket, where, _is_stewardship(item, home))


def community_in(item: Item | None, home: Home) -> Community | None:
    """Give the community that an internal item is about: in its title, else in its text."""
    if item is None:
        return None
    return community_of(item.title, home) or community_of(item.body, home)


def borrowed_bucket(chosen: Reason, all_: tuple[Reason, ...], facts: Facts) -> Reason | None:
    """Give another reason whose bucket stands for `chosen`'s, which has none of its own."""
    started = min((act.at for act in facts.acts if act.at), default=None)
    for other in all_:
        at = other.trace.evidence.at
        known_in_time = started is None or at is None or at <= started + SOON
        if other.need and other.need.bucket and other is not chosen and known_in_time:
            return other
    return None


def _reason(trace: Trace, facts: Facts, home: Home) -> Reason:
    marks = marks_of(trace.item, home)
    pattern = trace.place.pattern
    if pattern is not None:
        marks = Marks(need=True, bucket=pattern.bucket, bucket_from=trace.evidence.where)
    elif marks.bucket is None and not trace.late:
        marks = _from_what_it_is_part_of(trace, marks, facts, home)
    if marks.stewardship and not marks.need:
        return Reason(trace, None, stewardship=True)
    community = community_in(trace.item, home)
    need = Need(
        _says(trace, community),
        trace.evidence,
        marks.bucket,
        marks.bucket_from if marks.bucket else None,
        community.name if community else None,
    )
    return Reason(trace, need, marks.stewardship, marks.need)


def _says(trace: Trace, community: Community | None) -> Sentence:
    evidence = trace.evidence
    verb = evidence.verb if evidence.where is Where.BACKLINK else None
    template = _VERBS.get(verb or "") or _PLACES[evidence.where]
    parts: dict[str, Part] = {"item": _shown(evidence, trace.item)}
    if community is None:
        return Sentence(template, parts)
    parts["community"] = Name(community.name, public=community.public)
    return Sentence(template + ", for {community}", parts)


def _shown(evidence: Evidence, item: Item | None) -> Part:
    if evidence.ref is not None:
        if item is None:
            return Ref(evidence.ref)
        return Ref(evidence.ref, visibility=item.visibility)
    return Internal(evidence.url or "a ticket", stand_in="an internal ticket")


def _strength(trace: Trace) -> tuple[bool, bool, int, bool]:
    order = (Where.BODY, Where.TITLE, Where.COMMIT, Where.COMMENT, Where.CLOSED_ISSUE)
    where = trace.evidence.where
    rank = order.index(where) if where in order else len(order)
    return (trace.hint, trace.late, rank, trace.evidence.verb is None)


def _marked(item: Item, home: Home) -> tuple[bool, Bucket | None, Where | None]:
    """Give whether a mark makes the item a need, of which bucket, and which mark says so."""
    if item.bucket and (bucket := _bucket_called(item.bucket, home)):
        return True, bucket, Where.BOARD
    need, bucket, where = _marked_by(item.labels, item.title, home)
    # The board holds what the team works on; a value of its own says no bucket, but it is a need.
    on_board = bool(item.bucket) and not _plans_stewardship((item.bucket or "",), home)
    return need or on_board, bucket, where


@lru_cache(maxsize=4096)
def _marked_by(
    labels: tuple[str, ...], title: str | None, home: Home
) -> tuple[bool, Bucket | None, Where | None]:
    need = False
    for pattern, bucket in home.needs.labels if labels else ():
        if any(matches_text(pattern, label) for label in labels):
            if bucket is not None:
                return True, bucket, Where.LABEL
            need = True
    for pattern, bucket in home.needs.titles if title else ():
        if matches_text(pattern, title or ""):
            if bucket is not None:
                return True, bucket, Where.TITLE
            need = True
    return need, None, None


def _bucket_called(value: str, home: Home) -> Bucket | None:
    wanted = _slug(value)
    for bucket in Bucket:
        if wanted in {bucket.value, _slug(home.bucket_names.get(bucket, bucket.value))}:
            return bucket
    return None


def _slug(text: str) -> str:
    return re.sub(r"[\s_-]+", "-", text.strip().casefold())


def _ticket(item: Item, home: Home) -> Bucket | None:
    return next(
        (bucket for text in (item.title, item.body) if (bucket := _ticket_in(text, home))), None
    )


@lru_cache(maxsize=4096)
def _ticket_in(text: str | None, home: Home) -> Bucket | None:
    if not may_lead_home(text, home):
        return None
    here = ItemRef("")
    for link in links_in(text):
        place = place_of(link, here, home)
        if place and place.pattern and place.pattern.bucket:
            return place.pattern.bucket
    return None


def _is_stewardship(item: Item, home: Home) -> bool:
    planned = home.stewardship
    return (
        _plans_stewardship((*item.labels, item.bucket or ""), home)
        or any(matches_text(glob, item.title) for glob in planned.titles if item.title)
        or str(item.ref).casefold() in {one.casefold() for one in planned.items}
    )


def _plans_stewardship(marks: tuple[str, ...], home: Home) -> bool:
    """Say whether a label, or the board's value, is one of those for planned stewardship."""
    every = {name for mark in marks if mark for name in (mark, _slug(mark))}
    return any(matches_text(glob, name) for glob in home.stewardship.labels for name in every)


def _from_what_it_is_part_of(trace: Trace, marks: Marks, facts: Facts, home: Home) -> Marks:
    """Look one step further for the bucket alone: never for whether it is a need at all."""
    ref = trace.evidence.ref
    if ref is None:
        return marks
    for further in facts.linked:
        if further.hop > 1 and further.via is not None and further.via.key == ref.key:
            above = marks_of(further, home)
            if above.bucket is not None:
                return Marks(marks.need, above.bucket, above.bucket_from, marks.stewardship)
    return marks
