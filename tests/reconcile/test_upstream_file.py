"""An upstream's own .github/good-citizen.yml: opts in, restricts or mutes, and is asked seldom."""

import asyncio

import pytest

from app.config.place import UPSTREAM_PATH
from app.demo.github.faults import html_502
from app.github.errors import ServerError
from app.reconcile.upstream_file import upstream_asks
from tests.reconcile.stage import HUB, Stage, set_stage

pytestmark = pytest.mark.anyio
FILE = UPSTREAM_PATH.split("/")[-1]


async def asks(stage: Stage, *, installed: bool = True) -> str | None:
    repository = stage.demo.people.repo(HUB)
    installation = next(
        one.id
        for one in stage.demo.state.installations.values()
        if one.account.login == "jupyterhub"
    )
    return await upstream_asks(
        stage.access, installation if installed else None, repository.id, HUB
    )


def write(stage: Stage, text: str) -> None:
    stage.demo.people.repo(HUB).files[UPSTREAM_PATH] = text


@pytest.mark.parametrize("wanted", ["off", "label", "label+comment"])
async def test_its_word_is_what_it_asks_for(sqlite_url: str, wanted: str) -> None:
    async with set_stage(sqlite_url) as stage:
        write(stage, f"version: 1\npublish: '{wanted}'\n")
        assert await asks(stage) == wanted


async def test_without_a_file_or_a_word_the_home_s_setting_holds(sqlite_url: str) -> None:
    async with set_stage(sqlite_url) as stage:
        assert await asks(stage) is None
        stage.clock.pass_by(minutes=6)
        write(stage, "version: 1\n")
        assert await asks(stage) is None


async def test_that_there_is_none_is_known_after_a_second_also_with_a_new_token(
    sqlite_url: str,
) -> None:
    async with set_stage(sqlite_url) as stage:
        before = stage.clock.now()
        assert await asks(stage) is None
        assert (stage.clock.now() - before).total_seconds() == 1
        paths = [one.path for one in stage.demo.log]
        assert [path.split("/")[-1] for path in paths if "/contents/" in path] == [FILE, FILE]


@pytest.mark.parametrize(
    "text", ["publish: everything\n", "version: 1\nplease: label\n", "- x", ""]
)
async def test_a_bad_file_means_that_nothing_is_written_there(sqlite_url: str, text: str) -> None:
    async with set_stage(sqlite_url) as stage:
        write(stage, text)
        assert await asks(stage) == "off"


async def test_where_the_file_may_not_be_read_nothing_is_written(sqlite_url: str) -> None:
    async with set_stage(sqlite_url) as stage:
        for installation in stage.demo.state.installations.values():
            del installation.permissions["single_file"]
        assert await asks(stage) == "off"


async def test_it_is_asked_for_where_the_app_is_installed_and_every_few_minutes(
    sqlite_url: str,
) -> None:
    async with set_stage(sqlite_url) as stage:
        assert await asks(stage, installed=False) is None
        assert stage.demo.log == []
        await asks(stage)
        asked = len(stage.demo.log)
        write(stage, "version: 1\npublish: 'off'\n")
        assert await asks(stage) is None
        assert len(stage.demo.log) == asked
        stage.clock.pass_by(minutes=6)
        assert await asks(stage) == "off"
        assert len(stage.demo.log) == asked + 1


async def test_jobs_that_need_it_at_once_ask_once(sqlite_url: str) -> None:
    async with set_stage(sqlite_url) as stage:
        write(stage, "version: 1\npublish: label\n")
        assert await asyncio.gather(*(asks(stage) for _ in range(16))) == ["label"] * 16
        assert sum("/contents/" in one.path for one in stage.demo.log) == 1


async def test_that_it_could_not_be_read_is_told_to_all_who_wait_and_believed_no_longer(
    sqlite_url: str,
) -> None:
    async with set_stage(sqlite_url) as stage:
        write(stage, "version: 1\npublish: label\n")
        stage.demo.faults = lambda asked: html_502() if "/contents/" in asked.path else None
        waiting = await asyncio.gather(*(asks(stage) for _ in range(3)), return_exceptions=True)
        assert [type(one) for one in waiting] == [ServerError] * 3
        stage.demo.faults = None
        assert await asks(stage) == "label"


async def test_a_private_repository_s_file_is_read_with_that_permission_alone(
    sqlite_url: str,
) -> None:
    async with set_stage(sqlite_url) as stage:
        stage.demo.places.set_private(HUB, private=True)
        write(stage, "version: 1\npublish: label\n")
        assert await asks(stage) == "label"
        (token,) = stage.demo.state.tokens.values()
        assert token.permissions == {"metadata": "read", "single_file": "read"}
        assert token.repos == frozenset({stage.demo.people.repo(HUB).id})
