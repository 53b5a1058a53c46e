"""After an import: what is read from GitHub later, and what forgetting a file takes away."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from app.imports import forget_file
from app.imports.completing import LOT, complete_some
from app.store import places, turns
from app.store.tables import Installation
from tests.imports.files import Fetched
from tests.imports.stage import HUB, NOW, known_from_github, set_stage, some_file

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(("complete", "waiting"), [("none", 0), ("undecided", 1), ("all", LOT + 3)])
async def test_a_setting_says_what_is_read_from_github_later(
    database_url: str, tmp_path: Path, complete: str, waiting: int
) -> None:
    file = Fetched(tmp_path / "g.db")
    for number in range(1, LOT + 3):
        file.pull(HUB, number, "yuvipanda", "Explain how to log in, in the documentation")
    file.pull(HUB, 100, "yuvipanda", "Add a new feature: profiles", at="2024-02-03T09:00:00Z")
    async with set_stage(database_url) as stage:
        report = await stage.take(file.write(), complete=complete)
        assert report.counts.to_complete == waiting
        lots = [await complete_some(stage.engine, stage.tenant, NOW) for _ in range(3)]
        assert lots == [min(waiting, LOT), max(0, waiting - LOT), 0]
        async with stage.engine.connect() as connection:
            stale = await turns.waiting(connection, NOW, 100)
        assert len(stale) == waiting


async def test_nothing_is_completed_while_little_of_the_limit_is_left(
    database_url: str, tmp_path: Path
) -> None:
    async with set_stage(database_url) as stage:
        await stage.take(some_file(tmp_path / "g.db").write(), complete="all")
        async with stage.engine.begin() as connection:
            await places.see_installation(connection, "github.com", 1, account_login="example-org")
            await connection.execute(
                update(Installation).values(
                    limit_remaining=900, limit_resets_at=NOW + timedelta(minutes=5)
                )
            )
        assert await complete_some(stage.engine, stage.tenant, NOW) == 0
        assert await complete_some(stage.engine, stage.tenant, NOW + timedelta(minutes=6)) == 4


async def test_what_github_was_asked_about_leaves_the_line(
    database_url: str, tmp_path: Path
) -> None:
    file = some_file(tmp_path / "g.db")
    async with set_stage(database_url) as stage:
        await stage.take(file.write(), complete="all")
        await known_from_github(stage, file, NOW)
        assert await complete_some(stage.engine, stage.tenant, NOW) == 3


async def test_forgetting_a_file_takes_away_what_it_brought(
    database_url: str, tmp_path: Path
) -> None:
    path = some_file(tmp_path / "g.db").write()
    async with set_stage(database_url) as stage:
        assert await forget_file(stage.engine, stage.tenant, str(path)) is None
        await stage.take(path)
        path.unlink()
        assert await forget_file(stage.engine, stage.tenant, "somewhere/else/g.db") == 5
        rows = await stage.rows()
        assert rows.pop("Subject") == 4
        assert not any(rows.values())


async def test_forgetting_a_file_leaves_what_github_said(database_url: str, tmp_path: Path) -> None:
    file = some_file(tmp_path / "g.db")
    async with set_stage(database_url) as stage:
        await stage.take(file.write())
        subject_id = await known_from_github(stage, file, NOW)
        await forget_file(stage.engine, stage.tenant, str(file.path))
        decided = await stage.decisions()
        assert {key for key in decided if key[0] == 719} == decided.keys()
        assert decided[719, "yuvipanda", "authored"][0] == "tactical"
        async with stage.engine.connect() as connection:
            assert await turns.waiting(connection, NOW, 9) == [subject_id]
