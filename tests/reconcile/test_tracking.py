"""The tracking issue: one per iteration, one comment of ours, whatever happens in between."""

import asyncio
import re
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import delete

from app.demo.github import faults
from app.demo.github.faults import Fault, Request
from app.policy.home import Home
from app.reconcile.tracking import keep_tracking_issue
from app.store.tables import Written
from app.store.writes import written
from tests.reconcile.stage import HOME, HUB, INFRA
from tests.reconcile.tracking_stage import (
    ITERATION,
    PULL,
    START,
    TITLE,
    TRACKING,
    issues,
    keep,
    open_719,
    said,
    set_tracking,
)

pytestmark = pytest.mark.anyio


async def test_a_backlink_five_days_later_shows_in_it_as_tactical(database_url: str) -> None:
    async with set_tracking(database_url) as stage:
        open_719(stage)
        await stage.settle()
        assert await keep(stage) == "kept"
        (issue,) = issues(stage)
        assert issue.title == TITLE
        assert [label.name for label in issue.labels] == ["upstream"]
        assert "**undecided** (1)" in said(issue)
        assert f"`/citizen tactical {PULL} BUCKET`" in said(issue)
        stage.clock.pass_by(days=5)
        stage.demo.people.open_issue(
            INFRA, "sgibson91", "Gate login to the EarthScope hub on granted scopes",
            f"Brings in https://github.com/{HUB}/pull/719", labels=("support",), number=900,
        )  # fmt: skip
        await stage.settle()
        assert await keep(stage) == "kept"
        text = said(issue)
        assert "**tactical** (1)" in text
        assert "- yuvipanda\n  - [jupyterhub/oauthenticator#&#8203;719]" in text
        assert "· tech-support · EarthScope: " in text
        assert f"(https://redirect.github.com/{INFRA}/issues/900)" in text
        assert "undecided" not in text
        assert issues(stage) == [issue]


async def test_looking_again_writes_nothing_and_not_before_an_hour(database_url: str) -> None:
    async with set_tracking(database_url) as stage:
        open_719(stage)
        await stage.settle()
        assert await keep(stage) == "kept"
        before = len(stage.demo.writes)
        stage.demo.people.merge(PULL, "manics")
        await stage.settle()
        since = [one for one in stage.demo.writes[before:] if INFRA in one.path]
        assert await keep(stage, minutes=59) == "resting"
        assert since == []
        assert await keep(stage, minutes=1) == "kept"
        (issue,) = issues(stage)
        assert "(merged)" in said(issue)
        count = len(stage.demo.writes)
        for _ in range(3):
            assert await keep(stage) == "kept"
        assert len(stage.demo.writes) == count


async def test_two_workers_at_once_open_one_issue(database_url: str) -> None:
    async with set_tracking(database_url) as stage:
        open_719(stage)
        await stage.settle()
        looks = (keep_tracking_issue(replace(stage.access)) for _ in range(3))
        outcomes = await asyncio.gather(*looks)
        assert sorted(one.state for one in outcomes) == ["kept", "resting", "resting"]
        (issue,) = issues(stage)
        assert len(issue.comments) == 1


@pytest.mark.parametrize("path", ["/issues", "/comments"])
async def test_what_was_written_without_an_answer_is_found_again(
    database_url: str, path: str
) -> None:
    async with set_tracking(database_url) as stage:
        open_719(stage)
        await stage.settle()

        def lose(request: Request) -> Fault | None:
            lost = request.is_write and request.path.endswith(path) and INFRA in request.path
            return faults.html_502(applied=True) if lost else None

        stage.demo.faults = lose
        assert await keep(stage) == "put off"
        stage.demo.faults = None
        assert len(issues(stage)) == 1
        assert await keep(stage, minutes=6) == "kept"
        (issue,) = issues(stage)
        assert "**undecided** (1)" in said(issue)


async def test_a_database_that_forgot_finds_it_and_of_two_closes_the_younger(
    database_url: str,
) -> None:
    async with set_tracking(database_url) as stage:
        await keep(stage)
        (issue,) = issues(stage)
        installation = await stage.access.home_installation()
        session = stage.github.installation(installation or 0, permissions={"issues": "write"})
        await session.post(f"/repos/{INFRA}/issues", data={"title": TITLE, "body": issue.body})
        async with stage.engine.begin() as connection:
            await connection.execute(delete(Written))
        open_719(stage)
        await stage.settle()
        assert await keep(stage) == "kept"
        assert [one.state for one in issues(stage)] == ["open", "closed"]
        assert "**undecided** (1)" in said(issue)
        assert issues(stage)[1].comments == []


async def test_it_closes_with_the_iteration_after_a_last_word(database_url: str) -> None:
    async with set_tracking(database_url) as stage:
        open_719(stage)
        await stage.settle()
        await keep(stage)
        stage.demo.people.merge(PULL, "manics")
        await stage.settle()
        assert await keep(stage, days=14) == "kept"
        first, second = issues(stage)
        assert first.state == "closed"
        assert "(merged)" in said(first)
        assert second.state == "open"
        assert second.title == "Upstream contributions 2026-01-19 to 2026-02-01"
        assert "No contribution is known yet." in said(second)
        count = len(stage.demo.writes)
        assert await keep(stage) == "kept"
        assert len(stage.demo.writes) == count


async def test_an_issue_that_a_person_opened_is_used_and_left_open(database_url: str) -> None:
    async with set_tracking(database_url) as stage:
        theirs = stage.demo.people.open_issue(INFRA, "sgibson91", TITLE.upper(), "As every time.")
        open_719(stage)
        await stage.settle()
        await keep(stage)
        assert [issue for issue in issues(stage) if issue is not theirs] == []
        assert "**undecided** (1)" in said(theirs)
        assert theirs.labels == []
        await keep(stage, days=14)
        assert theirs.state == "open"
        assert len(theirs.comments) == 1
        assert len(issues(stage)) == 1


