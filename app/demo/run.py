"""`good-citizen demo`: both sides are started, the story happens, and its outcome is judged."""

import time
from datetime import UTC, datetime, timedelta
from threading import Event

from rich.console import Console

from app.config import load_home
from app.demo.ledger import Ledger
from app.demo.outcome import mismatches, read_outcome
from app.demo.running import LOOK_EVERY, DemoError, Running, both_sides
from app.demo.story import DAYS, HOME_FILE, SHOWN, STORY, play
from app.demo.telling import comment_panel, told

SETTLE_WITHIN = 60.0
"""Seconds that the app may take for what happens on one day of the story."""


def run(console: Console, *, serve: bool = False) -> int:
    """Show the product at its job; give the exit code, 0 only if all is as the story wants it.

    `serve`: keep both sides running until Ctrl-C.
    """
    began = time.monotonic()
    try:
        console.print("Starting a small GitHub of our own and the real app, both on this machine.")
        with both_sides() as running, Ledger(running.database_url) as ledger:
            sent = _tell_story(console, running, ledger)
            code = _judge(console, running, ledger)
            seconds = time.monotonic() - began
            console.print(f"{len(STORY)} scenes, {sent} signed deliveries, {seconds:.1f} seconds.")
            if serve:
                _keep_running(console, running)
    except DemoError as error:
        console.print(f"The demo can't go on: {error}", markup=False)
        return 1
    return code


def _tell_story(console: Console, running: Running, ledger: Ledger) -> int:
    """Let the story happen, each day settled before the next; give how many deliveries it took."""
    # A minute on, so that nothing is older than the moment at which the app began to write.
    start = datetime.now(UTC).replace(microsecond=0) + timedelta(minutes=1)
    total = 0
    for day in DAYS:
        scenes = sum(day in scene.all_days for scene in STORY)
        news = f"Day {day}: news about {scenes} contribution{'' if scenes == 1 else 's'}"
        with console.status(f"{news} …"):
            play(running.demo, day, start)
            sent = _settle(running, ledger)
        console.print(f"{news}, {sent} signed deliveries, all done.")
        total += sent
    return total


def _settle(running: Running, ledger: Ledger) -> int:
    """Deliver, those that the app's own writes cause too, until nothing is left to do."""
    sent = 0
    deadline = time.monotonic() + SETTLE_WITHIN
    while time.monotonic() < deadline:
        sent += running.deliver()
        books = ledger.books()
        if books.buried:
            raise DemoError("the app gave something up; `good-citizen buried` would list it")
        if books.at_rest and not running.demo.hooks.queue:
            return sent
        running.wait_a_moment()
    raise DemoError(f"the app did not come to rest within {SETTLE_WITHIN:g} s")


def _judge(console: Console, running: Running, ledger: Ledger) -> int:
    """Print the outcome; 1 if anything is not as the story wants it."""
    home = load_home(HOME_FILE.read_bytes(), HOME_FILE.name)
    outcome = read_outcome(ledger, running.demo, running.app, home)
    console.print()
    console.print(told(console, STORY, outcome))
    console.print()
    for comment in outcome.comments.get(SHOWN, ()):
        console.print(comment_panel(comment))
    wrong = mismatches(STORY, outcome, home)
    for line in wrong:
        console.print(f"Not as expected: {line}", markup=False)
    console.print("Not all is as expected." if wrong else "All is as the story expects it.")
    return 1 if wrong else 0


def _keep_running(console: Console, running: Running) -> None:
    """Print the addresses and pass webhooks on until Ctrl-C."""
    console.print(
        f"\nThe door is at {running.address}/webhook, see also {running.address}/healthz, /readyz "
        f"and /metrics.\nThe demo GitHub's API is at {running.served.url} "
        f"(try {running.served.url}/repos/{SHOWN.replace('#', '/issues/')}/comments).\n"
        "Ctrl-C stops both."
    )
    queued = Event()
    running.demo.hooks.on_queued = queued.set
    try:
        while True:
            running.wait_a_moment()
            if queued.wait(LOOK_EVERY):
                queued.clear()
                running.deliver()
    except KeyboardInterrupt:
        console.print("Stopping.")
