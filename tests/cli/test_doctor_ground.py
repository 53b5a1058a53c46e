"""The doctor's look at settings, home file, key, secret, database and worker."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.engine import make_url

from app.cli.diagnosis import Check, State
from app.cli.ground import look_at_secret
from app.settings import Settings
from migrations import VERSIONS
from tests.cli.admin import HOME, SECRET, Admin, Report, beat, execute, key, pem


def test_a_missing_and_a_damaged_private_key_are_told(admin: Admin) -> None:
    del admin.environment["GOOD_CITIZEN_PRIVATE_KEY_FILE"]
    assert "private key is missing" in admin.ask().output
    admin.environment["GOOD_CITIZEN_PRIVATE_KEY"] = pem(key())[:300]
    report = admin.ask()
    assert report.states()["key"] == "problem"
    assert report.states()["app"] == State.UNKNOWN


def test_a_home_file_for_another_github_is_told(admin: Admin) -> None:
    admin.home_file.write_text(HOME.replace("127.0.0.1", "github.com"))
    report = admin.only(Check.HOME)
    assert report.exit_code == 1
    assert "speaks of github.com" in report.output


def test_a_missing_home_file_is_told_and_the_rest_goes_on(admin: Admin) -> None:
    report = admin.ask("--home", "elsewhere.yml")
    assert "elsewhere.yml can't be read: No such file or directory" in report.output
    assert report.states()["app"] == "ok"
    assert report.states()["installations"] == State.UNKNOWN


def test_the_home_file_s_problems_have_line_and_column(admin: Admin) -> None:
    admin.home_file.write_text(HOME + "membres: []\n")
    report = admin.only(Check.HOME)
    assert report.exit_code == 1
    assert f"{admin.home_file}:6:1" in report.output
    assert 'did you mean "members"?' in report.output


def test_bad_settings_are_told_all_at_once_and_nothing_else_is_asked(admin: Admin) -> None:
    admin.environment |= {"GOOD_CITIZEN_PORT": "many", "GOOD_CITIZEN_WEBHOOK_SECRET": "short"}
    report = admin.ask()
    assert report.exit_code == 1
    assert len(report.lines(Check.SETTINGS)) == 2
    assert "openssl rand -hex 32" in report.output
    assert report.states() == {
        c: "problem" if c is Check.SETTINGS else State.UNKNOWN for c in Check
    }
    assert admin.demo.log == []


def test_a_missing_and_a_guessable_secret_are_told() -> None:
    def judged(secret: str | None) -> State:
        return look_at_secret(Settings(_env_file=None, webhook_secret=secret)).state

    assert judged(None) is State.PROBLEM
    assert judged("a" * 40) is State.PROBLEM
    assert judged(f"{SECRET},{'ab' * 20}") is State.PROBLEM
    assert judged(SECRET) is State.OK
    assert judged(f"{SECRET},{SECRET[::-1]}") is State.OK


def test_a_database_is_looked_at_without_a_trace(admin: Admin, database_url: str) -> None:
    report = admin.ask("--only", "database", "--database-url", database_url)
    assert report.exit_code == 0, report.output
    assert execute(database_url, "SELECT * FROM worker") == []


def test_an_empty_database_is_told(admin: Admin, empty_postgres_url: str) -> None:
    report = admin.ask("--only", "database", "--database-url", empty_postgres_url)
    assert report.exit_code == 1
    assert "has no tables yet" in report.output


@pytest.mark.parametrize(
    ("version", "says"),
    [("20991231_later", "newer version"), ("older", "this program needs")],
)
def test_a_database_of_another_version_is_told(
    admin: Admin, database_url: str, version: str, says: str
) -> None:
    if version == "older":
        version = VERSIONS[0]
    execute(database_url, "UPDATE alembic_version SET version_num = :version", version=version)
    report = admin.ask("--only", "database", "--database-url", database_url)
    assert report.exit_code == 1
    assert says in report.output


def test_a_database_that_may_only_be_read_is_told(admin: Admin, postgres_url: str) -> None:
    name = make_url(postgres_url).database
    execute(postgres_url, f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    report = admin.ask("--only", "database", "--database-url", postgres_url)
    assert report.exit_code == 1
    assert "read-only" in report.output


@pytest.mark.parametrize("url", ["mysql://x", "sqlite:////nowhere/at/all.db"])
def test_a_database_that_can_t_be_had_is_told(admin: Admin, url: str) -> None:
    report = admin.ask("--only", "database", "--only", "worker", "--database-url", url)
    assert report.exit_code == 1
    assert report.states() == {"database": "problem", "worker": State.UNKNOWN}


def test_a_worker_has_to_have_been_seen_lately(admin: Admin, database_url: str) -> None:
    def ask() -> Report:
        return admin.ask("--only", "worker", "--database-url", database_url)

    assert ask().exit_code == 1
    beat(database_url, datetime.now(UTC) - timedelta(seconds=40))
    assert "no worker was seen within 30 s" in ask().output
    beat(database_url, datetime.now(UTC))
    assert ask().exit_code == 0


def test_a_database_without_tables_has_no_worker_to_look_for(
    admin: Admin, empty_postgres_url: str
) -> None:
    report = admin.ask("--only", "worker", "--database-url", empty_postgres_url)
    assert report.states() == {"worker": State.UNKNOWN}
