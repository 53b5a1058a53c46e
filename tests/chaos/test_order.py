"""Order does not matter: whatever comes first, the end is the same.

`python -m tests.chaos.full order` has the full count.
"""

import random
import shutil
from itertools import count
from pathlib import Path

import pytest

from tests.chaos.histories import (
    NEED,
    PULL,
    STRAIGHT,
    Event,
    made_up,
    opened,
    orders,
    outcome,
    tracked,
)

pytestmark = pytest.mark.anyio
ORDERS = 2
"""Of each history, the reverse among them, besides the order in which it happened."""
SEEDS = range(5)
HISTORIES: dict[str, tuple[Event, ...]] = {
    "a pull request lives and is merged": (
        opened("Document how to log in", "docs/login.md"),
        lambda people: people.comment(PULL, "yuvipanda", "Still at it"),
        lambda people: people.review(PULL, "manics", body="Looks good"),
        lambda people: people.edit(PULL, "yuvipanda", title="Document how to log in and out"),
        lambda people: people.push(PULL, "yuvipanda", "Fix a typo"),
        lambda people: people.merge(PULL, "yuvipanda"),
    ),
    "a need is found later, and the tracker goes on": (
        opened("Add a button", "a.py"),
        lambda people: people.review(PULL, "GeorgianaElena", body="Yes"),
        tracked("Somebody has to look"),
        lambda people: people.comment(NEED, "sgibson91", f"Needed until {PULL} is merged"),
        lambda people: people.label(NEED, "sgibson91", "support"),
        lambda people: people.close(NEED, "sgibson91"),
    ),
    "people change their minds about the label": (
        opened("Document how to log in", "docs/login.md"),
        lambda people: people.label(PULL, "sgibson91", "contribution: tactical"),
        lambda people: people.unlabel(PULL, "sgibson91", "contribution: tactical"),
        lambda people: people.label(PULL, "GeorgianaElena", "contribution: strategic"),
        lambda people: people.comment(PULL, "GeorgianaElena", "It keeps upstream healthy"),
        lambda people: people.label(PULL, "manics", "needs review"),
    ),
    "it is closed and comes back as a need": (
        opened("Add a button", "a.py"),
        tracked(f"Brings in {PULL}"),
        lambda people: people.close(PULL, "yuvipanda"),
        lambda people: people.edit(NEED, "sgibson91", body="Nothing is needed"),
        lambda people: people.reopen(PULL, "yuvipanda"),
        lambda people: people.edit(NEED, "sgibson91", body=f"Contributed upstream in {PULL}"),
    ),
}
MADE_UP = {f"made up, seed {seed}": made_up(seed) for seed in SEEDS}


@pytest.mark.parametrize("history", [*HISTORIES, *MADE_UP])
async def test_whatever_comes_first_the_end_is_the_same(
    tmp_path: Path, migrated_sqlite: Path, history: str
) -> None:
    events = (HISTORIES | MADE_UP)[history]
    databases = (f"sqlite:///{shutil.copy(migrated_sqlite, tmp_path / f'{n}.db')}" for n in count())
    expected = await outcome(next(databases), events, STRAIGHT)
    assert expected["unfinished"] == set()
    if history in HISTORIES:
        assert expected["decisions"]["yuvipanda", "authored"][0] in {"tactical", "strategic"}
        assert {len(comments) for comments in expected["comments"].values()} == {1}
    for order in orders(random.Random(history), ORDERS):
        found = await outcome(next(databases), events, order)
        assert found == expected, f"in the order {order}"
