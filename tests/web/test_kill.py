"""A 2xx is a promise, also if the process is killed the moment after."""

import asyncio
import contextlib
import uuid
from collections.abc import Callable
from multiprocessing.context import ForkServerContext

import httpx2
import pytest
from sqlalchemy import text

from app.settings import Settings
from app.store.engine import open_reader
from app.web.server import address_of, listen

SERVE = "from app.cli.serve import run_web_process; run_web_process(settings, listener)"
SENDERS = 16
Signed = Callable[..., dict[str, str]]


async def stored(database_url: str) -> set[str]:
    reader = open_reader(database_url)
    async with reader.connect() as connection:
        found = set(await connection.scalars(text("SELECT guid FROM delivery")))
    await reader.dispose()
    return found


@pytest.mark.parametrize("acknowledged_before", [40, 90])
def test_a_killed_web_process_has_lost_nothing_that_it_acknowledged(
    processes: ForkServerContext, signed: Signed, database_url: str, acknowledged_before: int
) -> None:
    settings = Settings(
        _env_file=None,
        app_id=1,
        webhook_secret="it's a secret to everybody",
        database_url=database_url,
    )
    acknowledged: set[str] = set()
    listener = listen("127.0.0.1", 0)
    web = processes.Process(target=exec, args=(SERVE, {"settings": settings, "listener": listener}))
    web.start()
    base = address_of(listener)
    listener.close()

    async def send(client: httpx2.AsyncClient) -> None:
        with contextlib.suppress(httpx2.TransportError):
            while True:
                body, guid = uuid.uuid4().bytes * 1000, str(uuid.uuid4())
                headers = signed(body, x_github_delivery=guid)
                answer = await client.post(f"{base}/webhook", content=body, headers=headers)
                assert answer.status_code == 202
                acknowledged.add(guid)
                if len(acknowledged) >= acknowledged_before:
                    web.kill()

    async def run() -> set[str]:
        async with httpx2.AsyncClient(trust_env=False, timeout=30) as client:
            await asyncio.gather(*(send(client) for _ in range(SENDERS)))
        return await stored(database_url)

    found = asyncio.run(run())
    web.join()
    assert web.exitcode == -9
    assert len(acknowledged) >= acknowledged_before
    assert acknowledged <= found
