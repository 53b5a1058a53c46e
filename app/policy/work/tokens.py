"""Words between blanks, each read once: its stems, the groups it belongs to, its pieces.

The same words come again and again in titles and messages, so what is read of one is kept.
"""

import re
from functools import lru_cache
from typing import NamedTuple

GRAMS = (3, 4, 5)
"""The lengths of the pieces that a title's words are cut into."""

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

_CAMEL = re.compile(r"([a-z])([A-Z])")
_TOKEN = re.compile(
    r"[a-z][a-z']*[a-z]|[a-z]|v?\d+(?:\.\d+)+[a-z0-9.]*|#\d+|\d+|[^\x00-\x7f]|`", re.IGNORECASE
)
_NOT_A_GRAM = re.compile(r"[^a-z0-9@./#+_`'\-]+")
_NUMBER = re.compile(r"\d+")
_ENDINGS = (("ies", "y"), ("sses", "ss"), ("ing", ""), ("ed", ""), ("es", "e"), ("s", ""))


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


class Word(NamedTuple):
    """What stands between two blanks: as written, its stems, groups and pieces.

    A version becomes the stem "0.0", a number "0", a reference "#0". A piece is GRAMS characters
    long, in lower case, with a blank for the word's start and end.
    """

    written: str
    stems: tuple[str, ...]
    groups: frozenset[str]
    pieces: tuple[str, ...]


def alike(text: str) -> str:
    """Give a text whose numbers are all 0, so that few of its words were never seen before."""
    return _NUMBER.sub("0", text)


@lru_cache(maxsize=16384)
def read_word(written: str) -> Word:
    """Read one word."""
    found = stems_of(written)
    groups = frozenset(group for one in found for group in GROUPS_OF.get(one, ()))
    return Word(written, found, groups, _pieces(written))


@lru_cache(maxsize=32768)
def stems_of(written: str) -> tuple[str, ...]:
    """Give the stems of one word in order; one in camel case has several."""
    apart = written if written == written.lower() else _CAMEL.sub(r"\1 \2", written)
    return tuple(map(_stem_of, _TOKEN.findall(apart)))


def _stem_of(token: str) -> str:
    word = token.lower()
    if word.isalpha():
        return stem(word)
    word = word.replace("n't", "nt").replace("'", "")
    if word[0].isdigit() or (word[0] == "v" and word[1:2].isdigit()):
        return "0" if word.isdigit() else "0.0"
    return "#0" if word[0] == "#" else stem(word)


def _pieces(written: str) -> tuple[str, ...]:
    lower = _NOT_A_GRAM.sub(" ", alike(written.lower()))
    pieces = [
        part[start : start + n]
        for part in [f" {part} " for part in lower.split()]
        for n in GRAMS
        for start in range(len(part) - n + 1)
    ]
    return tuple(dict.fromkeys(pieces))
