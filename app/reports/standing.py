"""What the ledger counts a subject as: its type, how it stands, and who wrote it. Pure.

Read out of a snapshot's facts once and kept beside them as one short text, so that a report over
a million rows opens none of them.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from itertools import chain

from app.policy.blocks import blocks_in
from app.policy.home import Home
from app.policy.model import Facts, ItemRef, Subject, SubjectType
from app.policy.reading import Reading


class State(StrEnum):
    """How a subject stands."""

    OPEN = "open"
    DRAFT = "draft"
    MERGED = "merged"
    CLOSED = "closed"
    REPLACED = "replaced"
    """Closed unmerged, and its own texts or another's name what replaced it."""
    DONE = "done"
    """What has no state of its own: a release, a repository, a commit."""


class Author(StrEnum):
    """Who wrote a subject, as seen from the home on the day it was written."""

    COLLEAGUE = "colleague"
    BOT = "bot"
    NEWCOMER = "newcomer"
    """An outsider whose first contribution to that repository it is."""
    RETURNING = "returning"
    """An outsider who has contributed there before."""
    OUTSIDER = "outsider"
    """An outsider of whom it is not known whether they have contributed before."""
    NOBODY = "nobody"
    """Not known: a deleted account, or not read."""


OUTSIDERS = frozenset({Author.NEWCOMER, Author.RETURNING, Author.OUTSIDER})


@dataclass(frozen=True, slots=True)
class Standing:
    """What a subject counts as at one moment.

    >>> str(Standing(SubjectType.PULL_REQUEST, State.MERGED, Author.NEWCOMER))
    'pull_request merged newcomer'
    """

    type: SubjectType
    state: State
    author: Author

    def __str__(self) -> str:
        """Give the text that stands in a row."""
        return f"{self.type} {self.state} {self.author}"

    @staticmethod
    @lru_cache(maxsize=512)
    def read(text: str) -> "Standing":
        """Read back what `str` gave; ValueError for anything else."""
        type_, state, author = text.split(" ")
        return Standing(SubjectType(type_), State(state), Author(author))


def standing(facts: Facts, home: Home, earlier: Standing | None = None) -> Standing:
    """Say what a subject counts as by its facts.

    `earlier`: by the facts read before. GitHub no longer tells a newcomer once their pull request
    is merged, so what was known before still holds.
    """
    author = _author(facts, home)
    if author is Author.OUTSIDER and earlier and earlier.author in OUTSIDERS:
        author = earlier.author
    return Standing(facts.subject.type, _state(facts), author)


def replaces(facts: Facts) -> int | None:
    """Give the number of the pull request in the same repository that this one says it replaces."""
    subject = facts.subject
    if subject.type is not SubjectType.PULL_REQUEST:
        return None
    return _number_after(_REPLACES, subject.body, subject.ref)


def _state(facts: Facts) -> State:
    subject = facts.subject
    if subject.type not in {SubjectType.PULL_REQUEST, SubjectType.ISSUE}:
        return State.DONE
    if subject.merged_at:
        return State.MERGED
    if subject.closed_at:
        return State.REPLACED if _is_replaced(facts) else State.CLOSED
    return State.DRAFT if subject.draft else State.OPEN


def _is_replaced(facts: Facts) -> bool:
    subject = facts.subject
    if subject.type is not SubjectType.PULL_REQUEST:
        return False
    texts = chain((subject.body,), (comment.body for comment in facts.comments))
    return any(_number_after(_REPLACED_BY, text, subject.ref) is not None for text in texts)


def _author(facts: Facts, home: Home) -> Author:
    subject: Subject = facts.subject
    if subject.author is None:
        return Author.NOBODY
    reading = Reading(facts, home)
    if reading.by_bot:
        return Author.BOT
    if reading.author is not None:
        return Author.COLLEAGUE
    if subject.author_first_time is None:
        return Author.OUTSIDER
    return Author.NEWCOMER if subject.author_first_time else Author.RETURNING


_PULL = (
    r"\s*:?\s+(?:(?:the\s+)?(?:work|changes?)\s+(?:in|of|from)\s+)?(?:prs?\s+|pull\s+requests?\s+)?"
    r"(?:https?://(?:redirect\.)?github\.com/(?P<url>[\w.-]+/[\w.-]+)/(?:pull|issues)/"
    r"|(?P<repo>[\w.-]+/[\w.-]+)?\#)(?P<number>[0-9]{1,9})\b"
)
_REPLACES = re.compile(
    r"\b(?:supersed(?:es?|ing)|replac(?:es?|ing)|(?:continues?|continuing|continuation\s+of)"
    r"|tak(?:es|ing)\s+over|carr(?:ies|ying)\s+on|alternative\s+to)" + _PULL,
    re.IGNORECASE,
)
_REPLACED_BY = re.compile(
    r"\b(?:superseded\s+by|replaced\s+by|(?:in\s+)?favou?r\s+of|continued?\s+in|moved\s+to)"
    + _PULL,
    re.IGNORECASE,
)


def _number_after(pattern: re.Pattern[str], text: str | None, here: ItemRef) -> int | None:
    """Give the number of another pull request of the same repository that follows the words."""
    for block, checkbox in blocks_in(text) if text and pattern.search(text) else ():
        if checkbox:
            continue
        for found in pattern.finditer(block):
            repo = found["url"] or found["repo"] or here.repo
            number = int(found["number"])
            if repo.casefold() == here.repo.casefold() and number != here.number:
                return number
    return None
