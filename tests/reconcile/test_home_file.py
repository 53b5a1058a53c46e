"""The home's file: read from its repository, adopted while running, refused without harm."""

from dataclasses import replace

import httpx2
import pytest

from app.config import ConfigError
from app.github.client import GitHub
from app.github.errors import NotFound
from app.github.limits import MemoryBudgets
from app.reconcile import ask_for_file, enroll_home, keep_up
from app.store import homes
from app.store.etags import RowETagCache
from app.store.tables import Decision
from tests.github.answering import loaded_key
from tests.reconcile.home_stage import (
    BAD,
    CONFIG,
    PATH,
    STRATEGIC,
    TEXT,
    fix_something,
    look_again,
    propose,
    push_to_default,
    restart,
    set_home_stage,
)
from tests.reconcile.stage import INFRA, Stage

pytestmark = pytest.mark.anyio
PULL = "jupyterhub/oauthenticator#1"


async def kept_text(stage: Stage) -> str:
    async with stage.engine.connect() as connection:
        kept = await homes.kept_file(connection, stage.access.tenant.id)
    assert kept is not None
    return kept.text


async def kinds(stage: Stage) -> set[str]:
    return {kind for kind, _, _ in (await stage.decisions()).values()}


async def test_the_private_repository_goes_before_the_public_one(sqlite_url: str) -> None:
    async with set_home_stage(sqlite_url) as stage:
        stage.demo.places.repo("example-org/.github", files={PATH: STRATEGIC})
        await look_again(stage)
        assert await kept_text(stage) == TEXT
        assert stage.access.tenant.facts.name == "Example"
        assert stage.access.tenant.writing_since is not None


async def test_the_public_repository_is_taken_where_there_is_no_private_one(
    sqlite_url: str,
) -> None:
    async with set_home_stage(sqlite_url, repository="example-org/.github", private=False) as stage:
        assert await kept_text(stage) == TEXT


async def test_another_place_can_be_named(sqlite_url: str) -> None:
    where = "example-org/handbook"
    async with set_home_stage(sqlite_url, repository=where, written=where) as stage:
        assert await kept_text(stage) == TEXT


async def test_before_there_is_a_good_file_there_is_no_home(sqlite_url: str) -> None:
    async with set_home_stage(sqlite_url, text=None) as stage:
        with pytest.raises(ConfigError, match="there is no such file"):
            await enroll_home(stage.access)
        push_to_default(stage, BAD)
        with pytest.raises(ConfigError, match="nome"):
            await enroll_home(stage.access)
        push_to_default(stage, TEXT)
        assert (await enroll_home(stage.access)).facts.name == "Example"


async def test_without_an_installation_it_is_said_where_one_is_missing(sqlite_url: str) -> None:
    async with set_home_stage(sqlite_url, text=None, written="jupyter-book") as stage:
        with pytest.raises(NotFound, match="not installed on jupyter-book"):
            await enroll_home(stage.access)


async def test_a_file_for_another_github_is_not_taken(sqlite_url: str) -> None:
    async with set_home_stage(sqlite_url) as stage:
        push_to_default(
            stage, TEXT.replace("name: Example", "name: Example\n  host: ghe.example.org")
        )
        await look_again(stage)
        assert await kept_text(stage) == TEXT


async def test_a_changed_file_is_adopted_and_what_differs_is_decided_again(
    database_url: str,
) -> None:
    async with set_home_stage(database_url) as stage:
        fix_something(stage)
        stage.demo.people.open_pull_request(
            "jupyterhub/oauthenticator", "sgibson91", "Document how to log in",
            files=("docs/login.md",), number=2,
        )  # fmt: skip
        await stage.settle()
        assert await kinds(stage) == {"undecided", "strategic"}
        before = stage.rounds
        push_to_default(stage, STRATEGIC)
        await look_again(stage)
        assert stage.access.tenant.facts.rules.general_maintenance == "strategic"
        assert await kinds(stage) == {"strategic"}
        assert stage.labels(PULL) == ["contribution: strategic"]
        assert stage.rounds - before <= 3  # the file, and the one pull request that differs
        async with stage.engine.connect() as connection:
            digest = await homes.kept_digest(connection, stage.access.tenant.id)
        assert digest == stage.access.tenant.facts.digest
        assert await stage.count(Decision) == 3


async def test_another_process_goes_by_what_one_adopted(database_url: str) -> None:
    async with set_home_stage(database_url) as stage:
        other = replace(stage.access)
        push_to_default(stage, STRATEGIC)
        await look_again(stage)
        assert other.tenant.facts.rules.general_maintenance == "undecided"
        await keep_up(other)
        assert other.tenant == stage.access.tenant


async def test_a_round_keeps_the_home_it_began_with(sqlite_url: str) -> None:
    async with set_home_stage(sqlite_url) as stage:
        during = await stage.access.during_a_round()
        push_to_default(stage, STRATEGIC)
        await look_again(stage)
        assert during.tenant.facts.rules.general_maintenance == "undecided"
        assert stage.access.tenant.facts.rules.general_maintenance == "strategic"


async def test_the_last_good_version_survives_a_bad_one_and_a_restart(database_url: str) -> None:
    async with set_home_stage(database_url) as stage:
        home_id = stage.access.tenant.id
        push_to_default(stage, BAD)
        await look_again(stage)
        await restart(stage)
        assert await kept_text(stage) == TEXT
        assert stage.access.tenant.id == home_id
        assert stage.access.tenant.facts.name == "Example"


