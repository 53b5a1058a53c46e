"""The stage with the home's file in a repository of its own, as an operator would set it up."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from app.config import load_home
from app.config.place import HomePlace
from app.demo.github.model import File
from app.reconcile import ask_for_file, enroll_home, not_enrolled
from app.store.tables import Home
from tests.reconcile.stage import Stage, set_stage

CONFIG = "example-org/.github-private"
PATH = "good-citizen.yml"
TEXT = """\
version: 1
home:
  name: Example
  organisations: [example-org]
trackers:
  - {repo: example-org/infrastructure, public: true}
needs:
  labels: {support: tech-support}
publish: {dry_run: false, upstream: label+comment}
members:
  - {login: yuvipanda}
  - {login: sgibson91}
communities:
  - {name: EarthScope, public: true}
"""
STRATEGIC = TEXT + "rules: {general_maintenance: strategic}\n"
BAD = TEXT.replace("name: Example", "nome: Example")


@asynccontextmanager
async def set_home_stage(
    database_url: str,
    *,
    text: str | None = TEXT,
    repository: str = CONFIG,
    private: bool = True,
    written: str = "example-org",
    dry_run: bool | None = None,
) -> AsyncIterator[Stage]:
    """Set the stage, and enroll the home from its file; `text` None: there is no file yet."""
    async with set_stage(database_url, home=load_home(TEXT), dry_run=True) as stage:
        async with stage.engine.begin() as connection:
            await connection.execute(Home.__table__.delete())  # type: ignore[attr-defined]
        files = {} if text is None else {PATH: text}
        stage.demo.places.repo(repository, private=private, files=files)
        stage.access.tenant = not_enrolled(
            None, HomePlace.of(written), "github.com", dry_run=dry_run
        )
        if text is not None:
            stage.access.tenant = await enroll_home(stage.access)
        yield stage


async def restart(stage: Stage) -> None:
    """Enroll the home anew, as a process does that starts with the same settings."""
    tenant = stage.access.tenant
    stage.access.tenant = not_enrolled(None, tenant.place, tenant.host, dry_run=tenant.dry_run)
    stage.access.tenant = await enroll_home(stage.access)


async def look_again(stage: Stage) -> None:
    """Let the schedule come round, and work on what it asked for."""
    stage.clock.pass_by(minutes=5)
    await ask_for_file(stage.access)
    await stage.settle()


def propose(stage: Stage, text: str, *, repository: str = CONFIG, fork: str | None = None) -> str:
    """Open a pull request that makes the file say `text`; give its name."""
    item = stage.demo.people.open_pull_request(
        repository,
        "yuvipanda",
        "Change how we work",
        files=(File(PATH, content=text),),
        branch="change",
        head_repo=fork,
    )
    return f"{repository}#{item.number}"


def push_to_default(stage: Stage, text: str, repository: str = CONFIG) -> None:
    """Change the file without a pull request."""
    stage.demo.people.repo(repository).files[PATH] = text


def fix_something(stage: Stage, number: int = 1) -> str:
    """Open an upstream pull request that is general maintenance."""
    stage.demo.people.open_pull_request(
        "jupyterhub/oauthenticator",
        "yuvipanda",
        "Bump the pinned versions of dependencies",
        files=("requirements.txt",),
        number=number,
        branch=f"bump-{number}",
    )
    return f"jupyterhub/oauthenticator#{number}"
