"""What kind of work a change is: feature, bugfix, documentation, CI, maintenance or release.

In order: an upstream's own label (a person's word), what all its files say, then a model learned
from the headings that people put changes under (model). About one heading in ten is wrong,
so no answer is surer than that.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from app.policy.model import ChangedFile, Work
from app.policy.work.body import body_hints
from app.policy.work.by_files import ALSO, documents_nothing, feature_decides, is_ci_by_its_files
from app.policy.work.labels import admitted, carried_by
from app.policy.work.model import judge, weights
from app.policy.work.reading import Reading, read
from app.policy.work.reasons import Why, describe_files

SURE_RELEASE = 0.8
"""The probability from which a release is one though people labelled it more broadly."""
_WORKS = tuple(Work)
LABEL_IS_RIGHT = 0.9
"""How often people's own headings are right, as measured on those of the training data."""


class Change(NamedTuple):
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
    """The kind of work that a change is, how sure (0 to 1), and what decided.

    `why` is put into words when somebody asks. `scores` has all six kinds and sums to 1; `also`
    are other kinds that the same change is as well.
    """

    work: Work
    score: float
    decided_by: Literal["rule", "label", "model"]
    why: Why | str
    scores: Mapping[Work, float] = field(hash=False)
    also: tuple[Work, ...] = ()

    @property
    def because(self) -> str:
        """Tell why, going on after "because": the words and paths that weighed most."""
        return str(self.why)

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
    reading = reading_of(change)
    judgement = judge(reading)
    hints = body_hints(change.body)
    scores = judgement.probabilities({work: hint.weight for work, hint in hints.items()})
    if Work.DOCUMENTATION not in hints and documents_nothing(reading):
        scores = _without(Work.DOCUMENTATION, scores)
    if labelled := _by_label(change, scores, reading):
        return labelled
    if not (reading.stems or reading.files.listed or reading.messages.heads or hints):
        return _of_nothing()
    work = _decide(scores)
    if is_ci_by_its_files(reading, work):
        return WorkVerdict(Work.CI, LABEL_IS_RIGHT, "rule", describe_files(reading), scores)
    if feature_decides(reading, work, scores[Work.FEATURE]):
        work = Work.FEATURE
    said = [hints[work].says] if work in hints else []
    why = Why(work, reading, judgement, said)
    also = _also(work, scores, reading)
    return WorkVerdict(work, round(scores[work], 3), "model", why, scores, also)


def _without(work: Work, scores: Mapping[Work, float]) -> dict[Work, float]:
    rest = 1 - scores[work]
    return {one: 0.0 if one is work else score / rest for one, score in scores.items()}


def _decide(scores: Mapping[Work, float]) -> Work:
    """Give the best of five, and only then tell CI from other upkeep.

    Otherwise a change that is surely upkeep would lose to a feature by being shared between two.
    """
    ci, maintenance = scores[Work.CI], scores[Work.MAINTENANCE]
    best, highest = Work.MAINTENANCE, ci + maintenance
    for work, score in scores.items():
        if score > highest and work is not Work.CI:
            best, highest = work, score
    return Work.CI if best is Work.MAINTENANCE and ci > maintenance else best


def _of_nothing() -> WorkVerdict:
    prior = dict(weights().prior)
    work = max(prior, key=lambda w: prior[w])
    because = "nothing is known about it, and this is the most frequent kind"
    return WorkVerdict(work, prior[work], "rule", because, prior)


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
        why=because,
        scores=scores,
        also=tuple(w for w in Work if w in others),
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
    kinds = reading.files.number
    told = {one for one in _WORKS if scores[one] >= ALSO}
    if "docs" in kinds:
        told.add(Work.DOCUMENTATION)
    if "ci" in kinds and len(kinds) > 1:
        told.add(Work.CI)
    return tuple([one for one in _WORKS if one in told and one is not work])
