"""How many changes per second are told on one core.

    python -m tests.bench.bench_work [work-dev.jsonl.gz]

Without a file, over changes made up of common titles and paths.
"""

import gzip
import itertools
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

from app.policy.model import ChangedFile
from app.policy.work import Change, detect_work
from app.policy.work.lines import read_change

TITLES = (
    "Fix crash when the notebook is missing",
    "Add an option to allow all users of an organisation",
    "docs: explain how to configure the proxy",
    "Bump actions/checkout from 4 to 5",
    "Refactor the spawner's state handling",
)
PATHS = ("hub/app.py", "tests/test_app.py", "docs/source/index.md", ".github/workflows/test.yml")


def made_up() -> list[Change]:
    """Give a few thousand changes that differ in title, files and lines."""
    return [
        Change(
            title=f"{title} ({n})",
            commit_messages=(f"{title}\n\n* review\n* one more test\n\nCloses #{n}",),
            branch=f"org/topic-{n}",
            files=tuple(ChangedFile(path, n, n // 2) for path in PATHS[: 1 + n % len(PATHS)]),
            n_files=1 + n % len(PATHS),
        )
        for n, title in itertools.product(range(600), TITLES)
    ]


def from_file(file: Path) -> list[Change]:
    """Give the changes of a file of lines."""
    return [read_change(json.loads(line)) for line in gzip.open(file, "rt", encoding="utf-8")]


def main() -> None:
    """Tell them all with the reasons, once for they are kept; then without, best of three."""
    changes = from_file(Path(sys.argv[1])) if len(sys.argv) > 1 else made_up()
    began = time.perf_counter()
    detect_work(changes[0])
    loading = time.perf_counter() - began
    explained = seconds(lambda change: detect_work(change).because, changes)
    plain = min(seconds(lambda change: detect_work(change).work, changes) for _ in range(3))
    sys.stdout.write(
        f"{len(changes)} changes: {1 / plain:,.0f} per second, {plain * 1000:.3f} ms each;"
        f" with the reason, first time, {explained * 1000:.3f} ms each;"
        f" first one with the weights {loading * 1000:.0f} ms\n"
    )


def seconds(ask: Callable[[Change], str], changes: list[Change]) -> float:
    """Give the seconds of processor time that asking takes for one change."""
    began = time.process_time()
    for change in changes:
        ask(change)
    return (time.process_time() - began) / len(changes)


if __name__ == "__main__":
    main()
