"""The GitHub that all of them ask: the demo GitHub's own answers, given again without thinking.

The demo GitHub needs milliseconds for a GraphQL query and would be all that is measured. So each
sort of request about a pull request is put to it once, about a stand-in, and its answer is given
for every other number. Whatever is no such request goes to the demo GitHub. What was written is
counted: `GET /bench` tells it, `GET /bench?reset` begins anew.

Run as `python -m tests.bench.peers.fake_github [--latency SECONDS]`; the first line it prints is
JSON with all that an app and a sender have to know.
"""

import argparse
import asyncio
import json
import re
import sys
import time
from collections import Counter
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httptools
import httpx2
import uvloop

from app.demo.github import DemoGitHub, Limits
from tests.bench.peers.letters import Where
from tests.chaos.world import HUB, MEMBERS, OURS, World, empty_world
from tests.github.small_github import pem

READ, WRITTEN = 424242, 535353
"""The stand-ins: pull requests that are only read, or only written to, in the demo GitHub."""
_ABOUT = re.compile(rb'"number": ?(\d{6})\b')
_WRITE = re.compile(rb"(/repos/[^/]+/[^/]+/issues/)(\d{6})/(comments|labels)")
_TOKEN = re.compile(rb"^(?:bearer|token) ", re.IGNORECASE)
_LEFT_OUT = {"date", "content-length", "server", "transfer-encoding", "connection"}


@dataclass
class Books:
    """What was asked and written since the last reset; times are of the monotonic clock."""

    requests: int = 0
    comments: Counter[bytes] = field(default_factory=Counter)
    labels: Counter[bytes] = field(default_factory=Counter)
    last: float = 0.0

    def enter(self, number: bytes, what: bytes) -> None:
        (self.comments if what == b"comments" else self.labels)[number] += 1
        self.last = time.monotonic()

    def told(self) -> dict[str, Any]:
        twice = [one for one in (self.comments | self.labels).values() if one > 1]
        return {
            "requests": self.requests,
            "done": len(self.comments.keys() & self.labels.keys()),
            "twice": len(twice),
            "last": self.last,
        }


class Replay:
    """Answers requests; what it has not heard before it asks the demo GitHub."""

    def __init__(self, demo: DemoGitHub, latency: float) -> None:
        self.books = Books()
        self.latency = latency
        self._demo = demo
        self._known: dict[bytes, bytes] = {}
        self._asking = asyncio.Lock()
        self._client = httpx2.AsyncClient(
            transport=httpx2.ASGITransport(app=demo), base_url=demo.state.api_url
        )

    def quick(self, method: bytes, url: bytes, headers: dict[bytes, bytes], body: bytes) -> "Said":
        """Give what is known by heart, and under which key, number and stand-in it would be."""
        if method == b"POST" and (write := _WRITE.fullmatch(url)):
            key, number, stand_in = write[1] + write[3], write[2], WRITTEN
            what = write[3]
        elif url == b"/graphql" and (about := _ABOUT.search(body)):
            key, number, stand_in = body.replace(about[1], b""), about[1], READ
            what = b""
        else:
            return Said()
        bearer = _TOKEN.sub(b"", headers.get(b"authorization", b"")).decode()
        answer = self._known.get(key) if bearer in self._demo.state.tokens else None
        if answer is None:
            return Said(key=key, number=number, stand_in=stand_in, what=what)
        if what:
            self.books.enter(number, what)
        return Said(answer.replace(b"%d" % stand_in, number))

    async def ask(
        self, said: "Said", method: bytes, url: bytes, headers: dict[bytes, bytes], body: bytes
    ) -> bytes:
        """Ask the demo GitHub, about the stand-in if there is one, and learn the answer."""
        if not said.key:
            return await self._put(method, url, headers, body)
        async with self._asking:
            again = self.quick(method, url, headers, body)
            if again.answer:
                return again.answer
            stand_in = b"%d" % said.stand_in
            answer = await self._put(
                method, url.replace(said.number, stand_in), headers,
                body.replace(said.number, stand_in),
            )  # fmt: skip
            if answer.startswith(b"HTTP/1.1 2"):
                self._known[said.key] = answer
                if said.what:
                    self.books.enter(said.number, said.what)
        return answer.replace(stand_in, said.number)

    async def _put(
        self, method: bytes, url: bytes, headers: dict[bytes, bytes], body: bytes
    ) -> bytes:
        kept = {k.decode(): v.decode() for k, v in headers.items() if k != b"content-length"}
        said = await self._client.request(method.decode(), url.decode(), headers=kept, content=body)
        lines = [f"HTTP/1.1 {said.status_code} {said.reason_phrase or 'OK'}"]
        lines += [f"{k}: {v}" for k, v in said.headers.items() if k.lower() not in _LEFT_OUT]
        lines += [f"content-length: {len(said.content)}", "", ""]
        return "\r\n".join(lines).encode() + said.content


