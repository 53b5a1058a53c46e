from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.policy.answers import (
    Assignment,
    Internal,
    Name,
    Overrule,
    Own,
    Ref,
    Sentence,
    Unknown,
)
from app.policy.contribution import SURE
from app.policy.decision import decide
from app.policy.definitions import POLICY_VERSION
from app.policy.home import Strategic
from app.policy.model import Act, Bucket, ItemRef, Kind, Person, Subject, SubjectType, Work
from app.policy.scope import contributions
from tests.policy.homes import (
    BUGFIX,
    CI,
    DAY,
    DOCS,
    FEATURE,
    HOME,
    TRACKER,
    UPKEEP,
    acted,
    decided,
    facts,
    mentioning,
    pull,
    with_rules,
)

YUVI = Person("yuvipanda")


def said(kind: Kind, hours: int = 1, **more: object) -> Overrule:
    return Overrule(kind, YUVI, DAY + timedelta(hours=hours), **more)  # type: ignore[arg-type]


def test_a_persons_word_comes_before_everything_and_survives() -> None:
    told = facts(pull(body=f"Ref {TRACKER}"))
    decision = decided(told, words=(said(Kind.STRATEGIC, activity="mentoring"),))
    assert (decision.kind, decision.activity) == (Kind.STRATEGIC, "mentoring")
    assert decision.by_word
    assert not decision.provisional
    assert {finding.rule for finding in decision.findings} == {
        "was_said_by_a_person",
        "serves_a_community_need",
    }


@given(st.permutations([(Kind.STRATEGIC, 1), (Kind.PERSONAL, 3), (Kind.TACTICAL, 2)]))
def test_the_latest_word_stands_in_whatever_order_they_come(order: list[tuple[Kind, int]]) -> None:
    words = tuple(said(kind, hours) for kind, hours in order)
    assert decided(facts(), words=words).kind is Kind.PERSONAL


def test_a_label_taken_off_leaves_it_undecided_until_somebody_says() -> None:
    off = said(Kind.UNDECIDED, 2, by_label=True)
    told = facts(pull(body=f"Ref {TRACKER}"))
    decision = decided(told, words=(said(Kind.TACTICAL), off))
    assert (decision.kind, decision.need) == (Kind.UNDECIDED, None)
    assert decision.question is not None


def test_a_word_that_names_the_need_carries_it() -> None:
    need = ItemRef("example-org/meta", 4)
    word = said(Kind.TACTICAL, need=need, bucket=Bucket.INTERNAL_ENG, community="LEAP")
    decision = decided(facts(), words=(word,))
    assert decision.need is not None
    assert decision.need.evidence.ref == need
    assert (decision.bucket, decision.community) == (Bucket.INTERNAL_ENG, "LEAP")
    ticket = said(Kind.TACTICAL, need_url="https://example.freshdesk.com/a/tickets/1")
    decision = decided(facts(), words=(ticket,))
    assert decision.need is not None
    assert decision.need.evidence.private
    assert isinstance(decision.need.says.parts["item"], Internal)


def test_a_word_without_a_need_keeps_the_one_that_was_found() -> None:
    told = facts(backlinks=(mentioning(labels=("support",)),))
    assert decided(told, words=(said(Kind.TACTICAL),)).bucket is Bucket.TECH_SUPPORT


def test_the_sentence_of_a_personal_decision_names_nobody() -> None:
    decision = decided(facts(), words=(said(Kind.PERSONAL, because="a hobby"),))
    assert "yuvipanda" not in str(decision.because)
    assert "hobby" not in str(decision.because)


def test_what_could_not_be_read_makes_the_answer_provisional_and_is_kept() -> None:
    told = facts(pull(**DOCS), could_not_read=frozenset({"linked issues"}))
    decision = decided(told)
    assert (decision.kind, decision.provisional) == (Kind.STRATEGIC, True)
    assert isinstance(decision.findings[0].answer, Unknown)
    assert not decided(replace(told, could_not_read=frozenset({"board"}))).provisional


