import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.policy.cases import as_json, classify_case, read_case
from app.policy.evaluation import body_only, evaluated
from app.policy.home import Home
from app.policy.model import Bucket, Kind
from app.policy.reasoning import Branch, reasoning
from tests.policy.homes import HOME, TRACKER

LEAST: dict[str, Any] = {
    "subject": {"repo": "upstream/hub"},
    "act": {"type": "authored", "by": "yuvipanda"},
}


def line(*, act: str = "authored", **subject: Any) -> dict[str, Any]:
    return {
        "id": "one",
        "subject": {
            "repo": "upstream/hub", "number": 7, "type": "pull_request", "author": "yuvipanda",
            "title": "Add a new login", "labels": ["enhancement"], **subject,
        },
        "act": {"type": act, "by": "yuvipanda", "at": "2024-03-06"},
    }  # fmt: skip


def classified(told: Mapping[str, object], home: Home = HOME) -> dict[str, Any]:
    return as_json(classify_case(read_case(told), home))


def test_the_answer_has_exactly_the_promised_keys() -> None:
    answer = classified(line(body=f"Ref {TRACKER}"))
    assert list(answer) == [
        "id", "kind", "bucket", "activity", "provisional", "because", "findings",
    ]  # fmt: skip
    assert (answer["id"], answer["kind"], answer["bucket"]) == ("one", "tactical", None)
    assert answer["findings"][0]["rule"] == "serves_a_community_need"
    assert answer["findings"][0]["evidence"][0]["item"] == "example-org/infrastructure#12"
    assert json.loads(json.dumps(answer)) == answer


def test_out_of_scope_is_null_and_says_why() -> None:
    answer = classified(line() | {"act": {"type": "authored", "by": "batpad"}})
    assert (answer["kind"], answer["provisional"], answer["findings"]) == (None, False, [])
    assert "out of scope" in answer["because"]


def test_what_is_missing_is_unknown_and_no_error() -> None:
    case = read_case(LEAST)
    assert case.id == "upstream/hub:authored:yuvipanda"
    assert case.facts.subject.files is None
    assert case.facts.subject.labels == ()
    assert classify_case(case, HOME).decision is not None


def test_labels_that_are_not_known_are_unknown() -> None:
    assert read_case(line(labels_known=False)).facts.subject.labels is None


def test_backlinks_comments_and_linked_items_are_read_as_facts() -> None:
    told = line() | {
        "comments": [{"by": "yuvipanda", "body": "x", "at": None}],
        "backlinks": [
            {"repo": "example-org/infrastructure", "type": "commit", "number": None,
             "sha": "5340cb91bbf847e1736d073d1fabeec0fe71bb54", "title": "Bump",
             "body": "Brings in https://github.com/upstream/hub/pull/7", "by": "yuvipanda",
             "at": "2024-03-06T01:09:20Z"},
        ],
        "linked": [
            {"url": "https://example.freshdesk.com/a/tickets/1", "private": True, "hop": 2,
             "via": "example-org/infrastructure@5340cb91b"},
            {"url": "https://github.com/example-org/meta/issues/1", "repo": "example-org/meta",
             "number": 1, "hop": 2, "via": "parent item (task list)",
             "labels": ["support"]},
        ],
    }  # fmt: skip
    answer = classified(told)
    assert (answer["kind"], answer["bucket"]) == ("tactical", "tech-support")
    assert "brings it in" in answer["because"]


def test_an_issue_that_it_closes_is_read_with_its_text() -> None:
    closes = [{"repo": "upstream/hub", "number": 5, "title": "Log in", "body": f"For {TRACKER}"}]
    assert classified(line(closes=closes))["kind"] == "tactical"


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({}, "subject is missing"),
        ({"subject": 3}, "no object"),
        ({"subject": {}, "act": {}}, "owner/name"),
        ({"subject": {"repo": "a"}, "act": {}}, "owner/name"),
        ({**LEAST, "act": {"type": "authored"}}, "act.by"),
        ({**LEAST, "act": {"type": "sung", "by": "a"}}, "authored"),
        ({**LEAST, "act": {"type": "authored", "by": "a", "at": "yesterday"}}, "not a time"),
        ({**LEAST, "comments": 3}, "not a list"),
        ({**LEAST, "comments": [3]}, "not a list of objects"),
        ({**LEAST, "subject": {"repo": "a/b", "number": "7"}}, "whole number"),
        ({**LEAST, "subject": {"repo": "a/b", "title": 7}}, "not a text"),
        ({**LEAST, "subject": {"repo": "a/b", "draft": "no"}}, "true or false"),
        ({**LEAST, "subject": {"repo": "a/b", "commits": [3]}}, "no message"),
        ({**LEAST, "subject": {"repo": "a/b", "labels": [3]}}, "list of texts"),
        ({**LEAST, "expected": {"kind": "great"}}, "tactical"),
    ],
)
def test_a_line_that_is_no_case_is_told_in_a_sentence(wrong: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        read_case(wrong)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)
FIELDS = ["title", "body", "labels", "files", "commits", "closes", "author", "number", "type"]


