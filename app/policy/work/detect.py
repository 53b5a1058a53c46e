"""What kind of work a change is: feature, bugfix, documentation, CI, maintenance or release.

In order: an upstream's own label (a person's word), what all its files say, then a model learned
from the headings that people put changes under (model). About one heading in ten is wrong,
so no answer is surer than that.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

from app.policy.model import ChangedFile, Work
from app.policy.work.body import body_hints
from app.policy.work.labels import admitted, carried_by
from app.policy.work.model import Judgement, judge, weights
from app.policy.work.paths import CODE
from app.policy.work.reading import Reading, read
from app.policy.work.reasons import describe_files, reasons

ALSO = 0.25
"""The probability from which a second kind of work is told beside the first."""
SOME_CODE = 10
"""The lines of code that a feature adds at least, where documentation comes with it."""
SURE_RELEASE = 0.8
"""The probability from which a release is one though people labelled it more broadly."""
LABEL_IS_RIGHT = 0.9
"""How often people's own headings are right, as measured on those of the training data."""


@dataclass(frozen=True, slots=True)
class Change:
    """What is known of a change; None is unknown, an empty tuple is "there is none".

    `files` may be cut: `n_files` tells how many there really are. `labels` are the upstream's.
    """

    title: str | None = None
    commit_messages: tuple[str, ...] = ()
    branch: str | None = None
    files: tuple[ChangedFile, ...] | None = None
    n_files: int | None = None
    body: str | None = None
    labels: tuple[str, ...] = ()
    author_is_bot: bool | None = None


@dataclass(frozen=True, slots=True)
class WorkVerdict:
    """The kind of work that `change` is, how sure (0 to 1), and what decided.

    `scores` has all six kinds and sums to 1; `also` are other kinds that the same change is as
    well; `said` is why, where that needs no weighing of words and paths.
    """

    work: Work
    score: float
    decided_by: Literal["rule", "label", "model"]
    change: Change = field(repr=False, compare=False)
    scores: Mapping[Work, float] = field(hash=False)
    also: tuple[Work, ...] = ()
    said: str | None = None

    @property
    def because(self) -> str:
        """Tell why, going on after "because": the words and paths that weighed most."""
        return self.said or _because(self.work, self.change)

    @property
    def says(self) -> str:
        """Give the whole sentence: "documentation, because all 3 files are under docs/"."""
        return f"{self.work}, because {self.because}"


def reading_of(change: Change) -> Reading:
    """Take a change apart for the model; its body and labels are not the model's matter."""
    return read(
        change.title,
        change.commit_messages,
        change.branch,
        change.files or (),
        change.n_files,
        by_a_bot=change.author_is_bot,
    )


def detect_work(change: Change) -> WorkVerdict:
    """Tell what kind of work a change is. Never fails; knowing nothing gives a low score."""
    reading, judgement = _judged(change)
    hints = body_hints(change.body)
    scores = judgement.probabilities({work: hint.weight for work, hint in hints.items()})
    if labelled := _by_label(change, scores, reading):
        return labelled
    if not (reading.tokens or reading.files.listed or reading.messages.heads or hints):
        return _of_nothing(change)
    work = _decide(scores)
    if is_ci_by_its_files(reading, work):
        said = describe_files(reading)
        return WorkVerdict(Work.CI, LABEL_IS_RIGHT, "rule", change, scores, said=said)
    if feature_decides(reading, work, scores[Work.FEATURE]):
        work = Work.FEATURE
    also = _also(work, scores, reading)
    return WorkVerdict(work, round(scores[work], 3), "model", change, scores, also)


@lru_cache(maxsize=4)
def _judged(change: Change) -> tuple[Reading, Judgement]:
    """Take a change apart and weigh it; kept for a moment, for the reason is asked right after."""
    reading = reading_of(change)
    return reading, judge(reading)