async def test_a_file_that_is_taken_away_changes_nothing(sqlite_url: str) -> None:
    async with set_home_stage(sqlite_url) as stage:
        del stage.demo.people.repo(CONFIG).files[PATH]
        await look_again(stage)
        await restart(stage)
        assert await kept_text(stage) == TEXT


async def test_a_renamed_home_stays_the_same_home(sqlite_url: str) -> None:
    async with set_home_stage(sqlite_url) as stage:
        home_id = stage.access.tenant.id
        push_to_default(stage, TEXT.replace("name: Example", "name: Sample"))
        await look_again(stage)
        await restart(stage)
        assert (stage.access.tenant.id, stage.access.tenant.facts.name) == (home_id, "Sample")


async def test_a_bad_file_is_told_once_on_the_tracker_and_closed_when_it_is_good(
    database_url: str,
) -> None:
    async with set_home_stage(database_url) as stage:
        push_to_default(stage, BAD)
        for _ in range(3):
            await look_again(stage)
        issues = list(stage.demo.people.repo(INFRA).items.values())
        assert [issue.title for issue in issues] == [
            "The organisation's good-citizen.yml can't be used"
        ]
        # The tracker is public, the file is not: how many, but not what.
        assert "2 problems" in issues[0].body
        assert "nome" not in issues[0].body
        push_to_default(stage, BAD + "membres: []\n")
        await look_again(stage)
        assert len(stage.demo.people.repo(INFRA).items) == 1
        assert "3 problems" in issues[0].body
        push_to_default(stage, STRATEGIC)
        await look_again(stage)
        assert issues[0].state == "closed"
        assert "can be used again" in issues[0].body
        push_to_default(stage, BAD.replace("nome", "nane"))
        await look_again(stage)
        assert len(stage.demo.people.repo(INFRA).items) == 2


async def test_problems_are_told_where_their_readers_may_read_the_file(sqlite_url: str) -> None:
    async with set_home_stage(sqlite_url) as stage:
        stage.demo.places.set_private(INFRA, private=True)
        push_to_default(stage, BAD)
        await look_again(stage)
        (issue,) = stage.demo.people.repo(INFRA).items.values()
        assert 'line 3, column 3: home.nome: unknown key; did you mean "name"?' in issue.body


async def test_a_bad_file_that_was_merged_is_told_on_its_pull_request(sqlite_url: str) -> None:
    async with set_home_stage(sqlite_url) as stage:
        pull = propose(stage, BAD)
        await stage.settle()
        stage.demo.people.merge(pull, "sgibson91")
        await stage.settle()
        for _ in range(2):
            await look_again(stage)
        (comment,) = stage.comments(pull)
        assert "is merged, and can't be used" in comment
        assert "home.nome" in comment
        assert not stage.demo.people.repo(INFRA).items
        assert await kept_text(stage) == TEXT


async def test_a_merged_bad_file_is_told_there_although_no_webhook_came(sqlite_url: str) -> None:
    async with set_home_stage(sqlite_url) as stage:
        pull = propose(stage, BAD)
        stage.demo.people.merge(pull, "sgibson91")
        stage.demo.hooks.queue.clear()
        await look_again(stage)
        (comment,) = stage.comments(pull)
        assert "is merged, and can't be used" in comment
        assert not stage.demo.people.repo(INFRA).items


async def test_in_a_dry_run_nothing_is_told_on_github(sqlite_url: str) -> None:
    text = TEXT.replace("dry_run: false", "dry_run: true")
    async with set_home_stage(sqlite_url, text=text) as stage:
        pull = propose(stage, BAD)
        push_to_default(stage, BAD)
        await look_again(stage)
        assert stage.comments(pull) == []
        assert stage.demo.writes == []


async def test_the_operators_dry_run_goes_before_the_files(sqlite_url: str) -> None:
    async with set_home_stage(sqlite_url, dry_run=True) as stage:
        push_to_default(stage, STRATEGIC)
        await look_again(stage)
        assert stage.access.tenant.writing_since is None


async def test_switching_the_dry_run_off_in_the_file_starts_writing(sqlite_url: str) -> None:
    async with set_home_stage(
        sqlite_url, text=TEXT.replace("dry_run: false", "dry_run: true")
    ) as stage:
        assert stage.access.tenant.writing_since is None
        push_to_default(stage, TEXT)
        await look_again(stage)
        since = stage.access.tenant.writing_since
        assert since is not None
        push_to_default(stage, STRATEGIC)
        await look_again(stage)
        assert stage.access.tenant.writing_since == since


async def test_asking_again_costs_nothing_of_the_limit(database_url: str) -> None:
    async with (
        set_home_stage(database_url) as stage,
        GitHub(
            api_url="https://api.github.com",
            app_id=stage.app_id,
            private_key=loaded_key(),
            timeout_seconds=5,
            budgets=MemoryBudgets(clock=stage.clock),
            cache=RowETagCache(stage.engine, "github.com", stage.clock),
            clock=stage.clock,
            transport=httpx2.ASGITransport(stage.demo),
        ) as github,
    ):
        stage.access.github = github
        await look_again(stage)
        before = limit_left(stage)
        for _ in range(3):
            await ask_for_file(stage.access)
            await stage.settle()
        assert [one.status for one in stage.demo.log[-3:]] == [304, 304, 304]
        assert limit_left(stage) == before


def limit_left(stage: Stage) -> int:
    core = stage.demo.meter.overview(f"installation {_home_installation(stage)}")["core"]
    return int(core["remaining"])


def _home_installation(stage: Stage) -> int:
    return next(
        one.id
        for one in stage.demo.state.installations.values()
        if one.account.login == "example-org"
    )
