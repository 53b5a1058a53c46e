"""Anywhere public: what members wrote, reviewed and talked about, found by search."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import structlog

from app.github import search
from app.github.search import Page
from app.store.sweeps import Cursor
from app.sweep import windows
from app.sweep.halves import in_halves
from app.sweep.people import Searched, Team
from app.sweep.run import Run
from app.sweep.windows import SORTS, Window

AT_ONCE = 10
"""Searches in one query: more take GitHub longer than it lets a query take."""
OVERLAP = timedelta(minutes=30)
"""GitHub's search learns late of what changed; what was read is not read again."""

log = structlog.get_logger("sweep")


@dataclass(slots=True)
class _Source:
    """One search of one person, and the windows that are still to be gone through."""

    name: str
    sort: str
    who: Searched
    since: datetime
    until: datetime
    windows: list[Window]
    done_until: datetime | None

    @property
    def next(self) -> Window | None:
        return next((one for one in self.windows if not one.shelved), None)

    def cursor(self) -> Cursor:
        """Give what is written down: it is swept up to `until` once nothing else is left."""
        if self.next is None:
            shelved = {"windows": windows.as_json(self.windows)} if self.windows else None
            return Cursor(self.until, shelved)
        state = {
            "windows": windows.as_json(self.windows),
            "since": self.since.isoformat(),
            "until": self.until.isoformat(),
        }
        return Cursor(self.done_until, state)


async def sweep_members(run: Run, team: Team) -> None:
    """Search for every member's pull requests since they were searched for last."""
    sources = [_source(run, sort, who) for who in team.searched for sort in SORTS]
    waiting = deque(one for one in sources if one.next is not None)
    run.progress("people", len(sources) - len(waiting), len(sources))
    while waiting:
        batch = [waiting.popleft() for _ in range(min(AT_ONCE, len(waiting)))]
        # What GitHub can't answer is left to the next sweep.
        answered = await in_halves(batch, partial(_ask, run), lambda _: None)
        await run.intake.take([seen for _, page in answered for seen in page.items])
        for source, page in answered:
            _turn(run, source, page)
        await run.move({source.name: source.cursor() for source, _ in answered})
        waiting.extend(source for source, _ in answered if source.next is not None)
        run.progress("people", len(sources) - len(waiting), len(sources))
    held_back = [one.name for one in sources if one.windows]
    run.report.incomplete += [name for name in held_back if name not in run.report.incomplete]


def _source(run: Run, sort: str, who: Searched) -> _Source:
    """Go on where the last sweep stopped, or begin where it ended."""
    name = f"{sort}:{who.id}"
    cursor = run.cursor(name)
    state = cursor.state or {}
    left = list(windows.from_json(state.get("windows", ())))
    if "until" in state:
        since, until = (datetime.fromisoformat(state[key]) for key in ("since", "until"))
        return _Source(name, sort, who, since, until, left, cursor.until)
    since = run.start(cursor.until, OVERLAP)
    if who.since is not None:
        since = max(since, who.since)
    # What was shelved gets another try in every sweep.
    left = [Window(one.since, one.until, tries=one.tries + 1) for one in left]
    if since <= run.now:
        left.append(Window(since, run.now))
    return _Source(name, sort, who, since, run.now, left, cursor.until)


async def _ask(run: Run, batch: Sequence[_Source]) -> Sequence[Page]:
    """Ask several searches in one query."""
    home = run.access.tenant.facts
    texts = [
        (windows.search_text(one.sort, one.who.login, window, home), window.after)
        for one in batch
        if (window := one.next) is not None
    ]
    return await search.search(run.pace.ask, texts)


def _turn(run: Run, source: _Source, page: Page) -> None:
    window = source.next
    if window is None:
        return
    at = source.windows.index(window)
    left = windows.after_page(window, count=page.count, returned=page.returned, after=page.after)
    source.windows[at : at + 1] = left
    if not left and window.seen + page.returned < max(window.most, page.count):
        log.warning("given up", source=source.name, since=window.since, until=window.until)
        run.report.incomplete.append(source.name)
