"""A fresh installation among old items, and what an admin sees before switching writing on."""

import random
from dataclasses import dataclass
from typing import TypeAlias

from app.demo.github import Limits
from app.store import places
from app.store.writes import written
from app.sweep import sweep
from tests.chaos.loop import Loop
from tests.chaos.world import OUTSIDER, World, populate
from tests.reconcile.stage import HOME, Stage, set_stage

Line: TypeAlias = tuple[str, str, str, "str | None"]
DAYS = 3
"""That pass between what happened of old and the installation."""


@dataclass(frozen=True)
class Surprise:
    """What came of it: writes counted, and lines of (where, action, label, text).

    `unlisted` was written and not listed before, `left_out` listed for an item that is active by
    now and not written. What an active pull request says on its tracker's item is written too.
    """

    items: int
    in_dry_run: int
    switched_on: int
    wrote: set[Line]
    unlisted: set[Line]
    left_out: set[Line]
    on_github: set[tuple[str, str]]


async def install(database_url: str, *, items: int, active: int, seed: int) -> Surprise:
    """Install the app among old items, look at all of them, switch writing on, and look again.

    Then something happens to `active` of them. The webhooks of half of the old ones never came:
    the app was not there; those of the others come late.
    """
    rng = random.Random(seed)
    random.seed(seed)
    async with set_stage(database_url, dry_run=True) as stage:
        stage.demo.meter.limits = Limits(enforced=False)
        world, loop = World(stage.demo, next(iter(stage.demo.state.apps.values()))), _loop(stage)
        while len(world.items) < items:
            populate(world, rng, 50)
            if rng.random() < 0.5:
                stage.demo.hooks.queue.clear()
            await stage.receive()
        stage.clock.pass_by(days=DAYS)
        await _look_at_all(loop)
        in_dry_run = len(stage.demo.writes)
        chosen = set(rng.sample(world.items, active))
        async with stage.engine.begin() as connection:
            tenant = await places.enroll(
                connection, "github.com", HOME, stage.clock.now(), dry_run=False
            )
        listed = await _lines(stage, dry=True)
        stage.access.tenant = tenant
        stage.clock.pass_by(hours=1)
        await stage.receive(again=True)
        await _look_at_all(loop)
        switched_on = len(stage.demo.writes)
        for name in sorted(chosen):
            stage.demo.people.comment(name, OUTSIDER, "Any news?")
        await loop.until_rest()
        wrote = await _lines(stage, dry=False)
        places_written = {where for where, *_ in wrote}
        return Surprise(
            len(world.items),
            in_dry_run,
            switched_on,
            wrote,
            wrote - listed,
            {line for line in listed if line[0] in chosen} - wrote,
            {(name, text) for name in places_written for text in _by_us(world, name)},
        )


def _loop(stage: Stage) -> Loop:
    return Loop(stage, stage.jobs)


async def _look_at_all(loop: Loop) -> None:
    """Look at what webhooks told of, and let the sweep find the rest."""
    await loop.until_rest()
    await sweep(loop.stage.access, worker="sweeper")
    await loop.until_rest()


async def _lines(stage: Stage, *, dry: bool) -> set[Line]:
    async with stage.engine.connect() as connection:
        return {
            (one.where, one.write.action, one.write.detail, one.write.text)
            for one in await written(connection, dry=dry)
        }


def _by_us(world: World, name: str) -> list[str]:
    """Give the labels and texts that our app put on an item."""
    item = world.demo.people.item(name)
    labels = [one.label.name for one in item.events if one.label is not None and one.app]
    return [*labels, *(one.body.partition("\n")[2] for one in item.comments if one.app)]
