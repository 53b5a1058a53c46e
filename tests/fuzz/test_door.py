"""Nobody but GitHub gets in: 200,000 made-up requests against the application that `serve` runs."""

from multiprocessing.context import ForkServerContext
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FUZZ = """
import asyncio, os, sys
sys.path.insert(0, root)
os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
from tests.chaos import unguarded
from tests.fuzz import door
if build:
    getattr(unguarded, build)()
try:
    asyncio.run(door.fuzz(database_url, how_many, seed))
except BaseExceptionGroup as group:
    result.send({type(error).__name__ for error in group.exceptions})
else:
    result.send(set())
"""
HOW_MANY = 200_000


def failures(
    processes: ForkServerContext, database_url: str, how_many: int, seed: int, build: str = ""
) -> set[str]:
    """Fuzz in a process of its own, whose logs are set up as those of `serve` are."""
    print(f"seed {seed}")  # noqa: T201
    receive, result = processes.Pipe(duplex=False)
    names = {"root": str(ROOT), "build": build, "database_url": database_url, "result": result}
    child = processes.Process(
        target=exec, args=(FUZZ, {**names, "how_many": how_many, "seed": seed})
    )
    child.start()
    result.close()
    try:
        found: set[str] = receive.recv()
    finally:
        child.join()
        receive.close()
    return found


@pytest.mark.long
def test_of_200_000_made_up_requests_only_githubs_get_in(
    processes: ForkServerContext, sqlite_url: str
) -> None:
    assert failures(processes, sqlite_url, HOW_MANY, seed=11) == set()


@pytest.mark.parametrize("build", ["without_signatures", "trusting_doubled_headers"])
def test_without_a_guard_others_get_in(
    processes: ForkServerContext, sqlite_url: str, build: str
) -> None:
    assert failures(processes, sqlite_url, 1_000, 12, build) == {"AssertionError"}
