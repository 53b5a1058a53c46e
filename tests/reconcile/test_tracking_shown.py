"""What the tracking issue shows: names, links and texts as far as its place may read them."""

from dataclasses import replace

import pytest

from app.policy.home import Home
from tests.reconcile.stage import HUB, INFRA
from tests.reconcile.tracking_stage import (
    ITERATION,
    PRIVATE,
    TRACKING,
    issues,
    keep,
    open_719,
    said,
    set_tracking,
)

pytestmark = pytest.mark.anyio


async def test_others_and_personal_acts_are_counts(database_url: str) -> None:
    async with set_tracking(database_url) as stage:
        people = stage.demo.people
        people.open_pull_request(
            HUB, "GeorgianaElena", "Document the canary", files=("docs/login.md",), number=1
        )
        people.open_pull_request(
            HUB, "yuvipanda", "Add a fancy parrot", files=("oauthenticator/parrot.py",), number=2
        )
        people.comment(f"{HUB}#2", "yuvipanda", "/citizen personal")
        await stage.settle()
        await keep(stage)
        assert (await stage.decisions())["yuvipanda", "authored"][0] == "personal"
        (issue,) = issues(stage)
        text = said(issue)
        assert "1 strategic, 1 personal (counted, never listed)." in text
        assert "- 1 is counted only" in text
        for hidden in ("GeorgianaElena", "canary", "yuvipanda", "parrot"):
            assert hidden not in text


async def test_a_public_tracker_shows_only_what_is_public_just_now(database_url: str) -> None:
    async with set_tracking(database_url) as stage:
        open_719(stage)
        stage.demo.places.repo("jupyterhub/canary", private=True)
        stage.demo.people.open_pull_request(
            "jupyterhub/canary", "yuvipanda", "Bump the canary", files=("a.py",), number=7
        )
        await stage.settle()
        await keep(stage)
        (issue,) = issues(stage)
        assert "canary" not in said(issue)
        assert "**undecided** (2)" in said(issue)
        assert "- 1 more is counted only" in said(issue)
        stage.demo.people.repo(HUB).private = True
        await keep(stage)
        assert "Gate login" not in said(issue)
        assert "- 2 are counted only" in said(issue)


async def test_a_private_tracker_shows_all_of_it(database_url: str) -> None:
    async with set_tracking(database_url, PRIVATE, private=True) as stage:
        stage.demo.places.repo("jupyterhub/canary", private=True)
        stage.demo.people.open_pull_request(
            "jupyterhub/canary", "yuvipanda", "Bump the canary", files=("a.py",), number=7
        )
        await stage.settle()
        await keep(stage)
        (issue,) = issues(stage)
        assert "Bump the canary" in said(issue)
        assert "https://redirect.github.com/jupyterhub/canary/pull/7" in said(issue)


@pytest.mark.parametrize("home", [TRACKING, PRIVATE], ids=["public", "private"])
async def test_logged_work_shows_in_it_with_its_minutes(database_url: str, home: Home) -> None:
    private = home is PRIVATE
    async with set_tracking(database_url, home, private=private) as stage:
        meeting = stage.demo.people.open_issue(INFRA, "sgibson91", "Meetings of this month")
        line = f"/citizen log mentoring 1h15m on {HUB}: talked a canary through it"
        stage.demo.people.comment(meeting, "sgibson91", line)
        await stage.settle()
        await keep(stage)
        (issue,) = issues(stage)
        text = said(issue)
        assert "**strategic** (1)" in text
        assert "- sgibson91\n  - [jupyterhub/oauthenticator]" in text
        assert "worked on, 75 minutes" in text
        assert ("talked a canary through it" in text) is private


@pytest.mark.parametrize("mention", [False, True])
async def test_people_are_mentioned_only_if_the_home_says_so(
    sqlite_url: str, *, mention: bool
) -> None:
    home = replace(TRACKING, iteration=replace(ITERATION, mention=mention))
    async with set_tracking(sqlite_url, home) as stage:
        open_719(stage)
        await stage.settle()
        await keep(stage)
        (issue,) = issues(stage)
        assert ("@yuvipanda" in said(issue)) is mention
        assert ("@" in said(issue)) is mention
