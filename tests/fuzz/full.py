"""The full counts of what the tests take a sample of, one by one or all.

    python -m tests.fuzz.full               all of them: about ten minutes on one core
    python -m tests.fuzz.full door config   some of them

Each prints its figures; exit code 1 if one found something. What `serve` stands in the way of
exhaustion is `python -m tests.fuzz.exhaust`.
"""

import asyncio
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from app.store.migrate import migrate
from tests.bench import fuzz_commands, fuzz_config
from tests.chaos.full import say_nothing_else
from tests.chaos.test_payloads import survive
from tests.fuzz.door import fuzz
from tests.fuzz.texts import look_at

SEED = 1


def door() -> str:
    """1,000,000 made-up requests."""
    answers = asyncio.run(fuzz(_database("door"), 1_000_000, SEED))
    return f"{answers.total()} requests, {answers[202]} of them GitHub's, and nobody else got in"


def texts() -> str:
    """50,000 titles in comments, tables and sheets."""
    alive = look_at(50_000, SEED)
    assert not alive, alive[:5]
    return "50,000 titles, and none came alive"


def config() -> str:
    """5,000 changed home files, each answered within 100 ms of processor time."""
    fuzz_config.main(5_000)
    return "each home file was answered in time"


def commands() -> str:
    """50,000 comments."""
    assert fuzz_commands.main(50_000) == 0
    return "every command was found, and nothing else"


def payloads() -> str:
    """20,000 mutants of real payloads through the pump."""
    asyncio.run(survive(_database("payloads"), SEED, 20_000))
    return "20,000 mutants, no crash, nothing written elsewhere"


COUNTS: dict[str, Callable[[], str]] = {
    count.__name__: count for count in (door, texts, config, commands, payloads)
}
FOLDER = tempfile.TemporaryDirectory(prefix="fuzz-")


def _database(name: str) -> str:
    url = f"sqlite:///{Path(FOLDER.name) / name}.db"
    migrate(url)
    return url


def main(names: list[str]) -> int:
    say_nothing_else()
    failed = 0
    for name in names or COUNTS:
        began = time.process_time()
        try:
            said = COUNTS[name]()
        except (AssertionError, BaseExceptionGroup) as error:
            said, failed = f"FAILED: {error}", 1
        sys.stdout.write(f"{name}: {said}; {time.process_time() - began:.0f} s of one core\n")
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
