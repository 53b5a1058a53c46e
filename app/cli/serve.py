"""`good-citizen serve`: the web process, the worker process, or a parent that minds both."""

import asyncio
import gc
import logging
import multiprocessing
import resource
import signal
import socket
import sys
import time
from collections.abc import Callable, Coroutine
from contextlib import suppress
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote

import typer
import uvloop
from pydantic import SecretStr
from sqlalchemy.engine import make_url

from app.foundation import lay_foundation, private_key_pem
from app.github.redact import Redactor
from app.logs import set_up_logs, spellings
from app.main import create_app
from app.settings import PREFIX, Settings, SettingsError, read_settings
from app.store.engine import StoreError
from app.store.migrate import migrate_apart
from app.store.version import NotReadyError, look
from app.web.server import WebServer, address_of, listen, web_server
from app.worker import run_worker

GRACE = 9.5
"""Seconds that the processes get to stop; the system that stops us may give no more than 10."""
OPEN_FILES = 65_536
"""Connections and files that a process may have open, if the system lets it."""
PROCESSES = (
    multiprocessing.get_context("fork")
    if sys.platform == "linux"
    else multiprocessing.get_context("spawn")
)
"""A copy of this process has imported everything already; elsewhere than on Linux a process with a
graphical system's libraries in it may not survive being copied."""


def serve(
    *,
    web: Annotated[bool, typer.Option("--web", help="Only the web process.")] = False,
    worker: Annotated[bool, typer.Option("--worker", help="Only the worker process.")] = False,
    host: Annotated[
        str | None, typer.Option(help="The address to listen on.", show_default="127.0.0.1")
    ] = None,
    port: Annotated[
        int | None, typer.Option(help="The port to listen on.", show_default="8000")
    ] = None,
    home: Annotated[Path | None, typer.Option(help="The organisation's good-citizen.yml.")] = None,
    dry_run: Annotated[
        bool | None,
        typer.Option("--dry-run/--no-dry-run", help="Write nothing to GitHub.", show_default=False),
    ] = None,
) -> None:
    """Receive GitHub's webhooks and work on them; both processes unless one is named.

    Makes or updates the tables first. Stops on SIGTERM or Ctrl-C within 10 seconds.
    """
    overrides = {"host": host, "port": port, "home_file": home, "dry_run": dry_run}
    roles = {name for name, chosen in (("web", web), ("worker", worker)) if chosen}
    try:
        settings, listener = prepare(overrides, roles or {"web", "worker"})
    except SettingsError as error:
        typer.echo("good-citizen can't start:", err=True)
        for problem in error.problems:
            typer.echo(f"- {problem}", err=True)
        raise typer.Exit(2) from None
    if listener is None:
        run_worker_process(settings)
    elif roles == {"web"}:
        run_web_process(settings, listener)
    else:
        raise typer.Exit(run_both(settings, listener))


def prepare(overrides: dict[str, Any], roles: set[str]) -> tuple[Settings, socket.socket | None]:
    """Check all that a start needs, take the port for the role "web", and migrate.

    Raises SettingsError with one sentence for each thing that is wrong, all at once.
    """
    settings, problems = _read_all(overrides)
    said = {_subject(problem) for problem in problems}
    problems += [need for need in _needs(settings, roles) if _subject(need) not in said]
    listener = None
    if "web" in roles:
        try:
            listener = listen(settings.host, settings.port)
        except OSError as error:
            why = (error.strerror or str(error)).lower()
            problems.append(f"The address {settings.host}:{settings.port} can't be had: {why}.")
    try:
        # A start that fails changes nothing: the version before has to be able to go on.
        if problems:
            look(settings.database_url)
        else:
            migrate_apart(settings.database_url, PROCESSES)
    except NotReadyError:
        pass
    except StoreError as error:
        problems.append(str(error))
    if problems:
        if listener is not None:
            listener.close()
        raise SettingsError(tuple(problems))
    return settings, listener


def _read_all(overrides: dict[str, Any]) -> tuple[Settings, list[str]]:
    """Read the settings; where some are bad, their defaults, so that the rest can be checked."""
    try:
        return read_settings(overrides), []
    except SettingsError as error:
        problems = list(error.problems)
    named = {_subject(problem).removeprefix(PREFIX).lower() for problem in problems}
    stand_in = {
        name: field.default for name, field in Settings.model_fields.items() if name in named
    }
    given = {name: value for name, value in overrides.items() if value is not None}
    return Settings(**(given | stand_in)), problems


def _subject(problem: str) -> str:
    """Give the setting that a problem begins with."""
    return problem.split(maxsplit=1)[0].rstrip(":")