@dataclass(frozen=True, slots=True)
class Said:
    """An answer, or what it takes to find one."""

    answer: bytes = b""
    key: bytes = b""
    number: bytes = b""
    stand_in: int = 0
    what: bytes = b""


class Connection(asyncio.Protocol):
    """One connection, one request after the other."""

    def __init__(self, replay: Replay) -> None:
        self._replay = replay
        self._parser = httptools.HttpRequestParser(self)
        self._tasks: set[asyncio.Task[None]] = set()

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_message_begin(self) -> None:
        self._url, self._body = b"", b""
        self._headers: dict[bytes, bytes] = {}

    def on_url(self, url: bytes) -> None:
        # An Enterprise Server's prefixes.
        self._url += url.removeprefix(b"/api/v3").replace(b"/api/graphql", b"/graphql")

    def on_header(self, name: bytes, value: bytes) -> None:
        self._headers[name.lower()] = value

    def on_body(self, body: bytes) -> None:
        self._body += body

    def on_message_complete(self) -> None:
        method = self._parser.get_method()
        if self._url.startswith(b"/bench"):
            self._write(self._told())
            return
        self._replay.books.requests += 1
        said = self._replay.quick(method, self._url, self._headers, self._body)
        if said.answer:
            self._write_later(said.answer)
            return
        asking = self._ask(said, method, self._url, self._headers, self._body)
        task = asyncio.get_running_loop().create_task(asking)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _ask(
        self, said: Said, method: bytes, url: bytes, headers: dict[bytes, bytes], body: bytes
    ) -> None:
        self._write_later(await self._replay.ask(said, method, url, headers, body))

    def _told(self) -> bytes:
        told = json.dumps(self._replay.books.told()).encode()
        if self._url.endswith(b"?reset"):
            self._replay.books = Books()
        head = f"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {len(told)}"
        return head.encode() + b"\r\n\r\n" + told

    def _write_later(self, answer: bytes) -> None:
        if self._replay.latency:
            loop = asyncio.get_running_loop()
            loop.call_later(self._replay.latency, self._write, answer)
        else:
            self._write(answer)

    def _write(self, answer: bytes) -> None:
        if not self._transport.is_closing():
            self._transport.write(answer)


def stand_ins(world: World) -> None:
    """Make the pull requests that stand for all others, active from now on for a day."""
    demo = world.demo
    demo.meter = type(demo.meter)(demo.state, Limits(enforced=False))
    for kind in ("tactical", "strategic"):
        demo.people.create_label(HUB, "minrk", OURS + kind)
    for number in (READ, WRITTEN):
        item = demo.people.open_pull_request(
            HUB, MEMBERS[0], "Fix the failing tests on main", files=(".github/workflows/test.yml",)
        )
        del item.repo.items[item.number]
        item.number = number
        item.repo.items[number] = item
        item.updated_at = datetime.now(UTC) + timedelta(days=1)
    demo.hooks.queue.clear()


async def serve(latency: float) -> None:
    world = empty_world()
    stand_ins(world)
    replay = Replay(world.demo, latency)
    server = await asyncio.get_running_loop().create_server(
        lambda: Connection(replay), "127.0.0.1", 0, backlog=1024
    )
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    world.demo.state.api_url = url
    repo = world.demo.people.repo(HUB)
    member = world.demo.people.user(MEMBERS[0])
    installed = next(one for one in world.demo.state.installations.values() if one.covers(repo))
    where = Where(url, world.app.id, pem(), installed.id, repo.id, HUB, member.id, member.login)
    sys.stdout.write(json.dumps(asdict(where)) + "\n")
    sys.stdout.flush()
    await server.serve_forever()


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--latency", type=float, default=0.0, help="seconds before each answer")
    uvloop.run(serve(options.parse_args().latency))
