"""How right the policy is on cases whose answers people gave, and what the evidence is worth."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from app.policy.cases import Case, Classified, Expected, classify_case
from app.policy.home import Home
from app.policy.links import mentions


@dataclass(frozen=True, slots=True)
class Share:
    """How many of how many."""

    right: int
    of: int

    @property
    def value(self) -> float | None:
        """The share from 0 to 1; None of nothing."""
        return self.right / self.of if self.of else None

    def __str__(self) -> str:
        """Give it as people read it: 42 of 44 (95.5 %)."""
        return f"{self.right} of {self.of}" + (
            f" ({self.value:.1%})" if self.value is not None else ""
        )


@dataclass(frozen=True, slots=True)
class Judged:
    """One case with the policy's answer and whether each part of it is right.

    `bucket` and `activity` are None where nothing is expected of them.
    """

    case: Case
    expected: Expected
    got: Classified
    kind: bool
    bucket: bool | None
    activity: bool | None

    @property
    def differs(self) -> bool:
        """Say whether any part differs."""
        return not self.kind or self.bucket is False or self.activity is False

    @property
    def pair(self) -> tuple[str, str]:
        """Give expected and found kind; an answer that is right as well counts as expected."""
        found = self.got.decision.kind.value if self.got.decision else OUT
        wanted = self.expected.kind.value if self.expected.kind else OUT
        return (found if self.kind else wanted), found


OUT = "out of scope"


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The figures over all cases, and each case judged."""

    judged: tuple[Judged, ...]

    @property
    def kinds(self) -> Share:
        """Kinds that are right, of all cases."""
        return _share(one.kind for one in self.judged)

    @property
    def buckets(self) -> Share:
        """Buckets that are right, of the cases that have one."""
        return _share(one.bucket for one in self.judged if one.bucket is not None)

    @property
    def activities(self) -> Share:
        """Activities that are right, of the cases that have one."""
        return _share(one.activity for one in self.judged if one.activity is not None)

    @property
    def firm(self) -> Share:
        """Kinds that are right, of the answers that are not provisional."""
        return _share(
            one.kind
            for one in self.judged
            if one.got.decision is not None and not one.got.decision.provisional
        )

    @property
    def out_of_scope_answered(self) -> tuple[Judged, ...]:
        """Cases out of scope that were answered all the same."""
        return tuple(one for one in self.judged if one.expected.kind is None and one.got.decision)

    @property
    def differing(self) -> tuple[Judged, ...]:
        """Cases in which something differs."""
        return tuple(one for one in self.judged if one.differs)

    @property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """Expected and found kind of every case, for confusion and F1."""
        return tuple(one.pair for one in self.judged)


def evaluated(cases: Iterable[Case], home: Home) -> Evaluation:
    """Judge the policy's answers to the cases whose answer is known."""
    return Evaluation(tuple(_judged(case, home) for case in cases if case.expected is not None))


def body_only(case: Case) -> Case:
    """Give the case with no evidence but what its own description links."""
    facts = case.facts
    subject = facts.subject
    linked = {one.item.key for one in mentions(subject.body, subject.ref)}
    known = replace(
        facts,
        subject=replace(subject, commits=None, closes=()),
        comments=(),
        backlinks=(),
        linked=tuple(item for item in facts.linked if item.hop == 1 and item.ref.key in linked),
    )
    return replace(case, facts=known)


def _judged(case: Case, home: Home) -> Judged:
    expected = case.expected or Expected(None)
    got = classify_case(case, home)
    decision = got.decision
    kind = decision.kind if decision else None
    bucket = decision.bucket.value if decision and decision.bucket else None
    activity = decision.activity if decision else None
    return Judged(
        case,
        expected,
        got,
        kind=kind == expected.kind or kind in expected.kinds_also,
        bucket=bucket in (expected.bucket, *expected.buckets_also) if expected.bucket else None,
        activity=(
            activity in (expected.activity, *expected.activities_also)
            if expected.activity
            else None
        ),
    )


def _share(right: Iterable[bool | None]) -> Share:
    answers = list(right)
    return Share(sum(map(bool, answers)), len(answers))
