"""Four days without a door: the deliveries are lost for good, and the sweep finds what happened.

Not even that the app was installed was ever heard. What no sweep can find is said in app/README.md,
and does not happen here.
"""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import col

from app.demo.github.people import People
from app.store.tables import Contribution, Decision, Mention, Subject
from app.sweep import sweep
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
        return await state(stage)


async def state(stage: Stage) -> dict[str, Any]:
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
        name: {"labels": stage.labels(name), "comments": stage.comments(name)}
        for name in (*(f"{HUB}#{n}" for n in (1, 2, 3, 4, 5)), f"{INFRA}#7")
    }
    return {"decisions": decisions, "mentions": mentions, **items}
