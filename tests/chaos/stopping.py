"""Stories that are told again and again, each time with a process that stops before another step.

The steps are found by running, so that a new one is stopped at as well. `python -m
tests.chaos.stopping` stops before every single one of them, on both databases; the test stops
before the first of each name.
"""

import asyncio
import logging
import sys
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import Any

import structlog
from sqlalchemy import select
from sqlmodel import col

from app.policy.home import Publish
from app.store.tables import Word
from tests.chaos.machines import SECRET
from tests.chaos.steps import LEASE, Sender, Steps, live
from tests.databases import postgres_copies, sqlite_copies
from tests.reconcile.stage import HOME, HUB, LABELS, Stage, set_stage

PULL = f"{HUB}#1"


@dataclass(frozen=True)
class Story:
    """What happens before the process that is stopped, and what it is to deal with."""

    publish: Publish
    before: Callable[[Stage], object] | None
    happens: Callable[[Stage], object]


def _open(stage: Stage) -> None:
    stage.demo.people.open_pull_request(
        HUB, "yuvipanda", "Document how to log in", files=("docs/login.md",), number=1
    )


def _say(stage: Stage) -> None:
    stage.demo.people.comment(PULL, "yuvipanda", "/tactical tech-support for EarthScope")


_LABEL = Publish(dry_run=False, upstream="label", labels=LABELS)
STORIES = {
    "label": Story(_LABEL, None, _open),
    "comment": Story(replace(_LABEL, upstream="label+comment"), None, _open),
    "command": Story(replace(_LABEL, upstream="label+comment"), _open, _say),
}


async def tell(story: str, database_url: str, stop: int | None) -> tuple[list[str], dict[str, Any]]:
    """Tell a story in which the process stops before step `stop`; give the steps, and the end."""
    told = STORIES[story]
    home = replace(HOME, publish=told.publish)
    async with set_stage(database_url, home=home) as stage:
        app = next(iter(stage.demo.state.apps.values()))
        app.webhook_secret = SECRET
        sender = Sender(stage)
        if told.before:
            told.before(stage)
            await live(stage, sender, database_url, Steps(), "before")
            stage.clock.pass_by(seconds=LEASE)
        told.happens(stage)
        steps = Steps(stop)
        await live(stage, sender, database_url, steps, "first")
        stage.clock.pass_by(seconds=LEASE + 1)
        if stop is not None:
            await live(stage, sender, database_url, Steps(), "second")
        return steps.names, await _end(stage, sender)


async def _end(stage: Stage, sender: Sender) -> dict[str, Any]:
    item = stage.demo.people.item(PULL)
    async with stage.engine.connect() as connection:
        words = await connection.execute(
            select(col(Word.verb), col(Word.state), col(Word.answered_at).is_not(None))
        )
        said = [tuple(row) for row in words]
    return {
        "labels": stage.labels(PULL),
        "labelled": [
            (one.kind, one.label and one.label.name)
            for one in item.events
            if one.kind.endswith("labeled") and one.app
        ],
        "comments": [one.body for one in item.comments],
        "reactions": [sorted(r.content for r in one.reactions) for one in item.comments],
        "words": said,
        "decisions": await stage.decisions(),
        "unfinished": {*await stage.books()} - {"done", "ignored"},
        "unsent": len(sender.unsent),
    }


@dataclass(frozen=True)
class Stopped:
    """What came of stopping a story: its steps, those stopped before, and where it ended wrong."""

    steps: list[str]
    tried: list[int]
    wrong: dict[str, dict[str, Any]]


async def stop_everywhere(story: str, fresh: Callable[[], str], *, each: bool) -> Stopped:
    """Stop a story before every step (`each` False: before the first of each name).

    `fresh` gives the address of another migrated database each time, and blocks.
    """
    steps, expected = await tell(story, await asyncio.to_thread(fresh), None)
    assert expected["unfinished"] == set()
    first = {name: place for place, name in reversed(list(enumerate(steps)))}
    tried = [*range(len(steps))] if each else sorted(first.values())
    wrong = {}
    for place in tried:
        taken, end = await tell(story, await asyncio.to_thread(fresh), place)
        if taken != steps[:place] or end != expected:
            wrong[f"{place}: {steps[place]}"] = {
                key: value for key, value in end.items() if value != expected[key]
            }
    return Stopped(steps, tried, wrong)


def main() -> None:
    """Stop every story before every step on both databases; exit code 1 if any ends otherwise."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    fine = True
    with ExitStack() as stack:
        for kind, fresh in (
            ("SQLite", sqlite_copies(stack)),
            ("PostgreSQL", postgres_copies(stack)),
        ):
            for story in STORIES:
                found = asyncio.run(stop_everywhere(story, fresh, each=True))
                fine = fine and not found.wrong
                sys.stdout.write(
                    f"{kind}, {story}: stopped before {len(found.tried)} steps with "
                    f"{len(set(found.steps))} names; ended otherwise: {found.wrong or 'never'}\n"
                )
    sys.exit(0 if fine else 1)


if __name__ == "__main__":
    main()
