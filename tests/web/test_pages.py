"""What operators see: alive, ready, and figures whose books balance."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import insert, text
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import SQLModel

from app.store.engine import open_engine
from app.store.tables import CallCount, Delivery, Installation, Worker

Serving = Callable[..., AbstractAsyncContextManager[httpx2.AsyncClient]]
Signed = Callable[..., dict[str, str]]
Samples = dict[str, float]


def with_rows(
    serving: Serving,
    database_url: str,
    write: Callable[[AsyncConnection], Awaitable[object]],
    talk: Callable[[httpx2.AsyncClient], Awaitable[Any]],
) -> Any:
    async def run() -> Any:
        engine = open_engine(database_url)
        async with engine.begin() as connection:
            await write(connection)
        await engine.dispose()
        async with serving(database_url) as client:
            return await talk(client)

    return asyncio.run(run())


async def nothing(_: AsyncConnection) -> None:
    pass


def row(table: type[SQLModel], **values: object) -> Callable[[AsyncConnection], Awaitable[Any]]:
    return lambda connection: connection.execute(insert(table).values(**values))


def test_the_process_says_that_it_is_alive(serving: Serving, sqlite_url: str) -> None:
    answer = with_rows(serving, sqlite_url, nothing, lambda c: c.get("/healthz"))
    assert (answer.status_code, answer.text) == (200, "alive\n")


def test_it_is_ready_when_a_worker_was_seen_just_now(serving: Serving, database_url: str) -> None:
    alive = row(Worker, name="one", seen_at=datetime.now(UTC) - timedelta(seconds=5))
    answer = with_rows(serving, database_url, alive, lambda c: c.get("/readyz"))
    assert (answer.status_code, answer.json()) == (200, {"ready": True, "problems": []})


def test_it_is_not_ready_when_no_worker_was_seen_lately(
    serving: Serving, database_url: str
) -> None:
    gone = row(Worker, name="one", seen_at=datetime.now(UTC) - timedelta(seconds=40))
    answer = with_rows(serving, database_url, gone, lambda c: c.get("/readyz"))
    assert answer.status_code == 503
    assert answer.json()["problems"] == ["no worker was seen within 30 s"]


def test_it_is_not_ready_on_tables_of_another_version(serving: Serving, sqlite_url: str) -> None:
    async def other(connection: AsyncConnection) -> None:
        await connection.execute(text("UPDATE alembic_version SET version_num = 'other'"))

    answer = with_rows(serving, sqlite_url, other, lambda c: c.get("/readyz"))
    assert answer.status_code == 503
    assert answer.json()["problems"][0].startswith("the database is of version other, ")


def test_it_is_not_ready_without_tables(serving: Serving, sqlite_url: str) -> None:
    async def drop(connection: AsyncConnection) -> None:
        await connection.execute(text("DROP TABLE alembic_version"))

    answer = with_rows(serving, sqlite_url, drop, lambda c: c.get("/readyz"))
    assert (answer.status_code, answer.json()["problems"]) == (503, ["the database can't be read"])


def test_there_are_no_figures_without_tables(serving: Serving, database_url: str) -> None:
    async def drop(connection: AsyncConnection) -> None:
        await connection.execute(text("DROP TABLE callcount"))

    answer = with_rows(serving, database_url, drop, lambda c: c.get("/metrics"))
    assert (answer.status_code, answer.text) == (503, "The database can't be read.\n")


async def samples(client: httpx2.AsyncClient) -> Samples:
    answer = await client.get("/metrics")
    assert answer.status_code == 200
    return {
        f"{sample.name}{sorted(sample.labels.values())}": sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def test_the_books_balance(serving: Serving, signed: Signed, database_url: str) -> None:
    now = datetime.now(UTC)

    async def write(connection: AsyncConnection) -> None:
        states = ["done"] * 3 + ["buried"] * 2 + ["pending"]
        for number, state in enumerate(states):
            took = timedelta(seconds=number + 1)
            await row(
                Delivery, app_id=1, guid=f"{number}", event="issues", received_at=now, state=state,
                attempts=0, done_at=now + took if state == "done" else None,
            )(connection)  # fmt: skip

    async def talk(client: httpx2.AsyncClient) -> Samples:
        for event in ("star", "issues"):
            headers = signed(b"{}", x_github_event=event)
            await client.post("/webhook", content=b"{}", headers=headers)
        return await samples(client)

    found = with_rows(serving, database_url, write, talk)
    states = {
        state: found[f"good_citizen_deliveries['{state}']"]
        for state in ("received", "ignored", "pending", "done", "buried")
    }
    assert states == {"received": 8, "ignored": 1, "pending": 2, "done": 3, "buried": 2}
    assert found["good_citizen_delivery_seconds['0.5']"] == 2
    assert found["good_citizen_delivery_seconds['1.0']"] == 3


def test_calls_and_limits_are_shown_as_the_rows_say(serving: Serving, database_url: str) -> None:
    async def write(connection: AsyncConnection) -> None:
        await row(CallCount, operation="issues/add-labels", outcome="ok", count=7)(connection)
        await row(Installation, host="github.com", id=5, limit_remaining=4321, recent_writes=[])(
            connection
        )
        await row(Installation, host="github.com", id=6, recent_writes=[])(connection)

    found = with_rows(serving, database_url, write, samples)
    assert found["good_citizen_github_calls_total['issues/add-labels', 'ok']"] == 7
    assert found["good_citizen_limit_left['5']"] == 4321
    assert "good_citizen_limit_left['6']" not in found


def test_an_empty_database_has_figures_too(serving: Serving, database_url: str) -> None:
    found = with_rows(serving, database_url, nothing, samples)
    assert found == {
        f"good_citizen_deliveries['{state}']": 0
        for state in ("received", "ignored", "pending", "done", "buried")
    }
