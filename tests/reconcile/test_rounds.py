"""From webhooks to GitHub and the ledger, on both databases."""

import random

import pytest
from structlog.testing import capture_logs

from app.store import deliveries
from app.store.tables import Contribution, Decision, Snapshot
from app.store.writes import written
from tests.reconcile.stage import HUB, INFRA, set_stage

pytestmark = pytest.mark.anyio
PULL = f"{HUB}#1"


async def test_a_backlink_that_comes_days_later_makes_it_tactical(database_url: str) -> None:
    async with set_stage(database_url) as stage:
        stage.demo.people.open_pull_request(
            HUB, "yuvipanda", "Add allowed_scopes to all authenticators",
            files=("oauthenticator/oauth2.py",), number=1,
        )  # fmt: skip
        await stage.settle()
        assert await stage.decisions() == {("yuvipanda", "authored"): ("undecided", None, None)}
        assert stage.labels(PULL) == []
        stage.clock.pass_by(days=5)
        stage.demo.people.open_issue(
            INFRA, "sgibson91", "Gate login to the EarthScope hub on granted scopes",
            f"Brings in https://github.com/{HUB}/pull/1", labels=("support",), number=1,
        )  # fmt: skip
        await stage.settle()
        assert await stage.decisions() == {
            ("yuvipanda", "authored"): ("tactical", "tech-support", "EarthScope")
        }
        assert stage.labels(PULL) == ["contribution: tactical"]
        assert len(stage.comments(PULL)) == 1
        assert len(stage.comments(f"{INFRA}#1")) == 1
        assert f"redirect.github.com/{HUB}/pull/1" in stage.comments(f"{INFRA}#1")[0]
        assert await stage.count(Decision) == 2


async def test_fifty_deliveries_about_one_pull_request_are_few_rounds(database_url: str) -> None:
    async with set_stage(database_url) as stage:
        stage.demo.people.open_pull_request(
            HUB, "yuvipanda", "Fix the failing tests on main", files=(".github/workflows/x.yml",),
            number=1,
        )  # fmt: skip
        for number in range(49):
            stage.demo.people.comment(PULL, "yuvipanda", f"still at it {number}")
        await stage.settle()
        assert len([body for body in stage.comments(PULL) if "good-citizen" in body]) == 1
        assert stage.labels(PULL) == ["contribution: strategic"]
        assert stage.rounds <= 3
        assert (await stage.books()).keys() <= {"done", "ignored"}


async def test_two_reviews_by_members_are_two_acts_beside_the_authors(database_url: str) -> None:
    async with set_stage(database_url) as stage:
        stage.demo.people.open_pull_request(
            HUB, "yuvipanda", "Document how to log in", files=("docs/source/login.md",), number=1
        )
        stage.demo.people.review(PULL, "sgibson91", body="lovely")
        stage.demo.people.review(PULL, "GeorgianaElena", body="yes")
        await stage.settle()
        assert sorted(await stage.decisions()) == [
            ("GeorgianaElena", "reviewed"), ("sgibson91", "reviewed"), ("yuvipanda", "authored"),
        ]  # fmt: skip
        assert stage.labels(PULL) == ["contribution: strategic"]
        assert len(stage.comments(PULL)) == 1


@pytest.mark.parametrize("seed", range(4))
async def test_replaying_everything_in_any_order_changes_nothing(
    sqlite_url: str, seed: int
) -> None:
    async with set_stage(sqlite_url) as stage:
        people = stage.demo.people
        people.open_pull_request(HUB, "yuvipanda", "Add a button", files=("a.py",), number=1)
        people.open_issue(INFRA, "sgibson91", "A button for EarthScope", f"Needs {HUB}#1", number=1)
        people.review(PULL, "sgibson91", body="good")
        people.label(PULL, "sgibson91", "bug")
        people.merge(PULL, "sgibson91")
        await stage.settle()
        before = (await stage.decisions(), stage.labels(PULL), stage.comments(PULL))
        counts = [await stage.count(table) for table in (Decision, Contribution, Snapshot)]
        writes = len(stage.demo.writes)
        await stage.receive(again=True, shuffle=random.Random(seed), repeat=2)
        await stage.settle()
        assert (await stage.decisions(), stage.labels(PULL), stage.comments(PULL)) == before
        assert [await stage.count(table) for table in (Decision, Contribution, Snapshot)] == counts
        assert len(stage.demo.writes) == writes


async def test_nothing_is_written_in_a_dry_run_and_only_what_is_active_after_it(
    database_url: str,
) -> None:
    async with set_stage(database_url, dry_run=True) as stage:
        stage.demo.people.open_pull_request(
            HUB, "yuvipanda", "Document how to log in", files=("docs/source/login.md",), number=1
        )
        await stage.settle()
        assert stage.demo.writes == []
        async with stage.engine.connect() as connection:
            planned = await written(connection, dry=True)
        assert [one.write.action for one in planned] == ["add label", "create comment"]


async def test_an_outsiders_work_costs_no_call(database_url: str) -> None:
    async with set_stage(database_url) as stage:
        stage.demo.people.open_pull_request(HUB, "manics", "Add a thing", number=1)
        await stage.settle()
        assert stage.demo.log == []
        assert (await stage.books())["ignored"] == 1


async def test_a_label_by_hand_is_the_members_word_and_survives(database_url: str) -> None:
    async with set_stage(database_url) as stage:
        people = stage.demo.people
        people.open_pull_request(
            HUB, "yuvipanda", "Document how to log in", files=("docs/login.md",), number=1
        )
        await stage.settle()
        people.unlabel(PULL, "sgibson91", "contribution: strategic")
        people.label(PULL, "sgibson91", "contribution: tactical")
        await stage.settle()
        people.comment(PULL, "yuvipanda", "one more round")
        await stage.settle()
        assert (await stage.decisions())["yuvipanda", "authored"][0] == "tactical"
        assert stage.labels(PULL) == ["contribution: tactical"]


async def test_what_is_gone_is_buried_with_its_reason(database_url: str) -> None:
    async with set_stage(database_url) as stage:
        stage.demo.people.open_pull_request(HUB, "yuvipanda", "Add a thing", number=1)
        await stage.receive()
        stage.demo.places.delete_issue(PULL, "yuvipanda")
        await stage.settle()
        async with stage.engine.connect() as connection:
            given_up = await deliveries.buried(connection)
        assert {"is not there" in one.reason for one in given_up} == {True}


async def test_each_decision_is_a_line_of_the_log_and_none_tells_of_personal_time(
    sqlite_url: str,
) -> None:
    with capture_logs() as lines:
        async with set_stage(sqlite_url) as stage:
            stage.demo.people.open_pull_request(
                HUB, "yuvipanda", "Add a feature", files=("oauthenticator/oauth2.py",), number=1
            )
            await stage.settle()
            stage.demo.people.comment(PULL, "yuvipanda", "/strategic docs")
            await stage.settle()
            stage.demo.people.comment(PULL, "yuvipanda", "/personal")
            await stage.settle()
            kinds = {kind for kind, *_ in (await stage.decisions()).values()}
    told = [line["kind"] for line in lines if line["event"] == "decided"]
    assert kinds == {"personal"}
    assert told == ["other", "strategic", "other"]
    assert "personal" not in str(lines)
