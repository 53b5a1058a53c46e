"""The answer is quick, also when the worker is busy, and a noisy organisation costs few calls.

Here other tests run at the same time, so an answer has GitHub's patience; the bars in seconds are
in `python -m tests.chaos.full`. That the quiet ones get their turn is proved, with no clock, in
tests/pump/test_turns.py: how long they take is mostly the pause between two writes of theirs.
"""

import random
from multiprocessing.context import ForkServerContext
from pathlib import Path

import pytest

from tests.chaos.busy import answers, noise
from tests.chaos.sites import run_site
from tests.chaos.world import empty_world

GITHUBS_PATIENCE = 10.0
"""Seconds within which a delivery has to be answered."""


@pytest.mark.long
def test_answers_are_quick_while_the_worker_is_busy_and_noise_costs_few_calls(
    processes: ForkServerContext, tmp_path: Path, sqlite_url: str
) -> None:
    rng = random.Random(7)
    with run_site(processes, tmp_path, sqlite_url, empty_world()) as running:
        found = answers(processes, running, rng, 120, 60)
        heard = noise(processes, running, rng, items=40, each=10, others=5)
    print(  # noqa: T201 - the seed and the figures of a run
        f"seed 7: p99 of the answers {found.p99:.3f} s, B {heard.other[-1]:.2f} s, "
        f"A {heard.noisy[-1]:.2f} s, {heard.calls:.2f} calls for an item"
    )
    assert found.codes == {202}
    assert found.p99 < GITHUBS_PATIENCE
    assert found.pending > 0
    assert len(heard.noisy) == 400
    assert len(heard.other) == 5
    assert heard.calls <= 3
