"""Reading imported items from GitHub after all: a few at a time, while enough of the limit is left.

They wait in a line of their own and not as stale subjects that are put off: a webhook about one of
them is looked at at once, and that also takes it off the line.
"""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncEngine

from app.store import imports, subjects
from app.store.places import Tenant

EVERY = 60.0
"""Seconds between two lots."""
LOT = 6
"""Items in a lot: 360 an hour cost about a tenth of an installation's limit."""
LEAST_LEFT = 1_000
"""Of GitHub's 5,000 requests an hour; below that others go first."""


async def complete_some(engine: AsyncEngine, tenant: Tenant, now: datetime) -> int:
    """Mark the next lot stale, what was active last before the rest; give how many that is."""
    async with engine.begin() as connection:
        left = await imports.limit_left(connection, tenant.host, now)
        if left is not None and left < LEAST_LEFT:
            return 0
        ids = await imports.take_waiting(connection, tenant.id, tenant.host, LOT)
        await subjects.mark_again(connection, ids)
    return len(ids)