@lru_cache(maxsize=16384)
def _because(work: Work, change: Change) -> str:
    """Weigh the reasons only when they are asked: it takes as long as the answer itself."""
    reading, judgement = _judged(change)
    hint = body_hints(change.body).get(work)
    return reasons(work, reading, judgement, [hint.says] if hint else [])


def feature_decides(reading: Reading, work: Work, feature: float) -> bool:
    """Tell whether documentation that comes with a feature is that feature.

    `work` and `feature` are what the model says, and how likely a feature is to it. The title has
    to add something, and the files some code.
    """
    code = sum(reading.files.added[kind] for kind in CODE)
    adds = "add" in reading.leading and code >= SOME_CODE
    return work is Work.DOCUMENTATION and adds and feature >= ALSO


def is_ci_by_its_files(reading: Reading, work: Work) -> bool:
    """Tell whether a change of CI files alone is CI, when the model says `work`.

    Whatever its title fixes, adds or explains, it does so to CI: of the 258 such changes of the
    training data, people put 249 under CI or maintenance. What only keeps CI up to date may be
    maintenance.
    """
    mends = "fix" in reading.groups
    return reading.files.only == "ci" and (mends or work is not Work.MAINTENANCE)


def _decide(scores: Mapping[Work, float]) -> Work:
    """Give the best of five, and only then tell CI from other upkeep.

    Otherwise a change that is surely upkeep would lose to a feature by being shared between two.
    """
    upkeep = (Work.CI, Work.MAINTENANCE)
    others = [work for work in Work if work not in upkeep]
    best = max(others, key=lambda work: scores[work])
    if scores[best] > sum(scores[work] for work in upkeep):
        return best
    return max(upkeep, key=lambda work: scores[work])


def _of_nothing(change: Change) -> WorkVerdict:
    prior = dict(weights().prior)
    work = max(prior, key=lambda w: prior[w])
    return WorkVerdict(
        work=work,
        score=prior[work],
        decided_by="rule",
        change=change,
        scores=prior,
        said="nothing is known about it, and this is the most frequent kind",
    )


def _by_label(change: Change, scores: Mapping[Work, float], reading: Reading) -> WorkVerdict | None:
    by_label = carried_by(change.labels)
    if not by_label:
        return None
    work = _among(frozenset(by_label.values()), scores)
    label = next((name for name, said in by_label.items() if work is said), None)
    if label is None:
        broad = next(name for name, said in by_label.items() if work in admitted(said))
        because = f"it is labelled \u201c{broad}\u201d, and {describe_files(reading)}"
    else:
        because = f"it is labelled \u201c{label}\u201d"
    others = {w for w in by_label.values() if w is not work}
    return WorkVerdict(
        work=work,
        score=LABEL_IS_RIGHT if len(others) == 0 else round(LABEL_IS_RIGHT * 0.8, 3),
        decided_by="label",
        change=change,
        scores=scores,
        also=tuple(w for w in Work if w in others),
        said=because,
    )


def _among(said: frozenset[Work], scores: Mapping[Work, float]) -> Work:
    """Choose among what the labels admit; a feature beside anything decides."""
    if Work.FEATURE in said:
        return Work.FEATURE
    if Work.RELEASE in said:
        return Work.RELEASE
    refined = {work for name in said for work in admitted(name)}
    if Work.RELEASE in refined:
        if scores[Work.RELEASE] >= SURE_RELEASE:
            return Work.RELEASE
        refined.discard(Work.RELEASE)
    return max((work for work in Work if work in refined), key=lambda work: scores[work])


def _also(work: Work, scores: Mapping[Work, float], reading: Reading) -> tuple[Work, ...]:
    """Give the other kinds: those that the model half sees, and those that files show."""
    kinds = reading.files.count
    shown = {
        Work.DOCUMENTATION: kinds["docs"] > 0,
        Work.CI: kinds["ci"] > 0 and len(kinds) > 1,
    }
    return tuple(w for w in Work if w is not work and (scores[w] >= ALSO or shown.get(w, False)))
