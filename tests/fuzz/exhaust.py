"""Attempts to exhaust `good-citizen serve`, both its processes, as an operator starts it.

    python -m tests.fuzz.exhaust

Takes half a minute: 50 bodies of 300 MB that are sent in chunks, 1,500 connections that are half
open while GitHub delivers, headers and a body that drip, and JSON that is made to break parsers.
Prints what was measured; ends with 1 if a bar of promise 12 isn't reached.
"""

import asyncio
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from multiprocessing.context import ForkServerContext
from pathlib import Path

import httpx2
import psutil
from prometheus_client.parser import text_string_to_metric_families

from app.web.server import DEADLINE
from tests.chaos.machines import Site, forkserver, operate
from tests.chaos.onslaught import until_ready
from tests.chaos.world import HOME
from tests.github.small_github import pem
from tests.web.delivering import signed
from tests.web.wire import Streams, request

MIB = 2**20
PIECE = b"%x\r\n%s\r\n" % (MIB // 4, bytes(MIB // 4))
NASTY = {
    "deep lists": b"[" * 100_000,
    "deep and whole": b"[" * 100_000 + b"]" * 100_000,
    "deep objects": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "deep in a payload": b'{"repository": ' * 50_000 + b"{}" + b"}" * 50_000,
    "NaN": b'{"repository": {"id": NaN, "full_name": "a/b"}}',
    "infinity": b'{"issue": {"number": -Infinity}}',
    "a long number": b'{"issue": {"number": ' + b"7" * 5_000 + b"}}",
    "a long fraction": b'{"issue": {"number": 0.' + b"7" * 5_000 + b"}}",
    "a large exponent": b'{"issue": {"number": 1e999999999}}',
    "half a character": b'{"issue": {"number": 1, "title": "\\ud800"}}\xff',
    "nothing": b"",
}
MOST_GROWTH = 64.0
QUICK, LATE = 0.5, 2.0
"""Seconds: of the slowest hundredth of answers, and after its deadline until who drips is cut."""
DRIPS = (
    (b"POST /webhook HTTP/1.1\r\n", b"a: b\r\n"),
    (request(signed(b""), 10_000), b"x"),
)


@dataclass
class Measured:
    """What it did to the server."""

    grew: float = 0
    """MiB that the web process's memory grew by at most while the huge bodies came."""
    refused: set[str] = field(default_factory=set)
    """What was answered to them."""
    slowest: float = 0
    """Seconds of the 99th percentile of GitHub's deliveries while connections were half open."""
    cut_after: list[float] = field(default_factory=list)
    """Seconds after which who dripped was cut."""
    answers: set[int] = field(default_factory=set)
    """To GitHub's deliveries, the nasty ones included."""
    books: dict[str, int] = field(default_factory=dict)
    """Deliveries by state in the end."""
    restarted: bool = False
    """A process of the server isn't the one that it was."""


@dataclass
class Attack:
    """One server under attack."""

    site: Site
    measured: Measured = field(default_factory=Measured)

    async def run(self, bodies: int, half_open: int) -> Measured:
        """Try everything, with so many huge bodies and half-open connections."""
        before = self._processes()
        async with httpx2.AsyncClient(
            base_url=self.site.address, trust_env=False, timeout=60
        ) as client:
            await self._deliver(client, b"{}")
            await self.send_huge_bodies(bodies)
            dripping = [asyncio.create_task(self._drip(*how)) for how in DRIPS]
            await self._deliver_beside_half_open_ones(client, half_open)
            for body in NASTY.values():
                await self._deliver(client, body)
            self.measured.cut_after = await asyncio.gather(*dripping)
            self.measured.books = await self._books(client)
        self.measured.restarted = self._processes() != before
        return self.measured

    def _processes(self) -> list[psutil.Process]:
        """Give the web process and the worker."""
        children = psutil.Process(self.site.web.pid).children()
        return sorted(children, key=lambda child: child.pid)

    async def _deliver(self, client: httpx2.AsyncClient, body: bytes) -> float:
        began = time.perf_counter()
        answer = await client.post("/webhook", content=body, headers=signed(body))
        self.measured.answers.add(answer.status_code)
        return time.perf_counter() - began

    async def _connect(self, first: bytes) -> Streams:
        url = httpx2.URL(self.site.address)
        reader, writer = await asyncio.open_connection(url.host, url.port)
        writer.write(first)
        return reader, writer

    async def _drip(self, start: bytes, drop: bytes) -> float:
        """Send a drop every half second; give the seconds until it is cut."""
        reader, writer = await self._connect(start)
        began, end = time.monotonic(), asyncio.create_task(reader.read())
        while not end.done():
            writer.write(drop)
            await asyncio.wait([end], timeout=0.5)
        took = time.monotonic() - began
        with suppress(ConnectionResetError):
            await end
        writer.transport.abort()
        return took

    async def send_huge_bodies(self, count: int) -> None:
        """Send so many at once, and look at the web process's memory meanwhile."""
        web, _ = self._processes()
        sending = [asyncio.create_task(self._send_huge_body()) for _ in range(count)]
        before = most = web.memory_info().rss
        while not all(one.done() for one in sending):
            await asyncio.wait(sending, timeout=0.01)
            most = max(most, web.memory_info().rss)
        self.measured.grew = (most - before) / MIB
        self.measured.refused = {one.result() for one in sending}

    async def _send_huge_body(self) -> str:
        """Send 300 MB in chunks, for as long as anybody takes them; give what was said to that."""
        headers = signed(b"") | {"transfer-encoding": "chunked"}
        start = request(headers, 0).replace(b"content-length: 0\r\n", b"")
        reader, writer = await self._connect(start)
        said = asyncio.create_task(reader.readline())
        for _ in range(1_200):
            if said.done():
                break
            writer.write(PIECE)
            try:
                await writer.drain()
            except ConnectionError:
                break
        try:
            line = (await asyncio.wait_for(said, 2 * DEADLINE)).decode()
        except ConnectionError:
            line = ""
        writer.transport.abort()
        return line[9:12] or "reset"

    async def _deliver_beside_half_open_ones(
        self, client: httpx2.AsyncClient, half_open: int
    ) -> None:
        open_ones = [await self._connect(b"POST /webhook HTTP/1.1\r\nx-a: ") for _ in
                     range(half_open)]  # fmt: skip
        took = sorted([await self._deliver(client, b"{}") for _ in range(100)])
        self.measured.slowest = took[98]
        for _, writer in open_ones:
            writer.transport.abort()

    async def _books(self, client: httpx2.AsyncClient) -> dict[str, int]:
        """Wait until no delivery waits for the worker; give how many are in each state."""
        async with asyncio.timeout(60):
            while True:
                books = read((await client.get("/metrics")).text)
                if not books["pending"]:
                    return books
                await asyncio.wait([asyncio.create_task(client.get("/readyz"))])


def read(metrics: str) -> dict[str, int]:
    """Give the deliveries by state."""
    return {
        sample.labels["state"]: int(sample.value)
        for family in text_string_to_metric_families(metrics)
        for sample in family.samples
        if sample.name == "good_citizen_deliveries"
    }


@contextmanager
def serving(context: ForkServerContext, folder: Path, build: str = "") -> Iterator[Attack]:
    """Run `good-citizen serve`, GitHub being a port where nobody listens."""
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    there = operate(
        context,
        folder,
        database_url=f"sqlite:///{folder / 'good-citizen.db'}",
        github_url="http://127.0.0.1:9",
        app_id=1,
        key=pem(),
        home=HOME,
        build=build,
    )
    both = replace(there.web, options=there.web.options[1:])
    with replace(there, web=both, has_worker=False) as site:
        asyncio.run(until_ready(site))
        yield Attack(site)


def problems(measured: Measured, quick: float = QUICK, late: float = LATE) -> list[str]:
    """Give the bars that aren't reached, none if all are; `quick` and `late` in seconds."""
    m = measured
    bars = {
        f"memory grew by {m.grew:.0f} MiB": m.grew < MOST_GROWTH,
        f"huge bodies were answered {sorted(m.refused)}": m.refused <= {"413", "503", "reset"},
        f"p99 beside half-open connections {m.slowest:.3f} s": m.slowest < quick,
        f"dripping was cut after {m.cut_after} s": all(
            DEADLINE - 1 < after < DEADLINE + late for after in m.cut_after
        ),
        f"deliveries were answered {m.answers}": m.answers == {202},
        f"the books are {m.books}": m.books.get("buried") == len(NASTY)
        and m.books["received"] == 101 + len(NASTY),
        "a process was started again": not m.restarted,
    }
    return [problem for problem, reached in bars.items() if not reached]


def main() -> int:
    with (
        tempfile.TemporaryDirectory(prefix="exhaust-") as folder,
        serving(forkserver(), Path(folder)) as attack,
    ):
        measured = asyncio.run(attack.run(bodies=50, half_open=1_500))
    missed = problems(measured)
    sys.stdout.write(f"{measured}\n" + "".join(f"missed: {problem}\n" for problem in missed))
    return int(bool(missed))


if __name__ == "__main__":
    sys.exit(main())
