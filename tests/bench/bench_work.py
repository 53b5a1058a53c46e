"""How many changes per second are told on one core.

    python -m tests.bench.bench_work [work-dev.jsonl.gz]

Without a file, over changes made up of common titles and paths.
"""

import gzip
import itertools
import json
import sys
import time
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
    """Tell them all once to warm up, then the best of three rounds."""
    changes = from_file(Path(sys.argv[1])) if len(sys.argv) > 1 else made_up()
    began = time.perf_counter()
    detect_work(changes[0])
    loading = time.perf_counter() - began
    rounds = []
    for _ in range(3):
        began = time.perf_counter()
        for change in changes:
            detect_work(change)
        rounds.append(time.perf_counter() - began)
    each = min(rounds) / len(changes)
    sys.stdout.write(
        f"{len(changes)} changes: {1 / each:,.0f} per second, {each * 1000:.3f} ms each;"
        f" first one with the weights {loading * 1000:.0f} ms\n"
    )


if __name__ == "__main__":
    main()
