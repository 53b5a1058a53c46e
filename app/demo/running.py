"""The two sides of the demo, both on loopback: the demo GitHub, and `good-citizen serve`."""

import os
import secrets
import select
import subprocess
import sys
from asyncio import run_coroutine_threadsafe
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from ssl import PROTOCOL_TLS_CLIENT, SSLContext
from tempfile import TemporaryDirectory

import httpx2
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from app.demo.github import DemoGitHub, Served, serve_demo_github
from app.demo.github.hooks import TIMEOUT
from app.demo.github.model import App
from app.demo.story import HOME, build, install
from app.settings import PREFIX

LOOK_EVERY = 0.1
"""Seconds between two looks whether something that is waited for has come."""
START_WITHIN = 60.0
STOP_WITHIN = 15.0
_LISTENS = "good-citizen listens on "
_LAST_LINES = 15


class DemoError(Exception):
    """The demo can't go on; the text says why."""


@dataclass(frozen=True, slots=True)
class Running:
    """Both sides as they run. `address` is the app's, `served.url` the demo GitHub's."""

    served: Served
    app: App
    address: str
    database_url: str
    process: subprocess.Popen[str]
    log: Path
    postman: httpx2.AsyncClient

    @property
    def demo(self) -> DemoGitHub:
        """Give the demo GitHub's memory and hands."""
        return self.served.demo

    def deliver(self) -> int:
        """Send the webhooks that are queued; give how many, all of them taken.

        Raises DemoError for one that is not: GitHub never tries again by itself.
        """
        if not self.demo.hooks.queue:
            return 0
        attempts = self.served.deliver(client=self.postman)
        for one in attempts:
            if not one.ok:
                raise DemoError(f"a delivery of {one.delivery.event} was not taken: {one.status}")
        return len(attempts)

    def wait_a_moment(self) -> None:
        """Wait until the next look; raise DemoError if the app has ended meanwhile."""
        try:
            code = self.process.wait(LOOK_EVERY)
        except subprocess.TimeoutExpired:
            return
        raise DemoError(f"the app ended with exit code {code}:\n{_last_lines(self.log)}")


@contextmanager
def both_sides() -> Iterator[Running]:
    """Start both sides with everything in a temporary directory; stop them and leave nothing."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    secret = secrets.token_hex(16)
    demo = DemoGitHub()
    build(demo)
    app = demo.places.app(
        "good-citizen", public_key=key.public_key(), secret=secret, owner="2i2c-org"
    )
    install(demo, app)
    with (
        TemporaryDirectory(prefix="good-citizen-demo-") as directory,
        serve_demo_github(demo=demo) as served,
    ):
        folder = Path(directory)
        key_file = folder / "key.pem"
        key_file.write_bytes(
            key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
        )
        database_url = f"sqlite:///{folder / 'good-citizen.db'}"
        settings = _settings(served.url) | {
            "app_id": str(app.id),
            "private_key_file": str(key_file),
            "webhook_secret": secret,
            "database_url": database_url,
        }
        with _started(settings, folder) as (process, log):
            address = _address(process, log)
            app.webhook_url = f"{address}/webhook"
            # All is plain HTTP here, so that no certificates need to be loaded, which takes long.
            postman = httpx2.AsyncClient(
                timeout=TIMEOUT, trust_env=False, verify=SSLContext(PROTOCOL_TLS_CLIENT)
            )
            running = Running(served, app, address, database_url, process, log, postman)
            _wait_until_ready(running)
            try:
                yield running
            finally:
                run_coroutine_threadsafe(postman.aclose(), served.loop).result()


def _settings(api_url: str) -> dict[str, str]:
    """Give what an operator would set, but for what is secret and what is one run's own."""
    return {
        # Its addresses are github.com's, though its API is on this machine.
        "home_repository": f"https://github.com/{HOME}",
        "github_api_url": api_url,
        "host": "127.0.0.1",
        "port": "0",
        # github.com's limits on writing are not the demo's, which is over in seconds.
        "write_spacing": "0",
        "writes_per_minute": "0",
        "writes_per_hour": "0",
        "client_timeout": "5",
        "lease": "15",
    }


@contextmanager
def _started(
    settings: dict[str, str], folder: Path
) -> Iterator[tuple[subprocess.Popen[str], Path]]:
    """Start `good-citizen serve` in `folder`, where no .env file lies, and stop it in the end."""
    others = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    log = folder / "serve.log"
    with (
        log.open("wb") as errors,
        subprocess.Popen(
            [sys.executable, "-m", "app.cli", "serve"],
            cwd=folder,
            env=others | {PREFIX + name.upper(): value for name, value in settings.items()},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        ) as process,
    ):
        try:
            yield process, log
        finally:
            process.terminate()
            try:
                process.wait(STOP_WITHIN)
            except subprocess.TimeoutExpired:
                process.kill()


def _address(process: subprocess.Popen[str], log: Path) -> str:
    """Wait for the line with which the app says where it listens."""
    out = process.stdout
    if out is None or not select.select([out], [], [], START_WITHIN)[0]:
        raise DemoError(f"the app did not start within {START_WITHIN:g} s:\n{_last_lines(log)}")
    line = out.readline()
    if not line.startswith(_LISTENS):
        raise DemoError(f"the app did not start:\n{_last_lines(log)}")
    return line.removeprefix(_LISTENS).strip()


def _wait_until_ready(running: Running) -> None:
    """Wait until the app says that its database and its worker are there."""
    with httpx2.Client(base_url=running.address, timeout=5, trust_env=False) as client:
        for _ in range(int(START_WITHIN / LOOK_EVERY)):
            if client.get("/readyz").is_success:
                return
            running.wait_a_moment()
    raise DemoError(f"the app's worker did not start:\n{_last_lines(running.log)}")


def _last_lines(log: Path) -> str:
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    return "\n".join(lines[-_LAST_LINES:])