@given(
    st.dictionaries(st.sampled_from(["comments", "backlinks", "linked", "id", "expected"]), JSON),
    st.dictionaries(st.sampled_from(FIELDS), JSON),
)
def test_any_line_is_a_case_or_a_value_error(outer: dict[str, Any], inner: dict[str, Any]) -> None:
    told = {**LEAST, **outer, "subject": {"repo": "upstream/hub", **inner}}
    try:
        case = read_case(told)
    except ValueError:
        return
    classify_case(case, HOME)


def test_the_reasoning_is_a_tree_of_plain_values() -> None:
    decision = classify_case(read_case(line(body=f"Ref {TRACKER}")), HOME).decision
    assert decision is not None
    tree = reasoning(decision, HOME)
    assert tree.label.startswith("tactical: its description leads to example-org/infrastructure#12")
    assert tree.children[0] == Branch(
        "yes: serves a community need: its description leads to example-org/infrastructure#12",
        (
            Branch(
                'example-org/infrastructure#12, "ref", stated, in body, of upstream/hub#7, '
                "by yuvipanda, on 2024-03-06"
            ),
        ),
    )
    assert tree.children[-1].label.startswith("to ask:")


def expecting(told: dict[str, Any], **expected: Any) -> dict[str, Any]:
    return told | {"expected": {"also_acceptable": [], **expected}}


def test_evaluation_counts_kinds_buckets_activities_scope_and_certainty() -> None:
    ticket = "See https://example.freshdesk.com/a/tickets/1"
    lines = [
        expecting(line(body=ticket), kind="tactical", bucket="tech-support"),
        expecting(line(body=ticket), kind="tactical", bucket="product-dev",
                  bucket_also=["tech-support", None]),
        expecting(line(body=ticket), kind="tactical", bucket="product-dev"),
        expecting(line(author="batpad", act="merged"), kind="strategic", activity="review"),
        expecting(line(), kind="strategic", activity="docs"),
        expecting(line(), kind="strategic", also_acceptable=["undecided"]),
        expecting(line(), kind=None),
        line(),
    ]  # fmt: skip
    found = evaluated(map(read_case, lines), HOME)
    assert (found.kinds.right, found.kinds.of) == (5, 7)
    assert (found.buckets.right, found.buckets.of) == (2, 3)
    assert (found.activities.right, found.activities.of) == (1, 2)
    assert str(found.activities) == "1 of 2 (50.0%)"
    assert (found.firm.right, found.firm.of) == (5, 7)
    assert len(found.out_of_scope_answered) == 1
    assert len(found.differing) == 3
    assert found.pairs[4:] == (
        ("strategic", "undecided"), ("undecided", "undecided"), ("out of scope", "undecided"),
    )  # fmt: skip
    assert evaluated([], HOME).kinds.value is None


def test_body_only_evidence_is_what_the_description_itself_links() -> None:
    item = {"url": TRACKER, "hop": 1, "labels": ["support"]}
    with_body = read_case(line(body=f"Ref {TRACKER}") | {"linked": [item]})
    without = read_case(line(commits=[f"Ref {TRACKER}"]) | {"linked": [item]})
    decisions = [classify_case(body_only(case), HOME).decision for case in (with_body, without)]
    assert [one and one.kind for one in decisions] == [Kind.TACTICAL, Kind.UNDECIDED]
    assert decisions[0] is not None
    assert decisions[0].bucket is Bucket.TECH_SUPPORT
