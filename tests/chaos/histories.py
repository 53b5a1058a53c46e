"""Histories of one pull request and of what a tracker says about it, and the ends they lead to."""

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import permutations
from typing import Any, TypeAlias

from app.demo.github.people import People
from tests.chaos.loop import set_loop
from tests.reconcile.stage import HUB, INFRA

PULL, NEED = f"{HUB}#1", f"{INFRA}#1"
LENGTH = 6
STRAIGHT = tuple(range(LENGTH))
Event: TypeAlias = Callable[[People], object]
TITLES = (
    ("Document how to log in", "docs/login.md"),
    ("Fix the failing tests on main", ".github/workflows/test.yml"),
    ("Add a button", "a.py"),
    ("Release 17.1", "docs/source/changelog.md"),
)
BODIES = ("Somebody has to look", f"Brings in {PULL}", f"Contributed upstream in {PULL}")
LABELS = ("contribution: tactical", "contribution: strategic")
MEMBERS, EVERYBODY = ("yuvipanda", "sgibson91"), ("yuvipanda", "sgibson91", "manics")
WAYSIDE = re.compile(r" reply:|There is nothing to note here at present")
LINES = ("Still at it", "/tactical tech-support for EarthScope", "/strategic docs", "/value More")


def opened(title: str, *files: str) -> Event:
    return lambda people: people.open_pull_request(HUB, "yuvipanda", title, files=files, number=1)


def tracked(body: str) -> Event:
    return lambda people: people.open_issue(
        INFRA, "sgibson91", "Logins for EarthScope", body, number=1
    )


@dataclass
class Told:
    """What there is by now in a history that is being made up."""

    rng: random.Random
    pull: str = "open"
    has_need: bool = False
    needs_label: bool = False
    labelled: str = ""

    def after(self) -> Event:
        """Make up what happens next."""
        ways = [self._said, self._reviewed, self._retitled, self._pushed]
        ways += [self._turned] if self.pull != "merged" else []
        ways += [self._need, self._need] if self.has_need else [self._tracked]
        ways += [self._taken_off] if self.labelled else [self._put_on]
        return self.rng.choice(ways)()

    def _said(self) -> Event:
        by, line = self.rng.choice(EVERYBODY), self.rng.choice(LINES)
        return lambda people: people.comment(PULL, by, line)

    def _reviewed(self) -> Event:
        by = self.rng.choice(("manics", "GeorgianaElena"))
        return lambda people: people.review(PULL, by, body="Looks good")

    def _retitled(self) -> Event:
        title, _ = self.rng.choice(TITLES)
        return lambda people: people.edit(PULL, "yuvipanda", title=f"{title} again")

    def _pushed(self) -> Event:
        return lambda people: people.push(PULL, "yuvipanda", "Fix a typo")

    def _turned(self) -> Event:
        if self.pull == "closed":
            self.pull = "open"
            return lambda people: people.reopen(PULL, "yuvipanda")
        self.pull = self.rng.choice(("closed", "merged"))
        if self.pull == "merged":
            return lambda people: people.merge(PULL, "yuvipanda")
        return lambda people: people.close(PULL, "yuvipanda")

    def _tracked(self) -> Event:
        self.has_need = True
        return tracked(self.rng.choice(BODIES))

    def _need(self) -> Event:
        body = self.rng.choice(BODIES)
        if self.rng.random() < 0.5:
            return lambda people: people.edit(NEED, "sgibson91", body=f"{body}, really")
        if self.rng.random() < 0.5 and not self.needs_label:
            self.needs_label = True
            return lambda people: people.label(NEED, "sgibson91", "support")
        return lambda people: people.comment(NEED, "sgibson91", body)

    def _put_on(self) -> Event:
        self.labelled = label = self.rng.choice(LABELS)
        by = self.rng.choice(MEMBERS)
        return lambda people: people.label(PULL, by, label)

    def _taken_off(self) -> Event:
        label, self.labelled = self.labelled, ""
        return lambda people: people.unlabel(PULL, "sgibson91", label)


def made_up(seed: int) -> tuple[Event, ...]:
    """Make up a history of six events, the same for the same seed."""
    told = Told(random.Random(seed))
    return (opened(*told.rng.choice(TITLES)), *(told.after() for _ in range(LENGTH - 1)))


def orders(rng: random.Random, count: int) -> Iterator[tuple[int, ...]]:
    """Give the reverse of the order in which it happened, and others, so many together."""
    others = [one for one in permutations(STRAIGHT) if one not in {STRAIGHT, STRAIGHT[::-1]}]
    yield STRAIGHT[::-1]
    yield from rng.sample(others, min(count - 1, len(others)))


async def outcome(
    database_url: str, history: tuple[Event, ...], order: tuple[int, ...]
) -> dict[str, Any]:
    """Let a history happen, deliver its events in some order, and tell what there is in the end.

    Replies to commands are left out: an answer tells what stood when it was given. So is a comment
    that has nothing to say any more: it is there where something was to be said on the way.
    """
    async with set_loop(database_url) as loop:
        stage, hooks = loop.stage, []
        await loop.until_rest()
        for event in history:
            stage.clock.pass_by(seconds=10)
            event(stage.demo.people)
            hooks.append(list(stage.demo.hooks.queue))
            stage.demo.hooks.queue.clear()
        assert len(hooks) == len(order) == LENGTH
        for place in order:
            stage.demo.hooks.queue.extend(hooks[place])
            await loop.until_rest()
        people = stage.demo.people
        items = {
            name: people.item(name) for name in (PULL, NEED) if people.repo(name[:-2]).items.get(1)
        }
        return {
            "decisions": await stage.decisions(),
            "labels": {name: stage.labels(name) for name in items},
            "comments": {
                name: [c.body for c in item.comments if c.app and not WAYSIDE.search(c.body)]
                for name, item in items.items()
            },
            "unfinished": {*await stage.books()} - {"done", "ignored"},
        }
