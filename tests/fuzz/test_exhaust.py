"""`good-citizen serve` can't be exhausted: a sample of what `python -m tests.fuzz.exhaust` does.

Here other tests run at the same time, so an answer has GitHub's patience; the bars in seconds are
that command's.
"""

import asyncio
from multiprocessing.context import ForkServerContext
from pathlib import Path

import pytest

from tests.fuzz.exhaust import MOST_GROWTH, problems, serving

GITHUBS_PATIENCE = 10.0
"""Seconds within which a delivery has to be answered."""


@pytest.mark.long
def test_huge_bodies_half_open_connections_drips_and_nasty_json_change_nothing(
    processes: ForkServerContext, tmp_path: Path
) -> None:
    with serving(processes, tmp_path) as attack:
        measured = asyncio.run(attack.run(bodies=12, half_open=400))
    assert problems(measured, quick=GITHUBS_PATIENCE, late=GITHUBS_PATIENCE) == []


def test_without_a_cap_for_all_many_huge_bodies_fill_the_memory(
    processes: ForkServerContext, tmp_path: Path
) -> None:
    with serving(processes, tmp_path, build="without_a_cap_for_all") as attack:
        asyncio.run(attack.send_huge_bodies(12))
    assert attack.measured.grew > MOST_GROWTH
