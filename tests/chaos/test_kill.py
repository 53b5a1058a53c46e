"""A 2xx is done, exactly once, whatever is killed and whenever: the real processes on loopback."""

import random
import time
from multiprocessing.context import ForkServerContext
from pathlib import Path

import pytest

from tests.chaos.onslaught import Books, Onslaught, moments
from tests.chaos.scrapes import Scrapes, scraping
from tests.chaos.sites import run_site
from tests.chaos.world import World, empty_world, populate

KILLS = 6
"""Of each process."""
WITHIN = 600.0
"""Seconds until it has to have come to rest."""


def kill_test(
    processes: ForkServerContext, folder: Path, database_url: str, deliveries: int, seed: int
) -> tuple[World, Books, Onslaught]:
    """Run `deliveries` through a site whose processes are killed; print what happened."""
    began, rng, world = time.monotonic(), random.Random(seed), empty_world()
    with run_site(processes, folder, database_url, world) as running:
        site = running.site
        populate(world, rng, deliveries)
        items = len(world.items)
        storm = Onslaught(
            world,
            site,
            running.served,
            rng,
            web_kills=moments(rng, KILLS, deliveries + items),
            worker_kills=moments(rng, KILLS, 3 * items),
        )
        scrapes = Scrapes(site.address)
        with storm.begin(), scraping(scrapes, running.served):
            books = storm.until_rest(database_url, WITHIN)
    print(  # noqa: T201 - the seed and the figures of a run
        f"seed {seed}: {deliveries} deliveries about {items} items, with echoes "
        f"{len(storm.sent)}; kills: web {site.web.kills}, worker {site.worker.kills}; "
        f"sent again {len(storm.refused)}; requests {len(world.demo.log)} {dict(world.calls())}; "
        f"lost {len(world.lost())}, doubled {len(world.doubled())}; "
        f"books {books.figures.deliveries}, {scrapes.count} scrapes; "
        f"{time.monotonic() - began:.1f} s"
    )
    assert scrapes.count > 0
    assert scrapes.unbalanced == []
    return world, books, storm


@pytest.mark.long
@pytest.mark.parametrize("case", [("sqlite", 400, 1), ("postgres", 120, 2)], ids=lambda one: one[0])
def test_nothing_is_lost_and_nothing_doubled_when_the_processes_are_killed(
    request: pytest.FixtureRequest,
    processes: ForkServerContext,
    tmp_path: Path,
    case: tuple[str, int, int],
) -> None:
    kind, deliveries, seed = case
    database_url = str(request.getfixturevalue(f"{kind}_url"))
    world, books, storm = kill_test(processes, tmp_path, database_url, deliveries, seed)
    assert world.lost() == []
    assert world.doubled() == []
    assert storm.site.web.kills >= 5
    assert storm.site.worker.kills >= 5
    states = books.figures.deliveries
    assert states["pending"] == states["buried"] == 0
    assert states["done"] + states["ignored"] == len(storm.sent)
    assert books.guids == storm.sent == storm.acknowledged
