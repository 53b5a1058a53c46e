"""The policy's table of edge cases, one test each."""

from datetime import UTC, datetime, timedelta

import pytest

from app.policy.model import Act, Bucket, Item, ItemRef, Kind, Person, Subject, SubjectType
from app.policy.scope import contributions
from tests.policy.homes import (
    BUGFIX,
    CI,
    DAY,
    DOCS,
    FEATURE,
    HOME,
    OTHERS,
    RELEASE,
    TRACKER,
    UPKEEP,
    acted,
    commits,
    decided,
    facts,
    files,
    mentioning,
    pull,
    tracked,
)


def test_docs_and_a_feature_in_one_pull_request_the_feature_decides() -> None:
    paths = files("hub/auth.py", "hub/login.py", "docs/howto/login.md", lines=120)
    decision = decided(facts(pull(**{**FEATURE, "files": paths})))
    assert decision.kind is Kind.UNDECIDED
    assert decision.rule == "adds_a_feature"
    assert "not on the strategic list" in str(decision.because)


def test_docs_and_ci_in_one_pull_request_are_strategic() -> None:
    paths = files(".github/workflows/test.yml", "docs/index.md", "docs/howto.md")
    both = pull(title="ci: check the links of the docs", labels=None, files=paths)
    decision = decided(facts(both))
    assert decision.kind is Kind.STRATEGIC
    assert decision.activity in {"docs", "ci"}


def test_docs_linked_to_a_need_are_tactical() -> None:
    assert decided(facts(pull(**DOCS, body=f"Ref {TRACKER}"))).kind is Kind.TACTICAL


def test_a_release_whose_changelog_lists_features_is_strategic() -> None:
    decision = decided(facts(pull(**{"labels": None, **RELEASE})))
    assert (decision.kind, decision.activity) == (Kind.STRATEGIC, "release")


def test_fix_in_the_title_of_what_fixes_ci_is_strategic() -> None:
    decision = decided(facts(pull(**CI)))
    assert (decision.kind, decision.activity) == (Kind.STRATEGIC, "ci")


def test_a_dependency_bump_by_a_person_is_undecided() -> None:
    decision = decided(facts(pull(**UPKEEP)))
    assert decision.kind is Kind.UNDECIDED
    assert decision.question is not None


def test_a_dependency_bump_where_stewardship_is_planned_is_strategic_but_provisional() -> None:
    ref = ItemRef("planned/hub", 7, SubjectType.PULL_REQUEST)
    subject = Subject(ref, SubjectType.PULL_REQUEST, author=Person("yuvipanda"), **UPKEEP)
    decision = decided(facts(subject))
    assert (decision.kind, decision.activity) == (Kind.STRATEGIC, "maintenance")
    assert decision.provisional


def test_a_dependency_bump_to_get_a_fix_onto_a_hub_is_tactical() -> None:
    assert decided(facts(pull(**UPKEEP), backlinks=(mentioning(),))).kind is Kind.TACTICAL


def test_a_draft_is_provisional() -> None:
    decision = decided(facts(pull(draft=True, body=f"Ref {TRACKER}")))
    assert (decision.kind, decision.provisional) == (Kind.TACTICAL, True)


def test_what_was_closed_unmerged_is_real_effort_and_no_delivery() -> None:
    closed = decided(facts(pull(**DOCS, closed_at=DAY)))
    merged = decided(facts(pull(**DOCS, closed_at=DAY, merged_at=DAY)))
    assert closed.kind is merged.kind is Kind.STRATEGIC
    assert any("effort" in str(flag) for flag in closed.flags)
    assert merged.flags == ()


@pytest.mark.parametrize("hour", range(0, 24, 5))
@pytest.mark.parametrize("day", range(4, 11))
def test_weekend_or_night_has_no_effect(day: int, hour: int) -> None:
    at = datetime(2024, 3, day, hour, tzinfo=UTC)
    usual, then = (decided(facts(pull(**DOCS), acted(at=when))) for when in (DAY, at))
    assert usual == then


def test_a_link_added_a_year_later_counts_for_the_kind_and_not_for_the_bucket() -> None:
    later = DAY + timedelta(days=400)
    says = "I contributed https://github.com/upstream/hub/pull/7 for that"
    old = mentioning(says, at=later)
    ticket = mentioning(labels=("support",), at=later)
    decision = decided(facts(backlinks=(old, ticket)))
    assert decision.kind is Kind.TACTICAL
    assert not decision.provisional
    assert decision.bucket is None


def test_a_need_and_stewardship_at_once_the_paid_driver_decides_and_a_person_confirms() -> None:
    both = mentioning(labels=("Contract Deliverable", "good-community-citizen"))
    decision = decided(facts(OTHERS, acted(act=Act.REVIEWED), backlinks=(both,)))
    assert decision.kind is Kind.TACTICAL
    assert decision.conflict is not None
    assert decision.provisional


def test_a_former_member_is_silent_after_the_last_day() -> None:
    last = datetime(2024, 12, 11, 23, 59, tzinfo=UTC)
    told = [
        facts(pull("consideRatio"), acted("consideRatio", at=at))
        for at in (last, last + timedelta(minutes=1))
    ]
    assert [len(contributions(one, HOME)) for one in told] == [1, 0]


