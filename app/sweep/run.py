"""One sweep: what all its phases share."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from app.reconcile import Access
from app.store import sweeps
from app.store.sweeps import Cursor
from app.sweep.intake import Intake
from app.sweep.pace import Pace
from app.sweep.report import OnProgress, Progress, Report


@dataclass(slots=True)
class Run:
    """A sweep under way. `since`: go back to there; `keeps` False: cursors stay where they are."""

    pace: Pace
    intake: Intake
    report: Report
    on_progress: OnProgress
    now: datetime
    first: datetime
    since: datetime | None = None
    keeps: bool = True
    cursors: dict[str, Cursor] = field(default_factory=dict)

    @property
    def access(self) -> Access:
        """The sweep's own way to GitHub and the database."""
        return self.pace.access

    def cursor(self, source: str) -> Cursor:
        """Give how far a source was swept; what is under way counts if it began early enough."""
        kept = self.cursors.get(source, Cursor())
        began = (kept.state or {}).get("since")
        if self.since is not None and began and self.since < datetime.fromisoformat(began):
            return Cursor(kept.until)
        return kept

    def start(self, swept_until: datetime | None, overlap: timedelta) -> datetime:
        """Give from when on a source is to be looked at."""
        if swept_until is None:
            return self.since or self.first
        begin = swept_until - overlap
        return begin if self.since is None else min(begin, self.since)

    async def move(self, moved: Mapping[str, Cursor], *, scratch: bool = False) -> None:
        """Write down how far sources are swept; `scratch`: for this run alone."""
        self.cursors.update(moved)
        if not self.keeps or scratch or not moved:
            return
        async with self.access.engine.begin() as connection:
            await sweeps.set_cursors(connection, self.access.tenant.id, moved)

    def progress(self, phase: str, done: int, of: int) -> None:
        """Tell how far a phase is, and what it cost so far."""
        self.report.requests = self.access.usage.requests
        self.report.points = self.access.usage.points
        self.report.rested = self.pace.rested
        self.on_progress(Progress(phase, done, of, self.report))
