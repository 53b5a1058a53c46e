"""Classifying from an address, against the demo GitHub over loopback."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.cli import app
from app.demo.github import serve_demo_github
from app.demo.github.access import mint
from tests.github.small_github import rsa_key

HUB, INFRA = "jupyterhub/oauthenticator", "example-org/infrastructure"
HOME = """
version: 1
home: {name: Example, organisations: [example-org]}
trackers: [{repo: example-org/infrastructure, public: true}]
needs: {labels: {support: tech-support}}
members: [{login: yuvipanda}, {login: sgibson91}]
"""


@pytest.fixture
def environment(tmp_path: Path) -> Iterator[dict[str, str]]:
    (tmp_path / "home.yml").write_text(HOME)
    with serve_demo_github() as served:
        people, places = served.demo.people, served.demo.places
        people.org("jupyterhub")
        people.org("example-org")
        places.repo(HUB)
        places.repo(INFRA)
        people.open_issue(INFRA, "sgibson91", "Gate logins", labels=("support",), number=1)
        people.open_pull_request(
            HUB, "yuvipanda", "Gate login on scopes", f"Ref {INFRA}#1", files=("a.py",), number=719
        )
        people.review(f"{HUB}#719", "sgibson91")
        demo_app = places.app("good-citizen", public_key=rsa_key().public_key())
        token = mint(served.demo.state, places.install(demo_app, "example-org"), {})
        yield {
            "GITHUB_TOKEN": token.value,
            "GITHUB_API_URL": served.url,
            "HOME_YML": str(tmp_path / "home.yml"),
        }


def classify(environment: dict[str, str], *addresses: str) -> tuple[int, list[str], str]:
    home = ["--home", environment["HOME_YML"], "--json"]
    result = CliRunner().invoke(app, ["classify", *addresses, *home], env=environment)
    return result.exit_code, result.stdout.splitlines(), result.stderr


def test_a_pull_request_is_classified_from_its_address(environment: dict[str, str]) -> None:
    code, lines, told = classify(environment, f"https://github.com/{HUB}/pull/719")
    answers = [json.loads(line) for line in lines]
    assert code == 0
    assert {(one["id"], one["kind"], one["bucket"]) for one in answers} == {
        (f"{HUB}#719:authored:yuvipanda", "tactical", "tech-support"),
        (f"{HUB}#719:reviewed:sgibson91", "tactical", "tech-support"),
    }
    assert "2 calls" in told


def test_without_a_token_it_says_what_to_do(environment: dict[str, str]) -> None:
    bare = environment | {"GITHUB_TOKEN": ""}
    code, _, told = classify(bare, f"https://github.com/{HUB}/pull/719")
    assert code == 1
    assert "GITHUB_TOKEN is missing" in told


def test_what_is_no_pull_request_is_told(environment: dict[str, str]) -> None:
    code, lines, told = classify(environment, "https://github.com/jupyterhub")
    assert (code, lines) == (1, [])
    assert "is no address of a pull request or issue" in told
