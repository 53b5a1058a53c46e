import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.policy.scores import five_way, score, score_five_way, score_six_way

PAIRS = [("a", "a"), ("a", "a"), ("a", "b"), ("b", "b"), ("b", "a"), ("c", "a")]


def test_figures_of_a_small_table_are_those_worked_out_by_hand() -> None:
    scores = score(PAIRS)
    f1 = {one.name: one.f1 for one in scores.classes}
    assert scores.accuracy == 3 / 6
    assert f1 == {"a": pytest.approx(4 / 7), "b": pytest.approx(1 / 2), "c": 0}
    assert scores.macro_f1 == pytest.approx((4 / 7 + 1 / 2) / 3)
    assert (scores.classes[0].precision, scores.classes[0].recall) == (2 / 4, 2 / 3)


def test_the_table_counts_who_is_taken_for_whom() -> None:
    scores = score(PAIRS)
    assert [scores.row(name) for name in "abc"] == [(2, 1, 0), (1, 1, 0), (1, 0, 0)]


def test_classes_come_in_the_order_asked_for_and_others_after() -> None:
    scores = score(PAIRS, order=("c", "never", "a"))
    assert [one.name for one in scores.classes] == ["c", "a", "b"]


def test_nothing_scores_nothing_without_an_error() -> None:
    scores = score([])
    assert (scores.total, scores.accuracy, scores.macro_f1, scores.classes) == (0, 0, 0, ())


def test_ci_counts_as_maintenance_five_way() -> None:
    assert five_way("ci") == "maintenance"
    assert five_way("feature") == "feature"
    scores = score_five_way([("maintenance", "ci"), ("ci", "maintenance"), ("ci", "bugfix")])
    assert scores.right == 2
    assert "ci" not in {one.name for one in scores.classes}


def test_six_way_counts_only_where_people_use_a_ci_heading() -> None:
    scores = score_six_way(
        [("ci", "ci", True), ("maintenance", "ci", True), ("maintenance", "ci", False)]
    )
    assert (scores.total, scores.right) == (2, 1)


@given(st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from("abcd"))))
def test_scores_stay_between_nothing_and_all(pairs: list[tuple[str, str]]) -> None:
    scores = score(pairs)
    assert scores.total == len(pairs)
    assert 0 <= scores.accuracy <= 1
    assert 0 <= scores.macro_f1 <= 1
    assert sum(scores.confusion.values()) == len(pairs)


@given(st.lists(st.sampled_from("abcd"), min_size=1))
def test_answers_that_are_all_right_score_one(names: list[str]) -> None:
    scores = score((name, name) for name in names)
    assert scores.accuracy == scores.macro_f1 == 1
