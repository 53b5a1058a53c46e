"""A change read once: what `features`, the rules and the reasons look at."""

import itertools
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from app.policy.model import ChangedFile
from app.policy.work.paths import CODE, carries_a_version, kind_of
from app.policy.work.patterns import patterns_of
from app.policy.work.tokens import GROUPS_OF, Word, alike, read_word
from app.policy.work.words import Messages, Title, read_messages, read_title

MOST_WORDS = 60
"""Words of a title that are read."""


_NONE: frozenset[str] = frozenset()


class Files(NamedTuple):
    """The files of a change by kind: how many, lines added and deleted, and both together.

    `kinds` is parallel to `listed`; `cut` when more were changed than are listed.
    """

    listed: tuple[ChangedFile, ...]
    kinds: tuple[str, ...]
    number: Mapping[str, int]
    added: Mapping[str, int]
    deleted: Mapping[str, int]
    changed: Mapping[str, int]
    cut: bool

    @property
    def main(self) -> str:
        """Give the kind with most changed lines; all kinds of code are one."""
        if len(self.number) == 1:
            kind = self.kinds[0]
        else:
            kind = max(self.number, key=lambda k: (self.changed[k], self.number[k], k))
        return "code" if kind in CODE else kind

    @property
    def only(self) -> str | None:
        """Give the kind that all files are of, if that can be claimed."""
        return self.kinds[0] if len(self.number) == 1 and not self.cut else None

    @property
    def all_carry_a_version(self) -> bool:
        """Tell whether every file is one that a release usually touches."""
        return bool(self.listed) and all(carries_a_version(file.path) for file in self.listed)

    def code_lines(self) -> tuple[int, int]:
        """Give the lines of code that are added and deleted."""
        kinds = CODE.intersection(self.number)
        return sum([self.added[k] for k in kinds]), sum([self.deleted[k] for k in kinds])


def count_files(files: Sequence[ChangedFile], n_files: int | None) -> Files:
    """Count files by kind; unknown numbers of lines count as none."""
    kinds = tuple([kind_of(file.path) for file in files])
    number = dict.fromkeys(kinds, 0)
    added, deleted = number.copy(), number.copy()
    for file, kind in zip(files, kinds, strict=True):
        number[kind] += 1
        added[kind] += file.additions or 0
        deleted[kind] += file.deletions or 0
    changed = {kind: added[kind] + deleted[kind] for kind in number}
    cut = n_files is not None and n_files > len(files)
    return Files(tuple(files), kinds, number, added, deleted, changed, cut)


class Reading(NamedTuple):
    """Title, messages, branch and files taken apart.

    `words` are the title's, each once, with every number a 0; `stems` are all of theirs in order,
    `rest` those after its prefix, `groups` and `leading` the groups that its words and its first
    stem belong to, `patterns` what it reads like.
    """

    title: Title
    words: tuple[Word, ...]
    stems: tuple[str, ...]
    rest: tuple[str, ...]
    groups: frozenset[str]
    leading: frozenset[str]
    patterns: frozenset[str]
    messages: Messages
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
    taken = read_title(title)
    written = list(map(read_word, alike(taken.text).split()[:MOST_WORDS]))
    found = tuple({word.written: word for word in written}.values())
    stems = _stems(written)
    rest = (_stems(map(read_word, taken.rest.split()[:4])) if taken.prefix else ()) or stems
    return Reading(
        title=taken,
        words=found,
        stems=stems,
        rest=rest,
        groups=_NONE.union(*[word.groups for word in found]),
        leading=frozenset(GROUPS_OF.get(rest[0], ()) if rest else ()),
        patterns=patterns_of(taken.text),
        messages=read_messages(messages),
        branch=branch,
        files=count_files(files, n_files),
        by_a_bot=bool(by_a_bot),
    )


def _stems(found: Iterable[Word]) -> tuple[str, ...]:
    return tuple(itertools.chain.from_iterable([word.stems for word in found]))
