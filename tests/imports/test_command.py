from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from app.cli.imports import import_command
from tests.imports.stage import some_file

HOME = """version: 1
home: {name: Example, organisations: [example-org]}
trackers: [{repo: example-org/infrastructure, public: true}]
needs: {labels: {support: tech-support}}
members: [{login: yuvipanda}, {login: GeorgianaElena}]
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    file = tmp_path / "good-citizen.yml"
    file.write_text(HOME)
    return file


def run(home: Path, database_url: str, *arguments: str) -> Result:
    app = typer.Typer()
    app.command()(import_command)
    where = ["--home", str(home), "--database-url", database_url]
    return CliRunner().invoke(app, [*arguments, *where])


def test_import_says_what_it_recorded_and_that_a_second_time_is_needless(
    home: Path, sqlite_url: str, tmp_path: Path
) -> None:
    path = some_file(tmp_path / "g.db").write()
    dry = run(home, sqlite_url, str(path), "--dry-run")
    assert dry.exit_code == 0, dry.stderr
    assert "4 would be recorded: 2 strategic, 2 tactical, 1 undecided" in dry.stdout
    done = run(home, sqlite_url, str(path), "--complete", "all")
    assert done.stdout.splitlines() == [
        f"{path}: 7 items, as of 2024-02-08",
        "  4 by members, 1 of the trackers with 1 mentions",
        "  4 recorded: 2 strategic, 2 tactical, 1 undecided",
        "  4 to be read from GitHub later",
    ]
    assert "nothing to do." in run(home, sqlite_url, str(path)).stdout


def test_a_bad_file_gets_one_sentence_and_the_others_are_imported(
    home: Path, sqlite_url: str, tmp_path: Path
) -> None:
    bad = tmp_path / "bad.db"
    bad.write_text("nothing " * 500)
    path = some_file(tmp_path / "g.db").write()
    done = run(home, sqlite_url, str(bad), str(path))
    assert done.exit_code == 1
    assert done.stderr == f"{bad} can't be read as a SQLite database: file is not a database.\n"
    assert "4 recorded" in done.stdout


def test_forgetting_takes_away_and_says_how_much(
    home: Path, sqlite_url: str, tmp_path: Path
) -> None:
    path = some_file(tmp_path / "g.db").write()
    assert run(home, sqlite_url, str(path), "--forget").exit_code == 1
    run(home, sqlite_url, str(path))
    done = run(home, sqlite_url, str(path), "--forget")
    assert "5 items taken away" in done.stdout
    assert "4 recorded" in run(home, sqlite_url, str(path)).stdout
