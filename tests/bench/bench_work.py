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
from statistics import fmean, median

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
    """Tell them all with their reasons: the first time each is seen, and once more."""
    changes = from_file(Path(sys.argv[1])) if len(sys.argv) > 1 else made_up()
    loading = microseconds(changes[0])
    first = sorted(map(microseconds, changes[1:]))
    again = sorted(map(microseconds, changes[1:]))
    sys.stdout.write(f"{len(changes)} changes; the weights are read in {loading / 1000:.0f} ms\n")
    for name, taken in (("first time", first), ("again", again)):
        sys.stdout.write(
            f"{name}: median {median(taken):.0f} \u00b5s,"
            f" nine in ten within {taken[len(taken) * 9 // 10]:.0f} \u00b5s,"
            f" {1e6 / fmean(taken):,.0f} per second\n"
        )


def microseconds(change: Change) -> float:
    """Give the processor time that telling one change and its reason takes."""
    began = time.process_time_ns()
    detect_work(change)
    return (time.process_time_ns() - began) / 1000


if __name__ == "__main__":
    main()
