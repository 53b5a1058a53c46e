"""A change read once: what `features`, the rules and the reasons look at."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from app.policy.model import ChangedFile
from app.policy.work import words
from app.policy.work.paths import CODE, carries_a_version, kind_of


@dataclass(frozen=True, slots=True)
class Files:
    """The files of a change by kind: how many, and lines added and deleted.

    `kinds` is parallel to `listed`; `cut` when more were changed than are listed.
    """

    listed: tuple[ChangedFile, ...]
    kinds: tuple[str, ...]
    count: Counter[str]
    added: Counter[str]
    deleted: Counter[str]
    cut: bool

    @property
    def main(self) -> str:
        """Give the kind with most changed lines; all kinds of code are one."""
        kind = max(self.count, key=lambda k: (self.added[k] + self.deleted[k], self.count[k], k))
        return "code" if kind in CODE else kind

    @property
    def only(self) -> str | None:
        """Give the kind that all files are of, if that can be claimed."""
        return self.kinds[0] if len(self.count) == 1 and not self.cut else None

    @property
    def all_carry_a_version(self) -> bool:
        """Tell whether every file is one that a release usually touches."""
        return bool(self.listed) and all(carries_a_version(file.path) for file in self.listed)


def count_files(files: Sequence[ChangedFile], n_files: int | None) -> Files:
    """Count files by kind; unknown numbers of lines count as none."""
    kinds = tuple(kind_of(file.path) for file in files)
    added: Counter[str] = Counter()
    deleted: Counter[str] = Counter()
    for file, kind in zip(files, kinds, strict=True):
        added[kind] += file.additions or 0
        deleted[kind] += file.deletions or 0
    cut = n_files is not None and n_files > len(files)
    return Files(tuple(files), kinds, Counter(kinds), added, deleted, cut)


@dataclass(frozen=True, slots=True)
class Reading:
    """Title, messages, branch and files taken apart.

    `tokens` are the title's stems, `rest` those after its prefix, `groups` and `leading` the
    groups of words that the title and its first word belong to, `patterns` what it reads like.
    """

    title: words.Title
    tokens: tuple[str, ...]
    rest: tuple[str, ...]
    groups: frozenset[str]
    leading: frozenset[str]
    patterns: frozenset[str]
    messages: words.Messages
    branch: str | None
    files: Files
    by_a_bot: bool


def read(
    title: str | None,
    messages: Iterable[str],
    branch: str | None,
    files: Sequence[ChangedFile],
    n_files: int | None,
    *,
    by_a_bot: bool | None,
) -> Reading:
    """Take a change apart."""
    taken = words.read_title(title)
    found = tuple(words.tokens(taken.text))
    rest = tuple(words.tokens(taken.rest)) or found
    return Reading(
        title=taken,
        tokens=found,
        rest=rest,
        groups=frozenset(g for t in found for g in words.GROUPS_OF.get(t, ())),
        leading=frozenset(words.GROUPS_OF.get(rest[0], ()) if rest else ()),
        patterns=frozenset(n for n, rx in words.TITLE_PATTERNS.items() if rx.search(taken.text)),
        messages=words.read_messages(messages),
        branch=branch,
        files=count_files(files, n_files),
        by_a_bot=bool(by_a_bot),
    )
