"""The full counts of what the tests take a sample of, one by one or all.

    python -m tests.chaos.full                      all of them; more than an hour on two cores
    python -m tests.chaos.full replays quick noisy  some of them

Each prints its figures and whether its bar holds; exit code 1 if one does not. The soak is
`python -m tests.chaos.soak`, stopping at every step `python -m tests.chaos.stopping`.
"""

import argparse
import asyncio
import logging
import random
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import structlog

from tests.chaos.busy import answers, noise
from tests.chaos.histories import STRAIGHT, made_up, orders, outcome
from tests.chaos.machines import forkserver
from tests.chaos.replays import replay
from tests.chaos.sites import run_site
from tests.chaos.surprise import install
from tests.chaos.world import empty_world
from tests.databases import sqlite_copies

SEED = 1
HISTORIES, ORDERS = 50, 719
AT_ONCE = 0.005
"""Seconds within which the five copies of a GUID are sent."""


def replays() -> bool:
    """2,000 GUIDs five times at once, then 10,000 bodies under other GUIDs or events' names."""
    with ExitStack() as stack:
        url = sqlite_copies(stack)()
        found = asyncio.run(replay(url, guids=2_000, replays=10_000, seed=SEED, progress=say))
    say(f"{found}")
    nothing = found.lost == found.doubled == 0 and not any(found.extra.values())
    return nothing and found.rows == found.guids >= 2_000 and found.spread < AT_ONCE


def fresh() -> bool:
    """A fresh installation on 10,000 old items, and then 100 active ones."""
    with ExitStack() as stack:
        url = sqlite_copies(stack)()
        found = asyncio.run(install(url, items=10_000, active=100, seed=SEED))
    say(
        f"{found.items} old items: {found.in_dry_run} writes in dry run, {found.switched_on} after "
        f"writing was switched on; then {len(found.wrote)} writes; not listed before: "
        f"{len(found.unlisted)}; listed and not written: {len(found.left_out)}"
    )
    return found.in_dry_run == found.switched_on == 0 and not found.unlisted | found.left_out


def order(histories: int = HISTORIES, count: int = ORDERS) -> bool:
    """Every order of six events in each of 50 histories."""
    with ProcessPoolExecutor(mp_context=forkserver()) as pool:
        different = [one for found in pool.map(_differ, range(histories), [count] * histories)
                     for one in found]  # fmt: skip
    say(f"{histories} histories in {count + 1} orders each: {len(different)} ended otherwise")
    for one in different[:5]:
        say(one)
    return not different


def _differ(seed: int, count: int) -> list[str]:
    history, different = made_up(seed), []
    with ExitStack() as stack:
        database = sqlite_copies(stack)
        expected = asyncio.run(outcome(database(), history, STRAIGHT))
        for order in orders(random.Random(seed), count):
            found = asyncio.run(outcome(database(), history, order))
            if found != expected or found["unfinished"]:
                different.append(f"history {seed} in the order {order}: {found} != {expected}")
    return different


def quick() -> bool:
    """60 deliveries a second for a minute while the worker is busy, then 2,000 at 100 a second."""
    context, rng = forkserver(), random.Random(SEED)
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        url = sqlite_copies(stack)()
        with run_site(context, Path(folder), url, empty_world()) as running:
            busy = answers(context, running, rng, 3_600, 60)
            burst = answers(context, running, rng, 2_000, 100)
    for name, found in (("60/s", busy), ("100/s", burst)):
        say(
            f"{name}: {len(found.seconds)} answers {found.codes}, p99 {found.p99 * 1000:.0f} ms, "
            f"max {found.seconds[-1] * 1000:.0f} ms; {found.pending} were pending at the end; "
            f"the sender was late by {found.late * 1000:.0f} ms at the most"
        )
    return busy.codes == burst.codes == {202} and busy.p99 < 0.5 and burst.seconds[-1] < 5


def noisy() -> bool:
    """5,000 events about 500 items of one organisation, 10 pull requests of another in between."""
    context, rng = forkserver(), random.Random(SEED)
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        url = sqlite_copies(stack)()
        with run_site(context, Path(folder), url, empty_world(), concurrency=16) as running:
            found = noise(context, running, rng, items=500, each=10, others=10)
    say(
        f"{len(found.noisy)} events of A; the {len(found.other)} of B were done after at most "
        f"{found.other[-1]:.2f} s; {found.calls:.2f} calls for each item of A"
    )
    return found.other[-1] < 5 and found.calls <= 3


PROOFS: dict[str, Callable[[], bool]] = {
    "replays": replays, "fresh": fresh, "quick": quick, "noisy": noisy, "order": order,
}  # fmt: skip


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def say_nothing_else() -> None:
    """Keep the logs of what runs in this process out of what is printed."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("proofs", nargs="*", choices=[*PROOFS, []], default=[])
    options.add_argument("--orders", type=int, default=ORDERS, help="of each history, at most 719")
    given = options.parse_args()
    say_nothing_else()
    fine = True
    for name in given.proofs or PROOFS:
        began = time.monotonic()
        say(f"{name}: {PROOFS[name].__doc__} Seed {SEED}.")
        holds = order(count=given.orders) if name == "order" else PROOFS[name]()
        fine = fine and holds
        say(f"{'holds' if holds else 'DOES NOT HOLD'}, {time.monotonic() - began:.0f} s")
    sys.exit(0 if fine else 1)


if __name__ == "__main__":
    main()
