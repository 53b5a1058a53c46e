"""The soak: real processes, kills, duplicates and a sick GitHub, with the full counts.

    python -m tests.chaos.soak              on SQLite
    python -m tests.chaos.soak --postgres   on a PostgreSQL of its own

10,000 deliveries (GUIDs, those of our own writes included), 100 kills with SIGKILL, 30 % of the
requests to GitHub fail, 10 % of the deliveries are sent twice. It ends after 15 minutes at the
most; exit code 1 if anything was lost, doubled or given up, if a scrape of /metrics found books
that don't balance, if an item took more than three times the requests of fair weather, or if the
counts were not reached. That a limit without Retry-After is waited out takes minutes each time, and
a request may be on its way while another is told to wait: that nobody asks within a Retry-After is
proved on a virtual clock, in test_faults.py.
"""

import argparse
import random
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from app.demo.github import faults as failing
from app.store.migrate import migrate
from tests.chaos.machines import forkserver
from tests.chaos.onslaught import Books, Moments, Onslaught, RestlessError
from tests.chaos.scrapes import Scrapes, scraping
from tests.chaos.sites import Running, run_site
from tests.chaos.weather import KINDS, Weather
from tests.chaos.world import World, empty_world, populate
from tests.databases import postgres_database, serve_postgres

MINUTES = 15.0
RESERVE = 400.0
"""Seconds at the end in which nothing new happens and nothing fails, so that all comes to rest: the
wait for another try doubles, so what has failed for so long is tried again after as long at most.
"""
TOLD_EVERY = 60.0
SHARE = 0.3
PORTION = 75
"""Webhooks of people that come at once; with those of our own writes about 190."""
MOST_CALLS = 3.0
"""For each that is needed."""
BY_PEOPLE = 0.7
"""Share of the deliveries by which all kills are planned: the last are echoes of our own writes."""
OPEN = 40 * PORTION
"""Deliveries that may be open when the next portion comes: most of them wait for another try."""
SICK = {
    **KINDS,
    "429": lambda _: failing.rate_limited(429, retry_after=1),
    "403 with Retry-After": lambda _: failing.rate_limited(retry_after=1),
    "hang": lambda rng: failing.hang(4.0, applied=rng.random() < 0.5),
}
del SICK["403 without"], SICK["429 without"]
SELDOM = {"429": 0.1, "403 with Retry-After": 0.1}
"""A limit stops an installation for a second: as frequent as the others it would be always so."""
CONCURRENCY = 48
"""Items at a time: with these faults most of them wait for an answer that does not come."""
UPSTREAMS = (
    "bqplot/bqplot", "conda/conda", "dask/dask-gateway", "fsspec/filesystem_spec",
    "holoviz/panel", "ipython/ipython", "jupyter/docker-stacks", "matplotlib/matplotlib",
    "nteract/papermill", "numpy/numpy", "pandas-dev/pandas", "pangeo-data/pangeo-docker-images",
    "pydata/xarray", "scipy/scipy", "zarr-developers/zarr-python",
)  # fmt: skip
"""Besides the one of every test: each installation is written to one by one, and rests for seconds
when the process that was writing to it is killed.
"""


@dataclass(frozen=True)
class Counts:
    deliveries: int
    kills: int
    minutes: float
    seed: int


@dataclass
class Soak:
    """One run: lets more happen while there is time, and has processes killed along the way."""

    world: World
    counts: Counts
    rng: random.Random
    weather: Weather
    began: float
    planned: int = 0
    told: float = 0.0

    def feed(self, storm: Onslaught, books: Books) -> bool:
        """Let a portion happen whenever not too much of what came before is open."""
        late = time.monotonic() - self.began > 60 * self.counts.minutes - RESERVE
        missing = self.counts.deliveries - len(storm.sent)
        self._tell(storm, books)
        if late or (missing <= 0 and self.planned >= self.counts.kills):
            self.weather.share = 0.0
            return False
        unanswered = len(storm.sent) - len(storm.acknowledged)
        if unanswered + books.figures.deliveries["pending"] < OPEN:
            before = len(self.world.items)
            populate(self.world, self.rng, PORTION)
            self._plan(storm, len(self.world.items) - before)
        return True

    def _tell(self, storm: Onslaught, books: Books) -> None:
        if (passed := time.monotonic() - self.began) - self.told >= TOLD_EVERY:
            self.told = passed
            kills = storm.site.web.kills + storm.site.worker.kills
            say(
                f"{passed:4.0f} s: {len(storm.sent)} sent, {kills} kills, "
                f"{books.figures.deliveries['pending']} pending"
            )

    def _plan(self, storm: Onslaught, items: int) -> None:
        """Plan the kills that are due with a portion, of the web process and of the worker."""
        share = min(1.0, (len(storm.sent) + 2 * PORTION) / (BY_PEOPLE * self.counts.deliveries))
        while self.planned < share * self.counts.kills:
            storm.web_kills.plan(self.rng.randrange(1, PORTION))
            storm.worker_kills.plan(self.rng.randrange(1, 3 * items))
            self.planned += 2


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def soak(running: Running, counts: Counts) -> bool:
    """Run the soak and print what happened; True if nothing went wrong."""
    began, rng = time.monotonic(), random.Random(counts.seed)
    world, site, served = running.world, running.site, running.served
    needed = in_fair_weather(running, rng)
    weather = Weather(
        world.demo, rng, SHARE, world.demo.state.now, lambda: None, dict(SICK), SELDOM
    )
    run = Soak(world, counts, rng, weather, began)
    asked, items = len(world.demo.log), len(world.items)
    storm = Onslaught(
        world, site, served, rng, Moments([]), Moments([]), weather=weather, feed=run.feed
    )
    scrapes = Scrapes(site.address)
    rests = True
    with storm.begin(), scraping(scrapes, served):
        left = 60 * counts.minutes - (time.monotonic() - began)
        try:
            books = storm.until_rest(running.database_url, left)
        except RestlessError as error:
            say(str(error))
            books, rests = error.books, False
    amplification = (len(world.demo.log) - asked) / (len(world.items) - items) / needed
    tell(storm, weather, scrapes, books)
    say(
        f"an item took {needed:.1f} requests in fair weather, {amplification:.2f} times as many "
        f"in this; all took {time.monotonic() - began:.0f} s"
    )
    kills = site.web.kills + site.worker.kills
    return (
        rests
        and is_fine(storm, scrapes, books)
        and amplification <= MOST_CALLS
        and len(storm.sent) >= counts.deliveries
        and kills >= counts.kills
    )


