from datetime import datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from app.policy.model import Act, Kind, Work
from app.reports import Author, State
from app.reports.lines import Held, Span, spans
from tests.reports.made import WHEN, stands


def day(n: int) -> datetime:
    return WHEN + timedelta(days=n)


def held(id_: int, start: int, end: int | None, kind: Kind = Kind.UNDECIDED) -> Held:
    until = None if end is None else day(end)
    return Held(id_, kind, None, None, None, Work.BUGFIX, day(start), until)


def test_a_decision_that_was_superseded_holds_until_then() -> None:
    found = spans(Act.AUTHORED, [held(1, 0, 5), held(2, 5, None, Kind.TACTICAL)], [])
    assert [(one.decision_id, one.from_at, one.until_at) for one in found] == [
        (1, day(0), day(5)),
        (2, day(5), None),
    ]


def test_a_merge_that_changes_no_decision_begins_a_span() -> None:
    read = [(day(0), stands(State.OPEN)), (day(3), stands(State.MERGED))]
    found = spans(Act.AUTHORED, [held(1, 0, None)], read)
    assert [(one.sort.standing, one.until_at) for one in found] == [
        (stands(State.OPEN), day(3)),
        (stands(State.MERGED), None),
    ]


def test_what_counts_for_nothing_begins_no_span() -> None:
    read = [(day(0), stands(State.OPEN, Author.BOT)), (day(3), stands(State.MERGED, Author.BOT))]
    assert len(spans(Act.REVIEWED, [held(1, 0, None)], read)) == 1


def test_a_pull_request_is_replaced_from_the_day_on_which_another_says_so() -> None:
    read = [(day(0), stands(State.CLOSED))]
    found = spans(Act.AUTHORED, [held(1, 0, None)], read, replaced_from=day(2))
    assert [one.sort.standing for one in found] == [stands(State.CLOSED), stands(State.REPLACED)]


def test_a_merged_pull_request_is_not_replaced_by_what_another_says() -> None:
    read = [(day(0), stands(State.MERGED))]
    (found,) = spans(Act.AUTHORED, [held(1, 0, None)], read, replaced_from=day(-1))
    assert found.sort.standing == stands(State.MERGED)


def test_facts_read_after_the_decision_hold_from_its_beginning() -> None:
    (found,) = spans(Act.AUTHORED, [held(1, 0, None)], [(day(1), stands())])
    assert found.sort.standing == stands()


@given(
    cuts=st.lists(st.integers(1, 60), unique=True, max_size=4).map(sorted),
    read=st.lists(st.tuples(st.integers(-5, 70), st.sampled_from(State)), max_size=6),
    replaced=st.none() | st.integers(-5, 70),
)
def test_spans_cover_all_time_once(
    cuts: list[int], read: list[tuple[int, State]], replaced: int | None
) -> None:
    starts = [0, *cuts]
    history = [
        held(n, start, end, list(Kind)[n % 4])
        for n, (start, end) in enumerate(zip(starts, [*cuts, None], strict=True), start=1)
    ]
    told = [(day(at), stands(state)) for at, state in sorted(read)]
    found: tuple[Span, ...] = spans(
        Act.AUTHORED, history, told, None if replaced is None else day(replaced)
    )
    assert found[0].from_at == day(0)
    assert found[-1].until_at is None
    assert all(one.until_at == after.from_at for one, after in pairwise(found))
    assert all(one.until_at is None or one.from_at < one.until_at for one in found)
