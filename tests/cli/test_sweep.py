"""`good-citizen sweep` against a demo GitHub on loopback."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import typer
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from typer.testing import CliRunner, Result

from app.cli.sweep import sweep_command
from app.demo.github import Served, serve_demo_github

commands = typer.Typer()
commands.command()(sweep_command)
HOME = """\
version: 1
home: {name: Example, organisations: [example-org], host: 127.0.0.1}
trackers: [{repo: example-org/infrastructure, public: true}]
upstreams: [jupyterhub/*, "*/wild"]
members: [{login: yuvipanda}, {login: sgibson91}, {login: nobody-such}]
"""


@dataclass
class Operator:
    """Who has set up the app and asks for a sweep by hand."""

    served: Served
    environment: dict[str, str]

    def sweep(self, *options: str) -> Result:
        return CliRunner().invoke(commands, list(options), env=self.environment)


@pytest.fixture
def operator(tmp_path: Path, sqlite_url: str) -> Iterator[Operator]:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    (tmp_path / "key.pem").write_bytes(pem)
    (tmp_path / "home.yml").write_text(HOME)
    with serve_demo_github() as served:
        demo = served.demo
        demo.people.org("example-org")
        demo.people.org("jupyterhub")
        demo.places.repo("example-org/infrastructure")
        demo.places.repo("jupyterhub/oauthenticator")
        app = demo.places.app("good-citizen", public_key=key.public_key())
        demo.places.install(app, "example-org")
        demo.people.open_pull_request("jupyterhub/oauthenticator", "yuvipanda", "Fix CI")
        demo.people.user("sgibson91")
        yield Operator(
            served,
            {
                "GOOD_CITIZEN_APP_ID": str(app.id),
                "GOOD_CITIZEN_PRIVATE_KEY_FILE": str(tmp_path / "key.pem"),
                "GOOD_CITIZEN_HOME_FILE": str(tmp_path / "home.yml"),
                "GOOD_CITIZEN_DATABASE_URL": sqlite_url,
                "GOOD_CITIZEN_GITHUB_API_URL": served.url,
            },
        )


def test_a_dry_run_makes_no_tables(operator: Operator, tmp_path: Path) -> None:
    file = tmp_path / "none.db"
    operator.environment["GOOD_CITIZEN_DATABASE_URL"] = f"sqlite:///{file}"
    tried = operator.sweep("--dry-run")
    assert tried.exit_code == 2
    assert "is not there yet" in tried.output
    assert "`good-citizen serve` makes the tables" in tried.output
    assert not file.exists()


def test_it_tells_what_it_found_and_what_that_cost(operator: Operator) -> None:
    tried = operator.sweep("--dry-run")
    assert tried.exit_code == 0, tried.output
    assert "1 would be recorded (1 undecided)" in tried.output
    first = operator.sweep()
    assert first.exit_code == 0, first.output
    assert "authored" in first.output
    assert "1 new or changed decisions (1 undecided)" in first.output
    assert "GraphQL points" in first.output
    assert "Nobody has the login: nobody-such" in first.output
    assert "Can't be walked, because its owner is a pattern: */wild" in first.output
    again = operator.sweep()
    assert "No acts of members were found." in again.output
    assert operator.served.demo.writes == []


def test_on_a_terminal_a_bar_shows_how_far_it_is_and_what_it_costs(operator: Operator) -> None:
    operator.environment |= {"FORCE_COLOR": "1", "TERM": "xterm", "COLUMNS": "120"}
    shown = operator.sweep().output
    assert "Pull requests of members" in shown
    assert re.search(r"\d+ requests, \d+ points", shown)


def test_one_member_is_swept_for_who_has_to_be_one(operator: Operator) -> None:
    wrong = operator.sweep("--member", "choldgraf")
    assert (wrong.exit_code, wrong.output.strip()) == (
        2,
        "choldgraf is no member in the home file.",
    )
    assert "No acts" in operator.sweep("--member", "SGibson91").output
    assert "authored" in operator.sweep("--member", "yuvipanda", "--since", "2020-01-01").output


def test_a_github_that_can_not_be_asked_is_one_sentence(operator: Operator) -> None:
    for installation in list(operator.served.demo.state.installations.values()):
        operator.served.demo.places.uninstall(installation)
    result = operator.sweep()
    assert result.exit_code == 1
    assert "the app is not installed on example-org" in result.output
