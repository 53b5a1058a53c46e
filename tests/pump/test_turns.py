"""One noisy organisation does not starve another: installations take turns, on both databases."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update
from sqlmodel import col

from app.jobs import Jobs, Lease, open_queue
from app.store import places, subjects, turns
from app.store.engine import open_engine, open_reader
from app.store.subjects import Key, Leased
from app.store.tables import Subject
from tests.reconcile.stage import HOME

pytestmark = pytest.mark.anyio
NOISY, QUIET = 1, 2


async def served_in_order(database_url: str) -> list[int]:
    """Ring for a hundred subjects of the noisy one, then for five of the quiet; tell whose went."""
    served: list[int] = []
    stop, engine, reader = asyncio.Event(), open_engine(database_url), open_reader(database_url)
    queue, close = await open_queue(database_url)

    async def reconcile(held: Leased) -> None:
        served.append(held.key.repository_id)
        if len(served) == 105:
            stop.set()

    jobs = Jobs(
        queue,
        engine,
        reconcile,
        Lease("test", 60),
        lambda: datetime.now(UTC),
        reader=reader,
        concurrency=2,
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
        found = await turns.waiting(connection, datetime.now(UTC), 10)
    assert len({subject_id for subject_id in found if subject_id > 100}) == 5
    await asyncio.wait_for(jobs.run(stop), 60)
    await close()
    await engine.dispose()
    await reader.dispose()
    return served


async def test_what_is_rung_for_the_quiet_one_does_not_wait_for_all_of_the_noisy(
    database_url: str,
) -> None:
    served = await served_in_order(database_url)
    assert [place for place, one in enumerate(served) if one == QUIET][-1] < 12


async def test_behind_the_head_of_a_long_line_all_come_after_every_head(database_url: str) -> None:
    engine, later = open_engine(database_url), timedelta(seconds=1)
    now = datetime.now(UTC)
    async with engine.begin() as connection:
        home = await places.enroll(connection, "github.com", HOME, now, dry_run=True)
        marked = dict[int | None, list[int]]()
        for of, count in ((NOISY, turns.HEAD + 3), (QUIET, 3), (None, 2)):
            keys = [Key("github.com", of or 9, number) for number in range(1, count + 1)]
            through = {of: of} if of else {}
            found = await subjects.mark_stale(connection, home.id, keys, installations=through)
            marked[of] = sorted(subject_id for subject_id, _ in found.values())
        noisy, (first, *quiet) = marked[NOISY], marked[QUIET]
        # What was tried before comes after what was not; what is not due has a place all the same.
        tried = update(Subject).where(col(Subject.id) == first).values(next_try_at=now + later)
        await connection.execute(tried)
    async with engine.connect() as connection:
        told = await turns.places(connection, [*noisy, first, *quiet, *marked[None]])
        due = await turns.waiting(connection, now, 6)
        due_later = await turns.waiting(connection, now + later, 8)
    await engine.dispose()
    assert [told[one] for one in noisy] == [*range(1, turns.HEAD + 1), *[turns.HEAD + 1] * 3]
    assert [told[one] for one in (*quiet, first)] == [1, 2, 3]
    assert [told[one] for one in marked[None]] == [1, 2]
    assert due == [noisy[0], quiet[0], marked[None][0], noisy[1], quiet[1], marked[None][1]]
    assert due_later == [*due, noisy[2], first]
