"""What the tracking issue asks of the ledger: every hour, however long the ledger is."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from app.policy.model import Act
from app.store import iterations
from app.store.tables import Contribution, Decision
from tests.policy.homes import facts, pull
from tests.store.ledgers import NOW, YUVI, done, explained, opened

pytestmark = pytest.mark.anyio


async def test_an_iteration_is_read_by_an_index_and_not_through_the_ledger(
    database_url: str,
) -> None:
    async with opened(database_url) as ledger:
        authored = replace(pull(YUVI.login), author=YUVI)
        await ledger.record(facts(authored, done(YUVI, Act.AUTHORED, NOW)))
        async with ledger.engine.begin() as connection:
            await _multiply(connection, 4_000)
            fortnight = (ledger.tenant.id, NOW - timedelta(days=14), NOW)
            for statement in (iterations.done(*fortnight), iterations.personal(*fortnight)):
                plan = await explained(connection, statement)
                assert "ix_contribution_when" in plan, plan
                assert "Seq Scan on contribution" not in plan, plan
                assert "SCAN contribution" not in plan, plan


async def _multiply(connection: AsyncConnection, times: int) -> None:
    """Do the one act that there is by so many people, one an hour."""
    (act,) = (await connection.execute(select(Contribution))).mappings()
    (decision,) = (await connection.execute(select(Decision))).mappings()
    acts = [
        {**act, "id": 100 + n, "account_key": str(n), "acted_at": NOW - timedelta(hours=n)}
        for n in range(times)
    ]
    await connection.execute(insert(Contribution), acts)
    decided = [{**decision, "id": 100 + n, "contribution_id": 100 + n} for n in range(times)]
    await connection.execute(insert(Decision), decided)
    if connection.dialect.name == "postgresql":
        await connection.execute(text("ANALYZE"))
