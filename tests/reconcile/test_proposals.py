"""A pull request that changes the home's file: one comment with what it would do."""

from dataclasses import replace

import pytest

from app.config import load_home
from app.config.place import HomePlace
from app.demo.github.model import File
from app.reconcile.backtest import backtest
from app.store.tables import Contribution, Decision, Snapshot
from tests.reconcile.home_stage import (
    BAD,
    CONFIG,
    PATH,
    STRATEGIC,
    TEXT,
    fix_something,
    look_again,
    propose,
    set_home_stage,
)
from tests.reconcile.stage import HUB, INFRA, Stage

pytestmark = pytest.mark.anyio
PUBLIC = "example-org/.github"
PERSONAL = TEXT + "rules: {unlinked_feature: personal, grace_days: 0}\n"


def comment_on(stage: Stage, pull: str) -> str:
    (comment,) = stage.comments(pull)
    return comment.split("\n", 1)[1]


async def test_it_says_check_values_and_which_decisions_would_change(database_url: str) -> None:
    async with set_home_stage(database_url) as stage:
        fix_something(stage)
        await stage.settle()
        pull = propose(stage, STRATEGIC)
        await stage.settle()
        said = comment_on(stage, pull)
        assert "**What this change of good-citizen.yml would do**" in said
        assert "The file is valid." in said
        assert '- rules.general\\_maintenance: "undecided" → "strategic"' in said
        assert "Of the 1 latest recorded contributions 1 would be decided differently." in said
        assert "- undecided → strategic: 1" in said
        row = next(line for line in said.splitlines() if line.startswith("| ["))
        assert f"(https://redirect.github.com/{HUB}/pull/1)" in row
        assert "| yuvipanda | author | undecided | strategic |" in row


async def test_only_the_comment_is_written_and_nothing_is_decided_by_it(sqlite_url: str) -> None:
    async with set_home_stage(sqlite_url) as stage:
        fix_something(stage)
        await stage.settle()
        before = [await stage.count(one) for one in (Contribution, Decision, Snapshot)]
        writes = len(stage.demo.writes)
        pull = propose(stage, STRATEGIC)
        await stage.settle()
        assert [request.path for request in stage.demo.writes[writes:]] == [
            f"/repos/{CONFIG}/issues/1/comments"
        ]
        assert [await stage.count(one) for one in (Contribution, Decision, Snapshot)] == before
        assert (await stage.decisions())["yuvipanda", "authored"][0] == "undecided"
        assert len(stage.comments(pull)) == 1


async def test_the_comment_is_edited_in_place(database_url: str) -> None:
    async with set_home_stage(database_url) as stage:
        pull = propose(stage, BAD)
        await stage.settle()
        said = comment_on(stage, pull)
        assert "It has 2 problems:" in said
        assert 'line 3, column 3: home.nome: unknown key; did you mean "name"?' in said
        stage.demo.people.push(pull, "yuvipanda", "Mend", files=(File(PATH, content=STRATEGIC),))
        await stage.settle()
        assert "The file is valid." in comment_on(stage, pull)
        writes = len(stage.demo.writes)
        stage.demo.people.edit(pull, "yuvipanda", title="Change how we work a bit")
        await stage.settle()
        assert len(stage.demo.writes) == writes


async def test_merging_it_is_what_has_the_file_read_again(database_url: str) -> None:
    async with set_home_stage(database_url) as stage:
        fix_something(stage)
        await stage.settle()
        pull = propose(stage, STRATEGIC)
        await stage.settle()
        said = comment_on(stage, pull)
        stage.demo.people.merge(pull, "sgibson91")
        await stage.settle()
        assert (await stage.decisions())["yuvipanda", "authored"][0] == "strategic"
        assert comment_on(stage, pull) == said


async def test_a_pull_request_that_leaves_the_file_alone_gets_no_comment(sqlite_url: str) -> None:
    async with set_home_stage(sqlite_url) as stage:
        pull = stage.demo.people.open_pull_request(
            CONFIG, "yuvipanda", "Say hello", files=("README.md",)
        )
        other = stage.demo.people.open_pull_request(
            CONFIG, "yuvipanda", "Try", files=(File(PATH, content=BAD),), base="next", branch="x"
        )
        await stage.settle()
        assert stage.demo.writes == []
        assert not pull.comments
        assert not other.comments


