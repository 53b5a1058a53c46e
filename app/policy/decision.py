"""Deciding: a contribution, the words of people about it, and what it therefore is. Pure."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import LiteralString

from app.policy.answers import (
    Assignment,
    Decision,
    Evidence,
    Finding,
    Internal,
    Need,
    Overrule,
    Part,
    Ref,
    Sentence,
    Unknown,
    Yes,
)
from app.policy.contribution import Contribution
from app.policy.definitions import POLICY, POLICY_VERSION, Definition
from app.policy.model import Kind, Strength, SubjectType, Where

WORD = "was_said_by_a_person"
"""The name under which a person's word stands among the findings."""

_UNLINKED = frozenset({"creates_a_new_project", "adds_a_feature"})
_SAID: dict[Kind, LiteralString] = {
    Kind.TACTICAL: "{by} said that it serves a need",
    Kind.STRATEGIC: "{by} said that it keeps upstream healthy",
    Kind.PERSONAL: "a person said so",
    Kind.UNDECIDED: "{by} said that it is not what it was called",
}


def decide(
    contribution: Contribution,
    *,
    words: tuple[Overrule, ...] = (),
    assignments: tuple[Assignment, ...] = (),
    now: datetime | None = None,
) -> Decision:
    """Say what a contribution is, why, and how sure that is.

    `words` are what people said of it or of its item, the latest stands; `assignments` what the
    team's list or a role gave to people; without `now` no day of grace has passed.
    """
    asked = contribution
    if (assignments, now) != (contribution.assignments, contribution.now):
        asked = replace(contribution, assignments=assignments, now=now)
    found = _as_found(asked, *_asked(asked))
    if not words:
        return found
    # Of words of the same second the one that comes last in the record is the later.
    return _as_said(asked, max(reversed(words), key=lambda word: word.at), found)


def what_changed(before: Decision, after: Decision) -> Finding | None:
    """Give the finding that made `after` differ from `before` in kind, bucket or activity.

    None: they say the same. It is the first finding that is new or says something else, and the
    deciding one where all of them were there before.
    """
    if (before.kind, before.bucket, before.activity) == (after.kind, after.bucket, after.activity):
        return None
    deciding = next((one for one in after.findings if one.rule == after.rule), after.findings[-1])
    known = set(before.findings)
    new = (one for one in after.findings if one not in known and isinstance(one.answer, Yes))
    return next(new, deciding)


def _asked(contribution: Contribution) -> tuple[Definition, Yes, tuple[Finding, ...]]:
    """Ask the rules in their order, up to the first that holds."""
    findings: list[Finding] = []
    for definition in POLICY:
        for rule in definition.rules:
            answer = rule(contribution)
            findings.append(Finding(rule.__name__, answer))
            if isinstance(answer, Yes):
                return definition, answer, tuple(findings)
    return POLICY[-1], Yes(findings[-1].answer.says), tuple(findings)


def _as_found(
    contribution: Contribution,
    definition: Definition,
    answer: Yes,
    findings: tuple[Finding, ...],
) -> Decision:
    kind, rule = definition.kind, findings[-1].rule
    question = definition.asks
    if rule in _UNLINKED and _grace_is_over(contribution):
        kind, question = Kind.PERSONAL, None
    need = answer.need
    conflict = contribution.conflict() if need else None
    unread = Unknown in [type(one.answer) for one in findings]
    draft = bool(contribution.subject.draft)
    return Decision(
        kind,
        answer.says,
        findings,
        bucket=need.bucket if need else None,
        activity=answer.activity,
        need=need,
        community=(need.community if need else None) or _named(contribution, rule),
        provisional=answer.hint or unread or draft or conflict is not None,
        conflict=conflict,
        question=Sentence(question) if question else _about_the_bucket(need),
        work=contribution.work,
        flags=_flags(contribution),
        policy_version=POLICY_VERSION,
        rule=rule,
    )


def _as_said(contribution: Contribution, word: Overrule, found: Decision) -> Decision:
    """Put a person's word in the place of what was found, which fills what it leaves open."""
    tactical = word.kind is Kind.TACTICAL
    said = _said_need(word)
    need = (said or contribution.strongest_need()) if tactical else None
    # Who spoke is no field of the item: it may have been said in a private place.
    by: dict[str, Part] = {"by": Internal(word.by.login, stand_in="a person")}
    says = Sentence(_SAID[word.kind], {} if word.kind is Kind.PERSONAL else by)
    where = Evidence(Where.WORD, Strength.STATED, by=word.by, at=word.at)
    answer = Yes(says, (where, *((said.evidence,) if said else ())), word.activity, said)
    activity = word.activity or (found.activity if found.kind is word.kind else None)
    return replace(
        found,
        kind=word.kind,
        because=says,
        findings=(Finding(WORD, answer), *found.findings),
        bucket=(word.bucket or (need.bucket if need else None)) if tactical else None,
        activity=activity if word.kind is Kind.STRATEGIC else None,
        need=need,
        community=word.community or (need.community if need else None),
        provisional=bool(contribution.subject.draft),
        conflict=None,
        question=_still_to_ask(word, need),
        by_word=True,
        rule=WORD,
    )


def _still_to_ask(word: Overrule, need: Need | None) -> Sentence | None:
    if word.kind is Kind.UNDECIDED:
        return Sentence("What is it then?")
    return _about_the_bucket(need) if word.bucket is None else None


def _said_need(word: Overrule) -> Need | None:
    if word.need is None and word.need_url is None:
        return None
    evidence = Evidence(
        Where.WORD,
        Strength.STATED,
        ref=word.need,
        url=word.need_url,
        by=word.by,
        at=word.at,
        private=word.need is None,
    )
    item: Part = (
        Ref(word.need)
        if word.need
        else Internal(word.need_url or "", stand_in="an internal ticket")
    )
    says = Sentence("somebody named {item} as what it is for", {"item": item})
    return Need(says, evidence, word.bucket, Where.WORD if word.bucket else None, word.community)


def _grace_is_over(contribution: Contribution) -> bool:
    rules, now = contribution.home.rules, contribution.now
    if rules.unlinked_feature != "personal" or rules.grace_days is None or now is None:
        return False
    since = contribution.act.at or contribution.subject.created_at
    return since is not None and now - since > timedelta(days=rules.grace_days)


def _about_the_bucket(need: Need | None) -> Sentence | None:
    if need is None or need.bucket is not None:
        return None
    return Sentence("Which of the four buckets is it from?")


def _named(contribution: Contribution, rule: str) -> str | None:
    named = contribution.reading.named if rule == "names_a_community" else None
    return named.community.name if named else None


def _flags(contribution: Contribution) -> tuple[Sentence, ...]:
    subject = contribution.subject
    flags = []
    if subject.draft:
        flags.append(Sentence("it is still a draft, and counts when it is merged"))
    if subject.closed_at and not subject.merged_at and subject.type is SubjectType.PULL_REQUEST:
        flags.append(Sentence("it was closed unmerged: the effort counts, a delivery it is not"))
    if contribution.is_on_anothers_work and contribution.reading.author is not None:
        flags.append(Sentence("author and reviewer are colleagues"))
    if contribution.reading.grows_a_team and contribution.names_a_colleague:
        flags.append(Sentence("it is about a colleague"))
    return tuple(flags)
