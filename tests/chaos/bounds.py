"""Scenes for the guards that keep things within bounds: what comes late, what is too much, what is
called by another name, what must stay secret, what could not be seen, what fails among others."""

import asyncio
import io
import sqlite3
from collections import Counter
from contextlib import closing, suppress
from dataclasses import replace

import httpx2
import structlog
from sqlalchemy import make_url, text
from starlette.types import Receive, Scope, Send

from app.demo.github.comments import create
from app.github.errors import GitHubError, Unprocessable
from app.logs import set_up_logs
from app.main import create_app
from app.pump import pump
from app.settings import Settings
from app.store import places
from app.store.engine import StoreError
from app.store.tables import Subject, Word
from app.web.server import MOST_AHEAD, MOST_HEADERS, address_of, listen, web_server
from app.worker import _Work
from tests.chaos.scenes import PULL
from tests.github.small_github import WRITE, SmallGitHub, VirtualClock, answer, client, comment
from tests.github.stage import HUB as UPSTREAM
from tests.github.stage import set_stage as set_upstream
from tests.reconcile.stage import HUB, INFRA, Stage, set_stage
from tests.web.delivering import SECRET, signed
from tests.web.wire import BODY, Streams

GET = b"GET / HTTP/1.1\r\nhost: x\r\n"
LAST = GET + b"connection: close\r\n\r\n"


class SlowToken(SmallGitHub):
    """Gives tokens only after a minute and a half."""

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        if request.url.path.endswith("/access_tokens"):
            self.clock.pass_by(seconds=90)
        return await super().handle_async_request(request)


async def late_write(_: str) -> int:
    """Give how many writes leave after their window, when the token took longer than that."""
    github = SlowToken(VirtualClock())
    async with client(github) as hub:
        with suppress(GitHubError):
            await comment(hub.installation(42, permissions=WRITE))
    return len(github.asked)


