"""Budgets: how many writes an installation gets, and until when GitHub wants to be left alone.

GitHub's own bounds are 80 content writes a minute and 500 an hour, a second apart
(docs.github.com, "Rate limits for the REST API"); ours stay below them. Enterprise Server has
none by default: a rule of 0 is off.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

from app.github.clock import Clock, SystemClock

MINUTE = 60.0
HOUR = 3600.0
PATIENCE = 10.0
"""Seconds a caller waits for a slot; a longer wait is not reserved but told, see `next_slot`."""


@dataclass(frozen=True, slots=True)
class WriteRules:
    """How often an installation may write; 0 switches a rule off. `spacing` in seconds."""

    spacing: float = 1.0
    per_minute: int = 60
    per_hour: int = 400


APP_RULES = WriteRules(spacing=0.0, per_minute=150, per_hour=0)
"""The App's own posts (redeliveries) create no content: 900 points a minute, 5 for each."""


@dataclass(frozen=True, slots=True)
class WriteWindow:
    """The slots given away that still count, oldest first, in seconds since the epoch."""

    slots: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class LimitLeft:
    """What GitHub last said of the primary limit: requests left, out of how many, until when."""

    remaining: int
    limit: int
    resets_at: datetime


class Budgets(Protocol):
    """The books of all installations; rows in the database, so that they hold across processes."""

    async def reserve_write(self, installation_id: int) -> float:
        """Give the seconds to wait before the next write, and reserve that slot.

        A wait above PATIENCE reserves nothing: the caller comes back after it.
        """
        ...

    async def blocked_until(self, installation_id: int) -> datetime | None:
        """Give the instant before which nothing may be sent; None or a past one: go ahead."""
        ...

    async def block(self, installation_id: int, until: datetime) -> None:
        """Let nobody send anything for this installation before `until`; never shortens."""
        ...

    async def note_limit(
        self, installation_id: int, remaining: int, limit: int, resets_at: datetime
    ) -> None:
        """Keep what GitHub said is left of the primary limit."""
        ...


def next_slot(now: float, recent: WriteWindow, rules: WriteRules) -> tuple[float, WriteWindow]:
    """Give the seconds to wait for the next free slot, and the window with that slot taken.

    `now` in seconds since the epoch. Any half-open minute or hour holds at most `per_minute` and
    `per_hour` slots, and two slots are at least `spacing` apart. If the wait is above PATIENCE the
    window comes back without a new slot, else callers who give up would push the next ever further.
    """
    slots = recent.slots
    slot = max(
        now,
        _after(slots, 1, rules.spacing),
        _after(slots, rules.per_minute, MINUTE),
        _after(slots, rules.per_hour, HOUR),
    )
    kept = _still_counting(slots, now, rules)
    if slot - now > PATIENCE:
        return slot - now, WriteWindow(kept)
    return slot - now, WriteWindow((*kept, slot))


def _after(slots: tuple[float, ...], count: int, seconds: float) -> float:
    """Give when the slot that was taken `count` slots ago is `seconds` in the past."""
    return slots[-count] + seconds if 0 < count <= len(slots) else 0.0


def _still_counting(slots: tuple[float, ...], now: float, rules: WriteRules) -> tuple[float, ...]:
    needed = max(1, rules.per_minute, rules.per_hour)
    horizon = now - max(HOUR if rules.per_hour else MINUTE, rules.spacing)
    return tuple(slot for slot in slots[-needed:] if slot > horizon)


class MemoryBudgets:
    """Budgets of one process, for the command line, the App's own calls and tests."""

    def __init__(self, rules: WriteRules | None = None, clock: Clock | None = None) -> None:
        self._rules = rules or WriteRules()
        self._clock = clock or SystemClock()
        self._windows: defaultdict[int, WriteWindow] = defaultdict(WriteWindow)
        self._blocked: dict[int, datetime] = {}
        self.left: dict[int, LimitLeft] = {}

    async def reserve_write(self, installation_id: int) -> float:
        """Give the seconds to wait before the next write, and reserve that slot."""
        now = self._clock.now().timestamp()
        wait, self._windows[installation_id] = next_slot(
            now, self._windows[installation_id], self._rules
        )
        return wait

    async def blocked_until(self, installation_id: int) -> datetime | None:
        """Give the instant before which nothing may be sent."""
        return self._blocked.get(installation_id)

    async def block(self, installation_id: int, until: datetime) -> None:
        """Let nobody send anything for this installation before `until`."""
        self._blocked[installation_id] = later(self._blocked.get(installation_id), until)

    async def note_limit(
        self, installation_id: int, remaining: int, limit: int, resets_at: datetime
    ) -> None:
        """Keep what GitHub said is left of the primary limit."""
        self.left[installation_id] = LimitLeft(remaining, limit, resets_at)


def later(known: datetime | None, new: datetime) -> datetime:
    """Give the later of two instants, of which the first may be missing."""
    return new if known is None else max(known, new)


def after(now: datetime, seconds: float) -> datetime:
    """Give the instant so many seconds after `now`, at most a day: no header blocks for ever."""
    return now.astimezone(UTC) + timedelta(seconds=min(max(seconds, 0.0), 24 * HOUR))
