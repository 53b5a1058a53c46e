"""`buried`, `replay` and `pending-writes`: what an operator sees of the rows, and sets going."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection
from typer.testing import CliRunner, Result

from app.cli import app
from app.policy.home import Home
from app.store import deliveries, places, subjects
from app.store.engine import open_engine
from app.store.inbox import Arrival, Inbox
from app.store.subjects import Key
from app.store.writes import Write, note_writes
from tests.cli.admin import execute

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
GUID = "0b989ba4-242f-11e5-81e1-c7b6966d2516"
HUB = Key("github.com", 1, 719)
COMMENT = "**Upstream work**\n\n- [hub/hub#719](https://example.org) [/red] \\[x]\n\nend"


def run(database_url: str, *arguments: str) -> Result:
    return CliRunner().invoke(app, [*arguments, "--database-url", database_url])


def on(database_url: str, act: Callable[[AsyncConnection], Awaitable[object]]) -> None:
    async def acts() -> None:
        engine = open_engine(database_url)
        async with engine.begin() as connection:
            await act(connection)
        await engine.dispose()

    asyncio.run(acts())


def arrive(database_url: str, *guids: str) -> None:
    async def arrives() -> None:
        engine = open_engine(database_url)
        async with Inbox(engine) as inbox:
            for guid in guids:
                await inbox.put(Arrival(1, guid, "issues", b"{}", NOW, "pending"))
        await engine.dispose()

    asyncio.run(arrives())


async def a_subject(connection: AsyncConnection) -> tuple[int, int]:
    """Make a stale subject; give its home's id and its own."""
    home = Home(name="Example Organisation", organisations=("example-org",))
    tenant = await places.enroll(connection, "github.com", home, NOW, dry_run=True)
    await places.see_repository(connection, "github.com", 1, "hub/hub", NOW)
    marked = await subjects.mark_stale(connection, tenant.id, [HUB])
    return tenant.id, marked[HUB][0]


async def bury_subject(connection: AsyncConnection) -> None:
    _, subject_id = await a_subject(connection)
    held = await subjects.lease(connection, subject_id, "w", NOW, 60)
    assert held
    await subjects.bury(connection, held, NOW, "[locked] by its people")


async def bury_deliveries(connection: AsyncConnection) -> None:
    taken = await deliveries.take_unpumped(connection, NOW, 10)
    ids = [one.id for one in taken]
    await deliveries.pumped(connection, ids, NOW, state="buried", reason="the body is no [JSON]")


def pending(database_url: str) -> int:
    [[count]] = execute(
        database_url,
        "SELECT count(*) FROM delivery WHERE state = 'pending' AND pumped_at IS NULL",
    )
    return int(count)


def test_what_was_given_up_is_listed_with_its_reason_word_for_word(database_url: str) -> None:
    assert run(database_url, "buried").output == "Nothing is buried.\n"
    arrive(database_url, GUID)
    on(database_url, bury_deliveries)
    on(database_url, bury_subject)
    said = run(database_url, "buried").output
    assert GUID in said
    assert "the body is no [JSON]" in said
    assert "hub/hub#719" in said
    assert "[locked] by its people" in said


def test_one_delivery_or_all_that_are_buried_are_run_again(database_url: str) -> None:
    others = [GUID.replace("0b98", f"0b9{n}") for n in "67"]
    arrive(database_url, GUID, *others)
    on(database_url, bury_deliveries)
    on(database_url, bury_subject)
    assert "1 deliveries" in run(database_url, "replay", GUID.upper()).output
    assert pending(database_url) == 1
    assert "2 deliveries and 1 items" in run(database_url, "replay", "all").output
    assert pending(database_url) == 3
    assert run(database_url, "buried").output == "Nothing is buried.\n"
    assert run(database_url, "replay", "all").output == "Nothing is buried.\n"


def test_a_delivery_that_can_t_be_run_again_is_refused_with_the_reason(database_url: str) -> None:
    unknown = run(database_url, "replay", GUID)
    assert unknown.exit_code == 1
    assert "is not known" in unknown.output
    arrive(database_url, GUID)
    on(database_url, bury_deliveries)
    on(database_url, lambda rows: deliveries.drop_bodies(rows, NOW + timedelta(1), 10))
    dropped = run(database_url, "replay", GUID)
    assert dropped.exit_code == 1
    assert "is kept no longer" in dropped.output


def test_what_would_be_written_is_shown_as_it_would_be(database_url: str) -> None:
    async def planned(connection: AsyncConnection) -> None:
        home_id, subject_id = await a_subject(connection)
        writes = [Write("add label", "[bold]kind: tactical"), Write("create comment", text=COMMENT)]
        await note_writes(connection, home_id, subject_id, writes, NOW, dry=True)

    assert run(database_url, "pending-writes").output == "Nothing would be written.\n"
    on(database_url, planned)
    listed = run(database_url, "pending-writes").output
    assert "hub/hub#719" in listed
    assert "[bold]kind: tactical" in listed
    assert "- [hub/hub#719](https://example.org) [/red] \\[x]" in listed
    assert "2 writes" in listed
    whole = run(database_url, "pending-writes", "--text").output
    assert "".join(f"    {line}\n" if line else "\n" for line in COMMENT.splitlines()) in whole


@pytest.mark.parametrize("command", ["buried", "pending-writes", "replay all"])
def test_a_database_that_is_not_there_is_told_and_not_made(tmp_path: Path, command: str) -> None:
    file = tmp_path / "good-citizen.db"
    result = run(f"sqlite:///{file}", *command.split())
    assert result.exit_code == 2
    assert f"The database {file} is not there yet." in result.stderr
    assert "good-citizen serve" in result.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("statement", "says"),
    [
        ("UPDATE alembic_version SET version_num = 'from_the_future'", "newer version"),
        ("DELETE FROM alembic_version", "no tables yet"),
    ],
)
def test_a_database_of_another_version_is_told(
    database_url: str, statement: str, says: str
) -> None:
    execute(database_url, statement)
    result = run(database_url, "buried")
    assert result.exit_code == 2
    assert says in result.stderr
    assert "Traceback" not in result.output
