from pathlib import Path

import pytest

from app.commands import COMMANDS
from app.commands.declare import Command, Who
from app.commands.grammar import lines_of
from tests.commands.test_verbs import EXAMPLES

VERBS = {
    "tactical",
    "strategic",
    "personal",
    "need",
    "value",
    "why",
    "reconsider",
    "undo",
    "mute",
    "unmute",
    "log",
    "help",
}


def test_the_verbs_are_those_that_people_were_promised() -> None:
    assert set(COMMANDS) == VERBS
    assert all(verb == command.verb for verb, command in COMMANDS.items())


def test_every_verb_is_a_file_of_its_own() -> None:
    folder = Path(__file__).parents[2] / "app" / "commands"
    declaring = {path.stem for path in folder.glob("*.py") if "COMMAND = " in path.read_text()}
    assert declaring == VERBS


@pytest.mark.parametrize("command", COMMANDS.values(), ids=lambda command: str(command.verb))
def test_a_command_declares_its_usage_summary_who_and_examples(command: Command) -> None:
    assert command.usage == f"/{command.verb} {command.arguments}".rstrip()
    assert command.summary.endswith(".")
    assert isinstance(command.who, Who)
    assert command.who.value
    assert command.examples
    assert "`" not in command.usage + command.summary
    assert "{" not in command.usage + command.summary
    for example in command.examples:
        assert example.says
        (line,) = lines_of(example.line)
        assert line.verb == command.verb
        assert example.line in EXAMPLES


def test_no_two_verbs_are_a_slip_of_the_finger_apart() -> None:
    for verb in COMMANDS:
        (line,) = lines_of(f"/{verb}")
        assert line.verb == verb