async def test_a_branch_of_a_fork_is_not_read_and_that_is_said(sqlite_url: str) -> None:
    async with set_home_stage(sqlite_url) as stage:
        stage.demo.places.repo("manics/.github-private", fork_of=CONFIG)
        pull = propose(stage, BAD, fork="manics/.github-private")
        await stage.settle()
        said = comment_on(stage, pull)
        assert "comes from a fork, which is not read" in said
        assert "problem" not in said


async def test_personal_decisions_are_counts_alone(sqlite_url: str) -> None:
    async with set_home_stage(sqlite_url) as stage:
        stage.demo.people.open_pull_request(
            HUB,
            "yuvipanda",
            "Add allowed_scopes to all authenticators",
            files=("oauthenticator/oauth2.py",),
            number=1,
            labels=("enhancement",),
        )
        await stage.settle()
        stage.clock.pass_by(days=3)
        pull = propose(stage, PERSONAL)
        await stage.settle()
        said = comment_on(stage, pull)
        assert "- undecided → personal: 1" in said
        assert "scopes" not in said
        assert "yuvipanda" not in said
        assert "1 is not listed" in said


async def test_in_public_only_what_is_public_right_now_is_listed(database_url: str) -> None:
    async with set_home_stage(database_url, repository=PUBLIC, private=False) as stage:
        fix_something(stage)
        stage.demo.places.repo("jupyterhub/secret-plans", private=True)
        stage.demo.people.open_pull_request(
            "jupyterhub/secret-plans", "sgibson91", "Bump the canary of dependencies",
            files=("requirements.txt",), number=7,
        )  # fmt: skip
        await stage.settle()
        pull = propose(stage, STRATEGIC, repository=PUBLIC)
        await stage.settle()
        said = comment_on(stage, pull)
        assert "Of the 2 latest recorded contributions 2 would be decided differently." in said
        assert f"(https://redirect.github.com/{HUB}/pull/1)" in said
        assert "1 is not listed" in said
        assert "secret" not in said
        assert "canary" not in said


async def test_a_changed_roster_changes_who_is_counted(sqlite_url: str) -> None:
    async with set_home_stage(sqlite_url) as stage:
        fix_something(stage)
        stage.demo.people.review(f"{HUB}#1", "GeorgianaElena", body="good")
        await stage.settle()
        roster = TEXT.replace("login: yuvipanda", "login: GeorgianaElena")
        pull = propose(stage, roster)
        await stage.settle()
        said = comment_on(stage, pull)
        assert "- undecided → not counted: 1" in said
        assert "- not counted → strategic: 1" in said
        assert "members\\[GeorgianaElena\\].login: none → " in said
        assert "it is out of scope" in said


async def test_a_tracker_may_hold_the_file_too(sqlite_url: str) -> None:
    async with set_home_stage(
        sqlite_url, repository="example-org/handbook", written="example-org/handbook"
    ) as stage:
        stage.demo.people.repo(INFRA).files[PATH] = TEXT
        stage.access.tenant = replace(stage.access.tenant, place=HomePlace.of(INFRA))
        pull = propose(stage, STRATEGIC, repository=INFRA)
        await stage.settle()
        assert "The file is valid." in comment_on(stage, pull)


async def test_a_back_test_says_what_the_new_file_then_does(database_url: str) -> None:
    async with set_home_stage(database_url) as stage:
        fix_something(stage)
        stage.demo.people.open_pull_request(
            HUB, "sgibson91", "Document how to log in", files=("docs/login.md",), number=2
        )
        await stage.settle()
        before = await stage.decisions()
        calls = len(stage.demo.log)
        found = await backtest(stage.access, load_home(STRATEGIC))
        assert len(stage.demo.log) == calls
        assert found.tried == 2
        said = {(one.who.login, one.act.value): one.after for one in found.changes}
        stage.demo.people.repo(CONFIG).files[PATH] = STRATEGIC
        await look_again(stage)
        after = await stage.decisions()
        assert {key for key in after if after[key] != before[key]} == set(said)
        assert {key: after[key][0] for key in said} == {
            key: one.kind for key, one in said.items() if one is not None
        }


async def test_a_word_of_a_person_stands_in_a_back_test(sqlite_url: str) -> None:
    async with set_home_stage(sqlite_url) as stage:
        pull = fix_something(stage)
        stage.demo.people.label(pull, "yuvipanda", "contribution: tactical")
        await stage.settle()
        assert (await stage.decisions())["yuvipanda", "authored"][0] == "tactical"
        assert not (await backtest(stage.access, load_home(STRATEGIC))).changes
