"""A home that keeps a tracking issue, and what stands in it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, date, datetime

from app.demo.github.model import Item
from app.policy.home import Home, Iteration, Member, Tracker
from app.reconcile.tracking import keep_tracking_issue
from tests.reconcile.stage import HOME, HUB, INFRA, Stage, set_stage

PULL = f"{HUB}#719"
START = datetime(2026, 1, 6, 9, tzinfo=UTC)
TITLE = "Upstream contributions 2026-01-05 to 2026-01-18"
ITERATION = Iteration(INFRA, date(2026, 1, 5), labels=("upstream",))
TRACKING = replace(
    HOME,
    iteration=ITERATION,
    members=(
        Member("yuvipanda", agreed=True),
        Member("sgibson91", agreed=True),
        Member("GeorgianaElena"),
    ),
)
PRIVATE = replace(TRACKING, trackers=(Tracker(INFRA),))


@asynccontextmanager
async def set_tracking(
    url: str, home: Home = TRACKING, *, private: bool = False, dry_run: bool = False
) -> AsyncIterator[Stage]:
    async with set_stage(url, home=home, now=START, dry_run=dry_run) as stage:
        stage.demo.people.repo(INFRA).private = private
        yield stage


def issues(stage: Stage, repo: str = INFRA) -> list[Item]:
    found = stage.demo.people.repo(repo).items.values()
    return [item for item in found if item.title.startswith("Upstream contributions")]


def said(issue: Item) -> str:
    (comment,) = issue.comments
    return comment.body.split("\n", 1)[1]


async def keep(stage: Stage, **later: float) -> str:
    """Let time pass, an hour if nothing is said, then keep the issue and what follows from it."""
    stage.clock.pass_by(**(later or {"hours": 1}))
    outcome = await keep_tracking_issue(stage.access)
    await stage.settle()
    return outcome.state


def open_719(stage: Stage, by: str = "yuvipanda") -> None:
    stage.demo.people.open_pull_request(
        HUB, by, "Gate login on granted scopes", files=("oauthenticator/oauth2.py",), number=719
    )
