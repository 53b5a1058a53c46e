"""What the body of a pull request says about itself, apart from its template.

The training data has no bodies, so nothing here is learned: a few sentences that people write
about their own change, each a hint as loud as a plain word of the title.
"""

import re
from collections.abc import Iterator
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
_SAYS_OF_ITSELF = {
    Work.BUGFIX: r"(?:fixes|resolves|corrects|prevents|repairs)\b",
    Work.FEATURE: r"(?:adds|introduces|implements) (?:a |an |the )?(?:\w+ )?"
    r"(?:support|option|ability|feature|setting|way|new|command|api)\b",
    Work.DOCUMENTATION: r"(?:documents|clarifies)\b",
    Work.CI: r"(?:fixes|repairs|unbreaks) (?:the )?(?:ci|build|tests?)\b",
    Work.MAINTENANCE: r"(?:refactors|cleans|bumps|upgrades|modernizes)\b",
    Work.RELEASE: r"(?:prepares|makes|cuts) (?:a |the )?(?:\S+ )?release\b",
}
_THIS = re.compile(
    r"th(?:is|e) (?:pr|pull request|change|patch|commit|mr) (?:also |just |only |simply )?"
)
_OF_ITSELF = {work: re.compile(said) for work, said in _SAYS_OF_ITSELF.items()}
# Each begins with plain letters: those are what re looks for, many characters at a time.
_SAYS = (
    (Work.BUGFIX, re.compile(r"fix(?:es|ing) (?:a|the) (?:\w+ )?(?:bug|regression|crash)\b")),
    (Work.FEATURE, re.compile(r"new feature\b")),
    (Work.DOCUMENTATION, re.compile(r"doc(?:umentation|s)[- ]only\b")),
    (Work.DOCUMENTATION, re.compile(r"only (?:touches|changes) (?:the )?doc")),
    (Work.MAINTENANCE, re.compile(r"no (?:functional|behaviou?r(?:al)?) changes?\b")),
    (Work.MAINTENANCE, re.compile(r"pure refactor")),
)


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
    # Most bodies say nothing of the kind anywhere; only of those that do the template is cut off.
    if not body or next(_said(body[:LONGEST]), None) is None:
        return {}
    hints: dict[Work, Hint] = {}
    for work, said in _said(prose_of(body)):
        words = " ".join(said.split())[:60]
        hints.setdefault(work, Hint(LOUDNESS, f"its text says \u201c{words}\u201d"))
    if Work.CI in hints:
        hints.pop(Work.BUGFIX, None)
    return hints


def _said(text: str) -> Iterator[tuple[Work, str]]:
    """Give each sentence of a known kind, as it is written."""
    lower = text.lower()
    if len(lower) != len(text):  # a letter or two, such as a capital I with a dot, become longer
        text = lower
    for this in _THIS.finditer(lower):
        for work, rule in _OF_ITSELF.items():
            if found := rule.match(lower, this.end()):
                yield work, text[this.start() : found.end()]
    for work, rule in _SAYS:
        if found := rule.search(lower):
            yield work, text[found.start() : found.end()]
