from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from app.policy.answers import Name
from app.policy.model import (
    Act,
    Bucket,
    Comment,
    Commit,
    Facts,
    ItemRef,
    Kind,
    Person,
    Strength,
    Subject,
    SubjectType,
    Where,
)
from tests.policy.homes import (
    DAY,
    HOME,
    HUB,
    TRACKER,
    acted,
    comment,
    commits,
    decided,
    facts,
    mentioning,
    pull,
    tracked,
)

YUVI = Person("yuvipanda")


@pytest.mark.parametrize(
    ("told", "where"),
    [
        (facts(pull(title=f"Log in, for {TRACKER}")), Where.TITLE),
        (facts(pull(body=f"Ref {TRACKER}")), Where.BODY),
        (facts(pull(commits=commits("Log in\n\nRef example-org/pilot#12"))), Where.COMMIT),
        (facts(comments=(comment(f"I run this in {TRACKER}"),)), Where.COMMENT),
        (facts(backlinks=(mentioning(),)), Where.BACKLINK),
    ],
)
def test_evidence_keeps_where_it_was_seen(told: Facts, where: Where) -> None:
    need = decided(told).need
    assert need is not None
    assert need.evidence.where is where
    assert need.evidence.ref is not None
    assert need.evidence.ref.repo == "example-org/infrastructure"
    assert need.evidence.by == YUVI
    assert need.evidence.at == DAY


@pytest.mark.parametrize(
    "one",
    [
        comment(f"We need it for {TRACKER}", by="batpad"),
        comment(f"Ref {TRACKER}", by="consideRatio", at=DAY + timedelta(days=400)),
        comment(f"Ref {TRACKER}", by="dependabot[bot]"),
    ],
)
def test_a_comment_counts_only_if_a_member_wrote_it_on_that_day(one: Comment) -> None:
    assert decided(facts(comments=(one,))).kind is Kind.UNDECIDED


def test_an_outsiders_link_to_the_tracker_is_a_hint() -> None:
    told = facts(pull("batpad", body=f"Ref {TRACKER}"), acted(act=Act.REVIEWED))
    decision = decided(told)
    assert (decision.kind, decision.provisional) == (Kind.TACTICAL, True)


def test_a_link_given_as_an_example_is_a_hint() -> None:
    decision = decided(facts(pull(body=f"People get confused (see {TRACKER} for example)")))
    assert (decision.kind, decision.provisional) == (Kind.TACTICAL, True)


def test_an_item_of_the_organisation_that_is_no_known_tracker_is_a_hint() -> None:
    decision = decided(facts(pull(body="Ref example-org/something-new#3")))
    assert (decision.kind, decision.provisional) == (Kind.TACTICAL, True)


def test_a_bots_changelog_in_the_tracker_is_no_evidence() -> None:
    told = facts(backlinks=(mentioning(by=Person("dependabot[bot]")),))
    assert decided(told).kind is Kind.UNDECIDED


def test_a_bots_changelog_upstream_is_no_evidence() -> None:
    bump = pull("dependabot[bot]", body=f"Changelog: {TRACKER}", commits=commits(f"See {TRACKER}"))
    merged = facts(bump, acted(act=Act.MERGED), linked=(tracked(url=TRACKER),))
    assert decided(merged).kind is Kind.STRATEGIC
    said = replace(merged, comments=(comment(f"We need it for {TRACKER}"),))
    assert decided(said).kind is Kind.TACTICAL
    mended = replace(bump, commits=(Commit(f"Mend it, ref {TRACKER}", YUVI, DAY),))
    assert decided(facts(mended, acted(act=Act.COMMITTED))).kind is Kind.TACTICAL


def test_a_mention_in_a_comment_of_the_trackers_item_is_evidence() -> None:
    item = tracked(
        body="Let us see", comments=(comment("Upstream PR in upstream/hub#7", "choldgraf"),)
    )
    decision = decided(facts(backlinks=(item,)))
    assert decision.kind is Kind.TACTICAL
    assert decision.need is not None
    assert decision.need.evidence.by == Person("choldgraf")
    outsider = tracked(body="Let us see", comments=(comment("See upstream/hub#7", "batpad"),))
    assert decided(facts(backlinks=(outsider,))).provisional


def test_a_late_mention_alone_is_a_hint() -> None:
    late = mentioning("We have that since upstream/hub#7", at=DAY + timedelta(days=500))
    decision = decided(facts(backlinks=(late,)))
    assert (decision.kind, decision.provisional) == (Kind.TACTICAL, True)


@pytest.mark.parametrize(
    ("item", "bucket", "where"),
    [
        ({"bucket": "internal-eng", "labels": ("support",)}, Bucket.INTERNAL_ENG, Where.BOARD),
        ({"bucket": "Internal Eng"}, Bucket.INTERNAL_ENG, Where.BOARD),
        ({"labels": ("Type:Platform",), "title": "[Incident Action] x"}, Bucket.PRODUCT_DEV,
         Where.LABEL),
        ({"title": "[Incident Action] Log in"}, Bucket.INTERNAL_ENG, Where.TITLE),
        ({"labels": ("Contract Deliverable",)}, None, None),
        ({"bucket": "Something else"}, None, None),
        ({"bucket": "Something else", "labels": ("support",)}, Bucket.TECH_SUPPORT, Where.LABEL),
        ({}, None, None),
    ],
)  # fmt: skip
def test_the_bucket_is_the_boards_then_a_labels_then_the_titles(
    item: dict[str, Any], bucket: Bucket | None, where: Where | None
) -> None:
    need = decided(facts(backlinks=(mentioning(**item),))).need
    assert need is not None
    assert (need.bucket, need.bucket_from) == (bucket, where)