async def _patient(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer 200 once the body is whole."""
    while scope["type"] == "lifespan":
        done = (await receive())["type"]
        await send({"type": f"{done}.complete"})
        if done == "lifespan.shutdown":
            return
    while (await receive()).get("more_body"):
        pass
    head = {"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"0")]}
    await send(head)
    await send({"type": "http.response.body", "body": b""})


async def _all_said(streams: Streams) -> bytes:
    with suppress(ConnectionResetError):
        return await streams[0].read()
    return b""


async def _answered(*asked: bytes, deadline: float) -> list[bytes | None]:
    """Give what the server says to each connection until it closes it; None where it doesn't.

    Server and sender share a loop, whose timers run in order; they wait for ten deadlines.
    """
    listener = listen("127.0.0.1", 0)
    server = web_server(_patient, deadline=deadline)
    running = asyncio.create_task(server.serve(sockets=[listener]))
    await server.ready.wait()
    url = httpx2.URL(address_of(listener))
    open_ones: list[Streams] = []

    async def ask(first: bytes) -> bytes:
        streams = await asyncio.open_connection(url.host, url.port)
        open_ones.append(streams)
        streams[1].write(first)
        return await _all_said(streams)

    said = [asyncio.create_task(ask(one)) for one in asked]
    for _ in range(10):  # a machine that stands still for a while costs only one of them
        await asyncio.wait(said, timeout=deadline)
    await ask(LAST)  # whatever the server had to say before is here by now
    found = [one.result() if one.done() else None for one in said]
    for streams in open_ones:
        streams[1].transport.abort()
    await asyncio.gather(*said, return_exceptions=True)
    server.should_exit = True
    await running
    return found


async def unfinished(_: str) -> int:
    """Give how many requests without an end, of headers or of a body, outlast the deadline."""
    body = GET.replace(b"GET", b"POST") + b"content-length: 9\r\n\r\nx"
    return (await _answered(GET, body, deadline=0.1)).count(None)


async def large_headers(_: str) -> int:
    """Give how many requests are taken whose headers are above the bound."""
    large = LAST.replace(b"host", b"x-a: " + b"b" * MOST_HEADERS + b"\r\nhost")
    (said,) = await _answered(large, deadline=20)
    return (said or b"").count(b"HTTP/1.1 200 ")


async def far_ahead(_: str) -> int:
    """Give how many of a thousand requests in one packet are answered beyond the few allowed."""
    (said,) = await _answered((GET + b"\r\n") * 999 + LAST, deadline=20)
    return max(0, (said or b"").count(b"HTTP/1.1 200 ") - MOST_AHEAD - 1)


async def other_names(database_url: str) -> int:
    """Give what comes of comments whose bytes are sent again under other events' names.

    Counts installations that are taken for gone and projects that are taken for new.
    """
    async with set_stage(database_url) as stage:
        _open(stage)
        said = stage.demo.people.comment(PULL, "yuvipanda", "Thanks.")
        created, _ = stage.demo.hooks.queue[-1]
        stage.demo.people.delete_comment(said, "yuvipanda")
        deleted, _ = stage.demo.hooks.queue[-1]
        for number, (hook, name) in enumerate([(created, "repository"), (deleted, "installation")]):
            guid = f"{hook.guid[:-4]}{number:04x}"
            again = replace(hook, guid=guid, event=name)
            stage.demo.hooks.queue.append((again, True))
        await stage.receive()
        await pump(stage.engine, stage.access.tenant, stage.app_id, stage.clock.now())
        async with stage.engine.connect() as connection:
            known = await places.installations(connection, "github.com")
        gone = [one for one in known.values() if one.removed_at is not None]
        return len(gone) + await stage.count(Word)


async def repeated_token(_: str) -> int:
    """Give where a token is shown that GitHub repeats: in the error, in the log."""
    github, log = SmallGitHub(VirtualClock()), io.StringIO()

    def repeat(request: httpx2.Request) -> httpx2.Response:
        return answer({"message": f"Your {request.headers['authorization']} is odd"}, 422)

    async with client(github) as hub:
        set_up_logs(hub.redact, stream=log)
        github.script.append(repeat)
        try:
            await comment(hub.installation(42, permissions=WRITE))
        except Unprocessable as error:
            token = github.asked[0].bearer
            structlog.get_logger().info("sent", headers={"authorization": token})
            return (token in error.sentence) + (token in log.getvalue())
    return 0


async def long_talk(_: str) -> int:
    """Give how many comments of ours there are where ours is older than all that is read."""
    stage = set_upstream()
    item = stage.demo.people.item(f"{UPSTREAM}#719")

    def talk() -> int:
        target = stage.target()
        action = stage.comment()
        stage.perform(target, action, stage.seen(target))
        for number in range(1_001):
            create(stage.demo.state, item, stage.demo.people.user("minrk"), f"{number}")
        stage.perform(target, action, stage.seen(target))
        return stage.comments().count(action.body)

    return await asyncio.to_thread(talk)


async def one_that_fails(database_url: str) -> int:
    """Give how many of three items are unknown after a batch of which a fourth one's fails.

    The database refuses what is written of that one, so nobody can pump it.
    """
    set_up_logs(str, stream=io.StringIO())
    async with set_stage(database_url) as stage:
        for number in (1, 2, 3, 4):
            _open(stage, number)
        await stage.receive()
        async with stage.engine.begin() as connection:
            await connection.execute(text(
                "CREATE TRIGGER refuse BEFORE INSERT ON subject WHEN NEW.number = 2 "
                "BEGIN SELECT RAISE(ABORT, 'refused'); END"
            ))  # fmt: skip
        await _Work(
            "test", stage.app_id, stage.engine, stage.github, stage.access, stage.jobs, 1, Counter()
        ).pump()
        return 3 - await stage.count(Subject)


async def lax_database(database_url: str) -> int:
    """Give how many deliveries are acknowledged on a database that has no write-ahead log."""
    with closing(sqlite3.connect(make_url(database_url).database or "")) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")
    settings = Settings(_env_file=None, app_id=1, webhook_secret=SECRET, database_url=database_url)
    web = create_app(settings)
    try:
        async with web.router.lifespan_context(web):
            transport = httpx2.ASGITransport(web)
            async with httpx2.AsyncClient(base_url="http://x", transport=transport) as sender:
                answered = await sender.post("/webhook", content=BODY, headers=signed(BODY))
            return int(answered.status_code == 202)
    except StoreError:
        return 0


async def installed_anew(database_url: str) -> int:
    """Give how many labels an item gets whose home was installed anew without our hearing of it."""
    async with set_stage(database_url) as stage:
        people, state = stage.demo.people, stage.demo.state
        people.open_issue(INFRA, "sgibson91", "Gate login", labels=("support",), number=1)
        await stage.settle()
        former = next(
            one for one in state.installations.values() if one.account.login == "example-org"
        )
        stage.demo.places.uninstall(former)
        stage.demo.places.install(next(iter(state.apps.values())), "example-org")
        stage.demo.hooks.queue.clear()
        _open(stage)
        await stage.settle()
        return len(stage.labels(PULL))


def _open(stage: Stage, number: int = 1) -> None:
    stage.demo.people.open_pull_request(
        HUB, "yuvipanda", "Gate login", f"For {INFRA}#1", files=("a.py",), number=number
    )
