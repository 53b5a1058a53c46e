"""What /metrics shows while everything goes on: whether the books balance at every scrape."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

import httpx2
from prometheus_client.parser import text_string_to_metric_families

from app.demo.github import Served

EVERY = 1.0
STATES = ("ignored", "pending", "done", "buried")


@dataclass
class Scrapes:
    """Scrapes a web process until it is cancelled; one that is being killed is asked again."""

    address: str
    count: int = 0
    unbalanced: list[dict[str, float]] = field(default_factory=list)
    last: dict[str, float] = field(default_factory=dict)

    async def go_on(self) -> None:
        async with httpx2.AsyncClient(base_url=self.address, timeout=5, trust_env=False) as client:
            while True:
                with suppress(httpx2.TransportError):
                    answer = await client.get("/metrics")
                    if answer.is_success:
                        self._read(answer.text)
                await asyncio.sleep(EVERY)

    def _read(self, text: str) -> None:
        books = {
            sample.labels["state"]: sample.value
            for family in text_string_to_metric_families(text)
            for sample in family.samples
            if sample.name == "good_citizen_deliveries"
        }
        self.count += 1
        if books["received"] != sum(books[state] for state in STATES):
            self.unbalanced.append(books)
        if books["received"] < self.last.get("received", 0):
            self.unbalanced.append(books)
        self.last = books


@contextmanager
def scraping(scrapes: Scrapes, served: Served) -> Iterator[None]:
    """Scrape in the background until the block ends."""
    going = asyncio.run_coroutine_threadsafe(scrapes.go_on(), served.loop)
    try:
        yield
    finally:
        going.cancel()
        with suppress(asyncio.CancelledError, Exception):
            going.result(10)
