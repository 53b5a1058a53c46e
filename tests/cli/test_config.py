import asyncio
import json
from importlib import resources
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.cli.config import config_app
from app.config import config_schema
from tests.reconcile.home_stage import set_home_stage

SMALLEST = "version: 1\nhome: {name: Example, organisations: [example-org]}\n"
EXAMPLE = resources.files("app.config").joinpath("example.yml").read_text("utf-8")


def test_check_counts_what_a_good_file_has(tmp_path: Path) -> None:
    file = tmp_path / "good-citizen.yml"
    file.write_text(EXAMPLE, "utf-8")
    result = CliRunner().invoke(config_app, ["check", str(file)])
    assert result.exit_code == 0
    assert result.stdout == (
        f"{file} is valid: 2 members, 2 communities, 2 trackers, 2 upstreams\n"
    )


def test_check_tells_all_problems_and_fails(tmp_path: Path) -> None:
    file = tmp_path / "home.yml"
    file.write_text(SMALLEST + "membrs: []\nbots: 1\n")
    result = CliRunner().invoke(config_app, ["check", str(file)])
    assert result.exit_code == 1
    assert result.stderr.splitlines() == [
        f'{file}:3:1 membrs: unknown key; did you mean "members"?',
        f"{file}:4:7 bots: expected a list, found the number 1",
    ]


def test_check_reads_an_upstream_s_own_file(tmp_path: Path) -> None:
    file = tmp_path / "good-citizen.yml"
    file.write_text("version: 1\npublish: label\n")
    result = CliRunner().invoke(config_app, ["check", "--upstream", str(file)])
    assert (result.exit_code, result.stdout) == (0, f"{file} is valid: publish label\n")
    assert CliRunner().invoke(config_app, ["check", str(file)]).exit_code == 1


@pytest.mark.parametrize("command", [["check"], ["show", "--home"]])
def test_a_file_that_is_not_there_is_one_sentence(command: list[str], tmp_path: Path) -> None:
    file = tmp_path / "none.yml"
    result = CliRunner().invoke(config_app, [*command, str(file)])
    assert result.exit_code == 1
    assert result.stderr == f"{file} cannot be read: No such file or directory\n"


def test_a_file_that_is_too_large_is_not_read_to_its_end(tmp_path: Path) -> None:
    file = tmp_path / "large.yml"
    file.write_bytes(b"#" * 1_000_000)
    result = CliRunner().invoke(config_app, ["check", str(file)])
    assert result.exit_code == 1
    assert "expected at most 65,536 bytes" in result.stderr


def test_show_prints_every_value_with_its_origin(tmp_path: Path) -> None:
    file = tmp_path / "home.yml"
    file.write_text(SMALLEST)
    result = CliRunner().invoke(config_app, ["show", "--home", str(file)])
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert f'home.organisations: ["example-org"]  # {file}:2' in lines
    assert "publish.dry_run: true  # default" in lines


def test_of_a_file_in_a_repository_the_version_is_shown_that_the_worker_goes_by(
    sqlite_url: str,
) -> None:
    async def work() -> None:
        async with set_home_stage(sqlite_url):
            pass

    settings = {
        "GOOD_CITIZEN_HOME_REPOSITORY": "https://github.com/example-org",
        "GOOD_CITIZEN_DATABASE_URL": sqlite_url,
    }
    missing = CliRunner().invoke(config_app, ["show"], env=settings)
    assert missing.exit_code == 1
    assert "The worker has not read https://github.com/example-org yet" in missing.stderr
    asyncio.run(work())
    shown = CliRunner().invoke(config_app, ["show"], env=settings).stdout
    assert 'needs.labels.support: "tech-support"  # https://github.com/example-org:8' in shown
    assert "publish.closing: null  # default" in shown


def test_show_tells_the_problems_of_a_bad_file(tmp_path: Path) -> None:
    file = tmp_path / "home.yml"
    file.write_text("version: 3\n")
    result = CliRunner().invoke(config_app, ["show", "--home", str(file)])
    assert result.exit_code == 1
    assert f"{file}:1:10 version: expected 1" in result.stderr


def test_schema_prints_the_schema() -> None:
    result = CliRunner().invoke(config_app, ["schema"])
    assert json.loads(result.stdout) == config_schema()
