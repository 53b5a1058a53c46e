"""Windows: whatever a search holds, all of it is seen, and what is held back is told."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from app.github.search import LONGEST_SEARCH, MOST_RESULTS
from app.policy.home import Home
from app.sweep.windows import (
    SORTS,
    TRIES,
    Window,
    after_page,
    as_json,
    from_json,
    search_text,
)

START = datetime(2026, 8, 1, tzinfo=UTC)
DAYS = 90
END = START + timedelta(days=DAYS)
PAGE = 100


class Searched:
    """A search that shows a thousand results at most, a hundred a page, from items by second."""

    def __init__(self, seconds: list[int]) -> None:
        self.items = [(START + timedelta(seconds=second), n) for n, second in enumerate(seconds)]
        self.pages = 0

    def page(self, window: Window) -> tuple[list[int], int, str | None]:
        self.pages += 1
        found = sorted(one for one in self.items if window.since <= one[0] <= window.until)
        start = int(window.after or 0)
        end = min(start + PAGE, MOST_RESULTS, len(found))
        more = end < min(len(found), MOST_RESULTS)
        return [n for _, n in found[start:end]], len(found), str(end) if more else None


def all_seen(search: Searched) -> set[int]:
    left, seen = [Window(START, END)], set[int]()
    while left:
        window = left.pop(0)
        if window.shelved:
            window = Window(window.since, window.until, tries=window.tries + 1)
        items, count, after = search.page(window)
        seen |= set(items)
        left = [*after_page(window, count=count, returned=len(items), after=after), *left]
        left = list(from_json(as_json(left)))
    return seen


@given(st.lists(st.integers(0, DAYS * 86400), max_size=300))
def test_all_of_a_small_window_is_seen_in_its_pages(seconds: list[int]) -> None:
    search = Searched(seconds)
    assert all_seen(search) == set(range(len(seconds)))
    assert search.pages <= len(seconds) // PAGE + 1


@settings(max_examples=30)
@given(st.integers(1001, 6000), st.integers(1, DAYS * 86400 - 1))
def test_a_window_beyond_the_cap_is_split_until_all_of_it_is_seen(many: int, step: int) -> None:
    search = Searched([(n * step) % (DAYS * 86400) for n in range(many)])
    crowded = max(Counter(at for at, _ in search.items).values())
    seen = all_seen(search)
    if crowded <= MOST_RESULTS:
        assert seen == set(range(many))
    else:
        assert len(seen) >= MOST_RESULTS


def test_the_halves_of_a_window_touch_and_do_not_overlap() -> None:
    halves = after_page(Window(START, END), count=1001, returned=100, after="x")
    assert (halves[0].since, halves[-1].until) == (START, END)
    for one, other in pairwise(halves):
        assert other.since - one.until == timedelta(seconds=1)


def test_what_left_the_window_while_it_was_read_has_it_read_again() -> None:
    first = Window(START, END)
    (second,) = after_page(first, count=150, returned=100, after="100")
    (again,) = after_page(second, count=149, returned=49, after=None)
    assert (again.after, again.seen, again.tries) == (None, 0, 1)
    assert after_page(again, count=149, returned=100, after="100")[0].tries == 1


def test_a_window_that_holds_something_back_for_good_is_given_up() -> None:
    left: tuple[Window, ...] = (Window(START, END),)
    rounds = 0
    while left:
        left = after_page(left[0], count=5, returned=4, after=None)
        rounds += 1
    assert rounds == TRIES


@given(st.integers(1, 39), st.lists(st.integers(1, 39), max_size=5), st.sampled_from(SORTS))
def test_a_search_is_never_longer_than_github_takes(
    login: int, organisations: list[int], sort: str
) -> None:
    home = Home("Example", tuple("o" * length for length in organisations))
    text = search_text(sort, "a" * login, Window(START, END), home)
    assert len(text) <= LONGEST_SEARCH
    assert f"{sort}:{'a' * login} " in text
    assert "is:public" in text
