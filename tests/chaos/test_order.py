"""Order does not matter: whatever comes first, the end is the same."""

import random
import shutil
from collections.abc import Callable
from itertools import count, permutations
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from app.demo.github.people import People
from app.github.limits import WriteRules
from tests.chaos.loop import set_loop
from tests.reconcile.stage import HUB, INFRA

pytestmark = pytest.mark.anyio
PULL, NEED = f"{HUB}#1", f"{INFRA}#1"
SAMPLE = 3
"""Permutations of each history, besides the order in which it happened and its reverse."""
Event: TypeAlias = Callable[[People], object]


def opened(title: str, *files: str) -> Event:
    return lambda people: people.open_pull_request(HUB, "yuvipanda", title, files=files, number=1)


def tracked(body: str) -> Event:
    return lambda people: people.open_issue(
        INFRA, "sgibson91", "Logins for EarthScope", body, number=1
    )


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


async def outcome(database_url: str, history: str, order: tuple[int, ...]) -> dict[str, Any]:
    """Let a history happen, deliver its events in some order, and tell what there is in the end."""
    async with set_loop(database_url, WriteRules(0, 0, 0)) as loop:
        stage, hooks = loop.stage, []
        await loop.until_rest()
        for event in HISTORIES[history]:
            stage.clock.pass_by(seconds=10)
            event(stage.demo.people)
            hooks.append(list(stage.demo.hooks.queue))
            stage.demo.hooks.queue.clear()
        assert len(hooks) == len(order) == 6
        for place in order:
            stage.demo.hooks.queue.extend(hooks[place])
            await loop.until_rest()
        there = [name for name in (PULL, NEED) if name != NEED or "need" in history]
        return {
            "decisions": await stage.decisions(),
            "labels": {name: stage.labels(name) for name in there},
            "comments": {
                name: [c.body for c in stage.demo.people.item(name).comments if c.app]
                for name in there
            },
            "unfinished": {*await stage.books()} - {"done", "ignored"},
        }


@pytest.mark.parametrize("history", HISTORIES)
async def test_whatever_comes_first_the_end_is_the_same(
    tmp_path: Path, migrated_sqlite: Path, history: str
) -> None:
    rng = random.Random(history)
    databases = (f"sqlite:///{shutil.copy(migrated_sqlite, tmp_path / f'{n}.db')}" for n in count())
    straight = tuple(range(6))
    expected = await outcome(next(databases), history, straight)
    assert expected["unfinished"] == set()
    assert expected["decisions"]["yuvipanda", "authored"][0] in {"tactical", "strategic"}
    assert {len(comments) for comments in expected["comments"].values()} == {1}
    for order in (straight[::-1], *rng.sample(list(permutations(straight)), SAMPLE)):
        found = await outcome(next(databases), history, order)
        assert found == expected, f"in the order {order}"
