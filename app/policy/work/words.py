"""The words of a change: its title, commit messages and branch, and the prefixes people use.

Everything is found by a rule that a person could follow; which of it speaks for what is learned
(weights.json). Nothing here is specific to a repository.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from app.policy.model import Work

LONGEST_TITLE = 300
"""Characters of a title that are read: GitHub allows 256."""
LONGEST_MESSAGES = 6_000
"""Characters of commit messages that are read: what decides stands in the first lines."""
LONGEST_LINE = 300
MOST_LINES = 30
"""Headlines and bullets that are read."""

_NUMBER_AT_END = re.compile(r"\s*\(#\d+\)\s*$")
_BACKPORT = re.compile(
    r"^\s*(?:\[[^\]]*backport[^\]]*\]|\(?backport\)?"
    r"|(?:auto )?backport(?:s|ed)? (?:of )?(?:pr )?#?\d+[^:]*:?|backport pr #\d+[^:]*:)\s*:?-?",
    re.IGNORECASE,
)
_BACKPORT_AT_END = re.compile(r"\s*\(backport.*\)$", re.IGNORECASE)
_PREFIX = re.compile(
    r"^\s*[\W_]*\s*\[?\s*([a-z][a-z /,+_-]{1,24}?)\s*(?:\([^)]*\))?(!)?\s*(?:\]|:)\s*",
    re.IGNORECASE,
)
_TRAILERS = ("co-authored-by", "signed-off-by", "---", "updated-dependencies", "reviewed-by")
_BETWEEN_MESSAGES = "\n---\n"
_CODE_NAME = re.compile(r"[a-z_]\(\)|[a-z]_[a-z]|[a-z]\.[a-z]")
_CLOSING = frozenset({
    "fix", "fixes", "fixed", "close", "closes", "closed", "resolve", "resolves", "resolved",
})  # fmt: skip
_ISSUE = re.compile(r"(?:/issues/|#)\d")

_SAID_BY = {
    Work.BUGFIX: "fix fixes bug bugfix hotfix fixed bugs 🐛",
    Work.FEATURE: "feat feature enh enhancement new add added breaking improve improvement api"
    " ✨ 👌 🎉 ‼",
    Work.DOCUMENTATION: "doc docs documentation readme 📚 📖 📝",
    Work.MAINTENANCE: "maint maintenance chore refactor test tests build deps dep dependencies"
    " dependency mnt cleanup style lint typing perf rf pre-commit.ci revert tst mypy 🔧 ⬆ ♻ 🧪",
    Work.CI: "ci gha workflow travis 👷 💚",
    Work.RELEASE: "release rls rel changelog 🚀 🔖",
}
PREFIXES: dict[str, Work] = {word: work for work, said in _SAID_BY.items() for word in said.split()}
"""What the prefixes and emoji of the usual conventions stand for."""


class Title(NamedTuple):
    """A title read once: `text` without its backport prefix, `rest` without its own prefix too."""

    text: str
    rest: str
    prefix: str | None
    breaking: bool
    backport: bool


def read_title(title: str | None) -> Title:
    """Take a title apart; an unknown one is an empty text."""
    text = without_number((title or "")[:LONGEST_TITLE]).strip()
    backport = False
    if "backport" in text.lower():
        backport = _BACKPORT.match(text) is not None
        text = _BACKPORT.sub("", text).strip() or text
        text = _BACKPORT_AT_END.sub("", text)
    found = _PREFIX.match(text) if ":" in text or "]" in text else None
    if found is None or found.end() >= len(text):
        return Title(text, text, None, breaking=False, backport=backport)
    prefix = found[1].lower().strip()
    return Title(text, text[found.end() :], prefix, bool(found[2]), backport)


class Messages(NamedTuple):
    """Commit messages read once: what stands at their heads, and in bullets below.

    `heads` are these lines, `commits` how many messages there are.
    """

    heads: tuple[str, ...]
    commits: int
    closes_an_issue: bool


def read_messages(messages: Iterable[str]) -> Messages:
    """Take commit messages apart; one string may hold several with a line `---` between."""
    text = _BETWEEN_MESSAGES.join(messages)[:LONGEST_MESSAGES]
    parts = text.split(_BETWEEN_MESSAGES)
    lines = [line for part in parts for line in _heads_of(part)][:MOST_LINES]
    heads = tuple(map(without_number, lines))
    return Messages(heads, len(parts), _closes_an_issue(text))


def _heads_of(message: str) -> list[str]:
    """Give the headline of a message, trailers aside, and its bullets: a squash lists commits."""
    head, _, below = message.strip().partition("\n")
    while head[:20].lower().startswith(_TRAILERS):
        head, _, below = below.strip().partition("\n")
    if "* " not in below:
        return [head.rstrip()] if head else []
    bullets = [line for line in map(str.strip, below.split("\n")) if line.startswith("* ")]
    return [head.rstrip(), *bullets]


def _closes_an_issue(text: str) -> bool:
    """Tell whether a reference stands right after "fixes", "closes: issue" or the like."""
    if "#" not in text and "/issues/" not in text:
        return False
    for found in _ISSUE.finditer(text):
        before = text[max(found.start() - LONGEST_LINE, 0) : found.start() + 1].lower().split()[:-1]
        if before[-1:] == ["issue"]:
            before.pop()
        if before and before[-1].strip("*-:([") in _CLOSING:
            return True
    return False


def without_number(text: str) -> str:
    """Give a headline without the number that a squash merge puts at its end."""
    return _NUMBER_AT_END.sub("", text) if text.endswith((")", ") ")) else text


def names_code(text: str) -> bool:
    """Tell whether a text holds a name that only code has: `f()`, `a_b`, `a.b`."""
    return _CODE_NAME.search(text) is not None


def prefix_says(text: str) -> Sequence[Work]:
    """Give what the prefix or emoji at the start of a title or headline stands for."""
    if text.isascii() and ":" not in text and "]" not in text:
        return ()
    signs = [PREFIXES[sign] for sign in text[:6] if sign in PREFIXES and not sign.isascii()]
    found = _PREFIX.match(text)
    words = re.split(r"[^a-z.\-]+", found[1].lower()) if found else ()
    return [*signs, *[PREFIXES[word] for word in words if word in PREFIXES]]


def branch_says(branch: str) -> Iterator[Work]:
    """Give what the words at the start of a branch's name stand for; its owner is no word."""
    owner_aside = branch.split("/")[1:] or [branch]
    words = [*owner_aside[:-1], re.split(r"[-_]", owner_aside[-1])[0]]
    yield from (PREFIXES[word.lower()] for word in words if word.lower() in PREFIXES)
