"""Migrations on both databases: from nothing to now, at once, and never back in time."""

import asyncio
from collections.abc import Callable
from multiprocessing.context import ForkServerContext
from typing import Any, TypeVar

import asyncpg
import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from pgqueuer.queries import Queries
from sqlalchemy import Connection, LargeBinary, bindparam, inspect, select, text
from sqlmodel import SQLModel, col

from app.store.engine import StoreError, open_engine
from app.store.migrate import migrate
from app.store.tables import Body, Delivery
from app.store.upgrade import alembic_config
from migrations import VERSIONS

T = TypeVar("T")


def on(database_url: str, work: Callable[[Connection], T]) -> T:
    async def run() -> T:
        engine = open_engine(database_url)
        try:
            async with engine.begin() as connection:
                return await connection.run_sync(work)
        finally:
            await engine.dispose()

    return asyncio.run(run())


def tables(connection: Connection) -> set[str]:
    return set(inspect(connection).get_table_names())


def test_an_empty_database_gets_every_table(empty_database_url: str) -> None:
    migrate(empty_database_url)
    assert on(empty_database_url, tables) >= {*SQLModel.metadata.tables, "alembic_version"}


def test_the_migrations_make_what_the_tables_say(database_url: str) -> None:
    """What `alembic check` looks at, on both databases."""

    def differences(connection: Connection) -> list[Any]:
        context = MigrationContext.configure(
            connection,
            opts={
                "include_object": lambda _, name, kind, __, ___: (
                    kind != "table" or not name.startswith("pgqueuer")
                )
            },
        )
        return list(compare_metadata(context, SQLModel.metadata))

    assert on(database_url, differences) == []


def test_migrating_again_changes_nothing(database_url: str) -> None:
    before = on(database_url, tables)
    migrate(database_url)
    assert on(database_url, tables) == before


def test_rows_survive_the_last_step(empty_database_url: str) -> None:
    """From each version to the next one, with what can be there then."""

    def add_row(connection: Connection) -> None:
        count = connection.scalar(text("SELECT count(*) FROM callcount"))
        connection.execute(text("INSERT INTO callcount VALUES ('op', :n, 1)"), {"n": str(count)})

    script = ScriptDirectory.from_config(alembic_config())
    for step in reversed(list(script.walk_revisions())):
        revision = step.revision

        def upgrade(connection: Connection, to: str = revision) -> None:
            command.upgrade(alembic_config(connection), to)

        on(empty_database_url, upgrade)
        if "callcount" in on(empty_database_url, tables):
            on(empty_database_url, add_row)
    migrate(empty_database_url)
    kept = on(
        empty_database_url,
        lambda connection: connection.scalar(text("SELECT count(*) FROM callcount")),
    )
    assert kept >= 1


def test_bodies_of_an_older_database_are_kept_apart_from_then_on(empty_database_url: str) -> None:
    def receive(connection: Connection) -> None:
        command.upgrade(alembic_config(connection), "bodies")
        for guid, body in (("whole", b"\x00{}\xff"), ("dropped", None)):
            connection.execute(
                text(
                    "INSERT INTO delivery (app_id, guid, event, received_at, state, attempts, body)"
                    " VALUES (1, :guid, 'issues', CURRENT_TIMESTAMP, 'pending', 0, :body)"
                ).bindparams(bindparam("body", type_=LargeBinary)),
                {"guid": guid, "body": body},
            )

    on(empty_database_url, receive)
    migrate(empty_database_url)
    kept = on(
        empty_database_url,
        lambda connection: connection.execute(
            select(col(Delivery.guid), col(Body.raw))
            .join(Body, col(Body.delivery_id) == col(Delivery.id), isouter=True)
            .order_by(col(Delivery.id))
        ).all(),
    )
    assert [tuple(row) for row in kept] == [("whole", b"\x00{}\xff"), ("dropped", None)]


def test_on_postgresql_bodies_are_stored_as_they_come(postgres_url: str) -> None:
    """To compress 24 KB takes its server as long as all the rest of storing them."""
    storage = text(
        "SELECT attstorage FROM pg_attribute WHERE attrelid = 'body'::regclass AND attname = 'raw'"
    )
    assert on(postgres_url, lambda connection: connection.scalar(storage)) == b"e"


def test_several_processes_that_start_at_once_all_find_the_tables(
    processes: ForkServerContext, empty_database_url: str
) -> None:
    starting = [processes.Process(target=migrate, args=(empty_database_url,)) for _ in range(4)]
    for process in starting:
        process.start()
    for process in starting:
        process.join()
    assert [process.exitcode for process in starting] == [0] * 4
    assert on(empty_database_url, tables) >= set(SQLModel.metadata.tables)


def test_a_database_of_a_newer_version_is_left_alone(database_url: str) -> None:
    on(
        database_url,
        lambda connection: connection.execute(
            text("UPDATE alembic_version SET version_num = 'from_the_future'")
        ),
    )
    with pytest.raises(StoreError, match=r"newer version of good-citizen \(from_the_future"):
        migrate(database_url)


def test_what_the_migration_installs_is_what_the_queue_library_wants(postgres_url: str) -> None:
    """Red after an update of pgqueuer that changes its tables: then a migration is due."""

    async def plan() -> tuple[list[str], bool]:
        connection = await asyncpg.connect(postgres_url)
        queries = Queries.from_asyncpg_connection(connection)
        planned = await queries.plan_upgrade()
        installed = await queries.schema_is_installed()
        await connection.close()
        return list(planned.statements), installed

    assert asyncio.run(plan()) == ([], True)


def test_sqlite_has_no_tables_of_the_queue_library(sqlite_url: str) -> None:
    assert not {name for name in on(sqlite_url, tables) if name.startswith("pgqueuer")}


def test_the_versions_are_those_of_the_files_in_one_line() -> None:
    script = ScriptDirectory.from_config(alembic_config())
    assert script.get_heads() == [VERSIONS[-1]]
    assert [one.revision for one in script.walk_revisions()] == [*reversed(VERSIONS)]
