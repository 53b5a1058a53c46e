from hypothesis import given
from hypothesis import strategies as st

from app.policy.model import ChangedFile, Work
from app.policy.work import Change, detect_work

counts = st.none() | st.integers(-5, 10**9)
paths = st.text(max_size=60) | st.from_regex(
    r"(docs/|tests/|\.github/workflows/|app/)?[a-z_]{1,9}\.(py|md|yml|txt|lock|ipynb)",
    fullmatch=True,
)
files = st.lists(st.builds(ChangedFile, paths, counts, counts), max_size=6).map(tuple)
texts = st.text(max_size=120) | st.sampled_from(
    ["Fix crash", "🐛 FIX: x", "[MRG] ", "Bump a from 1.0 to 1.1", ":", "[", "feat!: y", "2.0.0"]
)
changes = st.builds(
    Change,
    title=st.none() | texts,
    commit_messages=st.lists(texts, max_size=3).map(tuple),
    branch=st.none() | texts,
    files=st.none() | files,
    n_files=counts,
    body=st.none() | texts,
    labels=st.lists(texts | st.sampled_from(["bug", "docs", "ci"]), max_size=3).map(tuple),
    author_is_bot=st.none() | st.booleans(),
)


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
