"""Whose act on what is looked at at all: the roster, and what is upstream (definitions.md).

Out of scope means silence: nothing is decided, labelled or said.
"""

from datetime import UTC, datetime

from app.policy.contribution import Contribution
from app.policy.home import Home, Member
from app.policy.model import Act, Facts, Performed, Subject
from app.policy.reading import Reading
from app.policy.roster import is_bot, is_member, local_day, member
from app.policy.upstreams import (
    is_home_repository,
    is_upstream,
    is_upstream_subject,
    tracker_of,
)

__all__ = [
    "contributions",
    "is_bot",
    "is_home_repository",
    "is_member",
    "is_upstream",
    "is_upstream_subject",
    "local_day",
    "member",
    "member_on_the_day",
    "tracker_of",
]

_NEVER = datetime.max.replace(tzinfo=UTC)
_ON_ANOTHERS_WORK = frozenset({Act.COMMITTED, Act.REVIEWED, Act.MERGED})


def contributions(facts: Facts, home: Home) -> tuple[Contribution, ...]:
    """Give every member's act on the subject that is in scope, in the order of `facts.acts`.

    The same act by the same person counts once, at its first time. Reviewing, merging or
    committing to one's own pull request is part of writing it.
    """
    if not is_upstream_subject(facts.subject, home):
        return ()
    reading = Reading(facts, home)
    found: dict[tuple[Act, str], Contribution] = {}
    for act in facts.acts:
        member = member_on_the_day(act, facts, home)
        if member is None or _nobodys_work(act, facts.subject, home):
            continue
        key = (act.act, member.login)
        if key not in found or (act.at or _NEVER) < (found[key].act.at or _NEVER):
            found[key] = Contribution(reading, act, member)
    authors = {login for act, login in found if act is Act.AUTHORED}
    return tuple(
        one
        for (act, login), one in found.items()
        if not (act in _ON_ANOTHERS_WORK and login in authors)
    )


def member_on_the_day(act: Performed, facts: Facts, home: Home) -> Member | None:
    """Give the member who did `act`, or None if nobody of the home did, or not on that day.

    An act without a time took place, for all we know, when its subject was merged or opened.
    """
    subject = facts.subject
    at = act.at or subject.merged_at or subject.created_at or facts.fetched_at
    return member(act.by, home, at)


def _nobodys_work(act: Performed, subject: Subject, home: Home) -> bool:
    author = subject.author
    return act.act is Act.AUTHORED and author is not None and is_bot(author, home)
