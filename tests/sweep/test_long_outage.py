"""Four days without a door: the deliveries are lost for good, and the sweep finds what happened.

Not even that the app was installed was ever heard. What no sweep can find is said in app/README.md,
and does not happen here.
"""

import re
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import col

from app.catch_up import CaughtUp, catch_up
from app.demo.github.people import People
from app.store.tables import Contribution, Decision, Mention, Subject, Word
from app.sweep import Report, sweep
from tests.reconcile.stage import HUB, INFRA, Stage, set_stage

pytestmark = pytest.mark.anyio

BEFORE: tuple[Callable[[People], object], ...] = (
    lambda people: people.open_pull_request(HUB, "outsider", "Fix a typo", number=9),
    lambda people: people.merge(f"{HUB}#9", "minrk"),
)
WHAT_HAPPENED: tuple[Callable[[People], object], ...] = (
    lambda people: people.open_pull_request(
        HUB, "yuvipanda", "Gate login on granted scopes", files=("oauth2.py",), number=1
    ),
    lambda people: people.open_pull_request(
        HUB, "outsider", "Explain how to log in", files=("docs/login.md",), number=2
    ),
    lambda people: people.review(f"{HUB}#2", "sgibson91", body="Thank you!"),
    lambda people: people.open_issue(
        INFRA, "sgibson91", "Login at EarthScope", f"Needs {HUB}#1", labels=("support",), number=7
    ),
    lambda people: people.merge(f"{HUB}#2", "GeorgianaElena"),
    lambda people: people.open_pull_request(
        HUB, "newcomer", "Fix a link", files=("docs/links.md",), number=5
    ),
    lambda people: people.review(f"{HUB}#5", "sgibson91", body="Welcome!"),
    lambda people: people.merge(f"{HUB}#5", "minrk"),
    lambda people: people.open_issue(HUB, "outsider", "It is broken", number=3),
    lambda people: people.label(f"{HUB}#3", "GeorgianaElena", "bug"),
    lambda people: people.open_pull_request(
        HUB, "sgibson91", "Add a button", files=("button.py",), number=4
    ),
)
LOG = "/log meetings 1h30m on jupyterhub/team-compass: took the notes"
WHAT_WAS_SAID: tuple[Callable[[People], object], ...] = (
    lambda people: people.open_pull_request(HUB, "yuvipanda", "Try it at home", number=11),
    lambda people: people.open_pull_request(HUB, "sgibson91", "Add a button", number=12),
    lambda people: people.open_pull_request(HUB, "GeorgianaElena", "Add a page", number=13),
    lambda people: people.open_issue(INFRA, "sgibson91", "Login", f"See {HUB}#12", number=14),
    lambda people: people.comment(f"{HUB}#11", "yuvipanda", "/personal"),
    lambda people: people.comment(f"{HUB}#12", "sgibson91", "/tactical tech-support\n\n/undo"),
    lambda people: people.comment(f"{HUB}#12", "outsider", "/strategic"),
    lambda people: people.comment(f"{HUB}#13", "GeorgianaElena", "It was nobody's need."),
    lambda people: edit(people, f"{HUB}#13", "GeorgianaElena", "Nobody's need.\n\n/strategic docs"),
    lambda people: people.comment(f"{HUB}#12", "sgibson91", "/value It is easy to log in now."),
    lambda people: people.comment(f"{INFRA}#14", "yuvipanda", LOG),
    lambda people: people.label(f"{HUB}#12", "sgibson91", "contribution: strategic"),
    lambda people: people.unlabel(f"{HUB}#1", "sgibson91", "contribution: tactical"),
    lambda people: people.open_issue(HUB, "outsider", "It is broken", number=15),
    lambda people: people.comment(f"{HUB}#15", "minrk", "/mute"),
)
OUTAGE = timedelta(hours=96)


def edit(people: People, item: str, by: str, body: str) -> None:
    """Edit somebody's last comment on an item, as its author."""
    own = [one for one in people.item(item).comments if one.author and one.author.login == by]
    people.edit_comment(own[-1], by, body)


async def test_the_sweep_brings_the_state_that_the_webhooks_would_have_brought(
    sqlite_url: str, postgres_url: str
) -> None:
    heard = await lived_through(sqlite_url, by_webhooks=True)
    swept = await lived_through(postgres_url, by_webhooks=False)
    assert swept == heard
    acts = {(login, act, number): kind for login, act, number, kind, *_ in heard["decisions"]}
    assert acts == {
        ("yuvipanda", "authored", 1): "tactical",
        ("sgibson91", "reviewed", 2): "strategic",
        ("GeorgianaElena", "merged", 2): "strategic",
        ("GeorgianaElena", "triaged", 3): "strategic",
        ("sgibson91", "reviewed", 5): "strategic",
        ("sgibson91", "authored", 4): "undecided",
    }
    activities = {act[:3]: act[5] for act in heard["decisions"]}
    assert activities["sgibson91", "reviewed", 2] == "review"
    assert activities["sgibson91", "reviewed", 5] == "onboarding"
    assert heard["mentions"] == [(7, "body", HUB, 1)]
    assert heard[f"{HUB}#1"]["labels"] == ["contribution: tactical"]


