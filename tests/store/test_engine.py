"""Both engines, on both databases."""

import asyncio
import stat
from multiprocessing.context import ForkServerContext
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError

from app.store.engine import StoreError, check_durability, open_engine, open_reader
from app.store.migrate import migrate

ADD_ONE = text(
    "INSERT INTO callcount (operation, outcome, count) VALUES ('a', 'b', 1) "
    "ON CONFLICT (operation, outcome) DO UPDATE SET count = callcount.count + 1"
)
COUNT = text("SELECT count FROM callcount")


def test_a_migrated_database_keeps_its_commits(database_url: str) -> None:
    async def check() -> None:
        engine = open_engine(database_url)
        await check_durability(engine)
        await engine.dispose()

    asyncio.run(check())


def test_a_file_without_a_write_ahead_log_is_refused(empty_sqlite_url: str) -> None:
    async def check() -> None:
        engine = open_engine(empty_sqlite_url)
        try:
            await check_durability(engine)
        finally:
            await engine.dispose()

    with pytest.raises(StoreError, match="could lose a commit: its journal mode is delete"):
        asyncio.run(check())


def test_a_file_that_is_not_synchronised_at_each_commit_is_refused(sqlite_url: str) -> None:
    async def check() -> None:
        engine = open_engine(sqlite_url)
        event.listen(
            engine.sync_engine, "connect", lambda c, _: c.execute("PRAGMA synchronous=NORMAL")
        )
        try:
            await check_durability(engine)
        finally:
            await engine.dispose()

    with pytest.raises(StoreError, match="could lose a commit: synchronous is 1, not FULL"):
        asyncio.run(check())


def test_a_database_where_commits_need_not_wait_for_the_disk_waits_for_ours(
    postgres_url: str,
) -> None:
    async def check() -> None:
        engine = open_engine(postgres_url)
        name = engine.url.database
        async with engine.begin() as connection:
            await connection.execute(text(f"ALTER DATABASE {name} SET synchronous_commit = off"))
        await engine.dispose()
        await check_durability(engine)
        await engine.dispose()
        reader = open_reader(postgres_url)
        async with reader.connect() as plain:
            assert await plain.scalar(text("SHOW synchronous_commit")) == "off"
        await reader.dispose()

    asyncio.run(check())


def test_a_connection_that_the_server_closed_is_given_to_nobody(postgres_url: str) -> None:
    async def check() -> None:
        for engine in (open_engine(postgres_url), open_reader(postgres_url)):
            closed = asyncio.Event()
            async with engine.connect() as connection:
                pid = await connection.scalar(text("SELECT pg_backend_pid()"))
                driver = (await connection.get_raw_connection()).driver_connection
                assert isinstance(driver, asyncpg.Connection)
                driver.add_termination_listener(lambda _, closed=closed: closed.set())
            other = await asyncpg.connect(postgres_url)
            await other.execute(f"SELECT pg_terminate_backend({pid})")
            await other.close()
            await closed.wait()
            async with engine.connect() as connection:
                assert await connection.scalar(text("SELECT pg_backend_pid()")) != pid
            await engine.dispose()

    asyncio.run(check())


def test_a_server_that_could_lose_a_commit_stops_the_start(
    postgres_server: str, postgres_url: str
) -> None:
    async def settle(setting: str, says: str) -> None:
        connection = await asyncpg.connect(postgres_server.format("postgres"))
        await connection.execute(f"ALTER SYSTEM {setting}")
        await connection.execute("SELECT pg_reload_conf()")
        while await connection.fetchval("SHOW full_page_writes") != says:
            continue  # the server's processes read it one after the other
        await connection.close()

    asyncio.run(settle("SET full_page_writes = off", "off"))
    try:
        with pytest.raises(StoreError, match="could lose a commit: full_page_writes is off"):
            migrate(postgres_url)
    finally:
        asyncio.run(settle("RESET full_page_writes", "on"))