def test_a_need_that_is_known_is_firm_whatever_else_could_not_be_read() -> None:
    told = facts(pull(body=f"Ref {TRACKER}"), could_not_read=frozenset({"comments"}))
    assert not decided(told).provisional


def test_planned_stewardship_is_strategic_and_its_text_tells_of_onboarding() -> None:
    plan = mentioning("See upstream/hub#7", labels=("good-community-citizen",))
    reviewed = facts(pull("batpad"), acted(act=Act.REVIEWED), backlinks=(plan,))
    assert decided(reviewed).activity == "review"
    assert decided(facts(pull(**DOCS), backlinks=(plan,))).activity == "docs"
    grows = replace(plan, body="See upstream/hub#7: batpad wants to become a core maintainer")
    assert decided(replace(reviewed, backlinks=(grows,))).activity == "onboarding"


def test_a_planned_feature_is_for_a_person_to_confirm() -> None:
    plan = mentioning("See upstream/hub#7", labels=("good-community-citizen",))
    decision = decided(facts(backlinks=(plan,)))
    assert (decision.kind, decision.provisional) == (Kind.STRATEGIC, True)


def test_what_was_assigned_is_strategic() -> None:
    assignment = Assignment(YUVI, "triage", Sentence("it is their turn"))
    told = facts(pull(**BUGFIX))
    decision = decided(told, assignments=(assignment,))
    assert (decision.kind, decision.activity) == (Kind.STRATEGIC, "triage")
    other = replace(assignment, person=Person("choldgraf"))
    assert decided(told, assignments=(other,)).kind is Kind.UNDECIDED
    assert decided(facts(), assignments=(assignment,)).kind is Kind.UNDECIDED


def test_a_feature_becomes_personal_only_after_the_days_of_grace_and_if_the_home_says_so() -> None:
    home = with_rules(unlinked_feature="personal", grace_days=30)
    early, late = DAY + timedelta(days=29), DAY + timedelta(days=31)
    assert decided(facts(), home, now=early).kind is Kind.UNDECIDED
    assert decided(facts(), home, now=late).kind is Kind.PERSONAL
    assert decided(facts(), home).kind is Kind.UNDECIDED
    assert decided(facts(), HOME, now=late).kind is Kind.UNDECIDED
    assert decided(facts(pull(**BUGFIX)), home, now=late).kind is Kind.UNDECIDED


def test_small_features_are_like_maintenance_where_the_home_says_so() -> None:
    home = with_rules(feature_size="major")
    small = {**FEATURE, "files": FEATURE["files"][2:]}
    assert decided(facts(pull(**small)), home).rule != "adds_a_feature"
    assert decided(facts(), home).rule == "adds_a_feature"


def test_general_maintenance_is_strategic_where_the_home_says_so() -> None:
    decision = decided(facts(pull(**UPKEEP)), with_rules(general_maintenance="strategic"))
    assert (decision.kind, decision.provisional) == (Kind.STRATEGIC, False)


def test_what_is_not_on_the_homes_list_is_not_strategic() -> None:
    home = replace(HOME, strategic=Strategic(activities=("review",)), digest="few")
    assert decided(facts(pull(**CI)), home).kind is Kind.UNDECIDED


@pytest.mark.parametrize(("act", "activity"), [(Act.RELEASED, "release"), (Act.TRIAGED, "triage")])
def test_releasing_and_triaging_are_on_the_list(act: Act, activity: str) -> None:
    decision = decided(facts(pull("batpad"), acted(act=act)))
    assert (decision.kind, decision.activity) == (Kind.STRATEGIC, activity)


def test_taking_somebody_into_an_upstreams_team_is_onboarding_and_colleagues_are_flagged() -> None:
    told = pull("minrk", title="proposal: adding Georgiana Dolocan to the team", labels=None)
    decision = decided(facts(told, acted(act=Act.REVIEWED)))
    assert (decision.kind, decision.activity) == (Kind.STRATEGIC, "onboarding")
    assert "it is about a colleague" in map(str, decision.flags)