def in_fair_weather(running: Running, rng: random.Random) -> float:
    """Give how many requests an item takes while nothing fails, once each upstream is known."""
    world, asked, items = running.world, 0, 0
    for _ in range(2):  # the first time every repository is asked who it is and what it wants
        asked, items = len(world.demo.log), len(world.items)
        populate(world, rng, PORTION)
        storm = Onslaught(world, running.site, running.served, rng, Moments([]), Moments([]))
        with storm.begin():
            storm.until_rest(running.database_url, 120)
    return (len(world.demo.log) - asked) / (len(world.items) - items)


def tell(storm: Onslaught, weather: Weather, scrapes: Scrapes, books: Books) -> None:
    world, site = storm.world, storm.site
    failed = [one for one in world.demo.log if one.fault]
    applied = sum(one.applied for one in failed)
    seconds = sorted(storm.seconds)
    say(
        f"{len(books.guids)} deliveries about {len(world.items)} items; "
        f"lost {len(world.lost())}, doubled {len(world.doubled())}; "
        f"kills: web {site.web.kills}, worker {site.worker.kills}; "
        f"sent twice {len(seconds) - len(storm.sent)}, refused and sent again {len(storm.refused)}"
    )
    say(
        f"faults {len(failed)}, {applied} of them applied and then failed: {dict(weather.injected)}"
    )
    say(
        f"books {books.figures.deliveries}; {scrapes.count} scrapes, "
        f"{len(scrapes.unbalanced)} of them out of balance; answers: "
        f"p50 {seconds[len(seconds) // 2] * 1000:.0f} ms, "
        f"p99 {seconds[len(seconds) * 99 // 100] * 1000:.0f} ms, max {seconds[-1] * 1000:.0f} ms"
    )


def is_fine(storm: Onslaught, scrapes: Scrapes, books: Books) -> bool:
    """Tell whether nothing was lost, doubled or given up, and the books balance."""
    world, states = storm.world, books.figures.deliveries
    return (
        not world.lost()
        and not world.doubled()
        and storm.sent == storm.acknowledged
        and storm.sent <= books.guids
        and states["pending"] == states["buried"] == 0
        and scrapes.count > 0
        and not scrapes.unbalanced
    )


def run(database_url: str, counts: Counts) -> bool:
    """Set up a demo GitHub and a site on a new database, and soak them."""
    migrate(database_url)
    world = empty_world()
    for name in UPSTREAMS:
        world.add_upstream(name)
    say(
        f"seed {counts.seed}: {counts.deliveries} deliveries, {counts.kills} kills, "
        f"{SHARE:.0%} of the requests fail, at most {counts.minutes:g} minutes"
    )
    with (
        tempfile.TemporaryDirectory(prefix="soak-") as folder,
        run_site(
            forkserver(), Path(folder), database_url, world, concurrency=CONCURRENCY
        ) as running,
    ):
        return soak(running, counts)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--postgres", action="store_true")
    options.add_argument("--deliveries", type=int, default=10_000)
    options.add_argument("--kills", type=int, default=100)
    options.add_argument("--minutes", type=float, default=MINUTES)
    options.add_argument("--seed", type=int, default=1)
    given = options.parse_args()
    counts = Counts(given.deliveries, given.kills, min(given.minutes, MINUTES), given.seed)
    if given.postgres:
        with serve_postgres() as server, postgres_database(server) as url:
            fine = run(url, counts)
    else:
        with tempfile.TemporaryDirectory(prefix="soak-") as folder:
            fine = run(f"sqlite:///{Path(folder) / 'soak.db'}", counts)
    say("fine" if fine else "NOT FINE")
    sys.exit(0 if fine else 1)


if __name__ == "__main__":
    main()
