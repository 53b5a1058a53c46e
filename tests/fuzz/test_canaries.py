"""A thousand canaries sit in every private place that we read, and none flies out in public.

Through the whole loop: a private tracker's issues plan and need public pull requests, communities
are not public, and people ask why in public.
"""

import random
from dataclasses import replace
from itertools import count

import pytest
import structlog
from prometheus_client import CollectorRegistry, generate_latest

from app.policy.home import Community, Tracker
from app.store.figures import read_figures
from app.web.pages import RowsCollector
from tests.reconcile.stage import HOME, HUB, INFRA, Stage, set_stage

pytestmark = pytest.mark.anyio
PRIVATE = "example-org/canary-tracker"
ITEMS, EACH = 6, 180
WORDS = ("canary", "CANARY")


class Cage:
    """Gives canaries, each by another number."""

    def __init__(self) -> None:
        self._numbers = count(1)

    def one(self) -> str:
        return f"canary{next(self._numbers):04}"

    def some(self, how_many: int) -> str:
        return " ".join(self.one() for _ in range(how_many))


async def live(stage: Stage, rng: random.Random) -> int:
    """Let the organisation work in private on public pull requests; give how many canaries."""
    cage, people = Cage(), stage.demo.people
    for number in range(1, ITEMS + 1):
        pull, issue = f"{HUB}#{number}", f"{PRIVATE}#{number}"
        people.open_pull_request(
            HUB, "yuvipanda", rng.choice(("Add it", "Document it", "Release 17.1")),
            f"See {issue}", files=(rng.choice(("a.py", "docs/a.md")),), number=number,
        )  # fmt: skip
        community = rng.choice(stage.access.tenant.facts.communities).name
        people.open_issue(
            PRIVATE, "sgibson91", f"{cage.one()} for {community}",
            f"Needed until https://github.com/{pull} is merged {cage.some(EACH - 4)}",
            labels=(rng.choice(("support", cage.one())),), number=number,
        )  # fmt: skip
        people.comment(issue, "sgibson91", f"{cage.one()} /value {cage.one()}")
        people.comment(issue, "sgibson91", f"/value {cage.one()} is able to log in")
    await stage.settle()
    for number in range(1, ITEMS + 1):
        people.comment(f"{HUB}#{number}", "yuvipanda", rng.choice(("/why", "/reconsider")))
    await stage.settle()
    return int(cage.one().removeprefix("canary")) - 1


async def metrics(stage: Stage) -> str:
    async with stage.engine.connect() as connection:
        figures = await read_figures(connection)
    registry = CollectorRegistry()
    registry.register(RowsCollector(figures))
    return generate_latest(registry).decode()


def said_in(stage: Stage, *repositories: str) -> str:
    """Give all that was written to these repositories, as it was sent."""
    places = tuple(f"/repos/{name}/" for name in repositories)
    return "".join(
        f"{one.path} {one.body.decode()}\n"
        for one in stage.demo.writes
        if one.path.startswith(places)
    )


@pytest.mark.parametrize("seed", [41])
async def test_of_1000_canaries_in_private_places_none_is_in_public_logs_or_metrics(
    sqlite_url: str, seed: int
) -> None:
    print(f"seed {seed}")  # noqa: T201
    home = replace(
        HOME,
        trackers=(*HOME.trackers, Tracker(PRIVATE)),
        communities=tuple(Community(f"CANARY {name}") for name in ("Ice", "Sea", "Sky")),
    )
    with structlog.testing.capture_logs() as logs:
        async with set_stage(sqlite_url, home=home) as stage:
            stage.demo.places.repo(PRIVATE, private=True)
            stage.demo.places.install(next(iter(stage.demo.state.apps.values())), "example-org")
            canaries = await live(stage, random.Random(seed))
            decided = {kind for kind, *_ in (await stage.decisions()).values()}
            public, private = said_in(stage, HUB, INFRA), said_in(stage, PRIVATE)
            shown = f"{public}{logs}{await metrics(stage)}"
    assert canaries >= 1_000
    assert "tactical" in decided
    assert public.count("good-citizen") >= ITEMS
    assert [word for word in WORDS if word in shown.replace(PRIVATE, "")] == []
    assert PRIVATE not in public
    assert "CANARY" in private