async def test_a_recurrent_issue_goes_on_with_the_next_iteration(sqlite_url: str) -> None:
    home = replace(TRACKING, iteration=replace(ITERATION, title="Upstream contributions"))
    async with set_tracking(sqlite_url, home) as stage:
        theirs = stage.demo.people.open_issue(INFRA, "sgibson91", "Upstream contributions")
        await stage.settle()
        await keep(stage)
        assert "from 2026-01-05 to 2026-01-18" in said(theirs)
        await keep(stage, days=14)
        assert "from 2026-01-19 to 2026-02-01" in said(theirs)
        assert issues(stage) == [theirs]
        assert theirs.state == "open"


async def test_with_one_title_for_all_ours_is_closed_and_a_new_one_opened(sqlite_url: str) -> None:
    home = replace(TRACKING, iteration=replace(ITERATION, title="Upstream contributions"))
    async with set_tracking(sqlite_url, home) as stage:
        await keep(stage)
        await keep(stage, days=14)
        assert [issue.state for issue in issues(stage)] == ["closed", "open"]


async def test_one_that_a_person_closed_stays_closed(database_url: str) -> None:
    async with set_tracking(database_url) as stage:
        await keep(stage)
        (issue,) = issues(stage)
        stage.demo.people.close(issue, "sgibson91")
        open_719(stage)
        await stage.settle()
        assert await keep(stage) == "left alone"
        assert issues(stage) == [issue]
        assert "No contribution is known yet." in said(issue)
        theirs = stage.demo.people.open_issue(INFRA, "sgibson91", TITLE)
        await stage.settle()
        assert await keep(stage) == "kept"
        assert "**undecided** (1)" in said(theirs)


async def test_mute_stops_it(sqlite_url: str) -> None:
    async with set_tracking(sqlite_url) as stage:
        await keep(stage)
        (issue,) = issues(stage)
        stage.demo.people.comment(issue, "sgibson91", "/citizen mute")
        open_719(stage)
        await stage.settle()
        assert await keep(stage) == "left alone"
        assert "No contribution is known yet." in issue.comments[0].body


async def test_a_command_written_on_it_is_shown_an_hour_later(sqlite_url: str) -> None:
    async with set_tracking(sqlite_url) as stage:
        open_719(stage)
        await stage.settle()
        await keep(stage)
        (issue,) = issues(stage)
        found = re.search(r"`(/citizen strategic \S+) ACTIVITY`", said(issue))
        assert found is not None
        stage.demo.people.comment(issue, "yuvipanda", f"{found[1]} review")
        await stage.settle()
        assert await keep(stage) == "kept"
        ours = [one.body for one in issue.comments if " iteration -->" in one.body]
        assert len(ours) == 1
        assert "**strategic** (1)" in ours[0]


@pytest.mark.parametrize("line", ["what of {}?", "/citizen why {}", "Brings in {}"])
async def test_what_people_say_on_it_is_no_need(sqlite_url: str, line: str) -> None:
    async with set_tracking(sqlite_url) as stage:
        theirs = stage.demo.people.open_issue(INFRA, "sgibson91", TITLE)
        open_719(stage)
        await stage.settle()
        stage.demo.people.comment(theirs, "yuvipanda", line.format(PULL))
        await stage.settle()
        assert (await stage.decisions())["yuvipanda", "authored"][0] == "undecided"


async def test_a_dry_run_notes_what_it_would_write(database_url: str) -> None:
    async with set_tracking(database_url, dry_run=True) as stage:
        open_719(stage)
        await stage.settle()
        assert await keep(stage) == "noted"
        assert stage.demo.writes == []
        async with stage.engine.connect() as connection:
            planned = {one.write.action: one for one in await written(connection, dry=True)}
        assert planned["keep a tracking issue"].write.detail == TITLE
        assert "**undecided** (1)" in (planned["comment on the tracking issue"].write.text or "")


@pytest.mark.parametrize(
    "home",
    [
        replace(TRACKING, iteration=None),
        replace(TRACKING, publish=replace(HOME.publish, tracker="off")),
        replace(TRACKING, iteration=replace(ITERATION, anchor=date(2026, 1, 7))),
    ],
)
async def test_unless_it_is_wanted_nothing_is_asked_or_written(sqlite_url: str, home: Home) -> None:
    async with set_tracking(sqlite_url, home) as stage:
        assert await keep(stage) == "off"
        assert stage.demo.log == []


async def test_days_are_those_of_the_homes_time_zone(sqlite_url: str) -> None:
    home = replace(TRACKING, timezone="Pacific/Auckland")
    async with set_tracking(sqlite_url, home) as stage:
        # There the next iteration begins at 11:00 UTC.
        stage.clock.pass_by(
            seconds=(datetime(2026, 1, 18, 10, 30, tzinfo=UTC) - START).total_seconds()
        )
        open_719(stage)
        await stage.settle()
        await keep(stage, minutes=5)
        await keep(stage)
        first, second = issues(stage)
        assert first.title == TITLE
        assert "**undecided** (1)" in said(first)
        assert "No contribution is known yet." in said(second)


async def test_nothing_but_issues_of_that_repository_may_be_written(sqlite_url: str) -> None:
    async with set_tracking(sqlite_url) as stage:
        await keep(stage)
        paths = {one.path for one in stage.demo.writes}
        assert paths == {f"/repos/{INFRA}/issues", f"/repos/{INFRA}/issues/1/comments"}
