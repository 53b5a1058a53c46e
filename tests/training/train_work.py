"""Learn the weights of `app.policy.work.model` from a file of labelled changes.

    python -m tests.training.train_work work-dev.jsonl.gz app/policy/work/weights.json

Needs scikit-learn (development group). One line per change, as `detect-work` reads them, with the
answers `work5`, `work6`, `any_of` and `ci_heading_repo`. Seeds are not needed (nothing is drawn)
and BLAS runs on one thread: the same file and versions give the same bytes. `--check` only
cross-validates. What was reached stands in the head of the weights.

What was tried, leaving whole repositories out one after another, over all 3,811 labelled lines of
19 repositories (pooled macro-F1 five-way, CI counted as maintenance):

- tf-idf of title and path words, logistic regression: 0.716
- sparse words, prefixes, kinds of files, sizes (features in at least 3 repositories): 0.737
- and commit messages, branch, groups of words, groups with the kind of files: 0.747
- and patterns of releases and dependency bumps, conventions, commit messages half as loud: 0.757
- and character n-grams of the title (alone 0.695; blended with the words alone 0.761): 0.766
- and converged further: 0.768
- and half of an answer shared where people put a change under several headings: 0.769
- and shorter commit messages, converged further, CI files alone never anything else: 0.771
- and single words of the title half as loud, C 0.03 for 0.05, every change also by its words alone
  and by the rest alone: 0.771 (mean of the repositories 0.755 for 0.754, six-way 0.777 for 0.771)
- and every word read by itself, so that what it weighs can be kept, and source files alone never
  documentation whose title does not say so: 0.770 (mean 0.756, six-way 0.775), twice as fast
- and all words of the messages together, and all parts of the paths, as loud as three features:
  0.772 (mean 0.756, six-way 0.774; before the rules 0.772 for 0.769, log-loss 0.687 for 0.693)
- and of the messages only headlines and bullets, every number as 0: 0.773 (mean 0.757, six-way
  0.775); and those words of them too that stand in the title: 0.774 (mean 0.757, log-loss 0.686)
- and without what nothing is lost without: the words of messages but for their first, lines of code
  joined with groups of words (0.773, mean 0.758), words of file names (0.774, 0.757), the set of
  kinds of files together and the kind of nine lines in ten (0.774, 0.757), lines of tests and of
  documentation and the share of added ones (0.776, 0.757); all of these 0.776 (mean 0.757, six-way
  0.771), with less to do

Of some twenty such variants the best flatters itself by about the 0.002 that they differ by without
a reason: what is won for sure is that less does as well. Kept, since it is lost without: groups
joined with the kind of files (0.774, mean 0.756), pairs of words (0.777, 0.757), groups of the
first word (0.772, 0.756), endings of files (0.773, 0.751), prefixes of messages (0.773, 0.755),
what a title is like (0.772, 0.755). The first verb joined with the kind of files is kept though
0.778 (mean 0.758) is reached without: features that come with their documentation were called
documentation then. C 0.05 (0.774, 0.755) and pieces half as loud again (0.776, 0.755) are no better
with less either.

The halves were chosen by learning from four fifths of the repositories, in three random divisions:
pooled 0.7685 for 0.7646, mean of the repositories 0.745 for 0.739; without the halves 0.7683 and
0.742 (one by one: 0.7686 and 0.755). Not taken, in the same divisions or two of them: some 500
words of 33 concepts, joined with each other and with the kind of files (log-loss better by 0.006;
with the halves pooled 0.770, but the mean 0.739), and then the halves as loud as the whole (0.769,
the mean 0.731) or the words joined with files in neither half (0.767, 0.732); features weighed by
the share of repositories that have them (0.762 and less); in five repositories at least for four
(0.764); C 0.02 (0.766); single words twice as loud (0.761) and pairs of them (0.757).

Repositories weigh by their size to the power -0.25, between 0 (0.748), -0.5 (0.747) and -1 (0.746),
which were measured on the words; -0.25 itself was not.

Not taken, in the same measure against 0.768: a linear SVM 0.767, with this model 0.769; complement
naive Bayes 0.715; eight models of random repositories averaged 0.768; classes weighed by the root
0.764; the first verb joined with the kind of files 0.766; wrong-looking labels dropped 0.760 to
0.767 or softened 0.765 to 0.766; a small neural network 0.759. Gradient-boosted trees over dense
numbers reached 0.769 alone and 0.774 with this model against its 0.771, but lost as much in the
mean of the repositories (0.747 against 0.754), and took 0.3 ms and a third of the size.

Not taken, one by one, against 0.7694 (mean 0.756) without the halves: 384 numbers of a sentence
model for the title (all-MiniLM-L6-v2) beside the features 0.7695 (mean 0.745), twice as loud 0.766,
alone 0.66: a title says no more than its words do. Thresholds of the classes learned on the other
repositories: 0.759 for 0.770. Messages and paths as loud as four features 0.771, paths as two
0.769, C 0.02 with them 0.771; no pieces of five letters 0.766 for 0.765.

CI among maintenance (six-way macro-F1 where people use a CI heading): 0.752 by CI files alone,
0.768 learned there, 0.771 with a threshold of 0.4 and sure CI changes from elsewhere.
"""