async def lived_through(database_url: str, *, by_webhooks: bool) -> dict[str, Any]:
    """Let it all happen within four days, catch up with it, and give what is known and written."""
    async with set_stage(database_url) as stage:
        for happened in BEFORE:
            happened(stage.demo.people)
        if by_webhooks:
            await stage.settle()
        stage.demo.hooks.queue.clear()
        for happens in WHAT_HAPPENED:
            happens(stage.demo.people)
            if by_webhooks:
                await stage.settle()
            stage.demo.hooks.queue.clear()
            stage.clock.pass_by(hours=96 / len(WHAT_HAPPENED))
        await sweep(stage.access, worker="test")
        await stage.settle()
        return await state(stage, (*(f"{HUB}#{n}" for n in (1, 2, 3, 4, 5)), f"{INFRA}#7"))


async def state(stage: Stage, names: Sequence[str]) -> dict[str, Any]:
    """Give decisions, mentions, and what stands on each item, without when it came about."""
    decided = (
        select(
            col(Contribution.login), col(Contribution.act), col(Subject.number),
            col(Decision.kind), col(Decision.bucket), col(Decision.activity),
            col(Decision.community), col(Decision.need), col(Decision.provisional),
            col(Decision.because),
        )
        .select_from(Decision)
        .join(Contribution, col(Contribution.id) == col(Decision.contribution_id))
        .join(Subject, col(Subject.id) == col(Contribution.subject_id))
        .where(col(Decision.superseded_at).is_(None))
    )  # fmt: skip
    mentioned = select(
        col(Mention.from_number), col(Mention.place), col(Mention.to_name), col(Mention.to_number)
    )
    async with stage.engine.connect() as connection:
        decisions = sorted(map(tuple, await connection.execute(decided)))
        mentions = sorted(map(tuple, await connection.execute(mentioned)))
    items = {
        name: {"labels": stage.labels(name), "comments": comments(stage, name)} for name in names
    }
    return {"decisions": decisions, "mentions": mentions, **items}


def comments(stage: Stage, name: str) -> list[tuple[str, list[str]]]:
    """Give comments and reactions, without what depends on how it came about.

    The number of the comment that a reply of ours answers; a comment of ours that had something to
    say in between, and now says that there is nothing.
    """
    return sorted(
        (re.sub(r"reply:\d+", "reply", one.body), sorted(each.content for each in one.reactions))
        for one in stage.demo.people.item(name).comments
        if "There is nothing to note here at present." not in one.body
    )


async def test_what_people_said_while_all_was_lost_is_heard_as_by_webhook(
    sqlite_url: str, postgres_url: str
) -> None:
    heard = await listened_to(sqlite_url, by_webhooks=True)
    swept = await listened_to(postgres_url, by_webhooks=False)
    assert swept == heard
    said = [(number, verb, state) for number, verb, _, state, _ in heard["words"]]
    assert said == [
        (1, "unlabel", "said"),
        (11, "personal", "said"),
        (12, "label", "said"),
        (12, "strategic", "refused"),
        (12, "tactical", "said"),
        (12, "undo", "said"),
        (12, "value", "said"),
        (13, "strategic", "said"),
        (14, "log", "said"),
        (15, "mute", "said"),
    ]
    kinds = {(login, number): kind for login, _, number, kind, *_ in heard["decisions"]}
    assert kinds["yuvipanda", 11] == "personal"
    assert kinds["sgibson91", 12] == "strategic"


async def listened_to(database_url: str, *, by_webhooks: bool) -> dict[str, Any]:
    """Let it be said in the first hours of the outage; catch up twice, and give the state."""
    async with set_stage(database_url) as stage:
        stage.demo.places.set_member("jupyterhub", "minrk", "admin")
        for happened in (WHAT_HAPPENED[0], WHAT_HAPPENED[3]):
            happened(stage.demo.people)
        await stage.settle()
        assert stage.labels(f"{HUB}#1") == ["contribution: tactical"]
        await catch_up_with(stage)
        began = stage.clock.now()
        for happens in WHAT_WAS_SAID:
            stage.clock.pass_by(minutes=30)
            happens(stage.demo.people)
            if by_webhooks:
                await stage.settle()
            stage.demo.hooks.queue.clear()
        stage.clock.pass_by(seconds=(began + OUTAGE - stage.clock.now()).total_seconds())
        first, told = await after_all(stage)
        assert first.words == (0 if by_webhooks else 10)
        stage.clock.pass_by(hours=1)
        again, same = await after_all(stage)
        assert (again.words, same) == (0, told)
        assert again.requests <= first.requests - 2
        return told


async def after_all(stage: Stage) -> tuple[Report, dict[str, Any]]:
    await catch_up_with(stage)
    report = await sweep(stage.access, worker="test")
    await stage.settle()
    async with stage.engine.connect() as connection:
        words = select(
            col(Subject.number),
            col(Word.verb),
            col(Word.by_login),
            col(Word.state),
            col(Word.payload),
        ).join(Subject, col(Subject.id) == col(Word.subject_id))
        rows = [tuple(row) for row in await connection.execute(words)]
    names = (*(f"{HUB}#{n}" for n in (1, 11, 12, 13, 15)), f"{INFRA}#14")
    return report, await state(stage, names) | {"words": sorted(rows, key=repr)}


async def catch_up_with(stage: Stage) -> CaughtUp:
    return await catch_up(
        stage.github, stage.engine, stage.access.reader, stage.clock, app_id=stage.app_id
    )