@pytest.mark.parametrize(
    ("link", "bucket"),
    [
        ("https://example.freshdesk.com/a/tickets/1453", Bucket.TECH_SUPPORT),
        ("https://example.freshdesk.com/helpdesk/tickets/9?x=1", Bucket.TECH_SUPPORT),
        ("https://example.slack.com/archives/C04/p1700", Bucket.PARTNERSHIP_SUPPORT),
        ("https://example.productboard.com/feature-board/1/detail", Bucket.PRODUCT_DEV),
        ("https://github.com/example-org/meta/issues/3", None),
        ("https://github.com/upstream/hub/security/advisories/GHSA-1", None),
    ],
)
def test_a_link_to_a_private_place_is_evidence_by_its_pattern(
    link: str, bucket: Bucket | None
) -> None:
    decision = decided(facts(pull(body=f"See {link}")))
    assert (decision.kind, decision.bucket, decision.provisional) == (Kind.TACTICAL, bucket, False)


@pytest.mark.parametrize(
    "text",
    [
        "Pull quay.io/openscapes/python:abc and cryocloud/base",
        "Use `CryoCloud` as the name",
        "See https://cryocloud.example/docs",
        "Thanks @nasa-cryo!\n\nCo-authored-by: Openscapes <a@openscapes.org>",
        "Our users asked for it; the community of upstream wants it",
        "Use a template and leap over the list, as in the temple",
        "The upstream hub is faster, and the Upstream Institute is upstream itself",
        "![CryoCloud](https://example.org/logo.png)",
        "> At CryoCloud we need this",
        "<!-- for CryoCloud -->",
        "[badge]: https://github.com/example-org/landing-demo",
        "Like https://github.com/example-org/landing-demo and example-org/hub-image#3 do",
        "Follow-up to https://github.com/upstream/other/issues/12",
        f"```\n{TRACKER}\n```",
        f"> {TRACKER}",
        f"<!-- {TRACKER} -->",
    ],
)
def test_decoys_are_no_evidence(text: str) -> None:
    decision = decided(facts(pull(body=text, commits=commits(text))))
    assert decision.kind is Kind.UNDECIDED
    assert decision.need is None


@pytest.mark.parametrize("mark", [" ", "x"])
def test_check_boxes_of_a_template_are_no_evidence(mark: str) -> None:
    body = f"## Checklist\n\n- [{mark}] Ref {TRACKER}\n- [{mark}] I asked the CryoCloud community"
    assert decided(facts(pull(body=body))).kind is Kind.UNDECIDED


def test_a_community_named_without_a_link_is_tactical_provisional_and_the_ticket_is_asked() -> None:
    decision = decided(facts(pull(body="We need this on the LEAP hub.")))
    assert (decision.kind, decision.provisional, decision.community) == (
        Kind.TACTICAL,
        True,
        "LEAP",
    )
    assert "ticket" in str(decision.question)


def test_an_internal_item_of_unknown_bucket_is_a_need_all_the_same() -> None:
    decision = decided(facts(pull(body=f"Ref {TRACKER}")))
    assert (decision.kind, decision.bucket, decision.provisional) == (Kind.TACTICAL, None, False)
    assert "bucket" in str(decision.question)


def test_a_feature_without_a_need_is_never_strategic() -> None:
    decision = decided(facts())
    assert decision.kind is Kind.UNDECIDED
    assert "personal time" in str(decision.question)


def test_a_new_project_is_excluded() -> None:
    ref = ItemRef("upstream/brand-new", type=SubjectType.REPOSITORY)
    new = Subject(ref, SubjectType.REPOSITORY, author=Person("yuvipanda"), is_new_repository=True)
    decision = decided(facts(new))
    assert (decision.kind, decision.rule) == (Kind.UNDECIDED, "creates_a_new_project")


def test_a_bug_fix_without_a_link_is_undecided() -> None:
    assert decided(facts(pull(**BUGFIX))).kind is Kind.UNDECIDED


def test_running_an_upstreams_service_is_undecided() -> None:
    ref = ItemRef("upstream/service-deploy", 3, SubjectType.PULL_REQUEST)
    subject = Subject(
        ref,
        SubjectType.PULL_REQUEST,
        title="Send traffic to the new cluster",
        files=files("config/prod.yaml"),
        author=Person("yuvipanda"),
    )
    decision = decided(facts(subject))
    assert (decision.kind, decision.rule) == (Kind.UNDECIDED, "operates_a_service")


def test_a_bots_pull_request_is_the_work_of_whoever_merged_it() -> None:
    bot = pull("dependabot[bot]", **UPKEEP)
    told = facts(bot, acted("dependabot[bot]"), acted("yuvipanda", Act.MERGED))
    decision = decided(told)
    assert (decision.kind, decision.activity) == (Kind.STRATEGIC, "maintenance")


def test_a_plan_to_review_somebodys_work_is_stewardship_without_a_label() -> None:
    plan = mentioning("See https://github.com/upstream/hub/pull/7", title="Review and merge hub PR")
    told = facts(OTHERS, acted(act=Act.REVIEWED), backlinks=(plan,))
    decision = decided(told)
    assert (decision.kind, decision.activity) == (Kind.STRATEGIC, "review")
    assert decided(facts(backlinks=(plan,))).kind is Kind.TACTICAL


def test_one_hop_through_the_issue_that_it_closes_is_followed_and_no_further() -> None:
    closed = ItemRef("upstream/hub", 5, SubjectType.ISSUE)
    upstream = Item(closed, title="Log in", body=f"Needed for {TRACKER}")
    other = Item(ItemRef("upstream/other", 6), body=f"Needed for {TRACKER}")
    over_other = tracked(hop=2, via=ItemRef("upstream/other", 6))
    over_closed = tracked(hop=2, via=closed)
    for linked, kind in [
        ((upstream,), Kind.TACTICAL),
        ((over_closed,), Kind.TACTICAL),
        ((other, over_other), Kind.UNDECIDED),
    ]:
        subject = pull(closes=(closed,), body="See upstream/other#6")
        assert decided(facts(subject, linked=linked)).kind is kind
