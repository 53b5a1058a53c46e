"""What .github/SECURITY.md names is there, and every promise and threat names something."""

import importlib.util
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SECURITY = (ROOT / ".github" / "SECURITY.md").read_text(encoding="utf-8")
PROMISES = 22


def table(head: str) -> list[list[str]]:
    """Give the cells of the rows of the table under a heading."""
    section = SECURITY.split(f"## {head}\n")[1].split("\n## ")[0]
    rows = [line for line in section.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows[1:]]


def test_every_file_that_is_named_is_a_test_or_what_it_runs() -> None:
    named = set(re.findall(r"`(tests/[^`]+)`", SECURITY))
    assert len(named) > 20
    assert [name for name in named if not (ROOT / name).is_file()] == []
    assert [name for name in named if "def test_" not in (ROOT / name).read_text("utf-8")] == []


def test_every_command_that_is_named_can_be_run() -> None:
    commands = set(re.findall(r"python -m ([\w.]+)((?: \w+)*)`", SECURITY))
    assert len(commands) > 8
    for module, _ in commands:
        found = importlib.util.find_spec(module)
        assert found is not None
        assert found.origin is not None
        assert 'if __name__ == "__main__":' in Path(found.origin).read_text("utf-8"), module


@pytest.mark.parametrize("module", ["tests.fuzz.full", "tests.fuzz.guided"])
def test_every_count_that_is_named_exists(module: str) -> None:
    found = importlib.util.find_spec(module)
    assert found is not None
    assert found.origin is not None
    source = Path(found.origin).read_text("utf-8")
    named = re.findall(rf"python -m {module} (\w+)", SECURITY)
    assert named
    assert [name for name in named if f"def {name}(" not in source] == []


def test_every_promise_is_proved_or_said_not_to_be() -> None:
    promises = table("What is promised, and how it is run")
    assert {row[0] for row in promises} == {str(n) for n in range(1, PROMISES + 1)}
    assert [row for row in promises if "tests/" not in row[2] and "not covered" not in row[2]] == []


def test_every_threat_has_a_defence_and_a_test() -> None:
    threats = table("Threats")
    assert len(threats) > 15
    assert [row for row in threats if len(row) != 3 or not row[1] or "`tests/" not in row[2]] == []
