"""The words of a change: its title, commit messages and branch as tokens, prefixes and patterns.

Everything is found by a rule that a person could follow; which of it speaks for what is learned
(weights.json). Nothing here is specific to a repository.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from app.policy.model import Work

LONGEST_TITLE = 300
"""Characters of a title that are read: GitHub allows 256."""
LONGEST_MESSAGES = 6_000
"""Characters of commit messages that are read: what decides stands in the first lines."""

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
_CAMEL = re.compile(r"([a-z])([A-Z])")
_TOKEN = re.compile(
    r"[a-z][a-z']*[a-z]|[a-z]|v?\d+(?:\.\d+)+[a-z0-9.]*|#\d+|\d+|[^\x00-\x7f]|`", re.IGNORECASE
)
_TRAILER = re.compile(
    r"^(?:co-authored-by|signed-off-by|---|updated-dependencies|reviewed-by)", re.IGNORECASE
)
_BETWEEN_MESSAGES = "\n---\n"

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

LEXICON: dict[str, str] = {
    "add": "add adds introduce allow support enable implement expose provide new create option"
    " optional ability configurable customize custom extend accept include make let initial"
    " setting config parameter argument flag",
    "fix": "fix bug bugfix fixup resolve correct correctly properly patch repair hotfix"
    " workaround typo",
    "symptom": "error crash exception traceback race deadlock leak regression broken break missing"
    " wrong incorrect invalid fail failure hang stuck duplicate infinite bad none null undefined"
    " issue problem warning unexpected inconsistent incompatible edge mistake",
    "avoid": "avoid prevent ensure handle dont not never guard respect restore revert catch ignore"
    " unset escape sanitize wait always only when if instead before after again still without",
    "upkeep": "refactor clean cleanup remove drop rename move pin unpin bump update upgrade test"
    " lint typing type mypy flake ruff black isort pre commit skip xfail flaky deprecate modernize"
    " migrate replace use simplify tidy unused dead format style reformat require dependency"
    " dependabot compat compatibility version min minimum coverage simplification dedupe"
    " consolidate extract transition adopt switch",
    "docs": "doc docs document documentation docstring readme typo link grammar example tutorial"
    " guide wording clarify explain description page spelling note changelog instruction"
    " contributing contributor sphinx myst theme faq comment mention reference",
    "ci": "ci workflow travis github action circleci appveyor azure pipeline codecov coverage"
    " dependabot nightly matrix cron publish rtd readthedocs runner cache job build",
    "release": "release changelog version bump rc beta alpha dev prep prepare back development rls",
}
"""Groups of words by what they usually speak for; which group speaks how loudly is learned."""
_ENDINGS = (("ies", "y"), ("sses", "ss"), ("ing", ""), ("ed", ""), ("es", "e"), ("s", ""))

_VERSION = r"v?\d+(?:\.\d+)+[\w.\-]*"
TITLE_PATTERNS: dict[str, re.Pattern[str]] = {
    name: re.compile(pattern, re.IGNORECASE)
    for name, pattern in {
        "a bare version bump": r"^(?:\W*(?:skip ci|release|rls|rel|maint)\W*)*"
        r"(?:bump(?:s|ed|ing)?|set|update[sd]?|up|upgrade)?\s*(?:the )?"
        r"(?:package |chart |project |dev |master |main )*(?:version number|versions?)?"
        rf"\s*(?:to|for|number|:)?\s*{_VERSION}\s*(?:release)?$",
        "a release with its number": rf"\b(?:release|changelog|releasing|rls)\b.*{_VERSION}"
        rf"|{_VERSION}.*\b(?:release|changelog)\b",
        "a version bump": r"\b(?:bump|set|reset|update|increment|prep\w*)\b "
        r"(?:the |chart |dev |package |master )*version",
        "back to development": r"back to dev|next dev|dev(?:elopment)? (?:version|mode|cycle)"
        r"|post[- ]release|\.dev\b|dev0",
        "a changelog": r"^\W*(?:draft |add |update |prepare |prep |write |initial |automated "
        r"|user facing |the )*(?:the )?change ?logs?(?: entry| entries| notes)?(?: for| to|:|$)",
        "release notes": r"release notes?|changelog|what.?s new",
        "preparing a release": r"\b(?:prep(?:are|aration)?|prepping|publish|cut|tag)\b"
        r".*(?:release|v?\d+\.\d+)",
        "from one version to another": r"\bfrom\b.*\bto\b.*\d",
        "a bumped dependency": r"\b(?:bump|update|upgrade|pin|unpin|require)[sd]?\b\s+"
        r"(?!version|to |the version|for )[`@\w/\-]+.*(?:\d|version)",
        "a version at its end": rf"{_VERSION}\W*$",
        "a version": _VERSION,
        "a platform's version": r"python ?3\.|py3\d|node ?\d|k8s|kubernetes 1\.",
        "a revert": r"^\W*revert",
        "what was missing": r"\bmissing\b|\bforgotten\b",
        "a condition": r"\b(?:when|if|unless|even)\b",
        "what should not be": r"\b(?:not|don'?t|doesn'?t|never|no longer|without|avoid|prevent"
        r"|stop)\b",
    }.items()
}
RELEASE_PATTERNS = (
    "a bare version bump",
    "a release with its number",
    "a version bump",
    "a changelog",
    "back to development",
)
_CODE_NAME = re.compile(r"[a-z_]\(\)|[a-z]_[a-z]|[a-z]\.[a-z]")
_CLOSES = re.compile(
    r"\b(?:fix(?:es|ed)?|close[sd]?|resolve[sd]?)\b:?\s+(?:issue\s+)?(?:\S{0,200}/issues/|\S{0,200}#)\d+",
    re.IGNORECASE,
)


def stem(word: str) -> str:
    """Give a lower-case word without its grammar, so that "fixes" and "fixed" are one word."""
    if len(word) <= 4:  # noqa: PLR2004 - shorter words lose their meaning with their ending
        return word[:-1] if len(word) == 4 and word[-1] == "s" and word[-2] != "s" else word  # noqa: PLR2004
    for ending, instead in _ENDINGS:
        if not word.endswith(ending) or (ending == "s" and word.endswith(("ss", "us", "is"))):
            continue
        return _stripped(word, ending, instead)
    return word.removesuffix("e")


def _stripped(word: str, ending: str, instead: str) -> str:
    base = word[: -len(ending)] + instead
    if len(base) < 3:  # noqa: PLR2004
        return word
    doubled = len(base) > 3 and base[-1] == base[-2] and base[-1] not in "lsz"  # noqa: PLR2004
    if ending in {"ing", "ed"} and doubled:
        base = base[:-1]
    return base[:-1] if base.endswith("e") and len(base) > 4 else base  # noqa: PLR2004


GROUPS_OF: dict[str, tuple[str, ...]] = {}
for _group, _words in LEXICON.items():
    for _word in dict.fromkeys(stem(w) for w in _words.split()):
        GROUPS_OF[_word] = (*GROUPS_OF.get(_word, ()), _group)


def tokens(text: str) -> list[str]:
    """Give the stems of a text in order; versions become "0.0", numbers "0", references "#0"."""
    apart = text if text.islower() else _CAMEL.sub(r"\1 \2", text)
    return [_token(found) for found in _TOKEN.findall(apart)]


@lru_cache(maxsize=16384)
def _token(found: str) -> str:
    word = found.lower().replace("n't", "nt").replace("'", "")
    if word[0].isdigit() or (word[0] == "v" and word[1:2].isdigit()):
        return "0" if word.isdigit() else "0.0"
    return "#0" if word[0] == "#" else stem(word)


@dataclass(frozen=True, slots=True)
class Title:
    """A title read once: `text` without its backport prefix, `rest` without its own prefix too."""

    text: str
    rest: str
    prefix: str | None
    breaking: bool
    backport: bool


def read_title(title: str | None) -> Title:
    """Take a title apart; an unknown one is an empty text."""
    text = _NUMBER_AT_END.sub("", (title or "")[:LONGEST_TITLE]).strip()
    backport = _BACKPORT.match(text) is not None
    text = _BACKPORT.sub("", text).strip() or text
    text = _BACKPORT_AT_END.sub("", text)
    found = _PREFIX.match(text)
    if found is None or found.end() >= len(text):
        return Title(text, text, None, breaking=False, backport=backport)
    prefix = found[1].lower().strip()
    return Title(text, text[found.end() :], prefix, bool(found[2]), backport)


@dataclass(frozen=True, slots=True)
class Messages:
    """Commit messages read once: headlines and bullets apart from prose; trailers left out."""

    heads: tuple[str, ...]
    prose: tuple[str, ...]
    commits: int
    closes_an_issue: bool
    length: int


def read_messages(messages: Iterable[str]) -> Messages:
    """Take commit messages apart; one string may hold several with a line `---` between."""
    text = _BETWEEN_MESSAGES.join(messages)[:LONGEST_MESSAGES]
    heads: list[str] = []
    prose: list[str] = []
    parts = text.split(_BETWEEN_MESSAGES)
    for part in parts:
        lines = [line.strip() for line in part.splitlines()]
        said = [line for line in lines if line and not _TRAILER.match(line)]
        heads += said[:1]
        for line in said[1:]:
            (heads if line.startswith("* ") else prose).append(line)
    closes = _CLOSES.search(text) is not None
    return Messages(tuple(heads[:30]), tuple(prose[:30]), len(parts), closes, len(text))


def without_number(text: str) -> str:
    """Give a headline without the number that a squash merge puts at its end."""
    return _NUMBER_AT_END.sub("", text)


def names_code(text: str) -> bool:
    """Tell whether a text holds a name that only code has: `f()`, `a_b`, `a.b`."""
    return _CODE_NAME.search(text) is not None


def prefix_says(text: str) -> Iterator[Work]:
    """Give what the prefix or emoji at the start of a title or headline stands for."""
    yield from (PREFIXES[sign] for sign in text[:6] if sign in PREFIXES and not sign.isascii())
    if found := _PREFIX.match(text):
        words = re.split(r"[^a-z.\-]+", found[1].lower())
        yield from (PREFIXES[word] for word in words if word in PREFIXES)


def branch_says(branch: str) -> Iterator[Work]:
    """Give what the words at the start of a branch's name stand for; its owner is no word."""
    owner_aside = branch.split("/")[1:] or [branch]
    words = [*owner_aside[:-1], re.split(r"[-_]", owner_aside[-1])[0]]
    yield from (PREFIXES[word.lower()] for word in words if word.lower() in PREFIXES)
