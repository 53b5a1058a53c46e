"""The answer is quick, also when busy, and one noisy organisation does not starve another.

The bars in seconds are in `python -m tests.chaos.full`. Here other tests run at the same time, so
an answer has GitHub's patience, and the quiet one is measured by what the noisy one has to wait.
"""

import random
from multiprocessing.context import ForkServerContext
from pathlib import Path

from tests.chaos.busy import answers, noise
from tests.chaos.sites import run_site
from tests.chaos.world import empty_world

GITHUBS_PATIENCE = 10.0
"""Seconds within which a delivery has to be answered."""


def test_answers_are_quick_while_the_worker_is_busy_and_the_noisy_starve_nobody(
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
    assert heard.other[-1] < 2 * heard.noisy[-1]
    assert heard.calls <= 3
