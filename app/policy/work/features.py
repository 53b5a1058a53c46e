"""What the model sees of a change: names of features with their values.

A name's part before the first colon is its family, which `reasons` turns into words:
`t` `t2` `t0` `c` title, `pre` prefix, `g` `g0` groups of words, `m` `m0` commit messages, `r`
patterns, `says` `bsays` `hsays` conventions, `f` `d` `w` `e` paths, `any` `all` `main` `most` `set`
kinds of files, `n` sizes, `b` branch, `x` `x0` `xs` words and files together, `is` what else is
known.
"""

import itertools
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from app.policy.work import words
from app.policy.work.paths import CODE
from app.policy.work.reading import Files, Reading

MOST_FILES = 200
"""Paths that are read one by one; the kinds are counted over all."""
GRAMS = (3, 4, 5)
GRAM_WEIGHT = 4.0
"""How loudly all character n-grams of a title speak together; 2, 4 and 8 were tried."""

_NOT_A_GRAM = re.compile(r"[^a-z0-9@./#+_`'\-]+")
_DIGITS = re.compile(r"\d+")
_LETTERS = re.compile("[a-z]{3,}")
_FIRST_LETTER = {
    "docs": "d", "example": "d", "image": "d", "docsbuild": "d", "test": "t", "build": "b",
    "lock": "b", "config": "b", "precommit": "b", "version": "b", "ci": "i", "github": "i",
    "rtd": "i",
}  # fmt: skip


def magnitude(lines: int) -> int:
    """Give the number of binary digits: 0 for 0, 1 for 1, 2 for 2 and 3, 3 for 4 to 7."""
    return max(lines, 0).bit_length()


@dataclass(frozen=True, slots=True)
class Features:
    """The features of a change: plain ones weigh 1, a title's n-grams `gram_weight` each."""

    plain: frozenset[str]
    grams: frozenset[str]
    gram_weight: float

    def items(self) -> Iterator[tuple[str, float]]:
        """Give every feature with its value."""
        yield from ((name, 1.0) for name in self.plain)
        yield from ((name, self.gram_weight) for name in self.grams)


def features(reading: Reading) -> Features:
    """Give every feature of a change, whether the weights know it or not."""
    names = set(_of_title(reading))
    names.update(f"g:{g}" for g in reading.groups)
    names.update(f"g0:{g}" for g in reading.leading)
    names.update(_of_messages(reading.messages, set(reading.tokens)))
    names.update(_of_conventions(reading))
    names.update(_of_branch(reading.branch))
    names.update(f"r:{name}" for name in reading.patterns)
    if reading.by_a_bot:
        names.add("is:a bot's")
    if reading.files.listed:
        names.update(*(_of_path(file.path) for file in reading.files.listed[:MOST_FILES]))
        names.update(_of_kinds(reading.files))
        names.update(_of_sizes(reading.files))
        names.update(_of_versions(reading))
        names.update(_of_both(reading))
    grams = grams_of(reading.title.text)
    weight = round(GRAM_WEIGHT / math.sqrt(max(len(grams), 1)), 6)
    return Features(frozenset(names), grams, weight)


def grams_of(text: str) -> frozenset[str]:
    """Give the character n-grams of a title's words."""
    lower = _NOT_A_GRAM.sub(" ", _DIGITS.sub("0", text.lower()))
    return frozenset().union(*map(_grams_of_word, lower.split()))


@lru_cache(maxsize=8192)
def _grams_of_word(word: str) -> frozenset[str]:
    """Give the pieces of one lower-case word with its ends marked by spaces."""
    framed = f" {word} "
    return frozenset(
        f"c:{framed[start : start + n]}" for n in GRAMS for start in range(len(framed) - n + 1)
    )


def _of_title(reading: Reading) -> Iterator[str]:
    read, rest = reading.title, reading.rest
    plain = [word for word in reading.tokens if word != "`"]
    yield from (f"t:{token}" for token in plain)
    yield from (f"t2:{a} {b}" for a, b in itertools.pairwise(plain))
    if lead := next((token for token in rest if token.isalpha()), None):
        yield f"t0:{lead}"
    if read.prefix:
        yield "is:prefixed"
        yield from (f"pre:{token}" for token in words.tokens(read.prefix))
    if read.breaking:
        yield "is:breaking"
    if read.backport:
        yield "is:a backport"
    if "`" in reading.tokens:
        yield "is:quoting code"
    if words.names_code(read.text):
        yield "is:naming code"
    if len(plain) <= 2:  # noqa: PLR2004 - two words or less
        yield "is:short"
    if len(plain) >= 9:  # noqa: PLR2004 - a whole sentence
        yield "is:long"


