"""Time as a value that is handed in, so that waits are proved on a virtual clock."""

import asyncio
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """What tells the time and lets it pass."""

    def now(self) -> datetime:
        """Give the present instant, with time zone UTC."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Come back when so many seconds have passed."""
        ...


class SystemClock:
    """The computer's own clock."""

    def now(self) -> datetime:
        """Give the present instant, with time zone UTC."""
        return datetime.now(UTC)

    async def sleep(self, seconds: float) -> None:
        """Come back when so many seconds have passed."""
        await asyncio.sleep(seconds)
