"""What the model sees of a change: names of features, by the source that they come from.

A name's part before the first colon is its family: `t` `t2` `t0` stems of the title, `pre` prefix,
`g` `g0` groups of words, `x` `x0` groups and files together, `c` pieces of words, `m0` first words
of commit messages, `r` patterns, `says` `bsays` `hsays` conventions, `f` `d` `e` paths, `any`
`all` `main` kinds of files, `n` sizes, `b` branch, `is` what else is known.
"""

import itertools
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from app.policy.work import words
from app.policy.work.paths import CODE
from app.policy.work.patterns import RELEASE_PATTERNS
from app.policy.work.reading import Files, Reading
from app.policy.work.tokens import Word, read_word, stems_of

MOST_FILES = 200
"""Paths that are read one by one; the kinds are counted over all."""
PIECES_WEIGH = 4
"""How loudly all pieces of a title's words speak together; 2, 4 and 8 were tried."""
PATHS_WEIGH = 3
"""How loudly all parts of paths speak together; 2 and 4 were tried."""

WHOLE = 1000
"""How many thousandths a plain feature weighs."""

_MANY = 15
"""Lines that are added to a new file, or deleted with an old one, at least."""
_SIZES = {
    family: tuple(f"n:{family} {n}" for n in range(most + 1))
    for family, most in {
        "files": 6, "added": 10, "deleted": 10, "code added": 9, "code deleted": 9,
        "commit heads": 5,
    }.items()
}  # fmt: skip
_JOINTS = re.compile(r"[_/\s-]+")


class Features(NamedTuple):
    """The features of a change.

    The names of each source weigh 1 each: "title", "messages", "branch", "files", "size", "signs".
    So do the stems of `words`, which are the title's. In thousandths, the pieces of `words` weigh
    `piece_weight` each, and `paths`, what the paths are made of, `path_weight`.
    """

    sources: Mapping[str, Sequence[str]]
    words: tuple[Word, ...]
    piece_weight: int
    paths: frozenset[str]
    path_weight: int

    def items(self) -> Iterator[tuple[str, float]]:
        """Give every feature with its value; those that several words have come again."""
        for names in self.sources.values():
            yield from ((name, 1.0) for name in names)
        for word in self.words:
            yield from ((name, 1.0) for name in stem_names(word.written))
            yield from ((name, self.piece_weight / WHOLE) for name in piece_names(word.written))
        yield from ((name, self.path_weight / WHOLE) for name in self.paths)


def stem_names(word: str) -> list[str]:
    """Give the features of the stems of a title's word."""
    return [f"t:{one}" for one in read_word(word).stems if one != "`"]


def group_names(word: str) -> list[str]:
    """Give the features of the groups that a title's word belongs to."""
    return [f"g:{group}" for group in read_word(word).groups]


def piece_names(word: str) -> list[str]:
    """Give the features of the pieces of a title's word."""
    return [f"c:{one}" for one in read_word(word).pieces]


def features(reading: Reading) -> Features:
    """Give every feature of a change, whether the weights know it or not."""
    title, signs = _of_title(reading), _signs(reading)
    paths: frozenset[str] = frozenset()
    sources: dict[str, Sequence[str]] = {
        "title": title,
        "messages": _of_messages(reading.messages),
        "signs": signs,
    }
    if reading.branch:
        sources["branch"] = _of_branch(reading.branch)
    if reading.files.listed:
        paths = paths.union(*[_of_path(file.path) for file in reading.files.listed[:MOST_FILES]])
        sources["files"] = _of_files(reading.files)
        sources["size"] = _of_sizes(reading.files)
        signs += _of_versions(reading)
        title += _of_groups_and_files(reading.groups, reading.leading, reading.files.main)
    pieces = sum([len(word.pieces) for word in reading.words])
    return Features(
        sources,
        words=reading.words,
        piece_weight=_each_of(pieces, PIECES_WEIGH),
        paths=paths,
        path_weight=_each_of(len(paths), PATHS_WEIGH),
    )


def _each_of(number: int, together: int) -> int:
    """Give what each of some features weighs, in thousandths: many are not much louder than few."""
    return round(WHOLE * together / math.sqrt(number or 1))


def _of_title(reading: Reading) -> list[str]:
    plain = [one for one in reading.stems if one != "`"]
    names = [f"t2:{a} {b}" for a, b in itertools.pairwise(plain)]
    names += _of_groups(reading.groups, reading.leading)
    if lead := next((one for one in reading.rest if one.isalpha()), None):
        names.append(f"t0:{lead}")
    if prefix := reading.title.prefix:
        names += [f"pre:{one}" for word in prefix.split() for one in stems_of(word)]
    names += [f"says:{work}" for work in words.prefix_says(reading.title.text)]
    return names


@lru_cache(maxsize=4096)
def _of_groups(groups: frozenset[str], leading: frozenset[str]) -> tuple[str, ...]:
    return *[f"g:{group}" for group in groups], *[f"g0:{group}" for group in leading]


