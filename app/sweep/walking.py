"""Walking repositories: their lists from the last change back to where the last sweep began.

What changes during the walk moves to the front and is found by the next one; what is passed already
can't slip by.
"""

from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import TypeAlias

from app.github import search
from app.github.payloads import PlaceNode, ReleaseNode
from app.github.search import Listed, Listing, Page, Seen
from app.store.sweeps import Cursor
from app.sweep.halves import in_halves
from app.sweep.run import Run

AT_ONCE = 20
"""Repositories in one query: three thin lists of each."""
OVERLAP = timedelta(minutes=2)
DRAFTED = timedelta(days=30)
"""Releases are listed by when they were drafted: one that was published since may stand deeper."""
PULLS, ISSUES, RELEASES = "pulls", "issues", "releases"

Found: TypeAlias = Callable[
    [Sequence[Seen], Sequence[tuple[PlaceNode, ReleaseNode]]], Awaitable[None]
]
"""Takes the items that changed, and the releases that were published."""


@dataclass(frozen=True, slots=True)
class Place:
    """A repository to walk."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class Stretch:
    """A walk of its own back to `since`, beside the one from sweep to sweep, and done once."""

    name: str
    since: datetime


@dataclass(slots=True)
class _List:
    """One list of a repository: from `until` back to `since`; `after` is where it goes on."""

    source: str
    since: datetime
    until: datetime
    done_until: datetime | None
    after: str | None = None
    done: bool = False

    def cursor(self) -> Cursor:
        """Give what is written down."""
        if self.done:
            return Cursor(self.until)
        state = {
            "since": self.since.isoformat(),
            "until": self.until.isoformat(),
            "after": self.after,
        }
        return Cursor(self.done_until, state)


@dataclass(slots=True)
class _Walked:
    place: Place
    lists: dict[str, _List]
    gone: bool = False
    changed: list[Seen] = field(default_factory=list)
    releases: list[tuple[PlaceNode, ReleaseNode]] = field(default_factory=list)

    @property
    def done(self) -> bool:
        return self.gone or all(one.done for one in self.lists.values())

    def listing(self) -> Listing:
        """Give what to ask for next."""
        after = {kind[0]: one.after for kind, one in self.lists.items() if one.after is not None}
        wanted = {kind: not one.done for kind, one in self.lists.items()}
        return Listing(
            self.place.name,
            pulls=wanted.get(PULLS, False),
            issues=wanted.get(ISSUES, False),
            releases=wanted.get(RELEASES, False),
            after=after,
        )


async def walk(
    run: Run,
    phase: str,
    places: Sequence[Place],
    kinds: Sequence[str],
    found: Found,
    *,
    scratch: bool = False,
    stretch: Stretch | None = None,
) -> None:
    """Walk lists of repositories and hand over what changed, page by page.

    `scratch`: as if for the first time, and without moving the cursors.
    """
    every = [_begin(run, place, kinds, stretch, scratch=scratch) for place in places]
    waiting, missing = deque(every), list[_Walked]()
    run.progress(phase, 0, len(every))
    while waiting:
        batch = [waiting.popleft() for _ in range(min(AT_ONCE, len(waiting)))]
        # What GitHub can't show is left to the next sweep.
        answered = await in_halves(batch, partial(_ask, run), missing.append)
        for one, listed in answered:
            _turn(one, listed)
        changed = [seen for one, _ in answered for seen in one.changed]
        await found(changed, [release for one, _ in answered for release in one.releases])
        moved = {each.source: each.cursor() for one, _ in answered for each in one.lists.values()}
        await run.move(moved, scratch=scratch)
        for one, _ in answered:
            one.changed.clear()
            one.releases.clear()
        run.report.incomplete += [one.place.name for one, _ in answered if one.gone]
        waiting.extend(one for one, _ in answered if not one.done)
        run.progress(phase, len(every) - len(waiting), len(every))
    run.report.incomplete += [one.place.name for one in missing]


def _begin(
    run: Run, place: Place, kinds: Sequence[str], stretch: Stretch | None, *, scratch: bool
) -> _Walked:
    sources = {kind: f"{kind}:{place.id}" for kind in kinds}
    lists = {
        kind: _list(run, source, scratch=scratch)
        if stretch is None
        else _list(run, f"{stretch.name}:{source}", stretch.since, scratch=False)
        for kind, source in sources.items()
    }
    return _Walked(place, lists)


def _list(run: Run, source: str, first: datetime | None = None, *, scratch: bool) -> _List:
    """Go on where the last walk stopped, or begin where it ended; `first`: where a stretch does."""
    cursor = Cursor() if scratch else run.cursor(source)
    if state := cursor.state:
        since, until = (datetime.fromisoformat(state[key]) for key in ("since", "until"))
        return _List(source, since, until, cursor.until, state["after"])
    start = run.start(cursor.until, OVERLAP) if first is None else cursor.until or first
    return _List(source, start, run.now, cursor.until)


async def _ask(run: Run, batch: Sequence[_Walked]) -> Sequence[Listed | None]:
    return await search.walk(run.pace.ask, [one.listing() for one in batch])


def _turn(one: _Walked, listed: Listed | None) -> None:
    """Take what changed from a page of each list, and note where it goes on."""
    if listed is None or listed.place.database_id != one.place.id:
        one.gone = True
        return
    for kind, page in ((PULLS, listed.pulls), (ISSUES, listed.issues)):
        if page is not None and kind in one.lists:
            one.changed += _changed(one.lists[kind], page)
    if (releases := one.lists.get(RELEASES)) is not None and not releases.done:
        _published(one, releases, listed)


def _changed(each: _List, page: Page) -> list[Seen]:
    changed = [seen for seen in page.items if seen.updated_at >= each.since]
    each.after = page.after
    each.done = page.after is None or len(changed) < len(page.items)
    return changed


def _published(one: _Walked, each: _List, listed: Listed) -> None:
    for release in listed.releases:
        if not release.is_draft and release.published_at and release.published_at >= each.since:
            one.releases.append((listed.place, release))
    drafted = [release.created_at for release in listed.releases if release.created_at]
    old = bool(drafted) and min(drafted) < each.since - DRAFTED
    each.after = listed.releases_after
    each.done = old or each.after is None
