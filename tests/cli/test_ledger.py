"""good-citizen ledger and good-citizen forget, on both databases."""

import csv
import io
import json
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import anyio
import pytest
import typer
from typer.testing import CliRunner, Result

from app.cli.forget import forget
from app.cli.ledger import ledger
from app.commands.sayings import Logged, Overruled, ValueSaid
from app.policy.model import Act, Kind, Person
from app.store import places
from tests.policy.homes import facts, mentioning, pull
from tests.store.ledgers import YUVI, at, done, opened

HOME = """\
version: 1
home:
  name: Example
  organisations: [example-org]
  timezone: Europe/Berlin
members:
  - {login: yuvipanda, id: 30430, former_logins: [yuvi-old]}
communities:
  - {name: CryoCloud, aliases: [nasa-cryo]}
"""
CHRIS = Person("choldgraf", 1839645)
LATE = datetime(2024, 3, 5, 23, 30, tzinfo=UTC)
"""In Berlin it is the sixth already."""

commands = typer.Typer()
commands.command()(ledger)
commands.command()(forget)


@pytest.fixture
def run(tmp_path: Path, database_url: str) -> Callable[..., Result]:
    """Record three acts, one of them personal; give what runs a command about them."""
    home = tmp_path / "good-citizen.yml"
    home.write_text(HOME)
    anyio.run(_fill, database_url)

    def command(*arguments: str) -> Result:
        where = ["--home", str(home), "--database-url", database_url]
        return CliRunner().invoke(commands, [*arguments, *where])

    return command


async def _fill(database_url: str) -> None:
    async with opened(database_url) as ledger:
        linked = replace(
            facts(replace(pull(), author=YUVI), done(YUVI, Act.AUTHORED, LATE)),
            backlinks=(mentioning(title="CryoCloud: log in", labels=("support",)),),
        )
        subject_id = await ledger.record(linked, said=(ValueSaid("=Students can log in"),))
        meeting = Logged("meetings", 90, "jupyterhub/team-compass", "monthly meeting")
        await ledger.say(subject_id, meeting, "log", datetime(2024, 4, 1, 12, tzinfo=UTC))
        review = facts(at("jupyter/nbdime", 3, pull("minrk")), done(CHRIS, Act.REVIEWED, LATE))
        await ledger.record(review, repository_id=2)
        own_time = at("jupyter/secret-hobby", 4, replace(pull(), author=YUVI))
        await ledger.record(
            facts(own_time, done(YUVI, Act.AUTHORED, LATE)),
            repository_id=3,
            said=(Overruled(Kind.PERSONAL),),
        )


def test_the_table_shows_totals_then_act_by_act(run: Callable[..., Result]) -> None:
    result = run("ledger")
    assert result.exit_code == 0, result.output
    for said in (
        "tactical",
        "CryoCloud",
        "tech-support",
        "upstream/hub#7",
        "yuvipanda",
        "meetings",
    ):
        assert said in result.stdout
    assert "secret-hobby" not in result.stdout


def test_csv_holds_every_row_and_no_live_cell(run: Callable[..., Result]) -> None:
    rows = list(csv.DictReader(io.StringIO(run("ledger", "--format", "csv").stdout)))
    assert [row["item"] for row in rows] == [
        "jupyterhub/team-compass", "jupyter/nbdime#3", "upstream/hub#7"
    ]  # fmt: skip
    assert rows[-1]["value"] == "'=Students can log in"
    assert rows[0]["minutes"] == "90"


def test_json_tells_totals_and_rows_word_for_word(run: Callable[..., Result]) -> None:
    told = json.loads(run("ledger", "--format", "json").stdout)
    assert told["totals"]["kinds"]["personal"] == {"acts": 1, "people": None}
    assert told["rows"][-1]["value"] == ["=Students can log in"]
    assert told["rows"][-1]["person"] == {"login": "yuvipanda", "id": 30430}


def test_no_export_tells_anything_of_personal_work_but_its_number(
    run: Callable[..., Result],
) -> None:
    for form in ("csv", "json", "md"):
        text = run("ledger", "--format", form).stdout
        assert "upstream/hub" in text.replace("\u200b", "")
        assert "secret-hobby" not in text.replace("\u200b", "")


def test_a_narrowed_report_does_not_count_personal_work(run: Callable[..., Result]) -> None:
    told = json.loads(run("ledger", "--member", "yuvipanda", "--format", "json").stdout)
    assert "personal" not in told["totals"]["kinds"]


def test_the_operator_can_look_at_personal_work_on_their_own_screen(
    run: Callable[..., Result], tmp_path: Path
) -> None:
    assert "jupyter/secret-hobby#4" in run("ledger", "--personal").stdout
    for refused in (("--format", "csv"), ("--output", str(tmp_path / "out.txt"))):
        result = run("ledger", "--personal", *refused)
        assert result.exit_code == 1
        assert "secret-hobby" not in result.output


def test_days_are_the_homes_days(run: Callable[..., Result]) -> None:
    def items(*span: str) -> list[str]:
        told = json.loads(run("ledger", "--format", "json", *span).stdout)
        return [row["subject"]["repo"] for row in told["rows"]]

    assert items("--since", "2024-03-06", "--until", "2024-03-06") == [
        "jupyter/nbdime", "upstream/hub"
    ]  # fmt: skip
    assert items("--until", "2024-03-05") == []


