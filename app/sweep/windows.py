"""Windows of time that a search goes through, and what of one is left after a page. Pure.

GitHub shows a thousand results of a search at most, and counts some that it then does not show:
an item that changes meanwhile leaves the window and moves all that follow. So a window that holds
too many is split, and one that showed fewer than were counted is gone through again. (REST says
`incomplete_results` where it gave up; GraphQL says nothing, so it is the counts that tell.)
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from app.github.search import LONGEST_SEARCH, MOST_RESULTS
from app.policy.home import Home

SORTS = ("author", "reviewed-by", "commenter")
SECOND = timedelta(seconds=1)
TRIES_IN_A_TURN = 2
TRIES = 12
"""How often a window is gone through before what it holds back is given up, visibly."""


@dataclass(frozen=True, slots=True)
class Window:
    """What changed from `since` to `until`, both inclusive in whole seconds.

    `after` is where the present round goes on; `seen` were shown in it, `most` is the highest
    count that GitHub gave; `tries` are rounds that showed too few.
    """

    since: datetime
    until: datetime
    after: str | None = None
    seen: int = 0
    most: int = 0
    tries: int = 0

    @property
    def shelved(self) -> bool:
        """Say whether it is left to the next sweep."""
        return self.tries > 0 and self.tries % TRIES_IN_A_TURN == 0 and self.after is None


def after_page(
    window: Window, *, count: int, returned: int, after: str | None
) -> tuple[Window, ...]:
    """Give what is left of a window after a page of it, () when all of it was seen."""
    first = window.after is None
    if first and count > MOST_RESULTS and window.until - window.since > SECOND:
        return _halves(window)
    seen, most = window.seen + returned, max(window.most, count)
    if after is not None:
        return (replace(window, after=after, seen=seen, most=most),)
    if seen >= most or window.tries + 1 >= TRIES:
        return ()
    return (Window(window.since, window.until, tries=window.tries + 1),)


def _halves(window: Window) -> tuple[Window, Window]:
    middle = window.since + timedelta(
        seconds=int((window.until - window.since).total_seconds()) // 2
    )
    return Window(window.since, middle), Window(middle + SECOND, window.until)


def search_text(sort: str, login: str, window: Window, home: Home) -> str:
    """Give the search for a person's pull requests; each is found by one of the three sorts.

    The home's own repositories are left out as far as the length allows; the rest is left out
    where it is read.
    """
    who = {
        "author": f"author:{login}",
        "reviewed-by": f"reviewed-by:{login} -author:{login}",
        "commenter": f"commenter:{login} -author:{login} -reviewed-by:{login}",
    }[sort]
    span = f"updated:{_moment(window.since)}..{_moment(window.until)}"
    text = f"is:pr is:public {who} {span} sort:updated-asc"
    for organisation in home.organisations:
        longer = f"{text} -org:{organisation}"
        text = longer if len(longer) <= LONGEST_SEARCH else text
    return text


def as_json(windows: Iterable[Window]) -> list[list[Any]]:
    """Give windows as a cursor keeps them."""
    return [
        [one.since.isoformat(), one.until.isoformat(), one.after, one.seen, one.most, one.tries]
        for one in windows
    ]


def from_json(kept: Iterable[list[Any]]) -> tuple[Window, ...]:
    """Read windows as a cursor kept them."""
    return tuple(
        Window(datetime.fromisoformat(since), datetime.fromisoformat(until), *rest)
        for since, until, *rest in kept
    )


def _moment(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")
