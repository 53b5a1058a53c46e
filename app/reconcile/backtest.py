"""Another config tried on what is recorded: no call to GitHub, nothing written."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from app.policy.backtest import Backtest, Change, differs
from app.policy.home import Home
from app.reconcile.access import Access
from app.reconcile.recording import judged
from app.store.history import Recorded, latest_recorded
from app.store.ledger import Verdict
from app.store.places import Tenant

MOST = 500
"""Contributions that are tried, the latest ones."""


async def backtest(access: Access, home: Home) -> Backtest:
    """Decide the latest recorded contributions with the home as it is and as `home` has it."""
    tenant, now = access.tenant, access.clock.now()
    async with access.reader.connect() as connection:
        recorded = await latest_recorded(connection, tenant.id, MOST)
    # In a thread of its own: it takes a second, and the leases of other jobs go on.
    return await asyncio.to_thread(tried, tenant, home, recorded, now)


def tried(tenant: Tenant, home: Home, recorded: Sequence[Recorded], now: datetime) -> Backtest:
    """Decide each twice, as of `now`; pure. What only the other config counts is tried too."""
    other = replace(tenant, facts=home)
    number = sum(len(one.acts) for one in recorded)
    changes = [change for one in recorded for change in _changes(tenant, other, one, now)]
    return Backtest(number, tuple(changes))


def _changes(tenant: Tenant, other: Tenant, one: Recorded, now: datetime) -> list[Change]:
    facts = replace(one.read_facts(), fetched_at=now)
    before = _verdicts(judged(tenant, facts, one.said, {}).verdicts)
    after = _verdicts(judged(other, facts, one.said, {}).verdicts)
    found = []
    for key in dict.fromkeys((*before, *after)):
        old, new = before.get(key), after.get(key)
        verdict = old or new
        if verdict is None or (old is not None and key not in one.acts):
            continue
        was = old.decision if old else None
        becomes = new.decision if new else None
        if differs(was, becomes):
            found.append(
                Change(one.subject_id, facts.subject, verdict.person, verdict.act, was, becomes)
            )
    return found


def _verdicts(verdicts: Sequence[Verdict]) -> dict[tuple[str, str], Verdict]:
    return {(one.account_key, one.act.value): one for one in verdicts}
