"""Pages for operators: is the process alive, is the whole ready, and the figures.

Nothing on them names a person, a repository or an item.
"""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Generic, TypeVar

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse, PlainTextResponse
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.registry import Collector
from sqlalchemy.ext.asyncio import AsyncEngine

from app.store.engine import DATABASE_ERRORS
from app.store.figures import Figures, read_figures, revision, worker_seen_since

T = TypeVar("T")
WORKER_SEEN = timedelta(seconds=30)
QUANTILES = (0.5, 0.9, 0.99, 1.0)


class RowsCollector(Collector):
    """Turns figures into Prometheus' families; made anew for each scrape."""

    def __init__(self, figures: Figures) -> None:
        self._figures = figures

    def collect(self) -> Iterator[Metric]:
        """Give the families."""
        figures = self._figures
        deliveries = GaugeMetricFamily(
            "good_citizen_deliveries",
            "Deliveries by state; received = ignored + pending + done + buried",
            labels=["state"],
        )
        for state, count in {"received": figures.received, **figures.deliveries}.items():
            deliveries.add_metric([state], count)
        yield deliveries
        took = GaugeMetricFamily(
            "good_citizen_delivery_seconds",
            "Time from delivery to done of the latest deliveries, by quantile",
            labels=["quantile"],
        )
        for quantile in QUANTILES if figures.seconds_to_done else ():
            took.add_metric([str(quantile)], _quantile(figures.seconds_to_done, quantile))
        yield took
        left = GaugeMetricFamily(
            "good_citizen_limit_left",
            "Requests that GitHub said are left in this hour",
            labels=["installation"],
        )
        for installation, remaining in figures.limit_left.items():
            left.add_metric([str(installation)], remaining)
        yield left
        calls = CounterMetricFamily(
            "good_citizen_github_calls",
            "Calls to GitHub by operation and outcome",
            labels=["operation", "outcome"],
        )
        for (operation, outcome), count in figures.calls.items():
            calls.add_metric([operation, outcome], count)
        yield calls


class Shared(Generic[T]):
    """Something that is read once for all who ask meanwhile: however many ask, it costs no more."""

    def __init__(self, read: Callable[[], Coroutine[Any, Any, T]]) -> None:
        self._read = read
        self._reading: asyncio.Task[T] | None = None

    async def get(self) -> T:
        """Read, or wait for the reading that is under way; raises what that raises."""
        if self._reading is None or self._reading.done():
            self._reading = asyncio.create_task(self._read())
        return await asyncio.shield(self._reading)


def operator_pages(reader: AsyncEngine, *, head: str) -> APIRouter:
    """Give the routes; `head` is the version of the tables that this program needs."""
    router = APIRouter()

    async def look() -> list[str]:
        return await _problems(reader, head, datetime.now(UTC))

    async def count() -> Figures:
        async with reader.connect() as connection:
            return await read_figures(connection)

    problems_now, figures_now = Shared(look), Shared(count)

    @router.get("/healthz")
    async def healthz() -> PlainTextResponse:
        return PlainTextResponse("alive\n")

    @router.get("/readyz")
    async def readyz() -> JSONResponse:
        problems = await problems_now.get()
        return JSONResponse(
            {"ready": not problems, "problems": problems}, status_code=503 if problems else 200
        )

    @router.get("/metrics")
    async def metrics() -> Response:
        try:
            figures = await figures_now.get()
        except DATABASE_ERRORS:
            return PlainTextResponse("The database can't be read.\n", status_code=503)
        registry = CollectorRegistry()
        registry.register(RowsCollector(figures))
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_PLAIN_0_0_4)

    return router


async def _problems(reader: AsyncEngine, head: str, now: datetime) -> list[str]:
    try:
        async with reader.connect() as connection:
            found = await revision(connection)
            if found != head:
                return [f"the database is of version {found}, this program needs {head}"]
            if not await worker_seen_since(connection, now - WORKER_SEEN):
                return [f"no worker was seen within {WORKER_SEEN.seconds} s"]
    except DATABASE_ERRORS:
        return ["the database can't be read"]
    return []


def _quantile(sorted_values: tuple[float, ...], quantile: float) -> float:
    return sorted_values[min(len(sorted_values) - 1, int(quantile * len(sorted_values)))]
