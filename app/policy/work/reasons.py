"""Why a change is what it is, in words: what weighed most, by where it stands.

Thousands of features are no reason for a person. Their weights are added up by the source that they
come from: the words of the title, the commit messages, the files, the size, the branch, a sign.
The heaviest of these are told.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from functools import cache

from app.policy.model import Work
from app.policy.work.features import WHOLE
from app.policy.work.model import Judgement, pieces_weigh, plain_weigh, speaking_for, weights
from app.policy.work.paths import CODE, NAMES
from app.policy.work.patterns import TITLE_PATTERNS
from app.policy.work.reading import MOST_WORDS, Reading
from app.policy.work.tokens import alike

MOST = 3
"""Reasons that are told at most."""
WORTH_TELLING = 0.3
"""What a reason weighs, as a share of the heaviest, to be told beside it."""

_OF_IT = {
    "is:a bot's": "a bot opened it",
    "is:breaking": "its prefix marks it as breaking",
    "is:a backport": "it is a backport",
    "is:closing an issue": "its commit messages close an issue",
}
_BETWEEN = frozenset({
    "a", "an", "and", "as", "at", "by", "for", "in", "into", "is", "it", "of", "on", "or", "s",
    "the", "to", "with",
})  # fmt: skip
"""Words that weigh something and tell a person nothing."""
_AROUND = "`'\"\u201c\u201d:.,;!()[]"


class Why:
    """Why a change is what it is, put into words when it is first asked for: most never is."""

    __slots__ = ("_known", "_words")

    def __init__(
        self, work: Work, reading: Reading, judgement: Judgement, said: Sequence[str]
    ) -> None:
        self._known: tuple[Work, Reading, Judgement, Sequence[str]] | None
        self._known = (work, reading, judgement, said)
        self._words = ""

    def __str__(self) -> str:
        """Give the clause; what it was made from is let go."""
        if self._known:
            self._words, self._known = reasons(*self._known), None
        return self._words

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Why) and str(self) == str(other)

    def __hash__(self) -> int:
        return hash(str(self))


def reasons(work: Work, reading: Reading, judgement: Judgement, said: Iterable[str]) -> str:
    """Give the heaviest reasons for `work` as one clause; `said` are those told beforehand."""
    loud = speaking_for(work)
    clauses: defaultdict[str, float] = defaultdict(float)
    for source, whole in judgement.by_source.items():
        if source != "signs":
            clauses[source] = loud(whole)
    known = weights().packed
    for sign in judgement.signs:
        if (clause := _sign(sign)) and sign in known:
            clauses[clause] += loud(known[sign] * WHOLE)
    heaviest = sorted(clauses, key=lambda clause: (-clauses[clause], clause))
    enough = max(WORTH_TELLING * clauses[heaviest[0]], 0.0)
    told = [
        _title(loud, reading, judgement) if clause == "title" else _clause(clause, reading)
        for clause in heaviest
        if clauses[clause] > enough
    ]
    out = [*said, *filter(None, told)][:MOST]
    return _joined(out) if out else "nothing in it speaks for anything else"


def _title(loud: Callable[[int], float], reading: Reading, judgement: Judgement) -> str:
    """Quote the words of the title that are loudest by themselves, in its order."""
    bare = {word: word.strip(_AROUND) for word in reading.title.text.split()[:MOST_WORDS]}
    by_word = {
        word: loud(plain_weigh(read) * WHOLE + pieces_weigh(read) * judgement.piece_weight)
        for word, rest in bare.items()
        if rest and rest.lower() not in _BETWEEN and (read := alike(word))
    }
    loudest = sorted(by_word.values(), reverse=True)[:MOST]
    if not loudest or loudest[0] <= 0:
        return ""
    enough = max(loudest[-1], 0.5 * loudest[0])
    told = [word for word, by in by_word.items() if by >= enough][:MOST]
    quoted = [f"\u201c{_short(bare[word], 40)}\u201d" for word in told]
    return f"its title says {_joined(quoted)}"


def _clause(source: str, reading: Reading) -> str:
    """Give a source in words, or nothing where there is nothing to name; signs are words."""
    files, heads = reading.files, reading.messages.heads
    if source == "size":
        return _size(sum(files.added.values()), sum(files.deleted.values()))
    if source == "branch":
        return f"its branch is \u201c{_short(reading.branch or '', 60)}\u201d"
    if source == "messages":
        new = next((head for head in heads if head not in reading.title.text), None)
        return f"its commits say \u201c{_short(new, 60)}\u201d" if new else ""
    return describe_files(reading) if source == "files" else source


def _size(added: int, deleted: int) -> str:
    first, second = (added, deleted) if added > 0 else (deleted, added)
    lines = f"{first} line{'' if first == 1 else 's'}"
    if second <= 0:
        return f"it only {'adds' if added > 0 else 'deletes'} {lines}" if first > 0 else ""
    return f"it adds {lines} and deletes {second}"


@cache
def _sign(name: str) -> str:
    family, _, rest = name.partition(":")
    if family != "r":
        return _OF_IT.get(name, "")
    pattern = re.sub(r" in (?:files that carry a version|other files)$", "", rest)
    if pattern in TITLE_PATTERNS:
        return f"its title reads like {pattern}"
    return "it changes only files that carry a version"


def describe_files(reading: Reading) -> str:
    """Tell what the files are, claiming "all" only where every file is known."""
    files = reading.files
    n = len(files.listed)
    if not n:
        return "its files are not known"
    if not files.cut and (said := _all_of(reading)):
        return said
    heavy = max(files.number, key=lambda kind: (files.changed[kind], kind))
    if files.changed[heavy] * 2 > sum(files.changed.values()):
        return f"most of what it changes is {NAMES[heavy]}"
    kinds = sorted(files.number, key=lambda kind: (-files.number[kind], kind))[:MOST]
    return f"it changes {_joined([NAMES[kind] for kind in kinds])}"


def _all_of(reading: Reading) -> str | None:
    listed, number = reading.files.listed, reading.files.number
    n = len(listed)
    if n == 1:
        return f"its only file is {_short(listed[0].path)}"
    every = "both" if n == 2 else f"all {n}"  # noqa: PLR2004
    folder = _common_folder([file.path for file in listed])
    if folder and len(number) == 1 and CODE.isdisjoint(number):
        return f"{every} files are under {_short(folder)}/"
    kinds = sorted(number, key=lambda kind: (-number[kind], kind))
    if len(kinds) <= 2:  # noqa: PLR2004 - "this or that" reads well, a longer list does not
        return f"{every} files are {' or '.join(NAMES[kind] for kind in kinds)}"
    return f"{every} files are under {_short(folder)}/" if folder else None


def _common_folder(paths: list[str]) -> str:
    folders = [path.split("/")[:-1] for path in paths]
    shared = []
    for parts in zip(*folders, strict=False):
        if len(set(parts)) > 1:
            break
        shared.append(parts[0])
    return "/".join(shared)


def _short(text: str, most: int = 80) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}\u2026"


def _joined(parts: Sequence[str]) -> str:
    return f"{', '.join(parts[:-1])} and {parts[-1]}" if len(parts) > 1 else parts[0]
