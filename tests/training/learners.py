"""What is learned from a table of labelled changes: five classes, and what of upkeep is CI."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
from scipy.sparse import csr_matrix, diags, vstack  # type: ignore[import-untyped]
from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]

from app.policy.work.detect import reading_of
from app.policy.work.features import features
from app.policy.work.lines import read_change
from app.policy.work.model import CLASSES

Array: TypeAlias = np.ndarray[Any, Any]
Line: TypeAlias = dict[str, Any]

CI_THRESHOLD = 0.4
WORDS = frozenset({
    "t", "t2", "t0", "c", "pre", "g", "g0", "m0", "says", "hsays", "bsays", "b",
})  # fmt: skip
PART = 0.3
OF_HEADING = {
    "maintenance": "maintenance", "bugfix": "bugfix", "enhancement": "feature",
    "documentation": "documentation", "feature": "feature", "breaking": "feature",
    "ci": "maintenance", "dependencies": "maintenance",
}  # fmt: skip


class Table:
    """The labelled lines with their features, read once."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self.readings = [reading_of(read_change(line)) for line in lines]
        self.features = [_added_up(features(reading).items()) for reading in self.readings]
        self.repo = np.array([line["repo"] for line in lines])
        self.work5 = np.array([line["work5"] for line in lines])
        self.work6 = np.array([line["work6"] for line in lines])
        self.heading = np.array([line["ci_heading_repo"] for line in lines])
        self.target = np.array([_target(line) for line in lines])
        self.all_ci = np.array([r.files.only == "ci" for r in self.readings])

    def matrix(self, rows: Iterable[int], columns: Mapping[str, int]) -> csr_matrix:
        data: list[float] = []
        indices: list[int] = []
        ends = [0]
        for row in rows:
            known = [(columns[n], v, n) for n, v in self.features[row].items() if n in columns]
            for column, value, name in sorted(known):
                indices.append(column)
                data.append(value * loudness(name))
            ends.append(len(indices))
        return csr_matrix((data, indices, ends), shape=(len(ends) - 1, len(columns)))

    def columns(self, rows: Iterable[int], repositories: int, *, grams: bool) -> dict[str, int]:
        seen: defaultdict[str, set[str]] = defaultdict(set)
        count: Counter[str] = Counter()
        for row in rows:
            for name in self.features[row]:
                if grams or not name.startswith("c:"):
                    seen[name].add(self.repo[row])
                    count[name] += 1
        kept = sorted(n for n, r in seen.items() if len(r) >= repositories and count[n] >= 3)
        return {name: i for i, name in enumerate(kept)}


def _added_up(items: Iterable[tuple[str, float]]) -> dict[str, float]:
    out: defaultdict[str, float] = defaultdict(float)
    for name, value in items:
        out[name] += value
    return dict(out)


def loudness(name: str) -> float:
    # Commit messages say much that is beside the point, and a single word of a title is often one
    # repository's: half as loud was better than as loud.
    return 0.5 if name.startswith(("m0:", "t:")) else 1.0


def _target(line: Line) -> list[float]:
    """Give soft answers: where people put a change under several headings, half is shared."""
    hard = np.array([line["work5"] == name for name in CLASSES], float)
    under = {OF_HEADING[h] for h in line.get("any_of") or () if h in OF_HEADING}
    if len(under) < 2 or line["work5"] == "release":
        return [float(x) for x in hard]
    shared = np.array([name in under for name in CLASSES], float)
    return [float(x) for x in 0.5 * hard + 0.5 * shared / shared.sum()]


def _balance(table: Table, rows: Array) -> Array:
    repos = Counter(table.repo[rows])
    by_repo = np.array([repos[r] ** -0.25 for r in table.repo[rows]])
    classes = Counter(table.work5[rows])
    by_class = np.array([len(rows) / 5 / classes[w] for w in table.work5[rows]])
    return np.asarray(by_repo / by_repo.mean() * by_class)


class Linear:
    """Logistic regression on soft answers over features that occur in enough repositories.

    Every change is learned from three times: whole, by its words alone, and by all but its words.
    So neither half leans on what the other says in the repositories that were seen.
    """

    def __init__(self, table: Table, rows: Array) -> None:
        self.columns = table.columns(rows, 4, grams=True)
        whole = table.matrix(rows, self.columns)
        words = np.array([name.split(":")[0] in WORDS for name in self.columns], float)
        parts = (whole, whole @ diags(words), whole @ diags(1 - words))
        loud = table.target[rows] * _balance(table, rows)[:, None]
        each = np.concatenate([loud, PART * loud, PART * loud]).ravel()
        kept = each > 0
        who = np.repeat(np.arange(3 * len(rows)), len(CLASSES))[kept]
        what = np.tile(np.arange(len(CLASSES)), 3 * len(rows))[kept]
        x = vstack(parts).tocsr()
        x.eliminate_zeros()
        self.model = LogisticRegression(C=0.03, max_iter=400, tol=1e-4)
        self.model.fit(x[who], what, sample_weight=each[kept])

    def sums(self, table: Table, rows: Array) -> Array:
        return np.asarray(self.model.decision_function(table.matrix(rows, self.columns)))


class Ci:
    """Tells CI from other maintenance.

    Learned where people use a CI heading, and from changes elsewhere that touch CI files alone and
    say so themselves.
    """

    def __init__(self, table: Table, rows: Array) -> None:
        said = np.array([bool({"pre:ci", "b:ci"} & table.features[i].keys()) for i in rows])
        upkeep = table.work5[rows] == "maintenance"
        told = upkeep & table.heading[rows]
        sure = upkeep & table.all_ci[rows] & said & ~told
        kept = rows[told | sure]
        answer = (table.work6[kept] == "ci") | ~table.heading[kept]
        self.columns = table.columns(kept, 2, grams=False)
        repos = Counter(table.repo[kept])
        loud = np.array([repos[r] ** -0.5 for r in table.repo[kept]])
        self.model = LogisticRegression(C=0.1, max_iter=400, tol=1e-4, class_weight={1: 3, 0: 1})
        self.model.fit(
            table.matrix(kept, self.columns), answer.astype(int), sample_weight=loud / loud.mean()
        )

    def odds(self, table: Table, rows: Array) -> Array:
        sums = self.model.decision_function(table.matrix(rows, self.columns))
        return np.asarray(sums - np.log(CI_THRESHOLD / (1 - CI_THRESHOLD)))
