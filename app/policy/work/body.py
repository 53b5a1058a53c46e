"""What the body of a pull request says about itself, apart from its template.

The training data has no bodies, so nothing here is learned: a few sentences that people write
about their own change, each a hint as loud as a plain word of the title.
"""

import re
from dataclasses import dataclass

from app.policy.model import Work

LONGEST = 8_000
"""Characters of a body that are read."""
LOUDNESS = 1.0
"""What a sentence adds to a sum of log-odds; the word "fix" in a title adds about as much."""

_NO_PROSE = re.compile(
    r"^[ \t]*(?:>|#{1,6}[ \t]|(?:[-*+]|\d+[.)])?[ \t]*\[[ xX]?\]).*$", re.MULTILINE
)
_COMMENTS = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_CODE = re.compile(r"```.*?(?:```|\Z)", re.DOTALL)
_THIS = (
    r"\b(?:this|the) (?:pr|pull request|change|patch|commit|mr)\b (?:also |just |only |simply )?"
)
_SENTENCES = {
    Work.BUGFIX: rf"{_THIS}(?:fixes|resolves|corrects|prevents|repairs)\b"
    r"|\b(?:fixes|fixing) (?:a|the) (?:\w+ )?(?:bug|regression|crash)\b",
    Work.FEATURE: rf"{_THIS}(?:adds|introduces|implements) "
    r"(?:a |an |the )?(?:\w+ )?(?:support|option|ability|feature|setting|way|new|command|api)\b"
    r"|\bnew feature\b",
    Work.DOCUMENTATION: rf"{_THIS}(?:documents|clarifies)\b"
    r"|\b(?:documentation|docs)[- ]only\b|\bonly (?:touches|changes) (?:the )?doc",
    Work.CI: rf"{_THIS}(?:fixes|repairs|unbreaks) (?:the )?(?:ci|build|tests?)\b",
    Work.MAINTENANCE: r"\bno (?:functional|behaviou?r(?:al)?) changes?\b"
    rf"|{_THIS}(?:refactors|cleans|bumps|upgrades|modernizes)\b|\bpure refactor",
    Work.RELEASE: rf"{_THIS}(?:prepares|makes|cuts) (?:a |the )?(?:\S+ )?release\b",
}
_RULES = {work: re.compile(pattern, re.IGNORECASE) for work, pattern in _SENTENCES.items()}


@dataclass(frozen=True, slots=True)
class Hint:
    """A sentence of the body: how loud it is, and how it is told."""

    weight: float
    says: str


def prose_of(body: str) -> str:
    """Give what a person wrote: no comments, code, quotes, headings or check boxes."""
    return _NO_PROSE.sub("", _CODE.sub("", _COMMENTS.sub("", body[:LONGEST])))


def body_hints(body: str | None) -> dict[Work, Hint]:
    """Give the kinds of work that a body speaks of; a body without such words gives none."""
    if not body:
        return {}
    prose = prose_of(body)
    hints: dict[Work, Hint] = {}
    for work, rule in _RULES.items():
        if found := rule.search(prose):
            said = " ".join(found[0].split())[:60]
            hints[work] = Hint(LOUDNESS, f"its text says \u201c{said}\u201d")
    if Work.CI in hints:
        hints.pop(Work.BUGFIX, None)
    return hints
