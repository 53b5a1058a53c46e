"""Iterations: which days they are, and how the tracking issue of one is found again. Pure."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from app.policy.home import Iteration
from app.publish.actions import marker

COMMENT: Final = "iteration"
"""What our comment on the issue is for: see actions.marker."""

LONGEST_TITLE: Final = 256
LONGEST_LABEL: Final = 50
"""Characters that GitHub takes."""

_OPENED: Final = re.compile(r"<!-- good-citizen (\d+) iteration:(\d{8})\.(\d{8}) -->")


@dataclass(frozen=True, slots=True)
class Period:
    """An iteration: its days, both inclusive, and its number; 0: it is known by its days alone."""

    start: date
    until: date
    number: int = 0

    @property
    def days(self) -> str:
        """Give what tells it from every other one."""
        return f"{self.start:%Y%m%d}.{self.until:%Y%m%d}"

    def bounds(self, timezone: str) -> tuple[datetime, datetime]:
        """Give its first instant and the one right after its last, as days are in `timezone`."""
        zone = ZoneInfo(timezone)
        ends = (self.start, self.until + timedelta(days=1))
        since, until = (datetime.combine(day, time.min, zone).astimezone(UTC) for day in ends)
        return since, until


def period_at(iteration: Iteration, day: date) -> Period | None:
    """Give the iteration that `day` lies in, None before the first one."""
    passed = (day - iteration.anchor).days
    if passed < 0:
        return None
    before = passed // iteration.length_days
    start = iteration.anchor + timedelta(days=before * iteration.length_days)
    return Period(start, start + timedelta(days=iteration.length_days - 1), before + 1)


def title_of(iteration: Iteration, period: Period) -> str:
    """Give the issue's title: the home's own template, filled."""
    return iteration.title.format(**_places(period))[:LONGEST_TITLE].strip()


def labels_of(iteration: Iteration, period: Period) -> tuple[str, ...]:
    """Give the issue's labels; they may hold what the title may."""
    filled = []
    for label in iteration.labels:
        name = label
        for place, value in _places(period).items():
            name = name.replace(f"{{{place}}}", value)
        filled.append(name[:LONGEST_LABEL].strip())
    return tuple(dict.fromkeys(filled))


def is_titled(title: str, iteration: Iteration, period: Period) -> bool:
    """Tell whether an issue's title is that of this iteration; letter case and blanks aside."""
    return title.casefold().split() == title_of(iteration, period).casefold().split()


def issue_marker(app_id: int, period: Period) -> str:
    """Give the hidden first line by which an issue that we opened is found again."""
    return marker(app_id, f"{COMMENT}:{period.days}")


def opened_for(body: str, app_id: int) -> Period | None:
    """Give the iteration that an issue of ours was opened for; None: it is for something else."""
    found = _OPENED.match(body)
    if found is None or int(found[1]) != app_id:
        return None
    return period_of(f"{found[2]}.{found[3]}")


def period_of(days: str) -> Period | None:
    """Read `Period.days`."""
    try:
        start, until = (date.fromisoformat(day) for day in days.split("."))
    except ValueError:
        return None
    return Period(start, until)


def _places(period: Period) -> dict[str, str]:
    return {
        "from": period.start.isoformat(),
        "until": period.until.isoformat(),
        "number": str(period.number),
    }
