"""One noisy organisation does not starve another: installations take turns, on both databases."""

import asyncio
from datetime import UTC, datetime

import pytest

from app.jobs import Jobs, Lease, open_queue
from app.store import places, subjects
from app.store.engine import open_engine
from app.store.subjects import Key, Leased
from tests.reconcile.stage import HOME

pytestmark = pytest.mark.anyio
NOISY, QUIET = 1, 2


async def test_what_is_rung_for_the_quiet_one_does_not_wait_for_all_of_the_noisy(
    database_url: str,
) -> None:
    served: list[int] = []
    stop, engine = asyncio.Event(), open_engine(database_url)
    queue, close = await open_queue(database_url)

    async def reconcile(held: Leased) -> None:
        served.append(held.key.repository_id)
        if len(served) == 105:
            stop.set()

    jobs = Jobs(
        queue, engine, reconcile, Lease("test", 60), lambda: datetime.now(UTC), concurrency=2
    )
    async with engine.begin() as connection:
        home = await places.enroll(connection, "github.com", HOME, datetime.now(UTC), dry_run=True)
    for repository, count in ((NOISY, 100), (QUIET, 5)):
        async with engine.begin() as connection:
            keys = [Key("github.com", repository, number) for number in range(1, count + 1)]
            marked = await subjects.mark_stale(
                connection, home.id, keys, installations={repository: repository}
            )
        await jobs.ring(subject_id for subject_id, _ in marked.values())
    async with engine.connect() as connection:
        found = await subjects.waiting(connection, datetime.now(UTC), 10)
    assert len({subject_id for subject_id in found if subject_id > 100}) == 5
    await asyncio.wait_for(jobs.run(stop), 60)
    await close()
    await engine.dispose()
    assert [place for place, one in enumerate(served) if one == QUIET][-1] < 12
