"""5,000 changed files: each a home or its problems, within 100 ms, and never anything else.

    python -m tests.bench.fuzz_config [how many]

Prints the processor time that a file took; fails with the file that was answered otherwise or late.
"""

import sys
import time

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.config.test_fuzz import assert_answered, at, changed, edits, problems_of


def main(n: int) -> None:
    """Run `n` files and print what they took."""
    took: list[float] = []
    refused = 0

    @settings(
        max_examples=n,
        derandomize=True,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(edits, st.booleans(), at, st.binary(max_size=3))
    def run(changes: list[tuple[int, int, str, int]], raw: bool, where: int, noise: bytes) -> None:  # noqa: FBT001 - Hypothesis gives it
        nonlocal refused
        text = changed(changes, where, noise, raw=raw)
        started = time.thread_time()
        refused += bool(problems_of(text))
        took.append((time.thread_time() - started) * 1000)
        assert_answered(text)

    run()
    took.sort()
    half, nearly_all = (took[int(len(took) * share)] for share in (0.5, 0.99))
    sys.stdout.write(
        f"{len(took)} files, {refused} refused; "
        f"p50 {half:.1f} ms, p99 {nearly_all:.1f} ms, max {took[-1]:.1f} ms\n"
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5_000)
