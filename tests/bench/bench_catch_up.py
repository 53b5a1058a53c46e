"""What an outage costs: 5,000 failed deliveries on a virtual clock against the demo GitHub.

Run it as `python -m tests.bench.bench_catch_up [DELIVERIES]`. For 24, 71 and 96 hours without a
door it prints how many virtual minutes it takes until all that GitHub still has is on disk, the
busiest minute in GitHub's points (900 are allowed), and the calls.
"""

import asyncio
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

import structlog

from app.github.redelivery import WINDOW
from app.store.migrate import migrate
from tests.outage import Outage, set_outage

MINUTES = 90


async def caught_up(outage: Outage, hours: float, deliveries: int) -> str:
    """Give a line about one outage."""
    await outage.turn()
    lost = await outage.fail(deliveries, hours)
    began = outage.clock.now()
    listed = {one.delivery.guid for one in outage.demo.hooks.listed(outage.app)}
    wanted = [guid for guid in lost if guid in listed]
    outage.requests.clear()
    before, turns, needed = time.perf_counter(), [], None
    while outage.clock.now() < began + timedelta(minutes=MINUTES):
        turns.append(await outage.turn())
        if needed is None and outage.taken.issuperset(wanted):
            needed = (outage.clock.now() - began).total_seconds() / 60
        outage.clock.pass_by(seconds=300)
    gone = sum(turn.too_old for turn in turns)
    posts = sum(method == "POST" for method, _ in outage.requests)
    ordered = outage.asked == [guid for guid in wanted if guid in outage.taken]
    return (
        f"{hours:g} h: {len(outage.taken)} of {len(wanted)} that GitHub still had arrived after "
        f"{needed if needed is None else round(needed, 1)} virtual minutes; past the window "
        f"{len(lost) - len(wanted)} unlisted (sweep from {turns[0].unseen_since}), {gone} grew too "
        f"old; {posts} posts, {len(outage.requests) - posts} reads, at most "
        f"{outage.most_per_minute()} points a minute; oldest first: {ordered}; "
        f"{time.perf_counter() - before:.0f} s of real time\n"
    )


async def main() -> None:
    """Print a line for each outage."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    deliveries = int(sys.argv[1]) if len(sys.argv) > 1 else 5000
    assert timedelta(hours=71) < WINDOW < timedelta(hours=96)
    for hours in (24.0, 71.0, 96.0):
        with tempfile.TemporaryDirectory() as directory:
            url = f"sqlite:///{Path(directory) / 'bench.db'}"
            await asyncio.to_thread(migrate, url)
            async with set_outage(url) as outage:
                sys.stdout.write(await caught_up(outage, hours, deliveries))
                sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(main())
