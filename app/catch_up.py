"""Catching up: what GitHub tried to deliver and could not is asked for again, the oldest first.

GitHub never retries by itself. At start and every few minutes its list of attempts is walked from
the newest back to where the last walk knew that everything had arrived. Our rows decide what is
missing, not the calls: a GUID on disk has arrived, and one that was just asked for is waited for.
Past GitHub's window (three days) nothing can be asked for: that is noted, for the sweep to find the
same and to hear what people said meanwhile.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import uuid4

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from app.github.client import GitHub, Session
from app.github.clock import Clock
from app.github.errors import GitHubError, Gone, Limited, NotFound
from app.github.redelivery import WINDOW, Listed, list_attempts, redeliver
from app.store import redeliveries
from app.store.redeliveries import OVERLAP, Progress

EVERY = 300.0
"""Seconds between two walks."""
LEASE = 180.0
"""Seconds for which one process walks alone; longer than a wait and a call together."""
CHUNK = 50
"""Deliveries that are noted in one transaction before they are asked for."""
LONGEST_WAIT = 90.0
"""Seconds to wait for a slot; where GitHub wants more patience, the next turn goes on."""
ARRIVES_WITHIN = timedelta(minutes=10)
"""What was asked for and has not come is asked for again after that, then each time twice as late:
a delivery that the door refuses is not sent hundreds of times."""
LATEST = timedelta(hours=6)
SLICE = 1.0
"""Seconds between two looks whether the process is to stop, while it waits."""
TROUBLES = 5
"""Failed calls in a row after which GitHub is left alone until the next turn."""

log = structlog.get_logger("catching up")


@dataclass(slots=True)
class CaughtUp:
    """What a turn came to: attempts seen, deliveries asked for, and what stays undone.

    `too_old`: GitHub doesn't send them any more. `left`: still to be asked for, at the next turn.
    `unseen_since`: we were away for longer than GitHub keeps attempts, so that what it sent between
    this moment and its window is unknown, and for the sweep to find.
    """

    walked: int = 0
    redelivered: int = 0
    too_old: int = 0
    left: int = 0
    unseen_since: datetime | None = None


@dataclass(slots=True)
class _Missing:
    """A delivery without any success: its first attempt's time, and its last attempt."""

    guid: str
    first_at: datetime
    last: Listed


@dataclass(slots=True)
class _Turn:
    github: GitHub
    engine: AsyncEngine
    reader: AsyncEngine
    clock: Clock
    app_id: int
    stopping: Callable[[], bool]
    id: str = field(default_factory=lambda: uuid4().hex)
    done: CaughtUp = field(default_factory=CaughtUp)

    async def take(self) -> bool:
        """Take or prolong this process's turn; False: another process walks."""
        async with self.engine.begin() as connection:
            return await redeliveries.take_turn(
                connection, self.app_id, self.id, self.clock.now(), LEASE
            )

    async def end(self, now: Progress | None) -> None:
        """Let the next one walk."""
        async with self.engine.begin() as connection:
            await redeliveries.end_turn(connection, self.app_id, self.id, now)

    async def note(self, guids: Collection[str]) -> set[str]:
        """Remember that these are asked for; give those that have not come in the meantime.

        Before the calls: who is killed in between asks later, and nobody asks twice for nothing.
        """
        now = self.clock.now()
        async with self.engine.begin() as connection:
            fresh = set(guids) - await redeliveries.arrived(connection, self.app_id, guids)
            await redeliveries.note_asked(connection, self.app_id, fresh, now)
            await redeliveries.take_turn(connection, self.app_id, self.id, now, LEASE)
        return fresh

    async def forget(self, guids: Collection[str]) -> None:
        """Take back that these were asked for."""
        async with self.engine.begin() as connection:
            await redeliveries.forget_asked(connection, self.app_id, guids)


async def catch_up(
    github: GitHub,
    engine: AsyncEngine,
    reader: AsyncEngine,
    clock: Clock,
    *,
    app_id: int,
    stopping: Callable[[], bool] = lambda: False,
) -> CaughtUp:
    """Walk GitHub's list of deliveries once and ask for what never arrived.

    Stops early, keeping what it knows, when `stopping` says so or GitHub wants long patience; the
    next turn goes on. Raises the errors of app.github.errors where the list can't be read, but for
    Limited.
    """
    turn = _Turn(github, engine, reader, clock, app_id, stopping)
    if not await turn.take():
        return turn.done
    now: Progress | None = None
    try:
        now = await _walk_and_ask(turn)
    except Limited as limit:
        log.info("goes on later", reason=str(limit))
    finally:
        await turn.end(now)
    if turn.done.redelivered or turn.done.too_old or turn.done.left:
        log.info("asked for what was missed", redelivered=turn.done.redelivered,
                 too_old=turn.done.too_old, left=turn.done.left)  # fmt: skip
    if turn.done.unseen_since:
        log.warning("away for longer than GitHub keeps deliveries; the sweep finds the rest",
                    since=turn.done.unseen_since.isoformat())  # fmt: skip
    return turn.done