def _of_messages(told: words.Messages, in_title: set[str]) -> Iterator[str]:
    said: set[str] = set()
    for head in told.heads:
        found = words.tokens(words.without_number(head))
        said.update(found)
        yield from (f"m0:{token}" for token in found[:1])
    said.update(words.tokens("\n".join(line[:300] for line in told.prose)))
    yield from (f"m:{token}" for token in said - in_title)
    yield f"n:commit heads {min(magnitude(len(told.heads)), 5)}"
    if told.closes_an_issue:
        yield "is:closing an issue"
    if told.commits > 1:
        yield "n:several commits"


def _of_conventions(reading: Reading) -> Iterator[str]:
    yield from (f"says:{work}" for work in words.prefix_says(reading.title.text))
    if reading.branch:
        yield from (f"bsays:{work}" for work in words.branch_says(reading.branch))
    for head in reading.messages.heads[:20]:
        yield from (f"hsays:{work}" for work in words.prefix_says(head.lstrip("* ")))


def _of_branch(branch: str | None) -> Iterator[str]:
    if branch:
        yield "is:with a branch"
        own = branch[:200].split("/", 1)[-1]
        yield from (f"b:{token}" for token in words.tokens(re.sub("[_/-]", " ", own)))


@lru_cache(maxsize=4096)
def _of_path(path: str) -> frozenset[str]:
    *folders, name = path.lower().split("/")
    found = {f"f:{name}", f"e:{name.rsplit('.', 1)[-1]}", *(f"d:{folder}" for folder in folders)}
    found.update(f"w:{words.stem(w)}" for w in _LETTERS.findall(name.rsplit(".", 1)[0]))
    if not folders:
        found.add("is:at the top")
    return frozenset(found)


def _of_kinds(counted: Files) -> Iterator[str]:
    total = (counted.added.total() + counted.deleted.total()) or 1
    for kind, n in counted.count.items():
        yield f"any:{kind}"
        if n == len(counted.kinds) and not counted.cut:
            yield f"all:{kind}"
        share = (counted.added[kind] + counted.deleted[kind]) / total
        if share > 0.5:  # noqa: PLR2004
            yield f"main:{kind}"
        if share > 0.9:  # noqa: PLR2004
            yield f"most:{kind}"
    letters = {"c" if k in CODE else _FIRST_LETTER.get(k, "l") for k in counted.count}
    yield f"set:{''.join(sorted(letters))}"
    code = not CODE.isdisjoint(counted.count)
    if not code:
        yield "any:no code"
    if code and counted.count["test"]:
        yield "any:code with tests"
    if code and counted.count["docs"]:
        yield "any:code with documentation"


def _of_sizes(counted: Files) -> Iterator[str]:
    a, d = counted.added.total(), counted.deleted.total()
    ca, cd = (sum(lines[k] for k in CODE) for lines in (counted.added, counted.deleted))
    yield f"n:files {min(magnitude(len(counted.listed)), 6)}"
    yield f"n:added {min(magnitude(a), 10)}"
    yield f"n:deleted {min(magnitude(d), 10)}"
    yield f"n:code added {min(magnitude(ca), 9)}"
    yield f"n:code deleted {min(magnitude(cd), 9)}"
    yield f"n:balance {_balance(a, d)}"
    if ca + cd:
        yield f"n:code balance {_balance(ca, cd)}"
    yield f"n:tests added {min(magnitude(counted.added['test']), 7)}"
    yield f"n:docs added {min(magnitude(counted.added['docs']), 7)}"
    for file, kind in zip(counted.listed, counted.kinds, strict=True):
        added, deleted = file.additions or 0, file.deletions or 0
        if added > 15 and not deleted and (kind in CODE or kind == "test"):  # noqa: PLR2004
            yield f"n:new file of {'tests' if kind == 'test' else 'code'}"
        if deleted > 15 and not added:  # noqa: PLR2004
            yield "n:removed file"


def _balance(added: int, deleted: int) -> int:
    return int(((added - deleted) / (added + deleted + 1) + 1) * 3)


def _of_versions(reading: Reading) -> Iterator[str]:
    files = reading.files
    bearing = files.all_carry_a_version
    if bearing:
        yield "r:only files that carry a version"
        if files.count["changelog"]:
            yield "r:the changelog and the version alone"
    if bearing and all(
        max(file.additions or 0, file.deletions or 0) <= 3  # noqa: PLR2004
        for file, kind in zip(files.listed, files.kinds, strict=True)
        if kind not in {"changelog", "lock"}
    ):
        yield "r:small edits of files that carry a version"
    where = "files that carry a version" if bearing else "other files"
    yield from (f"r:{p} in {where}" for p in words.RELEASE_PATTERNS if p in reading.patterns)


def _of_both(reading: Reading) -> Iterator[str]:
    main = reading.files.main
    yield from (f"x0:{g}|{main}" for g in reading.leading or {"none"})
    yield from (f"x:{g}|{main}" for g in reading.groups)
    if main == "code":
        size = min(magnitude(sum(reading.files.added[k] for k in CODE)), 8) // 2
        yield from (f"xs:{g}|{size}" for g in reading.groups or {"none"})
