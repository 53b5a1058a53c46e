"""A demo GitHub that listens, and the real processes beside it, ready to take webhooks."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.context import ForkServerContext
from pathlib import Path

from app.demo.github import Served, serve_demo_github
from tests.chaos.machines import Site, operate
from tests.chaos.onslaught import until_ready
from tests.chaos.world import HOME, World
from tests.github.small_github import pem


@dataclass(frozen=True)
class Running:
    """Both ends: GitHub as it is served, and the site that its webhooks go to."""

    world: World
    served: Served
    site: Site
    database_url: str


@contextmanager
def run_site(
    context: ForkServerContext,
    folder: Path,
    database_url: str,
    world: World,
    *,
    home: str = HOME,
    concurrency: int = 6,
) -> Iterator[Running]:
    """Serve the world's GitHub and start a site until the block ends."""
    with (
        serve_demo_github(demo=world.demo) as served,
        operate(
            context,
            folder,
            database_url=database_url,
            github_url=served.url,
            app_id=world.app.id,
            key=pem(),
            home=home,
            concurrency=concurrency,
        ) as site,
    ):
        world.app.webhook_url = f"{site.address}/webhook"
        asyncio.run(until_ready(site))
        yield Running(world, served, site, database_url)