@pytest.mark.parametrize(
    ("told", "where"),
    [
        (pull(title="Log in at CryoCloud"), Where.TITLE),
        (pull(body="Asked for by CryoCloud"), Where.BODY),
        (pull(commits=commits("Log in", "Log in\n\nFor CryoCloud")), Where.COMMIT),
    ],
)
def test_a_name_alone_is_kept_as_inferred_evidence_with_its_place(
    told: Subject, where: Where
) -> None:
    decision = decided(facts(told))
    assert (decision.kind, decision.provisional) == (Kind.TACTICAL, True)
    assert decision.community == "CryoCloud"
    (seen,) = decision.findings[-1].answer.evidence
    assert (seen.where, seen.strength) == (where, Strength.INFERRED)
    assert (seen.seen_in, seen.by, seen.at) == (HUB, YUVI, DAY)


def test_the_boards_own_value_for_stewardship_plans_it() -> None:
    planned = mentioning("See upstream/hub#7", bucket="Good community citizen")
    told = facts(pull("batpad"), acted(act=Act.REVIEWED), backlinks=(planned,))
    decision = decided(told)
    assert (decision.kind, decision.activity) == (Kind.STRATEGIC, "review")
    assert not decision.provisional


@pytest.mark.parametrize("says", ["Same as {}", "Unrelated to {}", "Inspired by {}"])
def test_a_likeness_or_a_contrast_is_a_hint(says: str) -> None:
    decision = decided(facts(pull(body=says.format(TRACKER))))
    assert (decision.kind, decision.provisional) == (Kind.TACTICAL, True)


def test_a_repository_of_the_same_name_on_another_host_is_not_the_homes() -> None:
    elsewhere = TRACKER.replace("github.com", "github.com.example")
    assert decided(facts(pull(body=f"Ref {elsewhere}"))).kind is Kind.UNDECIDED


def test_on_an_enterprise_server_a_short_reference_is_to_that_server() -> None:
    host = "github.example"
    home = replace(HOME, host=host, digest="enterprise")
    here = replace(HUB, host=host)
    subject = replace(pull(body="Ref example-org/infrastructure#12"), ref=here)
    need = decided(facts(subject), home).need
    assert need is not None
    assert need.evidence.ref is not None
    assert need.evidence.ref.host == host


def test_a_ticket_in_the_items_own_text_tells_the_bucket() -> None:
    body = "Brings in upstream/hub#7\n\nRef https://example.freshdesk.com/a/tickets/458"
    assert decided(facts(backlinks=(mentioning(body),))).bucket is Bucket.TECH_SUPPORT


def test_the_item_it_is_part_of_tells_the_bucket_if_it_has_none_itself() -> None:
    above = tracked(3, title="[Incident Action] x", hop=2, via=mentioning().ref)
    told = facts(backlinks=(mentioning(),), linked=(above,))
    assert decided(told).bucket is Bucket.INTERNAL_ENG
    assert decided(facts(linked=(above,))).kind is Kind.UNDECIDED


def test_the_community_of_the_need_is_read_from_the_internal_item() -> None:
    decision = decided(facts(backlinks=(mentioning(title="leap: a new way to log in"),)))
    assert decision.community == "LEAP"
    assert decision.need is not None
    assert decision.need.says.parts["community"] == Name("LEAP", public=False)


def test_a_mention_of_the_issue_that_it_closes_is_evidence() -> None:
    closed = ItemRef("upstream/hub", 5, SubjectType.ISSUE)
    item = mentioning("Pending https://github.com/upstream/hub/issues/5")
    decision = decided(facts(pull(closes=(closed,)), backlinks=(item,)))
    assert (decision.kind, decision.provisional) == (Kind.TACTICAL, False)
    assert decided(facts(pull(), backlinks=(item,))).provisional


def test_what_is_listed_as_linked_counts_unless_an_outsider_linked_it() -> None:
    listed = tracked(url=TRACKER)
    assert not decided(facts(linked=(listed,))).provisional
    shown = decided(facts(pull(body="Something else"), linked=(listed,)))
    assert (shown.kind, shown.provisional) == (Kind.TACTICAL, True)
    outsiders = comment(f"Like {TRACKER}", "batpad")
    assert decided(facts(linked=(listed,), comments=(outsiders,))).kind is Kind.UNDECIDED


def test_the_homes_own_board_is_an_internal_place() -> None:
    board = "https://github.com/orgs/example-org/projects/57/views/1"
    decision = decided(facts(pull(body=f"Part of {board}")))
    assert (decision.kind, decision.bucket) == (Kind.TACTICAL, None)
    item = decided(facts(pull(body=f"{board}?pane=issue&issue=example-org%7Cmeta%7C12")))
    assert item.need is not None
    assert str(item.need.evidence.ref) == "example-org/meta#12"
    assert decided(facts(pull(body=board.replace("57", "58")))).kind is Kind.UNDECIDED
