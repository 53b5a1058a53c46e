"""The policy's edge cases of acts on what somebody else wrote: reviews, merges, commits."""

from datetime import UTC, datetime

import pytest

from app.policy.decision import decide
from app.policy.model import Act, Kind
from app.policy.scope import contributions
from tests.policy.homes import (
    FEATURE,
    HOME,
    OTHERS,
    TRACKER,
    acted,
    decided,
    facts,
    mentioning,
    pull,
)


@pytest.mark.parametrize("act", [Act.REVIEWED, Act.MERGED])
def test_a_review_of_a_colleagues_tactical_work_is_tactical(act: Act) -> None:
    told = facts(pull("GeorgianaElena", body=f"Ref {TRACKER}"), acted("yuvipanda", act))
    assert decided(told).kind is Kind.TACTICAL


@pytest.mark.parametrize("act", [Act.REVIEWED, Act.MERGED])
def test_a_review_of_a_colleagues_other_work_is_strategic_and_told_apart(act: Act) -> None:
    decision = decided(facts(pull("GeorgianaElena"), acted("yuvipanda", act)))
    assert (decision.kind, decision.activity) == (Kind.STRATEGIC, "review")
    assert "author and reviewer are colleagues" in map(str, decision.flags)


def test_a_review_never_tells_the_authors_kind() -> None:
    told = facts(pull("GeorgianaElena"), acted("GeorgianaElena"), acted("yuvipanda", Act.REVIEWED))
    authored, reviewed = (decided(facts(told.subject, act)) for act in told.acts)
    assert len(contributions(told, HOME)) == 2
    assert (authored.kind, reviewed.kind) == (Kind.UNDECIDED, Kind.STRATEGIC)


def test_a_review_of_an_outsiders_work_is_strategic() -> None:
    decision = decided(facts(OTHERS, acted(act=Act.REVIEWED)))
    assert (decision.kind, decision.activity) == (Kind.STRATEGIC, "review")
    assert decision.flags == ()


def test_a_review_of_somebodys_first_contribution_is_onboarding() -> None:
    newcomer = pull("batpad", **FEATURE, author_first_time=True)
    decision = decided(facts(newcomer, acted(act=Act.REVIEWED)))
    assert (decision.kind, decision.activity) == (Kind.STRATEGIC, "onboarding")


@pytest.mark.parametrize("first_time", [False, None])
def test_a_review_of_a_returning_outsiders_work_is_no_onboarding(
    *, first_time: bool | None
) -> None:
    returning = pull("batpad", **FEATURE, author_first_time=first_time)
    decision = decided(facts(returning, acted(act=Act.REVIEWED)))
    assert (decision.kind, decision.activity) == (Kind.STRATEGIC, "review")


def test_a_review_of_what_a_former_member_wrote_after_leaving_is_of_an_outsiders_work() -> None:
    later = datetime(2025, 2, 1, tzinfo=UTC)
    left = pull("consideRatio", **{**FEATURE, "created_at": later})
    told = facts(left, acted("consideRatio", at=later), acted(act=Act.REVIEWED, at=later))
    (reviewed,) = contributions(told, HOME)
    decision = decide(reviewed)
    assert (decision.kind, decision.activity) == (Kind.STRATEGIC, "review")
    assert decision.flags == ()


def test_a_review_of_an_outsiders_work_that_a_need_covers_is_tactical() -> None:
    told = facts(OTHERS, acted(act=Act.REVIEWED), backlinks=(mentioning(),))
    assert decided(told).kind is Kind.TACTICAL


def test_commits_pushed_to_an_outsiders_pull_request_are_strategic_for_the_pusher() -> None:
    decision = decided(facts(OTHERS, acted(act=Act.COMMITTED)))
    assert (decision.kind, decision.activity) == (Kind.STRATEGIC, "review")