def test_ones_own_entry_on_a_team_page_counts_as_nothing() -> None:
    decision = decided(facts(pull(**{**DOCS, "title": "Update my affiliation"})))
    assert (decision.kind, decision.rule) == (Kind.UNDECIDED, "is_about_its_author")


def test_an_issue_is_no_change_and_is_tactical_by_its_need_alone() -> None:
    issue = Subject(ItemRef("upstream/hub", 7), SubjectType.ISSUE, title="Broken", author=YUVI)
    assert decided(facts(issue)).kind is Kind.UNDECIDED
    assert decided(facts(issue, backlinks=(mentioning(),))).kind is Kind.TACTICAL


def test_commits_to_a_colleagues_pull_request_are_decided_like_writing_it() -> None:
    told = facts(pull("GeorgianaElena", **DOCS), acted(act=Act.COMMITTED))
    assert decided(told).activity == "docs"
    assert decided(facts(pull("GeorgianaElena"), acted(act=Act.COMMITTED))).kind is Kind.UNDECIDED


def test_a_decision_tells_its_rule_its_policy_and_the_work() -> None:
    decision = decided(facts(pull(**CI)))
    assert (decision.rule, decision.policy_version) == ("fixes_broken_ci", POLICY_VERSION)
    assert decision.work == "ci"
    assert decision.findings[-1].answer.says == decision.because


def test_internal_words_stand_only_in_parts_that_the_wall_knows() -> None:
    body = "Brings in upstream/hub#7\n\nSECRET https://example.freshdesk.com/a/tickets/77"
    backlink = mentioning(body, title="SECRET leap: log in", labels=("support",))
    told = facts(pull(body="See https://example.freshdesk.com/a/tickets/78"), backlinks=(backlink,))
    for decision in (decided(told), decided(replace(told, subject=pull()))):
        for finding in decision.findings:
            says = finding.answer.says
            assert "SECRET" not in says.template
            assert "freshdesk" not in says.template
            for part in says.parts.values():
                assert isinstance(part, Own | Ref | Name | Internal)
                if isinstance(part, Own):
                    assert "tickets" not in part.text
                    assert "SECRET" not in part.text


def test_a_change_of_which_nothing_is_known_is_asked_about_and_never_firm() -> None:
    ref = ItemRef("planned/hub", 7, SubjectType.PULL_REQUEST)
    decision = decided(facts(Subject(ref, SubjectType.PULL_REQUEST, author=YUVI)))
    assert (decision.kind, decision.provisional) == (Kind.UNDECIDED, True)
    assert (decision.work, decision.question is None) == (None, False)


UNSURE = [
    {**fields, "title": title, "labels": None}
    for fields in (FEATURE, BUGFIX, UPKEEP)
    for title in ("Pull the default image from elsewhere", "Use another parser", "Rework logging")
]


@pytest.mark.parametrize("fields", UNSURE)
def test_what_may_be_upkeep_is_never_firm_where_upkeep_may_be_strategic(
    fields: dict[str, Any],
) -> None:
    ref = ItemRef("planned/hub", 7, SubjectType.PULL_REQUEST)
    told = facts(Subject(ref, SubjectType.PULL_REQUEST, author=YUVI, **fields))
    (contribution,) = contributions(told, HOME)
    verdict = contribution.reading.verdict
    assert verdict is not None
    surely_other = verdict.scores[Work.FEATURE] + verdict.scores[Work.BUGFIX] >= SURE
    decision = decide(contribution)
    assert decision.provisional or decision.kind is Kind.STRATEGIC or surely_other


@pytest.mark.parametrize("act", [Act.REVIEWED, Act.MERGED, Act.COMMITTED])
def test_a_review_of_nobody_knows_whose_work_is_not_firm(act: Act) -> None:
    decision = decided(facts(replace(pull(), author=None), acted(act=act)))
    assert (decision.kind, decision.activity) == (Kind.STRATEGIC, "review")
    assert decision.provisional
