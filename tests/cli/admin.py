"""What an admin has set up, against a demo GitHub on loopback, for the doctor's tests."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import typer
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from sqlalchemy import text
from typer.testing import CliRunner

from app.cli.diagnosis import Check, State
from app.cli.doctor import doctor
from app.demo.github import DemoGitHub, Served, serve_demo_github
from app.demo.github.hooks import Attempt
from app.demo.github.model import App, Installation
from app.github.wanted import BOARD, PERMISSIONS
from app.store import alive
from app.store.engine import open_engine
from app.store.events import SUBSCRIBED

SECRET = "6f1e0d9c5b7a4e38a2c4d6e8f0123456"
HOME = """\
version: 1
home:
  name: Example Organisation
  organisations: [example-org]
  host: 127.0.0.1
"""
BOARD_WANTED = HOME + "needs: {board: {project: orgs/example-org/projects/1, field: Bucket}}\n"
commands = typer.Typer()
commands.command()(doctor)
commands.command("other")(lambda: None)


@cache
def key(_: str = "ours") -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


def pem(private: rsa.RSAPrivateKey) -> str:
    return private.private_bytes(
        Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()
    ).decode()


@dataclass
class Admin:
    """What an admin has set up; a test spoils one thing of it and asks the doctor."""

    served: Served
    app: App
    installation: Installation
    home_file: Path
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def demo(self) -> DemoGitHub:
        return self.served.demo

    def ask(self, *arguments: str) -> "Report":
        result = CliRunner().invoke(commands, ["doctor", *arguments], env=self.environment)
        assert result.exception is None or isinstance(result.exception, SystemExit), result
        return Report(result.exit_code, result.output)

    def only(self, check: Check) -> "Report":
        return self.ask("--only", check)

    def delivered(self, *codes: int, status: str = "", again: bool = False) -> None:
        """Let GitHub have tried to deliver, and been answered so."""
        hooks = self.demo.hooks
        for code in codes:
            last = hooks.attempts[-1].delivery if again else hooks.queue[0][0]
            if not again:
                hooks.queue.rotate(-1)
            now = datetime.now(UTC)
            new_id = len(hooks.attempts) + 1
            hooks.attempts.append(Attempt(new_id, last, now, again, 0.1, code, status, {}, ""))


@dataclass(frozen=True)
class Report:
    exit_code: int
    output: str

    def lines(self, check: Check) -> list[str]:
        return [line for line in self.output.splitlines() if f" {check} " in line[:40]]

    def states(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for check in Check:
            for line in self.lines(check):
                found[str(check)] = next(state for state in State if line.startswith(state))
        return found


@contextmanager
def set_up(directory: Path, database_url: str) -> Iterator[Admin]:
    demo = DemoGitHub()
    demo.people.org("example-org", members=["yuvipanda"])
    app = demo.places.app(
        "good-citizen",
        public_key=key().public_key(),
        secret=SECRET,
        permissions=PERMISSIONS | BOARD,
        events=sorted(SUBSCRIBED),
    )
    demo.places.repo("example-org/infrastructure")
    installation = demo.places.install(app, "example-org")
    for number in range(25):
        demo.people.open_issue("example-org/infrastructure", "yuvipanda", f"Need {number}")
    home_file, key_file = directory / "good-citizen.yml", directory / "key.pem"
    home_file.write_text(HOME)
    key_file.write_text(pem(key()))
    with serve_demo_github(demo=demo) as served:
        yield Admin(
            served,
            app,
            installation,
            home_file,
            {
                "GOOD_CITIZEN_APP_ID": str(app.id),
                "GOOD_CITIZEN_PRIVATE_KEY_FILE": str(key_file),
                "GOOD_CITIZEN_WEBHOOK_SECRET": SECRET,
                "GOOD_CITIZEN_DATABASE_URL": database_url,
                "GOOD_CITIZEN_HOME_FILE": str(home_file),
                "GOOD_CITIZEN_GITHUB_API_URL": served.url,
            },
        )


def beat(database_url: str, at: datetime) -> None:
    async def beats() -> None:
        engine = open_engine(database_url)
        async with engine.begin() as connection:
            await alive.beat(connection, "worker:1", at)
        await engine.dispose()

    asyncio.run(beats())


def execute(database_url: str, statement: str, **values: str) -> list[Any]:
    async def executes() -> list[Any]:
        engine = open_engine(database_url)
        async with engine.begin() as connection:
            result = await connection.execute(text(statement), values)
            rows = list(result) if result.returns_rows else []
        await engine.dispose()
        return rows

    return asyncio.run(executes())
