"""How right answers are: accuracy, F1 per class, macro-F1 and who is taken for whom.

A pair is (expected, got). Pure counting; both modes of `evaluate` use it.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from app.policy.model import Work


@dataclass(frozen=True, slots=True)
class ClassScore:
    """One class: how often what was called so is so, and what is so was called so."""

    name: str
    expected: int
    got: int
    right: int

    @property
    def precision(self) -> float:
        """Give the share of the answers with this name that are right; 0 if there is none."""
        return self.right / self.got if self.got else 0.0

    @property
    def recall(self) -> float:
        """Give the share of the expected that was found; 0 if there is none."""
        return self.right / self.expected if self.expected else 0.0

    @property
    def f1(self) -> float:
        """Give the harmonic mean of precision and recall; 0 if nothing is right."""
        return 2 * self.right / (self.expected + self.got) if self.right else 0.0


@dataclass(frozen=True, slots=True)
class Scores:
    """The whole table. `confusion` counts (expected, got); `classes` are those that occur."""

    total: int
    right: int
    classes: tuple[ClassScore, ...]
    confusion: Mapping[tuple[str, str], int]

    @property
    def accuracy(self) -> float:
        """Give the share of right answers; 0 of nothing."""
        return self.right / self.total if self.total else 0.0

    @property
    def macro_f1(self) -> float:
        """Give the mean of the classes' F1: each class counts the same, however rare."""
        return sum(c.f1 for c in self.classes) / len(self.classes) if self.classes else 0.0

    def row(self, expected: str) -> tuple[int, ...]:
        """Give one row of the table: how often each class, in order, was got for `expected`."""
        return tuple(self.confusion.get((expected, c.name), 0) for c in self.classes)


def score(pairs: Iterable[tuple[str, str]], order: Sequence[str] = ()) -> Scores:
    """Count pairs of (expected, got). `order` sorts the classes; others follow by name.

    The classes are all that occur on either side, as scikit-learn's f1_score takes them.
    """
    confusion = Counter((str(expected), str(got)) for expected, got in pairs)
    names = {name for pair in confusion for name in pair}
    first = [str(name) for name in order if str(name) in names]
    classes = tuple(
        ClassScore(
            name=name,
            expected=sum(n for (e, _), n in confusion.items() if e == name),
            got=sum(n for (_, g), n in confusion.items() if g == name),
            right=confusion[(name, name)],
        )
        for name in (*first, *sorted(names.difference(first)))
    )
    return Scores(
        total=confusion.total(),
        right=sum(c.right for c in classes),
        classes=classes,
        confusion=dict(confusion),
    )


def five_way(work: str) -> str:
    """Fold CI into maintenance, for people who have no CI heading."""
    return Work.MAINTENANCE if work == Work.CI else str(work)


def score_five_way(pairs: Iterable[tuple[str, str]]) -> Scores:
    """Count with CI as maintenance on both sides."""
    return score(((five_way(e), five_way(g)) for e, g in pairs), tuple(Work))


def score_six_way(lines: Iterable[tuple[str, str, bool]]) -> Scores:
    """Count lines of (expected, got, their people use a CI heading) that do use one."""
    return score(((e, g) for e, g, heading in lines if heading), tuple(Work))