import os

os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"

import argparse
import gzip
import hashlib
import json
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import sklearn  # type: ignore[import-untyped]

from app.policy.model import Work
from app.policy.scores import score_five_way, score_six_way
from app.policy.work.by_files import documents_nothing, feature_decides, is_ci_by_its_files
from app.policy.work.model import CLASSES, weights_from
from tests.training.learners import CI_THRESHOLD, Array, Ci, Linear, Table, loudness

SCALE = 1000


def answers(table: Table, sums: Array, odds: Array) -> list[str]:
    """Give the answers as the product gives them, without labels and bodies."""
    shares = shares_of(sums)
    out: list[str] = []
    for reading, share, odd in zip(table.readings, shares, odds, strict=True):
        if documents_nothing(reading):
            share[CLASSES.index(Work.DOCUMENTATION)] = 0
        work = CLASSES[int(share.argmax())]
        if work is Work.MAINTENANCE and odd > 0:
            work = Work.CI
        if is_ci_by_its_files(reading, work):
            work = Work.CI
        if feature_decides(reading, work, float(share[CLASSES.index(Work.FEATURE)])):
            work = Work.FEATURE
        out.append(str(work))
    return out


def shares_of(sums: Array, divisor: float = 1.0) -> Array:
    """Give the probabilities that sums of log-odds stand for."""
    parts = np.exp((sums - sums.max(1, keepdims=True)) / divisor)
    return np.asarray(parts / parts.sum(1, keepdims=True))


def cross_validate(table: Table) -> tuple[Array, Array]:
    """Judge every repository by what was learned from the others."""
    sums = np.zeros((len(table.repo), len(CLASSES)))
    odds = np.zeros(len(table.repo))
    for repo in sorted(set(table.repo)):
        learned, judged = (np.flatnonzero(m) for m in (table.repo != repo, table.repo == repo))
        sums[judged] = Linear(table, learned).sums(table, judged)
        odds[judged] = Ci(table, learned).odds(table, judged)
    return sums, odds


def figures(table: Table, got: Sequence[str]) -> dict[str, Any]:
    five = score_five_way(zip(table.work5, got, strict=True))
    six = score_six_way(zip(table.work6, got, table.heading, strict=True))
    repos = [
        score_five_way(
            (e, g) for e, g, r in zip(table.work5, got, table.repo, strict=True) if r == repo
        )
        for repo in sorted(set(table.repo))
    ]
    return {
        "five_way_accuracy": round(five.accuracy, 4),
        "five_way_macro_f1": round(five.macro_f1, 4),
        "five_way_f1": {c.name: round(c.f1, 4) for c in five.classes},
        "five_way_macro_f1_mean_of_repositories": round(
            sum(s.macro_f1 for s in repos) / len(repos), 4
        ),
        "six_way_accuracy_where_ci_heading": round(six.accuracy, 4),
        "six_way_macro_f1_where_ci_heading": round(six.macro_f1, 4),
        "six_way_f1": {c.name: round(c.f1, 4) for c in six.classes},
    }


