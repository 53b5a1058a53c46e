"""Processes to measure: good-citizen as its operator starts it, the peers, and the fake GitHub."""

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import psutil

from app.github.documents import document
from app.settings import PREFIX
from tests.bench.peers.letters import Where
from tests.bench.peers.packages import node_peer, python_peer
from tests.chaos.machines import ROOT, SECRET
from tests.chaos.world import HOME, MEMBERS

START_WITHIN = 60.0
LOOK_EVERY = 0.02


@dataclass(frozen=True, slots=True)
class Running:
    """One side under measurement: where it takes webhooks, and its processes."""

    address: str
    path: str
    roots: tuple[psutil.Process, ...]

    @property
    def webhook(self) -> str:
        return self.address + self.path

    def processes(self) -> list[psutil.Process]:
        """Give all of its processes, the children's children too."""
        return [one for root in self.roots for one in (root, *root.children(recursive=True))]

    def cpu(self) -> float:
        """Give the seconds of processor time used so far, in user mode and in the system."""
        return sum(sum(one.cpu_times()[:2]) for one in self.processes())

    def memory(self) -> tuple[int, int]:
        """Give (PSS, RSS) in bytes: RSS counts a page once for each process that shares it."""
        told = [one.memory_full_info() for one in self.processes()]
        return sum(one.pss for one in told), sum(one.rss for one in told)


@dataclass(frozen=True, slots=True)
class FakeGitHub:
    """The fake GitHub's process."""

    where: Where
    running: Running

    def books(self, *, reset: bool = False) -> dict[str, Any]:
        with urlopen(f"{self.where.url}/bench{'?reset' if reset else ''}") as said:  # noqa: S310
            books: dict[str, Any] = json.load(said)
            return books


@contextmanager
def process(
    command: Sequence[str], environment: Mapping[str, str], ready: str, *, folder: Path = ROOT
) -> Iterator[tuple[psutil.Process, str]]:
    """Run a command until the block ends; give it and its first line that begins with `ready`.

    What it writes goes into a file, as a pipe that nobody reads would stop it.
    """
    others = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    with (
        tempfile.NamedTemporaryFile() as log,
        subprocess.Popen(
            command, cwd=folder, env={**others, **environment},
            stdin=subprocess.DEVNULL, stdout=log, stderr=log,
        ) as running,
    ):  # fmt: skip
        try:
            yield psutil.Process(running.pid), _line(running, Path(log.name), ready)
        finally:
            running.terminate()
            running.wait(15)


def _line(running: subprocess.Popen[bytes], log: Path, ready: str) -> str:
    deadline = time.monotonic() + START_WITHIN
    while running.poll() is None and time.monotonic() < deadline:
        for line in log.read_text(errors="replace").splitlines():
            if line.startswith(ready):
                return line.removeprefix(ready).strip()
        time.sleep(LOOK_EVERY)
    raise RuntimeError(f"it did not start:\n{log.read_text(errors='replace')[-4000:]}")


@contextmanager
def fake_github(latency: float = 0.0) -> Iterator[FakeGitHub]:
    """Run the fake GitHub, which waits `latency` seconds before each answer."""
    command = [sys.executable, "-m", "tests.bench.peers.fake_github", "--latency", str(latency)]
    with process(command, {}, "{") as (root, line):
        where = Where(**json.loads("{" + line))
        yield FakeGitHub(where, Running(where.url, "", (root,)))


@contextmanager
def good_citizen(
    where: Where, database_url: str, *, roles: Sequence[tuple[str, ...]] = ((),)
) -> Iterator[Running]:
    """Run `good-citizen serve`, one process tree for each of `roles`, until it is ready.

    The budget of writes is off by its settings, as for an Enterprise Server.
    """
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        (folder / "key.pem").write_text(where.pem)
        (folder / "home.yml").write_text(HOME.replace("host: 127.0.0.1, ", ""))
        settings = {
            "app_id": where.app_id,
            "private_key_file": folder / "key.pem",
            "home_file": folder / "home.yml",
            "webhook_secret": SECRET,
            "database_url": database_url or f"sqlite:///{folder / 'bench.db'}",
            "github_api_url": where.url,
            "port": 0,
            "write_spacing": 0,
            "writes_per_minute": 0,
            "writes_per_hour": 0,
        }
        environment = {PREFIX + name.upper(): str(value) for name, value in settings.items()}
        roots, address = [], ""
        for options in roles:
            command = [sys.executable, "-m", "app.cli", "serve", *options]
            if options == ("--worker",):
                started = subprocess.Popen(
                    command, cwd=folder, env=dict(os.environ) | environment,
                    stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                )  # fmt: skip
                stack.enter_context(started)
                stack.callback(started.terminate)
                roots.append(psutil.Process(started.pid))
                continue
            listens = "good-citizen listens on "
            root, address = stack.enter_context(
                process(command, environment, listens, folder=folder)
            )
            roots.append(root)
        running = Running(address, "/webhook", tuple(roots))
        # Without a worker it is never ready.
        _until(f"{address}/{'readyz' if any(one != ('--web',) for one in roles) else 'healthz'}")
        yield running


@contextmanager
def probot(where: Where, *, job: bool) -> Iterator[Running]:
    """Run the Probot app; without `job` it answers and does nothing."""
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        told = {"subject": document("subject"), "look": document("look"), "members": MEMBERS}
        json.dump(told, file)
        file.flush()
        port = _free_port()
        environment = {
            "NODE_ENV": "production",
            "APP_ID": str(where.app_id),
            "PRIVATE_KEY": where.pem,
            "WEBHOOK_SECRET": SECRET,
            "WEBHOOK_PATH": "/webhook",
            "GHE_HOST": where.url.removeprefix("http://"),
            "GHE_PROTOCOL": "http",
            "HOST": "127.0.0.1",
            "PORT": str(port),
            "BENCH_FILE": file.name,
            "BENCH_JOB": "all" if job else "none",
        }
        with process(node_peer("probot"), environment, "ready") as (root, _):
            yield Running(f"http://127.0.0.1:{port}", "/webhook", (root,))


@contextmanager
def receiver(name: str) -> Iterator[Running]:
    """Run one of the peers that only receive."""
    command = python_peer(name) if name == "aiohttp_receiver" else node_peer(name)
    port = _free_port()
    environment = {"WEBHOOK_SECRET": SECRET, "PORT": str(port), "NODE_ENV": "production"}
    with process(command, environment, "ready") as (root, _):
        address = f"http://127.0.0.1:{port}"
        _listening(port)
        yield Running(address, "/webhook", (root,))


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
        return port


def _listening(port: int) -> None:
    deadline = time.monotonic() + START_WITHIN
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            time.sleep(LOOK_EVERY)
        else:
            return


def _until(url: str) -> None:
    deadline = time.monotonic() + START_WITHIN
    while time.monotonic() < deadline:
        try:
            urlopen(url).close()  # noqa: S310 - our own address
        except OSError:
            time.sleep(LOOK_EVERY)
        else:
            return
    raise RuntimeError(f"{url} does not become ready")
