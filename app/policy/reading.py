"""What is read out of the facts about one subject, once, however many people acted on it."""

from functools import lru_cache
from typing import NamedTuple

from app.policy.answers import Evidence
from app.policy.communities import first_named_in
from app.policy.evidence import traces
from app.policy.globs import matches_name
from app.policy.home import Community, Home, Member
from app.policy.model import Facts, Strength, Subject, SubjectType, Where
from app.policy.needs import Reason, reasons
from app.policy.once import Once
from app.policy.roster import is_bot, member
from app.policy.trace import Trace, written_at
from app.policy.wording import adds_somebody_to_the_team
from app.policy.work import Change, WorkVerdict, detect_work


class Named(NamedTuple):
    """A community that a text names without a link, and where it does."""

    community: Community
    evidence: Evidence


class Reading:
    """What is read out of one subject's facts for one home; each part only when a rule asks."""

    def __init__(self, facts: Facts, home: Home) -> None:
        self.facts = facts
        self.home = home

    @Once
    def traces(self) -> tuple[Trace, ...]:
        """Every connection between the subject and the home."""
        return traces(self.facts, self.home)

    @Once
    def reasons(self) -> tuple[Reason, ...]:
        """Every reason that these connections are, the strongest first."""
        return reasons(self.traces, self.facts, self.home)

    @Once
    def named(self) -> Named | None:
        """Give a community that members name in the subject's own texts, without a link."""
        texts = self._texts_by_members()
        here = self.subject.ref
        found = first_named_in([text for _, text in texts], self.home, upstream=here.repo)
        if found is None:
            return None
        (where, _), community = texts[found[0]], found[1]
        by, at = self.subject.author, written_at(self.facts)
        return Named(community, Evidence(where, Strength.INFERRED, seen_in=here, by=by, at=at))

    @Once
    def grows_a_team(self) -> bool:
        """Whether it takes somebody into an upstream's team."""
        return adds_somebody_to_the_team(self.subject.title)

    @Once
    def verdict(self) -> WorkVerdict | None:
        """Tell what kind of work it is; None for an issue, and where nothing is known of it."""
        subject = self.subject
        known = (subject.title, subject.body, subject.labels, subject.files, subject.commits)
        if subject.type is not SubjectType.PULL_REQUEST or not any(known):
            return None
        n_files = subject.n_files
        if n_files is None and subject.files is not None:
            n_files = len(subject.files)
        return _detected(
            Change(
                title=subject.title,
                commit_messages=tuple(one.message for one in subject.commits or ()),
                branch=subject.branch,
                files=subject.files,
                n_files=n_files,
                body=subject.body,
                labels=subject.labels or (),
                author_is_bot=self.by_bot,
            )
        )

    @Once
    def plans_stewardship(self) -> bool:
        """Whether the home plans stewardship of the upstream it is in."""
        repo = self.subject.ref.repo
        return any(matches_name(glob, repo) for glob in self.home.strategic.upstreams)

    @property
    def counts_upkeep(self) -> bool:
        """Whether general maintenance there may be strategic."""
        return self.plans_stewardship or self.home.rules.general_maintenance == "strategic"

    @property
    def subject(self) -> Subject:
        """The upstream item."""
        return self.facts.subject

    @Once
    def author(self) -> Member | None:
        """Give the member who wrote the subject, if they were one when they did."""
        return member(self.subject.author, self.home, written_at(self.facts))

    @Once
    def by_bot(self) -> bool:
        """Whether a machine wrote the subject."""
        author = self.subject.author
        return author is not None and is_bot(author, self.home)

    def _texts_by_members(self) -> list[tuple[Where, str]]:
        if self.author is None:
            return []
        subject = self.subject
        commits = [(Where.COMMIT, one.message) for one in subject.commits or ()]
        texts = ((Where.TITLE, subject.title), (Where.BODY, subject.body), *commits)
        return [(where, text) for where, text in texts if text]


@lru_cache(maxsize=16384)
def _detected(change: Change) -> WorkVerdict:
    """Keep verdicts: where a changed config is tried on history, the changes are the same."""
    return detect_work(change)
