"""What a few words in a title say that neither the act nor the changed paths can tell."""

import re
from functools import lru_cache

from app.policy.home import Member
from app.policy.model import Item

_TITLE = 300
"""As much of a title is read; GitHub's own end at 256 characters."""

_TEAMS = ("team", "maintainer", "committer", "council", "owner")
_TEAM = re.compile(
    r"\b(?:add(?:s|ing)?|welcom(?:e|es|ing)|nominat\w+|invit\w+|propos\w+|promot\w+|onboard\w*)\b"
    r".{1,80}?\b(?:to|as|for|join|joins|joining|onto)\s+(?:the\s+|an?\s+|our\s+)?(?:[\w-]+\s+){0,2}"
    rf"(?:{'|'.join(_TEAMS)})s?\b",
    re.IGNORECASE,
)
_BECOMING = re.compile(
    r"\bbecom\w+\s+(?:an?\s+)?(?:\w+\s+){0,2}(?:maintainer|contributor|committer|reviewer)"
    r"|\bonboard|\bmentor",
    re.IGNORECASE,
)
_REVIEW = re.compile(
    r"\breview(?:s|ing)?\b(?!\s+(?:comments?|feedback|app))"
    r".*(?:\bprs?\b|\bpull\s+requests?\b|\bupstream\b|github\.com/|#[0-9])"
    r"|(?:\bprs?\b|\bpull\s+requests?\b|\bupstream\b).*\breview(?:s|ing)?\b(?!\s+(?:comments?|feedback))",
    re.IGNORECASE,
)
_MEETING = re.compile(r"\b(?:meeting|agenda|minutes|office\s+hours?|sync\s+call)\b", re.IGNORECASE)
_GOVERNANCE = re.compile(
    r"\b(?:governance|code\s+of\s+conduct|election|steering\s+council|charter|voting|roadmap)\b",
    re.IGNORECASE,
)
_ITS_OWN = (
    r"(?:affiliation|bio|profile|name|employer|e-?mail|avatar|photo|entry|details|info|status)"
)


def adds_somebody_to_the_team(title: str | None) -> bool:
    """Say whether a title takes somebody into an upstream's team."""
    lowered = (title or "").lower()
    named = any(word in lowered for word in _TEAMS)
    return named and bool(_TEAM.search(lowered[:_TITLE]))


def plans_onboarding(item: Item | None) -> bool:
    """Say whether an internal item's text is about somebody growing into an upstream's team."""
    return item is not None and any(
        _BECOMING.search(text or "") for text in (item.title, item.body)
    )


def plans_a_review(item: Item | None) -> bool:
    """Say whether an internal item's title plans reviewing somebody's pull request."""
    return bool(item and item.title and _REVIEW.search(item.title[:_TITLE]))


def is_about_a_meeting(title: str | None) -> bool:
    """Say whether a title announces or records a meeting."""
    return bool(title and _MEETING.search(title[:_TITLE]))


def is_about_governance(title: str | None) -> bool:
    """Say whether a title is about how an upstream project governs itself or agrees on goals."""
    return bool(title and _GOVERNANCE.search(title[:_TITLE]))


def is_about_the_author(title: str | None, author: Member) -> bool:
    """Say whether a title is about the author's own entry, such as their affiliation."""
    return bool(title and _own_entry((author.login, *author.names)).search(title[:_TITLE]))


@lru_cache(maxsize=1024)
def _own_entry(names: tuple[str, ...]) -> re.Pattern[str]:
    whose = "|".join(("my", "own", *map(re.escape, names)))
    entry = rf"\b(?:{whose})(?:['\u2019]s)?\s+(?:\w+\s+)?{_ITS_OWN}\b"
    return re.compile(rf"{entry}|\b(?:add|remove|move)\s+(?:myself|me)\b", re.IGNORECASE)
