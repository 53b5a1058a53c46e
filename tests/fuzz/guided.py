"""Fuzzing that looks for new ways through the code, with atheris, which is no dependency of ours.

    uv run --with atheris python -m tests.fuzz.guided config -max_total_time=600
    uv run --with atheris python -m tests.fuzz.guided commands
    uv run --with atheris python -m tests.fuzz.guided payload

What follows the name goes to libFuzzer. Runs until something is found, which is printed and kept
in a file crash-…, or until it is stopped.
"""

import sys
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime

import atheris

with atheris.instrument_imports(include=["app"]):
    from app.commands.grammar import lines_of
    from app.config import ConfigError, load_home
    from app.pump.effects import effects
    from app.pump.payload import UnreadableError, read_payload

from tests.chaos.payloads import ODD, paths, wanted, with_value
from tests.commands.comments import judged
from tests.policy.homes import HOME

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def config(data: bytes) -> None:
    """Any bytes are a home or problems with their place."""
    problems = []
    try:
        load_home(data)
    except ConfigError as error:
        problems = [*error.problems]
    assert all(one.line > 0 and one.column > 0 for one in problems)


def commands(data: bytes) -> None:
    """No command is heard that the judge of paragraphs doesn't hear."""
    text = data.decode(errors="replace").replace("#", "/value 1\n")
    numbers = [int(line.rest) for line in lines_of(text) if line.rest.isdecimal()]
    assert Counter(numbers) <= Counter(judged(text))


def payload(data: bytes) -> None:
    """Any bytes, and any of GitHub's examples with something else in it, mean something or nothing.

    Bytes alone would hardly ever be JSON, so the first of them choose an example.
    """
    given = atheris.FuzzedDataProvider(data)
    example = given.PickValueInList(list(wanted()))
    for _ in range(given.ConsumeIntInRange(1, 4)):
        path = given.PickValueInList([*paths(example.payload)])
        value = given.PickValueInList([*ODD, given.ConsumeUnicode(40)])
        example = with_value(example, path, value)
    for body in (example.body(), data):
        with suppress(UnreadableError):
            effects(example.event, read_payload(body), HOME, received_at=NOW, app_id=1)


TARGETS: dict[str, Callable[[bytes], None]] = {
    "config": config,
    "commands": commands,
    "payload": payload,
}

if __name__ == "__main__":
    name = sys.argv.pop(1) if len(sys.argv) > 1 else ""
    if name not in TARGETS:
        sys.exit(f"Name one of: {', '.join(TARGETS)}.")
    atheris.Setup(sys.argv, TARGETS[name])
    atheris.Fuzz()
