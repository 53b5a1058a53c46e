"""Duplicates and replays: the same GUID at once, the same bytes under other GUIDs and names."""

import asyncio
import random
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace

import httpx2

from app.demo.github.hooks import Delivery as Hook
from app.demo.github.limits import Limits
from app.store.events import WANTED
from app.store.tables import Decision, Delivery, Word
from app.web.door import Door
from tests.chaos.loop import Loop, set_loop
from tests.chaos.machines import SECRET
from tests.chaos.world import MEMBERS, World, populate

COPIES = 5
LINES = ("/tactical tech-support", "/tactical product-dev", "/undo", "/value faster starts", "/why")
"""None takes an item from the need that it serves, so that what is owed to the tracker stays so."""


@dataclass(frozen=True)
class Replayed:
    """What came of it; `spread` is the median of the seconds between the first and last copy."""

    guids: int
    rows: int
    lost: int
    doubled: int
    replays: int
    extra: dict[str, int]
    spread: float


async def replay(
    database_url: str,
    *,
    guids: int,
    replays: int,
    seed: int,
    progress: Callable[[str], object] = str,
) -> Replayed:
    """Send so many GUIDs five times at once, then their bytes again under other GUIDs or names.

    `progress` is told how far it is.
    """
    rng = random.Random(seed)
    random.seed(seed)
    async with set_loop(database_url) as loop:
        stage = loop.stage
        # The limits are proved elsewhere; here all would wait for them, again and again, for hours.
        stage.demo.meter.limits = Limits(enforced=False)
        app = next(iter(stage.demo.state.apps.values()))
        app.webhook_secret = SECRET
        world = World(stage.demo, app)
        happen(world, rng, guids)
        sent = [hook for hook, _ in stage.demo.hooks.queue]
        stage.demo.hooks.queue.clear()
        door = Door(stage.inbox, app_id=app.id, secrets=(SECRET,), events=WANTED)
        spreads = sorted([await _copies(door, hook) for hook in sent])
        rows = await stage.count(Delivery)
        await loop.until_rest()
        progress(f"{len(sent)} GUIDs sent {COPIES} times each, and done")
        before = await _counted(loop)
        for number in range(0, replays, 100):
            again = [_changed(rng, rng.choice(sent)) for _ in range(100)]
            await asyncio.gather(*(_post(door, hook) for hook in again))
            await loop.until_rest()
            if number % 1000 == 0:  # the first hundred tells how long each thousand will take
                progress(f"{number + 100} of {replays} replays done")
        after = await _counted(loop)
    return Replayed(
        len(sent),
        rows,
        len(world.lost()),
        len(world.doubled()),
        replays,
        {name: after[name] - before[name] for name in after},
        spreads[len(spreads) // 2],
    )


def happen(world: World, rng: random.Random, deliveries: int) -> None:
    """Let pull requests and what belongs to them happen, and members say something on a tenth."""
    populate(world, rng, deliveries - deliveries // 10)
    while len(world.demo.hooks.queue) < deliveries:
        world.demo.people.comment(rng.choice(world.items), rng.choice(MEMBERS), rng.choice(LINES))


async def _copies(door: Door, hook: Hook) -> float:
    moments = await asyncio.gather(*(_post(door, hook) for _ in range(COPIES)))
    return max(moments) - min(moments)


async def _post(door: Door, hook: Hook) -> float:
    at = time.perf_counter()
    transport = httpx2.ASGITransport(door)
    async with httpx2.AsyncClient(transport=transport, base_url="http://door") as client:
        answer = await client.post("/webhook", content=hook.body, headers=hook.headers())
    assert answer.status_code == 202
    return at


def _changed(rng: random.Random, hook: Hook) -> Hook:
    """Give the bytes under another GUID, and half of them under another event's name."""
    guid = str(uuid.UUID(int=rng.getrandbits(128)))
    event = rng.choice(sorted(WANTED)) if rng.random() < 0.5 else hook.event
    return replace(hook, guid=guid, event=event)


async def _counted(loop: Loop) -> dict[str, int]:
    return {
        "writes": len(loop.stage.demo.writes),
        "words": await loop.stage.count(Word),
        "decisions": await loop.stage.count(Decision),
    }
