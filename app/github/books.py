"""Who has to wait: GitHub's limits as this process sees them, on top of the shared budgets."""

from collections import Counter
from datetime import datetime, timedelta

from app.github.asker import Asker, Call
from app.github.clock import Clock
from app.github.errors import Limited
from app.github.graphql import graphql_limited_until
from app.github.limits import PATIENCE, after, later
from app.github.replies import Reply, is_spent, limit_left, limited_until

_NOTED_EVERY = timedelta(seconds=10)
_HEARD_EVERY = timedelta(milliseconds=20)
"""How late this process may hear that another was told to stay away: less than a request is under
way. A job asks four times, sixteen jobs at once; each time is a look into the database."""


class Books:
    """Keeps per asker until when GitHub wants no requests, and how often in a row it said so."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._blocked: dict[str, datetime] = {}
        self._strikes: Counter[str] = Counter()
        self._noted: dict[str, datetime] = {}
        self._heard: dict[str, datetime] = {}

    async def ask_leave(self, asker: Asker) -> None:
        """Raise Limited if this process or another has been told to stay away."""
        now = self._clock.now()
        heard = self._heard.get(asker.name)
        # A clock that was set back must not keep us from looking.
        if heard is None or not timedelta() <= now - heard <= _HEARD_EVERY:
            until = await asker.budgets.blocked_until(asker.key)
            if until is not None:
                self._blocked[asker.name] = later(self._blocked.get(asker.name), until)
            self._heard[asker.name] = now
        self.refuse_if_blocked(asker)

    def refuse_if_blocked(self, asker: Asker) -> None:
        """Raise Limited if this process knows a reason: the last look before a request leaves."""
        now = self._clock.now()
        until = self._blocked.get(asker.name, now)
        if until > now:
            raise Limited(
                f"GitHub wants no more requests before {until:%H:%M:%S} UTC.",
                until=until,
                retry_after=(until - now).total_seconds(),
            )

    async def turn(self, asker: Asker) -> None:
        """Wait for the slot of the asker's next write; Limited if that would take too long."""
        wait = await asker.budgets.reserve_write(asker.key)
        if wait > PATIENCE:
            raise Limited(
                "The budget of writes is used up for now.",
                until=after(self._clock.now(), wait),
                retry_after=wait,
            )
        if wait > 0:
            await self._clock.sleep(wait)
            await self.ask_leave(asker)
        asker.turns += 1

    async def take_turn(self, asker: Asker) -> None:
        """Use the slot that was waited for before, or wait for one now."""
        if not asker.turns:
            await self.turn(asker)
        asker.turns -= 1

    async def settle(self, call: Call, asker: Asker, reply: Reply) -> datetime | None:
        """Enter what an answer says of limits; give until when to stay away if it is one."""
        await self._note(asker, reply)
        now = self._clock.now()
        # Several requests may be under way when the limit strikes: that is one strike.
        already = self._blocked.get(asker.name, now) > now
        strikes = max(self._strikes[asker.name] - already, 0)
        until = limited_until(reply, now, strikes)
        if until is None and call.graphql and reply.good:
            until = graphql_limited_until(reply, now, strikes)
        if until is not None:
            self._strikes[asker.name] += not already
            await self.block(asker, until)
        elif reply.good and not already:
            del self._strikes[asker.name]
        return until

    async def block(self, asker: Asker, until: datetime) -> None:
        """Let nobody ask for this asker's installation before `until`, in any process."""
        self._blocked[asker.name] = later(self._blocked.get(asker.name), until)
        await asker.budgets.block(asker.key, until)

    async def _note(self, asker: Asker, reply: Reply) -> None:
        now = self._clock.now()
        if (spent := is_spent(reply)) is not None and spent.resets_at > now:
            await self.block(asker, spent.resets_at)
        left = limit_left(reply)
        # A row written for every request would cost more than the figure is worth.
        if left is None or (left.remaining and now < self._noted.get(asker.name, now)):
            return
        self._noted[asker.name] = now + _NOTED_EVERY
        await asker.budgets.note_limit(asker.key, left.remaining, left.limit, left.resets_at)
