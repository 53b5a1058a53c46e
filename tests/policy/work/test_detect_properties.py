from hypothesis import given

from app.policy.model import Work
from app.policy.work import Change, detect_work
from app.policy.work.patterns import TITLE_PATTERNS, patterns_of
from tests.policy.work.changes import changes, titles


@given(changes)
def test_any_change_gets_a_kind_a_probability_and_a_reason(change: Change) -> None:
    verdict = detect_work(change)
    assert verdict.work in Work
    assert 0 <= verdict.score <= 1
    assert verdict.because
    assert verdict.work not in verdict.also
    assert set(verdict.scores) == set(Work)
    assert abs(sum(verdict.scores.values()) - 1) < 0.01


@given(changes)
def test_the_same_change_gets_the_same_verdict(change: Change) -> None:
    assert detect_work(change) == detect_work(change)


@given(changes)
def test_no_change_whose_list_of_files_was_cut_is_said_to_be_all_of_something(
    change: Change,
) -> None:
    listed = change.files or ()
    if change.n_files is not None and change.n_files > len(listed):
        assert f"all {len(listed)} files" not in detect_work(change).because


@given(titles)
def test_no_pattern_of_a_title_is_ruled_out_before_it_is_looked_for(title: str) -> None:
    found = {name for name, rule in TITLE_PATTERNS.items() if rule.search(title.lower())}
    assert patterns_of(title) == found
