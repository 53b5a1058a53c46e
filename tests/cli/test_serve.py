"""`good-citizen serve`: a start that says what is wrong, and an end that is clean or says why."""

import os
import re
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing.context import ForkServerContext
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import TextIO

import httpx2
import psutil
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from typer.testing import CliRunner

from app.cli import app
from app.store.version import NotReadyError, look

SECRET = "it's a secret to everybody"
WEAK = (
    "GOOD_CITIZEN_WEBHOOK_SECRET: a webhook secret has to be 16 characters or longer, one has 5; "
    "make one with: openssl rand -hex 32"
)
NO_HOME = (
    "The home file no.yml can't be read (No such file or directory): "
    "set GOOD_CITIZEN_HOME_FILE or --home."
)
HOME = "version: 1\nhome: {name: Example, organisations: [example-org]}\n"


@pytest.fixture(scope="module")
def key_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    file = tmp_path_factory.mktemp("key") / "key.pem"
    file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.TraditionalOpenSSL,
            serialization.NoEncryption(),
        )
    )
    return file


@pytest.fixture
def environment(tmp_path: Path, key_file: Path) -> dict[str, str]:
    """All that a start needs; GitHub is a port where nobody listens."""
    home = tmp_path / "good-citizen.yml"
    home.write_text(HOME)
    return {
        "GOOD_CITIZEN_APP_ID": "1",
        "GOOD_CITIZEN_WEBHOOK_SECRET": SECRET,
        "GOOD_CITIZEN_PRIVATE_KEY_FILE": str(key_file),
        "GOOD_CITIZEN_HOME_FILE": str(home),
        "GOOD_CITIZEN_DATABASE_URL": f"sqlite:///{tmp_path / 'good-citizen.db'}",
        "GOOD_CITIZEN_GITHUB_API_URL": "http://127.0.0.1:9",
        "GOOD_CITIZEN_PORT": "0",
    }


@dataclass(frozen=True, slots=True)
class Running:
    """`good-citizen serve`, both processes, and what it says."""

    parent: BaseProcess
    said: TextIO

    def address(self) -> str:
        """Wait for the line that tells it."""
        found = re.fullmatch(r"good-citizen listens on (http://\S+)\n", self.said.readline())
        assert found
        return found[1]

    def children(self) -> list[psutil.Process]:
        found: list[psutil.Process] = psutil.Process(self.parent.pid).children()
        return found


SERVE = """
import os
os.dup2(out.fileno(), 1)
os.dup2(out.fileno(), 2)
os.environ.update(environment)
from app.cli import app
from app.store.version import NotReadyError, look
app(["serve"])
"""


@pytest.fixture
def serving(processes: ForkServerContext, environment: dict[str, str]) -> Iterator[Running]:
    read, out = processes.Pipe(duplex=False)
    parent = processes.Process(target=exec, args=(SERVE, {"out": out, "environment": environment}))
    parent.start()
    out.close()
    with os.fdopen(os.dup(read.fileno())) as said:
        yield Running(parent, said)
    read.close()
    parent.terminate()
    parent.join()


def start(environment: dict[str, str | None], *options: str) -> tuple[int, list[str]]:
    """Give the exit code and the problems of a start that must not succeed."""
    result = CliRunner().invoke(app, ["serve", *options], env=environment)
    said, *problems = result.stderr.splitlines()
    assert said == "good-citizen can't start:"
    assert "Traceback" not in result.output
    return result.exit_code, [problem.removeprefix("- ") for problem in problems]


def test_all_that_is_wrong_with_a_start_is_told_at_once(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        environment: dict[str, str | None] = {
            "GOOD_CITIZEN_APP_ID": None,
            "GOOD_CITIZEN_WEBHOOK_SECRET": "short",
            "GOOD_CITIZEN_PRIVATE_KEY_FILE": str(tmp_path / "no-key.pem"),
            "GOOD_CITIZEN_DATABASE_URL": f"sqlite:///{tmp_path / 'nowhere' / 'x.db'}",
        }
        port = str(taken.getsockname()[1])
        code, problems = start(environment, "--home", str(tmp_path / "no.yml"), "--port", port)
    assert code == 2
    assert [re.sub(r"/\S*/", "", problem) for problem in problems] == [
        WEAK,
        "GOOD_CITIZEN_APP_ID is missing: it is on the App's settings page.",
        "The private key's file no-key.pem can't be read: No such file or directory.",
        NO_HOME,
        f"The address 127.0.0.1:{port} can't be had: address already in use.",
        "The database x.db can't be made: there is no directory nowhere.",
    ]


def test_a_start_that_fails_makes_no_tables(
    environment: dict[str, str | None], empty_database_url: str
) -> None:
    environment |= {
        "GOOD_CITIZEN_DATABASE_URL": empty_database_url,
        "GOOD_CITIZEN_WEBHOOK_SECRET": "short",
    }
    assert start(environment) == (2, [WEAK])
    with pytest.raises(NotReadyError):
        look(empty_database_url)


def test_an_unknown_key_in_the_home_file_is_told_with_its_line(
    environment: dict[str, str | None], tmp_path: Path
) -> None:
    (tmp_path / "good-citizen.yml").write_text(HOME + "colour: red\n")
    code, problems = start(environment)
    assert code == 2
    assert len(problems) == 1
    assert "colour" in problems[0]
    assert ":3:" in problems[0]


def test_the_web_process_alone_needs_neither_key_nor_home_file(tmp_path: Path) -> None:
    environment: dict[str, str | None] = {
        "GOOD_CITIZEN_PRIVATE_KEY_FILE": str(tmp_path / "no-key.pem"),
        "GOOD_CITIZEN_HOME_FILE": str(tmp_path / "no.yml"),
        "GOOD_CITIZEN_DATABASE_URL": f"sqlite:///{tmp_path / 'good-citizen.db'}",
    }
    code, problems = start(environment, "--web", "--port", "0")
    assert code == 2
    assert [problem.split()[0] for problem in problems] == [
        "GOOD_CITIZEN_APP_ID",
        "GOOD_CITIZEN_WEBHOOK_SECRET",
    ]


def test_asked_to_stop_both_processes_stop_within_ten_seconds(serving: Running) -> None:
    url = httpx2.URL(serving.address())
    children = serving.children()
    with socket.create_connection((url.host, url.port or 80)) as half_open:
        half_open.sendall(b"POST /webhook HTTP/1.1\r\n")
        assert httpx2.get(url.join("/healthz"), trust_env=False).text == "alive\n"
        began = time.monotonic()
        serving.parent.terminate()
        serving.parent.join(20)
    assert serving.parent.exitcode == 0
    assert time.monotonic() - began < 10
    assert len(children) == 2
    assert not any(child.is_running() for child in children)


def test_when_one_process_dies_the_other_stops_and_the_exit_code_says_so(
    serving: Running,
) -> None:
    serving.address()
    children = serving.children()
    max(children, key=lambda child: child.pid).kill()
    serving.parent.join(20)
    assert serving.parent.exitcode == 1
    assert "good-citizen stops: the worker process was killed by SIGKILL.\n" in list(serving.said)
    assert not any(child.is_running() for child in children)


def test_when_the_parent_is_killed_its_processes_stop(serving: Running) -> None:
    serving.address()
    children = serving.children()
    serving.parent.kill()
    _, alive = psutil.wait_procs(children, timeout=20)
    assert alive == []
