"""One connection between a subject and the home, and what its evidence needs to know of time."""

from datetime import datetime, timedelta
from typing import NamedTuple

from app.policy.answers import Evidence
from app.policy.links import links_in
from app.policy.model import Act, Facts, Item, ItemRef, Person, Where
from app.policy.places import Place
from app.policy.verbs import CLOSING

LATE = timedelta(days=365)
"""A mention that came this long after the work was done cannot have been its reason."""


class Trace(NamedTuple):
    """One place inside the home that is connected to the subject, and how we know.

    `item` is what is known of it; `hint`: it may be no more than a passing word; `late`: it was
    written long after.
    """

    place: Place
    evidence: Evidence
    item: Item | None = None
    hint: bool = False
    late: bool = False


class Text(NamedTuple):
    """A text that may connect the two; `ours`: a member wrote it, as far as is known."""

    where: Where
    text: str | None
    seen_in: ItemRef
    by: Person | None = None
    at: datetime | None = None
    ours: bool = True


def closed_issues(facts: Facts) -> frozenset[tuple[str, str, int | str | None]]:
    """Give the keys of the issues that the subject closes, as GitHub says or its body does."""
    closed = {ref.key for ref in facts.subject.closes}
    here = facts.subject.ref
    body = facts.subject.body if facts.linked else None
    for link in links_in(body) if body and _may_close(body) else ():
        item = link.item_from(here)
        if item and item.number and link.verb in CLOSING and not link.checkbox:
            closed.add(item.key)
    return frozenset(closed)


def written_at(facts: Facts) -> datetime | None:
    """Give the time the subject was written, or the nearest to it that is known."""
    authored = (one.at for one in facts.acts if one.act is Act.AUTHORED)
    subject = facts.subject
    return subject.created_at or next(authored, None) or subject.merged_at


def is_late(at: datetime | None, facts: Facts) -> bool:
    """Say whether `at` is so long after the work was done that it cannot have been its reason."""
    done = facts.subject.merged_at or facts.subject.closed_at or facts.subject.created_at
    done = done or max((act.at for act in facts.acts if act.at), default=None)
    return at is not None and done is not None and at - done > LATE


def _may_close(body: str) -> bool:
    lowered = body.lower()
    return "clos" in lowered or "fix" in lowered or "resolv" in lowered