def _needs(settings: Settings, roles: set[str]) -> list[str]:
    problems = []
    if "web" in roles:
        if settings.app_id is None:
            problems.append("GOOD_CITIZEN_APP_ID is missing: it is on the App's settings page.")
        if not settings.webhook_secrets:
            problems.append(
                "GOOD_CITIZEN_WEBHOOK_SECRET is missing: it is what you wrote as the webhook's "
                "secret in the App's settings."
            )
    if "worker" in roles:
        try:
            lay_foundation(settings)
        except SettingsError as error:
            problems += [problem for problem in error.problems if problem not in problems]
    return problems


def run_web_process(settings: Settings, listener: socket.socket) -> None:
    """Serve the web application until SIGTERM or SIGINT."""
    _start_process(settings)

    async def web(stop: asyncio.Event) -> None:
        server = web_server(create_app(settings))
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        stopping = asyncio.create_task(_say_ready_then_wait(server, listener, stop))
        try:
            await serving
        finally:
            stopping.cancel()

    _run(web)


async def _say_ready_then_wait(
    server: WebServer, listener: socket.socket, stop: asyncio.Event
) -> None:
    await server.ready.wait()
    sys.stdout.write(f"good-citizen listens on {address_of(listener)}\n")
    sys.stdout.flush()
    await stop.wait()
    server.should_exit = True


def run_worker_process(settings: Settings, listener: socket.socket | None = None) -> None:
    """Work until SIGTERM or SIGINT; what can't be finished in time goes back to the queue.

    `listener` is the web process's: let go of, so that the port is free when that one ends.
    """
    if listener is not None:
        listener.close()
    redactor = _start_process(settings)

    async def worker(stop: asyncio.Event) -> None:
        working = asyncio.create_task(run_worker(settings, stop, redactor))
        stopping = asyncio.create_task(stop.wait())
        await asyncio.wait({working, stopping}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        try:
            await asyncio.wait_for(working, GRACE - 1)
        except TimeoutError:
            logging.getLogger(__name__).warning("cut what was in flight; its lease will end")

    _run(worker)


def run_both(settings: Settings, listener: socket.socket) -> int:
    """Start both processes and mind them; give the exit code.

    0 after a signal, once both have stopped; 1 if one of them ended by itself.
    """
    children: list[BaseProcess] = [
        PROCESSES.Process(name="web", target=run_web_process, args=(settings, listener)),
        PROCESSES.Process(name="worker", target=run_worker_process, args=(settings, listener)),
    ]
    # What is there by now stays: a collector that looks at it would copy each page in each process.
    gc.collect()
    gc.freeze()
    for child in children:
        child.start()
    listener.close()
    asked, ask = multiprocessing.Pipe(duplex=False)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ask.send_bytes(b"stop"))
    ready = wait([asked, *(child.sentinel for child in children)])
    code = 0
    if asked not in ready:
        code = 1
        for child in children:
            if child.sentinel in ready:
                child.join()
                typer.echo(
                    f"good-citizen stops: the {child.name} process {_ended(child.exitcode)}.",
                    err=True,
                )
    return _stop(children) or code


def _stop(children: list[BaseProcess]) -> int:
    """Ask the processes to stop, and make them after GRACE; 1 if that was needed."""
    for child in children:
        child.terminate()
    late = 0
    deadline = time.monotonic() + GRACE
    for child in children:
        child.join(max(0.0, deadline - time.monotonic()))
        if child.exitcode is None:
            child.kill()
            child.join()
            late = 1
    return late


def _ended(code: int | None) -> str:
    if code is not None and code < 0:
        return f"was killed by {signal.Signals(-code).name}"
    return f"ended with exit code {code}"


def _start_process(settings: Settings) -> Redactor:
    """Set up logs and limits of this process; give what cleans its logs."""
    redactor = Redactor()
    for spelling in sorted(spellings(_secrets(settings)), key=len, reverse=True):
        redactor.add(spelling)
    set_up_logs(redactor.clean)
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    wanted = OPEN_FILES if most == resource.RLIM_INFINITY else min(most, OPEN_FILES)
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))
    return redactor


def _secrets(settings: Settings) -> list[str]:
    found = [*settings.webhook_secrets]
    if isinstance(settings.webhook_secret, SecretStr):
        found.append(settings.webhook_secret.get_secret_value())
    with suppress(ValueError):
        found.append(private_key_pem(settings))
    if password := make_url(settings.database_url).password:
        found += [password, quote(password, safe="")]
    return found


def _run(main: Callable[[asyncio.Event], Coroutine[Any, Any, None]]) -> None:
    """Run `main` with an event that SIGTERM, SIGINT or the end of our parent sets."""

    async def run() -> None:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stop.set)
        if parent := multiprocessing.parent_process():
            loop.add_reader(parent.sentinel, stop.set)
        await main(stop)

    uvloop.run(run())
