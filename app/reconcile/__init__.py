"""Gather, decide, record, plan, perform: make GitHub and the ledger agree about one subject.

Level-triggered: it does not matter which event brought us here, nor how often.
"""

from app.policy.model import ItemRef
from app.policy.scope import tracker_of
from app.reconcile.access import Access
from app.reconcile.tracker import reconcile_tracker
from app.reconcile.upstream import reconcile_upstream
from app.store import places
from app.store.subjects import Leased

__all__ = ["Access", "reconcile"]


async def reconcile(access: Access, held: Leased) -> None:
    """Look at the subject that is held, and do what differs.

    Raises the errors of app.github.errors; a final one means that it can't ever be done.
    """
    async with access.reader.connect() as connection:
        known = await places.repository(connection, held.key.host, held.key.repository_id)
    name = known.full_name if known else await access.name_of(held.key.repository_id)
    ref = ItemRef(name, held.key.number, host=held.key.host)
    if tracker_of(name, access.tenant.facts) is not None:
        await reconcile_tracker(access, held, ref)
    else:
        await reconcile_upstream(access, held, ref)
