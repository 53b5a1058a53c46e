"""The soak: real processes, kills, duplicates and a sick GitHub, for as long as is asked for.

`python -m tests.chaos.soak --database-url sqlite:///soak.db --minutes 15 --seed 1`; the database
has to be a new one. Prints what happened batch by batch; exit code 1 if anything was lost or
doubled, was given up, or if the books don't balance. That a limit without Retry-After is waited out
takes minutes each time: it is proved on a virtual clock, in test_faults.py.
"""

import argparse
import asyncio
import random
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from app.demo.github import Served, serve_demo_github
from app.demo.github import faults as failing
from app.store.migrate import migrate
from tests.chaos.machines import Site, forkserver, operate
from tests.chaos.onslaught import Books, Onslaught, Weather, moments, until_ready
from tests.chaos.weather import KINDS
from tests.chaos.weather import Weather as Sick
from tests.chaos.world import HOME, World, empty_world, populate
from tests.github.small_github import pem

BATCH = 400
MOST_MINUTES = 15.0
PATIENCE = 600.0
"""Seconds that a batch may take to come to rest."""
SHARE = 0.3
KILLS = 6
SICK = {
    **KINDS,
    "429": lambda _: failing.rate_limited(429, retry_after=1),
    "403 with Retry-After": lambda _: failing.rate_limited(retry_after=1),
    "hang": lambda rng: failing.hang(4.0, applied=rng.random() < 0.5),
}
del SICK["403 without"]


class Soak:
    """Batch after batch on one site; counts what happened."""

    def __init__(self, world: World, site: Site, served: Served, seed: int, url: str) -> None:
        self.world, self.site, self.served, self.url = world, site, served, url
        self.rng = random.Random(seed)
        self.sent: set[str] = set()
        self.faults: Counter[str] = Counter()
        self.ok = True

    def batch(self, deliveries: int, kills: int, weather: Sick | None) -> float:
        """Run one batch to rest and print it; give the requests that an item took."""
        began, asked, items = time.monotonic(), len(self.world.demo.log), len(self.world.items)
        populate(self.world, self.rng, deliveries)
        new = len(self.world.items) - items
        shown: Weather | None = weather
        storm = Onslaught(
            self.world,
            self.site,
            self.served,
            self.rng,
            web_kills=moments(self.rng, kills, deliveries + new),
            worker_kills=moments(self.rng, kills, 3 * new),
            weather=shown,
        )
        with storm.begin():
            books = storm.until_rest(self.url, PATIENCE)
        self.sent |= storm.sent
        self.faults.update(weather.injected if weather else {})
        self._tell(storm, books, time.monotonic() - began)
        return (len(self.world.demo.log) - asked) / new

    def _tell(self, storm: Onslaught, books: Books, seconds: float) -> None:
        lost, doubled = self.world.lost(), self.world.doubled()
        states = books.figures.deliveries
        balance = books.guids == self.sent and states["pending"] == 0
        self.ok = self.ok and not lost and not doubled and balance and not states["buried"]
        say(
            f"{len(self.sent)} deliveries about {len(self.world.items)} items; "
            f"lost {len(lost)}, doubled {len(doubled)}; kills: web {self.site.web.kills}, "
            f"worker {self.site.worker.kills}; sent again {len(storm.refused)}; "
            f"faults {sum(self.faults.values())}; books {states}, "
            f"{'balanced' if balance else 'NOT BALANCED'}; this batch {seconds:.0f} s"
        )


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def soak(database_url: str, minutes: float, seed: int, folder: Path) -> bool:
    """Run the soak; True if nothing was lost, doubled or given up."""
    migrate(database_url)
    world = empty_world()
    say(f"seed {seed}, {minutes:g} minutes, {SHARE:.0%} of the requests fail")
    with (
        serve_demo_github(demo=world.demo) as served,
        operate(
            forkserver(),
            folder,
            database_url=database_url,
            github_url=served.url,
            app_id=world.app.id,
            key=pem(),
            home=HOME,
        ) as site,
    ):
        world.app.webhook_url = f"{site.address}/webhook"
        asyncio.run(until_ready(site))
        run = Soak(world, site, served, seed, database_url)
        needed = run.batch(60, 0, None)
        say(f"in fair weather {needed:.1f} requests for each item")
        until = time.monotonic() + 60 * minutes
        while time.monotonic() < until:
            weather = Sick(
                world.demo, run.rng, SHARE, world.demo.state.now, lambda: None, dict(SICK)
            )
            asked = run.batch(BATCH, KILLS, weather)
            say(f"amplification {asked / needed:.2f}; faults by kind {dict(run.faults)}")
    return run.ok


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--database-url", required=True)
    options.add_argument("--minutes", type=float, default=MOST_MINUTES)
    options.add_argument("--seed", type=int, default=1)
    given = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="soak-") as folder:
        minutes = min(given.minutes, MOST_MINUTES)
        fine = soak(given.database_url, minutes, given.seed, Path(folder))
    sys.exit(0 if fine else 1)


if __name__ == "__main__":
    main()