def temperature(table: Table, sums: Array) -> float:
    """Give the divisor that makes held-out probabilities fit best (log-loss, steps of 0.01)."""
    own = np.array([CLASSES.index(w) for w in table.work5])

    def loss(t: float) -> float:
        return -float(np.log(shares_of(sums, t)[np.arange(len(own)), own]).mean())

    return min((round(0.5 + 0.01 * i, 2) for i in range(200)), key=loss)


def calibration(table: Table, sums: Array) -> dict[str, Any]:
    """Give the share of right answers (five-way) by how sure they were, in steps of a fifth."""
    sure = shares_of(sums, temperature(table, sums)).max(1)
    right = np.array(CLASSES)[sums.argmax(1)] == table.work5
    steps = [(low / 5, (low + 1) / 5, (sure * 5).astype(int).clip(0, 4) == low) for low in range(5)]
    return {
        "right_by_score": {
            f"{a:.1f} to {b:.1f}": [int(m.sum()), round(float(right[m].mean()), 3)]
            for a, b, m in steps
            if m.any()
        }
    }


def _whole(value: float) -> int:
    return round(float(value) * SCALE)


def learn(table: Table, sums: Array) -> dict[str, Any]:
    """Learn from all lines; give everything but the head."""
    rows = np.arange(len(table.repo))
    linear, ci = Linear(table, rows), Ci(table, rows)
    # The same number less in every class changes no answer, and reads as "more than the mean".
    weights = linear.model.coef_ - linear.model.coef_.mean(0)
    bias = linear.model.intercept_ - linear.model.intercept_.mean()
    told = Counter(table.work6)
    return {
        "classes": list(CLASSES),
        "scale": SCALE,
        "temperature": temperature(table, sums),
        "prior": {str(w): round(told[w] / len(rows), 3) for w in Work},
        "bias": [_whole(b) for b in bias],
        "ci_bias": _whole(ci.model.intercept_[0] - np.log(CI_THRESHOLD / (1 - CI_THRESHOLD))),
        "linear": {
            name: ws
            for name, i in linear.columns.items()
            if any(ws := [_whole(loudness(name) * w) for w in weights[:, i]])
        },
        "ci": {
            name: w
            for name, i in ci.columns.items()
            if (w := _whole(loudness(name) * ci.model.coef_[0, i]))
        },
    }


def main(arguments: Sequence[str] | None = None) -> None:
    """Cross-validate, learn, write; no arguments are those of the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("data", type=Path)
    parser.add_argument("weights", type=Path, nargs="?")
    parser.add_argument("--check", action="store_true", help="only cross-validate")
    args = parser.parse_args(arguments)
    raw: bytes = args.data.read_bytes()
    text = (gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw).decode()
    lines = [line for line in map(json.loads, text.splitlines()) if line["work5"]]
    table = Table(lines)
    sums, odds = cross_validate(table)
    got = answers(table, sums, odds)
    told = figures(table, got)
    sys.stdout.write(json.dumps(told, indent=1) + "\n")
    if args.check or args.weights is None:
        return
    head = {
        "written_by": "tests/training/train_work.py",
        "learned_from": args.data.name,
        "sha256": hashlib.sha256(text.encode()).hexdigest(),
        "rows": len(lines),
        "repositories": sorted(set(table.repo.tolist())),
        "classes": dict(sorted(Counter(table.work6.tolist()).items())),
        "scikit_learn": sklearn.__version__,
        "repositories_left_out_one_by_one": told | calibration(table, sums),
    }
    out = json.dumps(
        {"about": head} | learn(table, sums), separators=(",", ":"), ensure_ascii=False
    )
    weights_from(out)
    args.weights.write_text(out.replace('],"', '],\n"') + "\n", "utf-8")


if __name__ == "__main__":
    main()
