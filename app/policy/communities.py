"""The names of the communities that the organisation serves, found in what people wrote.

A name alone is a hint. In a text written upstream it has to stand there as a name: not in an
address, a path, an image, code or an attribution, and not where upstream itself is called so.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from app.policy.blocks import blocks_in
from app.policy.home import Community, Home

# Each alternative starts only where a word starts: any other start would make it quadratic.
_NO_PROSE = re.compile(
    r"""https?://\S+|www\.\S+                         # addresses
    |^[ \t]*(?:co-authored|signed-off|reviewed|acked|reported|suggested)[\w-]*\s*:.*$   # trailers
    |(?<!\S)\S*@\S+                                   # people, e-mail addresses
    |(?<![\w.-])[\w.-]*(?:/[\w.-]+)+(?::[\w.-]+)?     # paths, images, repositories
    |\#[0-9]+""",
    re.VERBOSE | re.IGNORECASE | re.MULTILINE,
)
_WORD = re.compile(r"[^\W_]+")
_ASCII_WORDS_APART = bytes(code if chr(code).isalnum() else ord(" ") for code in range(128)).ljust(
    256
)
_PLAIN = re.compile(r"[A-Za-z][a-z]*")
_LONG = 8
"""From this many letters on a capitalised word in mid-sentence is a name and no common word."""
_AFTER = re.compile(
    r"(?:['\u2019]s)?\s+(?:\w+\s+)?(?:(?:jupyter)?hubs?|communit\w+|users?|cluster|workshops?|cohort"
    r"|team|project|deployment|folks|instance|organi[sz]ation|collaborat\w+)\b",
    re.IGNORECASE,
)
_BEFORE = re.compile(r"[\w,;)]\s+$")


@dataclass(frozen=True, slots=True)
class _Name:
    community: Community
    pattern: re.Pattern[str]
    words: frozenset[str]
    needs_context: bool


def named_in(text: str | None, home: Home, *, upstream: str = "") -> Community | None:
    """Give the first community that a text written upstream names, or None.

    `upstream` is the repository ("owner/name") it was written in: a community that is called like
    it is not meant.
    """
    return _named_in(text, home, upstream) if text and _candidates(text, home) else None


def first_named_in(
    texts: Sequence[str], home: Home, *, upstream: str = ""
) -> tuple[int, Community] | None:
    """Give which of the texts is the first to name a community, and which; quick if none does."""
    if not _candidates("\n".join(texts), home):
        return None
    named = ((at, named_in(text, home, upstream=upstream)) for at, text in enumerate(texts))
    return next(((at, one) for at, one in named if one), None)


def community_of(text: str | None, home: Home) -> Community | None:
    """Give the community that the title or text of an internal item is about, or None.

    There every whole word counts, whatever its case: trackers write "leap:" and "[earthscope]".
    """
    if not text:
        return None
    found = (
        (match.start(), name.community)
        for name in _candidates(text, home)
        if (match := name.pattern.search(text))
    )
    return min(found, key=_place, default=(0, None))[1]


@lru_cache(maxsize=8192)
def _named_in(text: str, home: Home, upstream: str) -> Community | None:
    every = _candidates(text, home)
    names = [name for name in every if not _is_called_like(name.community, upstream)]
    for block, checkbox in blocks_in(text) if names else ():
        prose = "" if checkbox else _NO_PROSE.sub(" \ufffc ", block)
        found = (
            (match.start(), name.community)
            for name in names
            for match in name.pattern.finditer(prose)
            if _stands_as_a_name(name, match, prose)
        )
        if first := min(found, key=_place, default=None):
            return first[1]
    return None


def _place(found: tuple[int, Community | None]) -> int:
    return found[0]


def _stands_as_a_name(name: _Name, found: re.Match[str], prose: str) -> bool:
    if not name.needs_context:
        return True
    if _AFTER.match(prose, found.end()):
        return True
    word = found[0]
    capitalised = word[:1].isupper() and len(word) >= _LONG
    return capitalised and bool(_BEFORE.search(prose[max(0, found.start() - 8) : found.start()]))


@lru_cache(maxsize=4096)
def _is_called_like(community: Community, upstream: str) -> bool:
    """Say whether the owner or name of a repository is, or holds, one of the community's names."""
    for segment in filter(None, map(_slug, upstream.split("/"))):
        for name in map(_slug, (community.name, *community.aliases)):
            if f"-{name}-" in f"-{segment}-" or name.replace("-", "") == segment.replace("-", ""):
                return True
    return False


def _slug(text: str) -> str:
    return "-".join(_WORD.findall(text.lower()))


def _candidates(text: str, home: Home) -> list[_Name]:
    """Give the names all of whose words stand in the text: for most texts none."""
    index = _by_word(home)
    words = _words_of(text)
    return [name for word in index.keys() & words for name in index[word] if name.words <= words]


def _words_of(text: str) -> set[str]:
    lowered = text.lower()
    # Most texts are ASCII, and as bytes are cut up alike in a fifth of the time.
    if lowered.isascii():
        return set(lowered.encode().translate(_ASCII_WORDS_APART).decode().split())
    return set(_WORD.findall(lowered))


@lru_cache(maxsize=16)
def _by_word(home: Home) -> Mapping[str, tuple[_Name, ...]]:
    """Give the names by the longest of their words, which is the rarest."""
    index: dict[str, tuple[_Name, ...]] = {}
    for name in _all_names(home):
        if name.words:
            word = max(name.words, key=len)
            index[word] = (*index.get(word, ()), name)
    return index


def _all_names(home: Home) -> Iterator[_Name]:
    never = {name.casefold() for name in home.never_communities}
    for community in home.communities:
        for name in dict.fromkeys((community.name, *community.aliases)):
            if name.casefold() in never:
                continue
            # "LEAP" is no "leap", but "nmfs-openscapes" is written in any case.
            shouted = name.isupper() and len(name) > 1
            flags = re.NOFLAG if shouted else re.IGNORECASE
            pattern = re.compile(rf"(?<![\w.-]){re.escape(name)}(?![\w-]|\.\w)", flags)
            words = frozenset(_WORD.findall(name.lower()))
            yield _Name(community, pattern, words, bool(_PLAIN.fullmatch(name)))
