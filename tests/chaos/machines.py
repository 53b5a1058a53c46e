"""`good-citizen serve --web` and `serve --worker` as an operator runs them on two machines: each a
process of its own, set up by environment variables, and started again whenever it has died."""

import multiprocessing
import signal
from collections.abc import Mapping
from dataclasses import dataclass, field
from multiprocessing.context import ForkServerContext
from multiprocessing.process import BaseProcess
from pathlib import Path
from threading import Lock
from typing import Self

from app.settings import PREFIX
from app.web.server import listen

ROOT = Path(__file__).parents[2]
SECRET = "it's a secret to everybody"
PRELOADED = ["app.cli.serve", "alembic.command", "tests.chaos.unguarded", "tests.chaos.scenes"]
"""What a process that is started again need not import again: that took it seconds."""

SERVE = """
import os, sys
with open(log, "ab") as out:
    os.dup2(out.fileno(), 1)
    os.dup2(out.fileno(), 2)
for name in [name for name in os.environ if name.startswith("GOOD_CITIZEN_")]:
    del os.environ[name]
os.environ.update(environment)
os.chdir(os.path.dirname(log))  # no .env file lies there
if build:
    sys.path.insert(0, root)
    from tests.chaos import unguarded
    getattr(unguarded, build)()
from app.cli import app
app(["serve", *options])
"""


def forkserver() -> ForkServerContext:
    """Give what makes processes that are quick to start: copies of one that has imported."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(PRELOADED)
    return context


@dataclass
class Machine:
    """One process of `good-citizen serve`; `build` names what tests/chaos/unguarded.py takes out.

    `kills` counts those that were asked for and happened.
    """

    context: ForkServerContext
    environment: Mapping[str, str]
    log: Path
    options: tuple[str, ...]
    build: str = ""
    kills: int = 0
    _process: BaseProcess | None = None
    _killed: bool = False
    _lock: Lock = field(default_factory=Lock)
    """Of two threads that ask for an exit code at once, one would read the other's answer."""

    def tend(self) -> None:
        """Start it, or start it again if it was killed; an end of another kind is an error."""
        with self._lock:
            if self._process is not None and self._process.exitcode is None:
                return
            if self._process is not None and not self._killed:
                raise AssertionError(f"{self.options} ended by itself:\n{self.last_words()}")
            self._start()

    def kill(self) -> bool:
        """Kill it with SIGKILL, as a power cut would; False: it is dead or dying already."""
        with self._lock:
            process = self._process
            if process is None or self._killed or process.exitcode is not None:
                return False
            self._killed = True
            self.kills += 1
            process.kill()
            return True

    def stop(self) -> None:
        """Stop it as an operator does."""
        if self._process is not None:
            self._process.terminate()
            self._process.join(15)
            self._process.kill()
            self._process.join()

    @property
    def pid(self) -> int:
        """The process's number while it runs."""
        assert self._process is not None
        assert self._process.pid is not None
        return self._process.pid

    def exit_code(self) -> int | None:
        return None if self._process is None else self._process.exitcode

    def last_words(self) -> str:
        if not self.log.exists():
            return ""
        lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()
        return "\n".join(lines[-8:])

    def _start(self) -> None:
        if self._process is not None:
            self._process.join()
            assert self._process.exitcode == -signal.SIGKILL
        names = {
            "environment": dict(self.environment),
            "log": str(self.log),
            "options": self.options,
            "build": self.build,
            "root": str(ROOT),
        }
        self._process = self.context.Process(target=exec, args=(SERVE, names))
        self._process.start()
        self._killed = False


@dataclass
class Site:
    """Both machines, one database, one GitHub; a context manager that stops what it started."""

    web: Machine
    worker: Machine
    address: str
    has_worker: bool = True

    @property
    def machines(self) -> list[Machine]:
        return [self.web, self.worker] if self.has_worker else [self.web]

    def tend(self) -> None:
        for machine in self.machines:
            machine.tend()

    def __enter__(self) -> Self:
        self.tend()
        return self

    def __exit__(self, *_: object) -> None:
        for machine in self.machines:
            machine.stop()


def operate(
    context: ForkServerContext,
    folder: Path,
    *,
    database_url: str,
    github_url: str,
    app_id: int,
    key: str,
    home: str,
    build: str = "",
    has_worker: bool = True,
    concurrency: int = 6,
) -> Site:
    """Set up a site in `folder`; `key` is the App's PEM, `home` the text of good-citizen.yml.

    `build` names what tests/chaos/unguarded.py takes out of the processes. The write budget is off,
    as for an Enterprise Server; a call may take 2 s, a lease 6 s.
    """
    (folder / "key.pem").write_text(key)
    (folder / "good-citizen.yml").write_text(home)
    with listen("127.0.0.1", 0) as free:
        port = int(free.getsockname()[1])
    values: dict[str, object] = {
        "app_id": app_id,
        "private_key_file": folder / "key.pem",
        "webhook_secret": SECRET,
        "database_url": database_url,
        "home_file": folder / "good-citizen.yml",
        "github_api_url": github_url,
        "write_spacing": 0,
        "writes_per_minute": 0,
        "writes_per_hour": 0,
        "client_timeout": 2,
        "lease": 6,
        "worker_concurrency": concurrency,
    }
    environment = {f"{PREFIX}{name.upper()}": str(value) for name, value in values.items()}
    web = Machine(
        context, environment, folder / "web.log", ("--web", "--port", str(port)), build=build
    )
    worker = Machine(context, environment, folder / "worker.log", ("--worker",), build=build)
    return Site(web, worker, f"http://127.0.0.1:{port}", has_worker)
