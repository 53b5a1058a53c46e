"""A contribution, (person, act, subject): what rules ask about one person's act on a subject."""

import re
from dataclasses import dataclass, replace
from datetime import datetime

from app.policy.answers import Assignment, Need, Sentence
from app.policy.home import Home, Member
from app.policy.model import Act, Facts, Performed, Subject, Work
from app.policy.needs import Reason, borrowed_bucket
from app.policy.once import Once
from app.policy.reading import Reading
from app.policy.roster import is_same
from app.policy.wording import plans_a_review

LINKS = "linked issues"
COMMENTS = "comments"
COMMITS = "commits"
BACKLINKS = "backlinks"
FILES = "files"
"""The names under which a gatherer says, in `Facts.could_not_read`, what it could not read."""

ON_THE_LIST = frozenset({Work.DOCUMENTATION, Work.CI, Work.RELEASE})
"""The kinds of work that are strategic whoever does them and for whatever reason."""
_BESIDE_THE_LIST = frozenset(Work) - ON_THE_LIST
_UPKEEP = frozenset({Work.MAINTENANCE})
SURE = 0.8
"""The probability from which what a change is needs nobody's confirmation.

On repositories left out of the learning, against people's own headings, what is on the strategic
list is told right from the rest in 96 % of the changes that are as sure as that (0.7: 95 %), and
87 % of those called strategic are (86 %): nearly as right as the headings are themselves.
"""
SMALL = 50
"""The most lines outside tests and documentation that a small feature changes."""

_BESIDES = re.compile(r"(?:^|/)(?:tests?|docs?)/|(?:^|/)(?:test_[^/]*|[^/]*\.(?:md|rst|lock))$")
_EVIDENCE = frozenset({LINKS, COMMENTS, COMMITS, BACKLINKS})
_ON_ANOTHERS_WORK = frozenset({Act.COMMITTED, Act.REVIEWED, Act.MERGED, Act.TRIAGED})


@dataclass(frozen=True)
class Contribution:
    """One member's act on one subject, with what was read about the subject.

    It has no slots, so that what every rule asks for is found out once.
    """

    reading: Reading
    act: Performed
    member: Member
    assignments: tuple[Assignment, ...] = ()
    now: datetime | None = None

    @property
    def facts(self) -> Facts:
        """Everything known about the subject."""
        return self.reading.facts

    @property
    def home(self) -> Home:
        """The organisation whose time it is."""
        return self.reading.home

    @property
    def subject(self) -> Subject:
        """The upstream item."""
        return self.reading.facts.subject

    @property
    def could_not_read(self) -> frozenset[str]:
        """The sources of evidence that were looked for and could not be read just now."""
        return self.facts.could_not_read & _EVIDENCE

    @Once
    def is_own(self) -> bool:
        """Say whether the person wrote the subject, whatever this act is."""
        author = self.subject.author
        return self.act.act is Act.AUTHORED or is_same(self.member, author)

    @property
    def is_on_anothers_work(self) -> bool:
        """Say whether it is an act on what somebody else wrote."""
        return self.act.act in _ON_ANOTHERS_WORK and not self.is_own

    @Once
    def is_change(self) -> bool:
        """Say whether the change itself is this person's work: written, or written with it."""
        committed_with_colleague = self.act.act is Act.COMMITTED and self.reading.author is not None
        return self.is_own or committed_with_colleague

    @property
    def work(self) -> Work | None:
        """What the change is, whoever needs it; None if it is no change, or nothing is known."""
        return self.reading.verdict.work if self.reading.verdict else None

    @property
    def why(self) -> str:
        """Say in the item's own words and paths why its work is what it is."""
        return str(self.reading.verdict.because) if self.reading.verdict else ""

    @property
    def is_sure_of_work(self) -> bool:
        """Say whether nobody has to confirm what the change is: all of it is known, and clear.

        Kinds of work that come to the same answer make no difference, so their probabilities are
        added.
        """
        subject, verdict = self.subject, self.reading.verdict
        if verdict is None:
            return False
        files = subject.files
        if files is not None and subject.n_files is not None and len(files) < subject.n_files:
            return False
        if verdict.decided_by == "label":
            return verdict.score >= SURE
        alike = sum(verdict.scores[work] for work in self._answered_like(verdict.work))
        return max(verdict.score, alike) >= SURE

    def _answered_like(self, work: Work) -> frozenset[Work]:
        if work in ON_THE_LIST:
            return ON_THE_LIST
        if not self.reading.counts_upkeep:
            return _BESIDE_THE_LIST
        return frozenset({work}) if work is Work.MAINTENANCE else _BESIDE_THE_LIST - _UPKEEP

    @property
    def is_feature(self) -> bool:
        """Say whether this person's own change adds a feature."""
        return self.is_change and self.work is Work.FEATURE

    @property
    def is_small(self) -> bool:
        """Say whether the change is small: at most SMALL lines outside tests and documentation."""
        lines = 0
        for file in self.subject.files or ():
            if not _BESIDES.search(file.path):
                lines += (file.additions or 0) + (file.deletions or 0)
        return self.subject.files is not None and lines <= SMALL

    @property
    def names_a_colleague(self) -> bool:
        """Say whether title or body name another member."""
        text = f"{self.subject.title or ''}\n{self.subject.body or ''}".casefold()
        others = (one for one in self.home.members if one.login != self.member.login)
        return any(name.casefold() in text for one in others for name in (one.login, *one.names))

    def assignment(self) -> Assignment | None:
        """Give what this person was assigned that covers the act."""
        return next((one for one in self.assignments if is_same(self.member, one.person)), None)

    @Once
    def reasons(self) -> tuple[Reason, ...]:
        """Give what connects the subject to the home, the strongest first.

        An item that plans reviewing is stewardship only for those who review.
        """
        if not self.is_on_anothers_work:
            return self.reading.reasons
        return tuple(map(_as_planned_review, self.reading.reasons))

    def strongest_need(self, *, hint: bool = False) -> Need | None:
        """Give the need it serves, with a bucket if any of its reasons tells one.

        `hint`: the strongest of those that a passing word alone suggests.
        """
        every = self.reasons
        chosen = next((one for one in every if one.need and one.trace.hint is hint), None)
        if chosen is None or chosen.need is None:
            return None
        if chosen.need.bucket is not None:
            return chosen.need
        lender = borrowed_bucket(chosen, every, self.facts)
        if lender is None or lender.need is None or lender.trace.hint is not hint:
            return chosen.need
        return replace(chosen.need, bucket=lender.need.bucket, bucket_from=lender.need.bucket_from)

    def stewardship(self) -> Reason | None:
        """Give the internal item that plans this as upstream stewardship."""
        return next((one for one in self.reasons if one.stewardship), None)

    def conflict(self) -> Sentence | None:
        """Say it where the home's own items call it both a need and stewardship."""
        every = self.reasons
        if any(one.need and not one.trace.hint for one in every) and any(
            one.stewardship for one in every
        ):
            return Sentence("the tracker calls it both a need and upstream stewardship")
        return None


def _as_planned_review(reason: Reason) -> Reason:
    if reason.need and not reason.marked and plans_a_review(reason.trace.item):
        return reason._replace(need=None, stewardship=True)
    return reason
