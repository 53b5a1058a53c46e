"""Where a worker gets its home from, and what it does until there is one."""

import asyncio
from pathlib import Path

import pytest

from app.demo.github import serve_demo_github
from app.foundation import NO_HOME, find_home, web_host
from app.settings import Settings, SettingsError
from app.store import homes
from app.store.engine import open_engine
from app.worker import run_worker
from tests.cli.admin import HOME, key, pem

pytestmark = pytest.mark.anyio
LONG = 60.0


def problems_of(settings: Settings) -> tuple[str, ...]:
    with pytest.raises(SettingsError) as caught:
        find_home(settings)
    return caught.value.problems


def test_without_a_file_and_a_repository_one_sentence_says_so() -> None:
    assert problems_of(Settings(_env_file=None)) == (NO_HOME,)


def test_what_is_no_place_is_told() -> None:
    (says,) = problems_of(Settings(_env_file=None, home_repository="github.com/a/b"))
    assert says.startswith("GOOD_CITIZEN_HOME_REPOSITORY: expected owner, owner/name")


@pytest.mark.parametrize(
    ("api", "written", "host"),
    [
        ("https://api.github.com", "example-org", "github.com"),
        ("https://api.octocorp.ghe.com", "example-org", "octocorp.ghe.com"),
        ("https://git.example.org/api/v3", "example-org", "git.example.org"),
        ("https://api.example.org/api/v3", "example-org", "api.example.org"),
        ("http://gateway.internal:8080", "https://github.com/example-org", "github.com"),
    ],
)
def test_the_github_that_people_see_is_told_by_its_api_or_by_the_file_s_place(
    api: str, written: str, host: str
) -> None:
    settings = Settings(_env_file=None, github_api_url=api, home_repository=written)
    _, place = find_home(settings)
    assert web_host(settings.github_api_url, place) == host


def test_a_file_goes_before_a_repository(tmp_path: Path) -> None:
    file = tmp_path / "good-citizen.yml"
    file.write_text(HOME)
    home, place = find_home(Settings(_env_file=None, home_file=file, home_repository="example-org"))
    assert home is not None
    assert place is None


async def test_a_worker_waits_for_its_file_and_starts_with_it(sqlite_url: str) -> None:
    with serve_demo_github() as served:
        demo = served.demo
        demo.people.org("example-org", members=["yuvipanda"])
        repository = demo.places.repo("example-org/.github", files={"good-citizen.yml": HOME})
        app = demo.places.app("good-citizen", public_key=key().public_key())
        demo.places.install(app, "example-org")
        settings = Settings(
            _env_file=None,
            app_id=app.id,
            private_key=pem(key()),
            database_url=sqlite_url,
            github_api_url=served.url,
            home_repository="example-org",
        )
        await _until_kept(settings, 1)
        # The second start needs no file any more: the last good version is in the row.
        repository.files.clear()
        await _until_kept(settings, 1)


async def test_a_worker_that_is_told_to_stop_before_there_is_a_file_stops(sqlite_url: str) -> None:
    with serve_demo_github() as served:
        stop = asyncio.Event()
        app = served.demo.places.app("good-citizen", public_key=key().public_key())
        settings = Settings(
            _env_file=None,
            app_id=app.id,
            private_key=pem(key()),
            database_url=sqlite_url,
            github_api_url=served.url,
            home_repository="example-org",
        )
        working = asyncio.create_task(run_worker(settings, stop))
        while not served.demo.log:
            await asyncio.wait({working}, timeout=0.02)
        stop.set()
        await asyncio.wait_for(working, LONG)


async def _until_kept(settings: Settings, homes_kept: int) -> None:
    """Let a worker run until its home's file is kept and it has asked for it again."""
    stop, engine = asyncio.Event(), open_engine(settings.database_url)
    working = asyncio.create_task(run_worker(settings, stop))
    async with asyncio.timeout(LONG):
        while not working.done():
            async with engine.connect() as connection:
                kept = await homes.kept_files(connection, "127.0.0.1")
            if len(kept) == homes_kept:
                break
            await asyncio.wait({working}, timeout=0.02)
        stop.set()
        await working
    await engine.dispose()
    assert [one.text for one in kept] == [HOME]