def test_a_reader_sees_one_state_and_waits_for_no_writer(database_url: str) -> None:
    async def check() -> list[int | None]:
        engine, reader = open_engine(database_url), open_reader(database_url)
        async with engine.begin() as writing:
            await writing.execute(ADD_ONE)
        seen = []
        async with engine.connect() as writing, reader.connect() as reading:
            seen.append(await reading.scalar(COUNT))
            await writing.execute(ADD_ONE)
            seen.append(await reading.scalar(COUNT))
            await writing.commit()
            seen.append(await reading.scalar(COUNT))
        async with reader.connect() as reading:
            seen.append(await reading.scalar(COUNT))
        await engine.dispose()
        await reader.dispose()
        return seen

    assert asyncio.run(check()) == [1, 1, 1, 2]


def test_a_reader_can_not_write(database_url: str) -> None:
    async def check() -> None:
        reader = open_reader(database_url)
        try:
            async with reader.begin() as reading:
                await reading.execute(ADD_ONE)
        finally:
            await reader.dispose()

    with pytest.raises(DBAPIError, match=r"readonly|read-only"):
        asyncio.run(check())


def test_what_is_rolled_back_leaves_nothing(database_url: str) -> None:
    async def check() -> int | None:
        engine = open_engine(database_url)
        async with engine.connect() as connection:
            await connection.execute(ADD_ONE)
            await connection.rollback()
            count: int | None = await connection.scalar(COUNT)
        await engine.dispose()
        return count

    assert asyncio.run(check()) is None


WRITER = f"""
import asyncio
from sqlalchemy import event, text
from app.store.engine import open_engine

async def write(engine):
    for _ in range(20):
        async with engine.begin() as connection:
            await connection.scalar(text({COUNT.text!r}))
            await connection.execute(text({ADD_ONE.text!r}))

async def main():
    engine = open_engine(database_url)
    await asyncio.gather(*(write(engine) for _ in range(4)))
    await engine.dispose()

asyncio.run(main())
"""


def test_several_processes_read_then_write_at_once_and_none_is_locked_out(
    processes: ForkServerContext, database_url: str
) -> None:
    """Without BEGIN IMMEDIATE what began by reading could not go on to write."""
    writers = [
        processes.Process(target=exec, args=(WRITER, {"database_url": database_url}))
        for _ in range(4)
    ]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()

    async def count() -> int | None:
        reader = open_reader(database_url)
        async with reader.connect() as connection:
            found: int | None = await connection.scalar(COUNT)
        await reader.dispose()
        return found

    assert [writer.exitcode for writer in writers] == [0] * 4
    assert asyncio.run(count()) == 4 * 4 * 20


@pytest.mark.parametrize(
    "address",
    [
        "",
        "good-citizen.db",
        "sqlite://",
        "sqlite:///:memory:",
        "mysql://host/name",
        "postgresql://",
    ],
)
def test_an_address_of_no_database_is_told(address: str) -> None:
    with pytest.raises(StoreError, match="has to be sqlite:///FILE or postgresql://"):
        open_engine(address)


def test_a_missing_directory_is_told(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"there is no directory .*nowhere"):
        migrate(f"sqlite:///{tmp_path / 'nowhere' / 'good-citizen.db'}")


def test_a_directory_in_the_files_place_is_told(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="it is not a file that we may write"):
        migrate(f"sqlite:///{tmp_path}")


def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("no database " * 100)
    with pytest.raises(StoreError, match=r"notes\.txt can't be used: file is not a database"):
        migrate(f"sqlite:///{file}")
    assert stat.S_ISREG(file.stat().st_mode)


def test_a_postgresql_that_is_not_there_is_told_without_the_password() -> None:
    with pytest.raises(StoreError, match=r"citizen on 127\.0\.0\.1 can't be used") as caught:
        migrate("postgresql://someone:hunter2-hunter2@127.0.0.1:1/citizen")
    assert "hunter2" not in str(caught.value)


def test_a_database_that_postgresql_does_not_have_is_told(postgres_server: str) -> None:
    with pytest.raises(StoreError, match='"nowhere" does not exist'):
        migrate(postgres_server.format("nowhere"))
