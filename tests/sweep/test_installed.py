"""Where the app is installed although no event said so, and where it is not any more."""

import pytest
from sqlalchemy import select
from sqlmodel import col

from app.demo.github.faults import server_error
from app.demo.github.model import Installation as Installed
from app.store.tables import Installation, Repository
from app.sweep import Options
from app.sweep.installed import MOST_WALKED
from tests.sweep.stage import ELSEWHERE, HUB, Stage, set_stage

pytestmark = pytest.mark.anyio


async def test_an_installation_that_no_event_told_of_is_found(database_url: str) -> None:
    async with set_stage(database_url) as stage:
        assert await let_in(stage) == {}
        installed = install(stage, "pangeo-data")
        await stage.sweep(Options(dry=True))
        assert await let_in(stage) == {}
        await stage.sweep()
        assert await let_in(stage) == {ELSEWHERE: installed.id}
        stage.demo.people.open_issue(ELSEWHERE, "minrk", "It is broken", number=1)
        stage.demo.people.label(f"{ELSEWHERE}#1", "GeorgianaElena", "bug")
        stage.clock.pass_by(hours=1)
        assert (await stage.sweep()).left_to_jobs == 1


async def test_suspended_working_again_gone_and_installed_anew(database_url: str) -> None:
    async with set_stage(database_url) as stage:
        first = install(stage, "jupyterhub")
        await stage.sweep()
        stage.demo.places.set_suspended(first, suspended=True)
        await stage.sweep()
        assert await let_in(stage) == {}
        stage.demo.places.set_suspended(first, suspended=False)
        await stage.sweep()
        assert await let_in(stage) == {HUB: first.id}
        stage.demo.places.uninstall(first)
        await stage.sweep()
        assert await let_in(stage) == {}
        second = install(stage, "jupyterhub")
        await stage.sweep()
        assert await let_in(stage) == {HUB: second.id}


async def test_an_account_with_too_many_repositories_is_named_and_not_walked(
    sqlite_url: str,
) -> None:
    async with set_stage(sqlite_url) as stage:
        for number in range(MOST_WALKED):
            stage.demo.places.repo(f"pangeo-data/feedstock-{number}")
        install(stage, "pangeo-data")
        before = await stage.sweep()
        assert before.too_many == ["pangeo-data"]
        assert await let_in(stage) == {}
        assert before.requests <= 20


async def test_what_github_does_not_show_stays_as_it_is_known(sqlite_url: str) -> None:
    async with set_stage(sqlite_url) as stage:
        installed = install(stage, "jupyterhub")
        await stage.sweep()
        for path, named in (
            ("/app/installations", "where the app is installed"),
            ("/installation/repositories", "jupyterhub"),
        ):
            stage.demo.faults = lambda request, path=path: (
                server_error() if request.path == path else None
            )
            assert named in (await stage.sweep()).incomplete
            assert await let_in(stage) == {HUB: installed.id}


def install(stage: Stage, account: str) -> Installed:
    (app,) = stage.demo.state.apps.values()
    return stage.demo.places.install(app, account)


async def let_in(stage: Stage) -> dict[str, int]:
    """Give the repositories of installations that are known to work, with theirs."""
    async with stage.engine.connect() as connection:
        rows = await connection.execute(
            select(col(Repository.full_name), col(Installation.id))
            .join(Installation, col(Installation.id) == col(Repository.installation_id))
            .where(col(Installation.removed_at).is_(None), col(Installation.suspended_at).is_(None))
        )
        return {row.full_name: row.id for row in rows}