@lru_cache(maxsize=4096)
def _of_groups_and_files(
    groups: frozenset[str], leading: frozenset[str], main: str
) -> tuple[str, ...]:
    together = [f"x:{group}|{main}" for group in groups]
    return *together, *[f"x0:{group}|{main}" for group in leading or ("none",)]


def _signs(reading: Reading) -> list[str]:
    read, n = reading.title, len(reading.stems)
    told = (
        ("is:prefixed", read.prefix is not None),
        ("is:breaking", read.breaking),
        ("is:a backport", read.backport),
        ("is:quoting code", "`" in read.text),
        ("is:naming code", words.names_code(read.text)),
        ("is:short", n <= 2),  # noqa: PLR2004 - two words or less
        ("is:long", n >= 9),  # noqa: PLR2004 - a whole sentence
        ("is:closing an issue", reading.messages.closes_an_issue),
        ("is:with a branch", reading.branch is not None),
        ("is:a bot's", reading.by_a_bot),
    )
    return [*[name for name, is_so in told if is_so], *[f"r:{name}" for name in reading.patterns]]


def _of_messages(told: words.Messages) -> list[str]:
    bare = [head.lstrip("* ") for head in told.heads]
    first = {stems[0] for head in bare if (stems := stems_of(head.partition(" ")[0]))}
    said = {work for head in bare for work in words.prefix_says(head)}
    names = [_sized("commit heads", len(bare)), *[f"m0:{one}" for one in first]]
    if told.commits > 1:
        names.append("n:several commits")
    return names + [f"hsays:{work}" for work in said]


def _of_branch(branch: str) -> list[str]:
    own = branch[:200].split("/", 1)[-1]
    stems = {one for word in _JOINTS.split(own) for one in stems_of(word)}
    return [
        *[f"b:{one}" for one in stems],
        *[f"bsays:{work}" for work in words.branch_says(branch)],
    ]


@lru_cache(maxsize=8192)
def _of_path(path: str) -> frozenset[str]:
    *folders, name = path.lower().split("/")
    found = {f"f:{name}", f"e:{name.rsplit('.', 1)[-1]}", *[f"d:{one}" for one in folders]}
    return frozenset(found if folders else {*found, "d:"})


def _of_files(counted: Files) -> tuple[str, ...]:
    half = sum(counted.changed.values()) / 2
    main = tuple([kind for kind, lines in counted.changed.items() if lines > half])
    return _of_kinds(tuple(counted.number), main, counted.only)


@lru_cache(maxsize=4096)
def _of_kinds(kinds: tuple[str, ...], main: tuple[str, ...], only: str | None) -> tuple[str, ...]:
    names = [*[f"any:{kind}" for kind in kinds], *[f"main:{kind}" for kind in main]]
    if only:
        names.append(f"all:{only}")
    if CODE.isdisjoint(kinds):
        return (*names, "any:no code")
    beside = {"test": "any:code with tests", "docs": "any:code with documentation"}
    return (*names, *[name for kind, name in beside.items() if kind in kinds])


def _of_sizes(counted: Files) -> list[str]:
    code_added, code_deleted = counted.code_lines()
    names = [
        _sized("files", len(counted.listed)),
        _sized("added", sum(counted.added.values())),
        _sized("deleted", sum(counted.deleted.values())),
        _sized("code added", code_added),
        _sized("code deleted", code_deleted),
    ]
    return names + _new_and_removed(counted)


def _new_and_removed(counted: Files) -> list[str]:
    found = set()
    for file, kind in zip(counted.listed, counted.kinds, strict=True):
        added, deleted = file.additions or 0, file.deletions or 0
        if added > _MANY and not deleted and (kind in CODE or kind == "test"):
            found.add("n:new file of tests" if kind == "test" else "n:new file of code")
        elif deleted > _MANY and not added:
            found.add("n:removed file")
    return list(found)


def _sized(family: str, lines: int) -> str:
    """Give a number by its binary digits: 0 for 0, 1 for 1, 2 for 2 and 3, 3 for 4 to 7."""
    names, digits = _SIZES[family], lines.bit_length()
    return names[digits] if digits < len(names) else names[-1]


def _of_versions(reading: Reading) -> list[str]:
    files = reading.files
    bearing = files.all_carry_a_version
    where = "files that carry a version" if bearing else "other files"
    names = [f"r:{p} in {where}" for p in RELEASE_PATTERNS if p in reading.patterns]
    if not bearing:
        return names
    names.append("r:only files that carry a version")
    if "changelog" in files.number:
        names.append("r:the changelog and the version alone")
    if all(
        max(file.additions or 0, file.deletions or 0) <= 3  # noqa: PLR2004
        for file, kind in zip(files.listed, files.kinds, strict=True)
        if kind not in {"changelog", "lock"}
    ):
        names.append("r:small edits of files that carry a version")
    return names
