"""Why a change is what it is, in words: what weighed most, gathered by where it stands.

Thousands of features are no reason for a person. Their weights are added up by the word of the
title, the commit messages, the files, the size or the pattern that they come from, and the
heaviest of these are told.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping

from app.policy.model import Work
from app.policy.work import words
from app.policy.work.model import Judgement, speaks_for
from app.policy.work.paths import NAMES
from app.policy.work.reading import Reading

MOST = 3
"""Reasons that are told at most."""
HEAVIEST = 30
"""Features that are looked at for reasons; what the rest say is too little for a sentence."""
WORTH_TELLING = 0.3
"""What a reason weighs, as a share of the heaviest, to be told beside it."""

_DIGITS = re.compile(r"\d+")
_RAW_WORD = re.compile(r"[^\s\"“”()\[\],;]+")
_FILES = ("f", "d", "w", "e", "any", "all", "main", "most", "set")
_OF_IT = {
    "is:a bot's": "a bot opened it",
    "is:breaking": "its prefix marks it as breaking",
    "is:a backport": "it is a backport",
    "is:closing an issue": "its commit messages close an issue",
}
_TITLE_FAMILIES = frozenset({"t", "t2", "t0", "c", "g", "g0", "x", "x0", "xs", "pre", "says"})


def reasons(work: Work, reading: Reading, judgement: Judgement, said: Iterable[str]) -> str:
    """Give the heaviest reasons for `work` as one clause; `said` are those told beforehand."""
    speaks = speaks_for(work, judgement)
    heaviest_features = sorted(speaks, key=lambda name: (-speaks[name], name))[:HEAVIEST]
    weights = _gathered({name: speaks[name] for name in heaviest_features}, reading)
    title = {name[5:]: w for name, w in weights.items() if name.startswith("word:")}
    clauses = {
        _clause(name, reading): weight
        for name, weight in weights.items()
        if not name.startswith("word:")
    }
    if title:
        clauses[_title_clause(title)] = sum(title.values())
    clauses.pop("", None)
    heaviest = sorted(clauses, key=lambda clause: (-clauses[clause], clause))
    told = [c for c in heaviest if clauses[c] >= WORTH_TELLING * clauses[heaviest[0]]]
    out = [*said, *told][:MOST]
    return _joined(out) if out else "nothing in it speaks for anything else"


def describe_files(reading: Reading) -> str:
    """Tell what the files are, claiming "all" only where every file is known."""
    files = reading.files
    n = len(files.listed)
    if not n:
        return "its files are not known"
    if not files.cut and (said := _all_of(reading)):
        return said
    total = files.added.total() + files.deleted.total()
    heavy = max(files.count, key=lambda kind: (files.added[kind] + files.deleted[kind], kind))
    if (files.added[heavy] + files.deleted[heavy]) * 2 > total:
        return f"most of what it changes is {NAMES[heavy]}"
    kinds = sorted(files.count, key=lambda kind: (-files.count[kind], kind))[:MOST]
    return f"it changes {_joined([NAMES[kind] for kind in kinds])}"


def _all_of(reading: Reading) -> str | None:
    listed, count = reading.files.listed, reading.files.count
    n = len(listed)
    if n == 1:
        return f"its only file is {_short(listed[0].path)}"
    if folder := _common_folder([file.path for file in listed]):
        return f"all {n} files are under {_short(folder)}/"
    kinds = sorted(count, key=lambda kind: (-count[kind], kind))
    if len(kinds) <= 2:  # noqa: PLR2004 - "this or that" reads well, a longer list does not
        return f"all {n} files are {' or '.join(NAMES[kind] for kind in kinds)}"
    return None


def _common_folder(paths: list[str]) -> str:
    folders = [path.split("/")[:-1] for path in paths]
    shared = []
    for parts in zip(*folders, strict=False):
        if len(set(parts)) > 1:
            break
        shared.append(parts[0])
    return "/".join(shared)


def _gathered(speaks: Mapping[str, float], reading: Reading) -> dict[str, float]:
    """Add up what features say by where they come from; title words are named `word:…`."""
    found = list(dict.fromkeys(_RAW_WORD.findall(reading.title.text)))[:60]
    by_stem: defaultdict[str, list[str]] = defaultdict(list)
    for word in found:
        for token in words.tokens(word):
            by_stem[token].append(word)
    framed = [(f" {_DIGITS.sub('0', word.lower())} ", word) for word in found]
    out: defaultdict[str, float] = defaultdict(float)
    for name, weight in speaks.items():
        family, _, rest = name.partition(":")
        if family not in _TITLE_FAMILIES:
            out[_source(family, name)] += weight
            continue
        if family == "c":
            sources = [word for frame, word in framed if rest in frame]
        else:
            sources = _words_of(family, rest, by_stem, found)
        for word in sources:
            out[f"word:{word}"] += weight / len(sources)
    return out


def _source(family: str, name: str) -> str:
    if family in _FILES:
        return "files"
    if family in {"n", "m", "m0", "hsays", "b", "bsays"}:
        return {"n": "size"}.get(family, "branch" if family[0] == "b" else "messages")
    return name


def _words_of(
    family: str, rest: str, by_stem: Mapping[str, list[str]], found: list[str]
) -> list[str]:
    if family in {"pre", "says"}:
        return found[:1]
    if family in {"g", "g0", "x", "x0", "xs"}:
        group = rest.partition("|")[0]
        stems = [s for s in by_stem if group in words.GROUPS_OF.get(s, ())]
    else:
        stems = rest.split(" ") if family == "t2" else [rest]
    return list(dict.fromkeys(word for stem in stems for word in by_stem.get(stem, [])))


def _title_clause(title: Mapping[str, float]) -> str:
    heaviest = sorted(title, key=lambda word: (-title[word], word))
    told = [w for w in heaviest if title[w] >= 0.5 * title[heaviest[0]]][:MOST]
    quoted = [
        f"\u201c{_short(word.strip('`:.!'), 40)}\u201d" for word in told if word.strip("`:.!")
    ]
    return f"its title says {_joined(quoted)}" if quoted else ""


def _clause(name: str, reading: Reading) -> str:
    """Give a source in words, or nothing where there is nothing to name."""
    if name.startswith("r:"):
        return _pattern_clause(name[2:])
    files, heads = reading.files, reading.messages.heads
    if name == "size" and files.listed:
        return f"it adds {files.added.total()} and deletes {files.deleted.total()} lines"
    if name == "branch" and reading.branch:
        return f"its branch is \u201c{_short(reading.branch, 60)}\u201d"
    if name == "messages" and heads:
        return f"its commits say \u201c{_short(heads[0], 60)}\u201d"
    if name == "files" and files.listed:
        return describe_files(reading)
    return _OF_IT.get(name, "")


def _pattern_clause(name: str) -> str:
    pattern = re.sub(r" in (?:files that carry a version|other files)$", "", name)
    if pattern in words.TITLE_PATTERNS:
        return f"its title reads like {pattern}"
    return "it changes only files that carry a version"


def _short(text: str, most: int = 80) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}\u2026"


def _joined(parts: list[str]) -> str:
    return f"{', '.join(parts[:-1])} and {parts[-1]}" if len(parts) > 1 else parts[0]
