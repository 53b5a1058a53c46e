"""Forged requests against the door, in process: straight into the application that `serve` runs.

    python -m tests.fuzz.door [HOW MANY] [SEED]

1,000,000 if nothing is said. The logs are those of `serve`, with its redaction. Fails if a request
that isn't GitHub's gets a 2xx or leaves a row, if one that is doesn't, if any is answered with a
5xx, or if a line of the log is no JSON or shows a secret.
"""

import asyncio
import io
import json
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from sqlalchemy import func, select
from sqlmodel import SQLModel, col
from starlette.types import Message

from app.github.redact import Redactor
from app.logs import set_up_logs, spellings
from app.main import create_app
from app.settings import Settings
from app.store.engine import open_reader
from app.store.events import WANTED
from app.store.migrate import migrate
from app.store.tables import Body, Delivery
from tests.fuzz.forgeries import EVENT, GUID, SECRETS, Forger, Request, is_githubs

AT_ONCE = 64
MILLION = 1_000_000


class Log(io.StringIO):
    """Reads every line that is written: JSON, and without a secret."""

    lines = 0

    def write(self, text: str) -> int:
        for line in text.splitlines():
            assert isinstance(json.loads(line), dict), line
            assert not any(secret in line for secret in SECRETS), line
            self.lines += 1
        return len(text)


@dataclass
class Fuzz:
    """One run: what was answered, and what GitHub sent, by GUID."""

    app: FastAPI
    forger: Forger
    left: int
    answers: Counter[int | None] = field(default_factory=Counter)
    githubs: dict[str, list[Request]] = field(default_factory=dict)

    async def send_on(self) -> None:
        """Send one after the other until all are sent."""
        while self.left > 0:
            self.left -= 1
            request = self.forger.request()
            status = await answer(self.app, request)
            self.answers[status] += 1
            githubs = is_githubs(request)
            assert (status == 202) is githubs, (status, request)
            assert status is None or status < 500, (status, request)
            if githubs:
                guid = request.all_of(GUID)[0].decode().lower()
                self.githubs.setdefault(guid, []).append(request)


async def answer(app: FastAPI, request: Request) -> int | None:
    """Send one request as the server does; give the status, None if it was cut and not answered."""
    pieces = iter(request.pieces)
    left = len(request.pieces)
    statuses: list[int] = []

    async def receive() -> Message:
        nonlocal left
        if left == 0 and (not request.whole or request.pieces):
            return {"type": "http.disconnect"}
        left -= 1
        more = left > 0 or not request.whole
        return {"type": "http.request", "body": next(pieces, b""), "more_body": more}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    scope: dict[str, Any] = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "scheme": "http",
        "method": request.method, "path": request.path, "query_string": b"", "root_path": "",
        "raw_path": request.path.encode(errors="surrogateescape"), "headers": request.headers,
        "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80), "state": {},
    }  # fmt: skip
    await app(scope, receive, send)
    assert len(statuses) <= 1
    return statuses[0] if statuses else None


async def rows_of(database_url: str) -> tuple[dict[str, Any], dict[str, int]]:
    """Give (event, state, body) by GUID, and how many rows other tables have that have any."""
    reader = open_reader(database_url)
    async with reader.connect() as connection:
        found = await connection.execute(
            select(
                col(Delivery.guid), col(Delivery.event), col(Delivery.state), col(Body.raw)
            ).join(Body, col(Body.delivery_id) == col(Delivery.id), isouter=True)
        )
        rows = {row.guid: (row.event, row.state, row.raw) for row in found}
        others = {
            table.name: await connection.scalar(select(func.count()).select_from(table)) or 0
            for table in SQLModel.metadata.sorted_tables
            if table.name not in {"delivery", "body"}
        }
    await reader.dispose()
    return rows, {name: count for name, count in others.items() if count}


def as_row(request: Request) -> tuple[str, str, bytes | None]:
    event = request.all_of(EVENT)[0].decode()
    wanted = event in WANTED
    return event, "pending" if wanted else "ignored", request.body if wanted else None


async def fuzz(database_url: str, how_many: int, seed: int) -> Counter[int | None]:
    """Send so many requests; give the answers. AssertionError with the request that fails."""
    settings = Settings(
        _env_file=None, app_id=1, webhook_secret=", ".join(SECRETS), database_url=database_url
    )
    redactor, log = Redactor(), Log()
    for spelling in spellings(SECRETS):
        redactor.add(spelling)
    set_up_logs(redactor.clean, stream=log)
    app = create_app(settings)
    run = Fuzz(app, Forger(seed), how_many)
    async with app.router.lifespan_context(app), asyncio.TaskGroup() as group:
        for _ in range(AT_ONCE):
            group.create_task(run.send_on())
    rows, others = await rows_of(database_url)
    assert rows.keys() == run.githubs.keys()
    for guid, row in rows.items():
        assert row in [as_row(request) for request in run.githubs[guid]]
    assert others == {}
    assert run.answers[202] > how_many // 100
    assert log.lines > how_many // 2
    return run.answers


def main(how_many: int, seed: int) -> None:
    began = time.process_time()
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        database_url = f"sqlite:///{Path(folder) / 'fuzz.db'}"
        migrate(database_url)
        answers = asyncio.run(fuzz(database_url, how_many, seed))
    told = ", ".join(f"{status or 'cut'}: {count}" for status, count in sorted(
        answers.items(), key=lambda one: one[0] or 0))  # fmt: skip
    sys.stdout.write(
        f"seed {seed}: {answers.total()} requests, {told}; "
        f"{time.process_time() - began:.0f} s of one core\n"
    )


if __name__ == "__main__":
    given = [int(one) for one in sys.argv[1:]]
    main(*(given + [MILLION, 1][len(given) :]))
