"""The patterns of good-citizen.yml: globs over names, addresses, titles and labels.

`*` is anything within a path segment, `**` anything across segments, `?` one character, `[ab]`,
`[a-z]` and `[!a]` one of (or none of) a class, as in Python's fnmatch: `[[]` is the bracket itself.
Titles and labels have no segments, so there `*` spans everything but a line break. A `*` that is a
whole segment stands for at least one character. Letter case never matters: GitHub ignores it in
names and labels, and people do in titles.

Time is linear in the length of the text. Nearly every pattern becomes a regular expression whose
groups are atomic; the rest (`**` before `*`), which a regular expression could only match by
trying again from every position, is run as a set of states.
"""

import re
from collections.abc import Callable
from functools import lru_cache
from itertools import pairwise

LONGEST = 256
"""The most characters a pattern may have."""

_STAR, _GLOBSTAR = "*", "**"
_ATOM = re.compile(r"\*+|\?|\[!?\]?[^\]]*\]|[^*?]", re.DOTALL)


def matches_name(pattern: str, name: str) -> bool:
    """Say whether the glob `pattern` matches the repository `name`, both "owner/name"."""
    return _segmented(pattern)(name)


def matches_url(pattern: str, url: str) -> bool:
    """Say whether the glob `pattern` matches `url`, as written or without query and fragment.

    A slash at the end makes no difference.
    """
    bare = url.partition("#")[0].partition("?")[0].rstrip("/")
    test = _segmented(pattern)
    return test(url) or test(bare) or test(f"{bare}/")


def matches_text(pattern: str, text: str) -> bool:
    """Say whether the glob `pattern` matches the whole of `text`, a title or a label."""
    return _free(pattern)(text)


def problem_with(pattern: str) -> str | None:
    """Say what was expected where `pattern` is nothing a person can mean as a glob, else None."""
    if not pattern.strip():
        return "a glob with at least one character"
    if len(pattern) > LONGEST:
        return f"a glob of at most {LONGEST} characters"
    if not pattern.isprintable():
        return "a glob without line breaks and control characters"
    return next(filter(None, map(_problem_with_atom, _ATOM.findall(pattern))), None)


def _problem_with_atom(atom: str) -> str | None:
    if atom == "[":
        return "a closing ] for the [ (the bracket itself is written [[])"
    if atom[0] == "[" and any(low > high for low, high in _ranges(atom)):
        return f"a range from low to high in {atom}"
    if atom[0] == _STAR and len(atom) > len(_GLOBSTAR):
        return "* or **, not more"
    return None


@lru_cache(maxsize=2048)
def _segmented(pattern: str) -> Callable[[str], bool]:
    return _compiled(_tokens(pattern, one=r"[^/\n]", segments=True), r"[^/\n]")


@lru_cache(maxsize=2048)
def _free(pattern: str) -> Callable[[str], bool]:
    return _compiled(_tokens(pattern, one=r"[^\n]", segments=False), r"[^\n]")


def _tokens(pattern: str, *, one: str, segments: bool) -> list[str]:
    """Give the pattern as wildcards and regular expressions that match one character each."""
    atoms = _ATOM.findall(pattern)
    bounds = ["/", *atoms, "/"]
    tokens: list[str] = []
    for before, atom, after in zip(bounds, atoms, bounds[2:], strict=False):
        if atom[0] == _STAR:
            if segments and before == after == "/" and atom == _STAR:
                tokens.append(one)
            tokens.append(_GLOBSTAR if len(atom) > 1 else _STAR)
        elif atom == "?":
            tokens.append(one)
        else:
            tokens.append(_one_of(atom, one) if len(atom) > 1 else re.escape(atom))
    return tokens


def _one_of(atom: str, one: str) -> str:
    negated = atom.startswith("[!")
    # An upside-down range matches nothing; the config refuses it, other callers must not crash.
    inside = "".join(f"{re.escape(a)}-{re.escape(b)}" for a, b in _ranges(atom) if a <= b)
    if not inside:
        return one if negated else r"(?!)"
    return f"(?:(?={one})[{'^' if negated else ''}{inside}])"


def _ranges(atom: str) -> list[tuple[str, str]]:
    """Give the ranges of a class such as "[!a-z_]", a single character as a range of one."""
    inside = atom[2:-1] if atom.startswith("[!") else atom[1:-1]
    found = re.findall(r"(.)-(.)|(.)", inside, re.DOTALL)
    return [(single or low, single or high) for low, high, single in found]


def _compiled(tokens: list[str], one: str) -> Callable[[str], bool]:
    wild = [token for token in tokens if token[0] == _STAR]
    if any(pair == (_GLOBSTAR, _STAR) for pair in pairwise(wild)):
        return _States(tokens, one)
    return _regex(tokens, one)


def _regex(tokens: list[str], one: str) -> Callable[[str], bool]:
    """Match piece by piece, each at the first place it fits: no later one could do better.

    That holds because a place further on leaves less text for the pieces that follow, and as long
    as no wildcard that stops at a slash comes after one that does not.
    """
    pieces: list[str] = [""]
    for token in tokens:
        if token[0] == _STAR:
            pieces += [one if token == _STAR else r"[^\n]", ""]
        else:
            pieces[-1] += token
    middle = "".join(
        f"(?>{any_of}*?{fixed})"
        for any_of, fixed in zip(pieces[1:-2:2], pieces[2:-2:2], strict=True)
    )
    last = f"{pieces[-2]}*{pieces[-1]}" if len(pieces) > 1 else ""
    whole = re.compile(f"{pieces[0]}{middle}{last}", re.IGNORECASE)
    return lambda text: whole.fullmatch(text) is not None


class _States:
    """A glob as a set of positions in it, one bit each, moved on by every character."""

    __slots__ = ("_masks", "_tests", "_wild")

    def __init__(self, tokens: list[str], one: str) -> None:
        anything = {_STAR: one, _GLOBSTAR: r"[^\n]"}
        self._tests = [re.compile(anything.get(token, token), re.IGNORECASE) for token in tokens]
        self._wild = sum(1 << at for at, token in enumerate(tokens) if token in anything)
        self._masks: dict[str, int] = {}

    def __call__(self, text: str) -> bool:
        here = self._skip(1)
        for character in text:
            fits = here & self._fitting(character)
            here = self._skip((fits & self._wild) | ((fits & ~self._wild) << 1))
            if not here:
                return False
        return bool(here >> len(self._tests))

    def _skip(self, here: int) -> int:
        # Once is enough: two wildcards are never neighbours, since "***" is one token.
        return here | ((here & self._wild) << 1)

    def _fitting(self, character: str) -> int:
        if (mask := self._masks.get(character)) is None:
            mask = sum(1 << at for at, test in enumerate(self._tests) if test.match(character))
            if len(self._masks) < LONGEST:
                self._masks[character] = mask
        return mask