NARROWED = {
    ("--kind", "tactical"): ["upstream/hub"],
    ("--bucket", "tech-support"): ["upstream/hub"],
    ("--activity", "review"): ["jupyter/nbdime"],
    ("--upstream", "jupyter*/*"): ["jupyterhub/team-compass", "jupyter/nbdime"],
    ("--community", "NASA-cryo"): ["upstream/hub"],
    ("--member", "Yuvi-Old"): ["jupyterhub/team-compass", "upstream/hub"],
    ("--member", "nobody"): [],
    ("--as-of", "2020-01-01"): [],
}


def test_each_option_narrows(run: Callable[..., Result]) -> None:
    for options, expected in NARROWED.items():
        told = json.loads(run("ledger", *options, "--format", "json").stdout)
        assert [row["subject"]["repo"] for row in told["rows"]] == expected, options


REFUSED = {
    ("--as-of", "yesterday"): "'yesterday' is no day",
    ("--community", "Atlantis"): "it names CryoCloud",
    ("--upstream", "[a"): "expected a closing ]",
    ("--format", "sqlite"): "give --output FILE",
}


def test_what_cannot_be_meant_is_told_in_a_sentence(run: Callable[..., Result]) -> None:
    for options, says in REFUSED.items():
        result = run("ledger", *options)
        assert result.exit_code == 1, options
        assert says in " ".join(result.output.split())


def test_a_sqlite_file_stands_beside_its_metadata(
    run: Callable[..., Result], tmp_path: Path
) -> None:
    file = tmp_path / "out" / "ledger.db"
    file.parent.mkdir()
    assert run("ledger", "--format", "sqlite", "--output", str(file)).exit_code == 0
    connection = sqlite3.connect(file)
    assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    items = connection.execute("SELECT item FROM ledger ORDER BY item").fetchall()
    connection.close()
    assert [item for (item,) in items] == [
        "jupyter/nbdime#3", "jupyterhub/team-compass", "upstream/hub#7"
    ]  # fmt: skip
    assert "secret-hobby" not in file.read_bytes().decode("latin-1")
    told = json.loads((file.parent / "metadata.json").read_text())
    assert set(told["databases"]) == {"ledger"}
    assert sorted(one.name for one in file.parent.iterdir()) == ["ledger.db", "metadata.json"]


def test_metadata_of_somebody_else_is_not_overwritten(
    run: Callable[..., Result], tmp_path: Path
) -> None:
    (tmp_path / "metadata.json").write_text('{"title": "mine"}')
    result = run("ledger", "--format", "sqlite", "--output", str(tmp_path / "ledger.db"))
    assert result.exit_code == 1
    assert not (tmp_path / "ledger.db").exists()


def test_a_file_that_cannot_be_written_is_told(run: Callable[..., Result], tmp_path: Path) -> None:
    result = run("ledger", "--format", "csv", "--output", str(tmp_path / "no" / "such.csv"))
    assert result.exit_code == 1
    assert "can't be written" in " ".join(result.output.split())


def test_forgetting_is_shown_first_and_done_with_yes(run: Callable[..., Result]) -> None:
    shown = run("forget", "choldgraf")
    assert shown.exit_code == 0, shown.output
    assert "Nothing was changed yet; --yes does it." in shown.stdout
    assert "keep: 1 acts without a name" in shown.stdout
    assert "choldgraf" in run("ledger", "--format", "csv").stdout
    forgotten = run("forget", "choldgraf", "--yes")
    assert "Done." in forgotten.stdout
    left = run("ledger", "--format", "csv").stdout
    assert "choldgraf" not in left
    assert "jupyter/nbdime#3" in left
    assert "Nothing of theirs is here." in run("forget", "choldgraf", "--yes").stdout


def test_who_is_on_the_roster_has_to_be_taken_off_it_first(run: Callable[..., Result]) -> None:
    assert run("forget", "yuvi-old").exit_code == 0
    result = run("forget", "yuvi-old", "--yes")
    assert result.exit_code == 1
    assert "Take them off it first" in " ".join(result.output.split())
    assert "yuvipanda" in run("ledger", "--format", "csv").stdout


def test_an_installation_that_was_removed_is_forgotten(
    run: Callable[..., Result], database_url: str
) -> None:
    assert run("forget", "--installation", "7").exit_code == 1

    async def removed() -> None:
        async with opened(database_url) as ledger, ledger.engine.begin() as connection:
            now = datetime(2026, 3, 31, tzinfo=UTC)
            await places.see_installation(
                connection, "github.com", 7, account_id=1, account_login="jupyter", removed_at=now
            )

    anyio.run(removed)
    result = run("forget", "--installation", "7", "--yes")
    assert result.exit_code == 0, result.output
    assert "keep: what the home's people did in public" in result.stdout


def test_forget_wants_one_of_both(run: Callable[..., Result]) -> None:
    assert run("forget").exit_code == 1
    assert run("forget", "yuvipanda", "--installation", "7").exit_code == 1


@pytest.mark.parametrize("command", ["ledger", "forget yuvipanda", "forget yuvipanda --yes"])
def test_a_database_that_is_not_there_is_told_and_not_made(tmp_path: Path, command: str) -> None:
    home, file = tmp_path / "good-citizen.yml", tmp_path / "good-citizen.db"
    home.write_text(HOME)
    where = ["--home", str(home), "--database-url", f"sqlite:///{file}"]
    result = CliRunner().invoke(commands, [*command.split(), *where])
    assert result.exit_code == 2
    assert f"The database {file} is not there yet." in result.stderr
    assert "good-citizen serve" in result.stderr
    assert list(tmp_path.iterdir()) == [home]
