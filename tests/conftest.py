"""Databases for the tests: each test gets a fresh one, SQLite's file or a real PostgreSQL's."""

import asyncio
import os
import shutil
from collections.abc import Iterator
from multiprocessing.context import ForkServerContext
from pathlib import Path

import pytest
import structlog

from app.store.migrate import migrate
from tests.chaos.machines import forkserver
from tests.databases import execute, postgres_database, serve_postgres


def pytest_xdist_auto_num_workers() -> int:
    """Run twice as many tests at once as there are cores: many wait for processes and clocks."""
    return 2 * (os.cpu_count() or 1)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes long, or one process ends with it while the others have no more to do.

    All else stays in its random order.
    """
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(autouse=True)
def _logs_as_they_were() -> Iterator[None]:
    """Undo what a command chose for the logs of its process, which here is that of many tests."""
    yield
    structlog.reset_defaults()


@pytest.fixture(scope="session")
def processes() -> ForkServerContext:
    """Makes processes that are quick to start, because they are copies of one that has imported."""
    return forkserver()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The address of a PostgreSQL of our own, started once; `{}` stands for the database."""
    with serve_postgres() as server:
        yield server


@pytest.fixture
def empty_sqlite_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'good-citizen.db'}"


@pytest.fixture
def empty_postgres_url(postgres_server: str) -> Iterator[str]:
    with postgres_database(postgres_server) as url:
        yield url


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("template") / "template.db"
    migrate(f"sqlite:///{file}")
    return file


@pytest.fixture(scope="session")
def migrated_postgres(postgres_server: str) -> str:
    """The name of a database to copy."""
    asyncio.run(execute(postgres_server, "CREATE DATABASE migrated"))
    migrate(postgres_server.format("migrated"))
    return "migrated"


@pytest.fixture
def sqlite_url(empty_sqlite_url: str, migrated_sqlite: Path) -> str:
    """A fresh SQLite database with all tables."""
    shutil.copy(migrated_sqlite, empty_sqlite_url.removeprefix("sqlite:///"))
    return empty_sqlite_url


@pytest.fixture
def postgres_url(postgres_server: str, migrated_postgres: str) -> Iterator[str]:
    """A fresh PostgreSQL database with all tables."""
    with postgres_database(postgres_server, migrated_postgres) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest) -> str:
    """A fresh database with all tables: the test runs once on each kind."""
    return str(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture(params=["sqlite", "postgres"])
def empty_database_url(request: pytest.FixtureRequest) -> str:
    """A fresh database without tables: the test runs once on each kind."""
    return str(request.getfixturevalue(f"empty_{request.param}_url"))