async def _walk_and_ask(turn: _Turn) -> Progress | None:
    """Give how far we are now; None: the walk was cut short."""
    started = turn.clock.now()
    async with turn.reader.connect() as connection:
        before = await redeliveries.progress(connection, turn.app_id)
    if before.walked_until is not None and before.walked_until < started - WINDOW:
        turn.done.unseen_since = before.walked_until
    async with turn.engine.begin() as connection:
        await redeliveries.note_lost(connection, turn.app_id, started - WINDOW)
    app = turn.github.app()
    missing = await _walk(turn, app, (before.checked_until or started - WINDOW) - OVERLAP)
    if missing is None:
        return None
    unsettled = await _ask_for(turn, app, missing)
    return Progress(started, min((one.first_at for one in unsettled), default=started))


async def _walk(turn: _Turn, app: Session, since: datetime) -> list[_Missing] | None:
    """Give what never succeeded since a moment, the oldest first; None: it was cut short."""
    found: dict[str, _Missing] = {}
    good: set[str] = set()
    async for page in list_attempts(app):
        turn.done.walked += len(page)
        for attempt in page:
            if attempt.arrived:
                good.add(attempt.guid)
            known = found.setdefault(
                attempt.guid, _Missing(attempt.guid, attempt.delivered_at, attempt)
            )
            known.first_at = min(known.first_at, attempt.delivered_at)
        if any(attempt.delivered_at < since for attempt in page):
            break
        if turn.stopping() or not await turn.take():
            return None
    async with turn.reader.connect() as connection:
        good |= await redeliveries.arrived(connection, turn.app_id, found.keys() - good)
    await turn.forget(good)
    missing = [one for one in found.values() if one.guid not in good and one.first_at >= since]
    return sorted(missing, key=lambda one: (one.first_at, one.last.id))


async def _ask_for(turn: _Turn, app: Session, missing: Sequence[_Missing]) -> list[_Missing]:
    """Ask for each that is due; give those that are not settled yet."""
    async with turn.reader.connect() as connection:
        asked = await redeliveries.asked_for(connection, turn.app_id)
    unsettled: list[_Missing] = []
    for start in range(0, len(missing), CHUNK):
        chunk, now = missing[start : start + CHUNK], turn.clock.now()
        able = [one for one in chunk if one.last.delivered_at >= now - WINDOW]
        turn.done.too_old += len(chunk) - len(able)
        fresh = await turn.note([one.guid for one in able if _due(asked.get(one.guid), now)])
        unsettled += [one for one in able if one.guid not in fresh]
        due = [one for one in able if one.guid in fresh]
        done = await _ask_in_turn(turn, app, due, unsettled)
        if done < len(due):
            rest = [*due[done:], *missing[start + CHUNK :]]
            await turn.forget([one.guid for one in due[done:]])
            turn.done.left += len(rest)
            return unsettled + rest
    return unsettled


async def _ask_in_turn(
    turn: _Turn, app: Session, due: Sequence[_Missing], unsettled: list[_Missing]
) -> int:
    """Ask for one after the other; give how many were tried before it had to stop."""
    troubles = 0
    for at, one in enumerate(due):
        outcome = "limited"
        if not turn.stopping() and troubles < TROUBLES:
            outcome = await _ask(turn, app, one)
        if outcome == "limited":
            return at
        turn.done.redelivered += outcome == "asked"
        turn.done.too_old += outcome == "gone"
        turn.done.left += outcome == "failed"
        troubles = troubles + 1 if outcome == "failed" else 0
        if outcome != "gone":
            unsettled.append(one)
    return len(due)


async def _ask(turn: _Turn, app: Session, one: _Missing) -> str:
    """Ask for one delivery: asked, gone, failed, or limited for longer than we wait."""
    while True:
        try:
            await redeliver(app, one.last.id)
        except Limited as limit:
            if not await _wait(turn, limit.until):
                return "limited"
        except (NotFound, Gone):
            return "gone"
        except GitHubError as error:
            log.warning("not asked for", guid=one.guid, reason=str(error))
            return "failed"
        else:
            return "asked"


async def _wait(turn: _Turn, until: datetime) -> bool:
    """Wait until a moment; False: that is too long, or the process stops."""
    if (until - turn.clock.now()).total_seconds() > LONGEST_WAIT:
        return False
    while (left := (until - turn.clock.now()).total_seconds()) > 0:
        if turn.stopping():
            return False
        await turn.clock.sleep(min(left, SLICE))
    return True


def _due(asked: redeliveries.Asked | None, now: datetime) -> bool:
    if asked is None:
        return True
    doublings = min(asked.times - 1, 10)
    return now >= asked.at + min(ARRIVES_WITHIN * (1 << doublings), LATEST)
