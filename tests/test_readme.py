"""What the README says is so: commands, options, settings, figures, files."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml
from typer.testing import CliRunner

from app.cli import COMMANDS, app
from app.commands.reference import commands_table, reference_page
from app.config import load_home
from app.settings import PREFIX, Settings
from app.store.figures import Figures
from app.web.pages import RowsCollector

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
BEGIN, END = (
    "<!-- settings: rendered from app/settings.py, held by tests/test_readme.py -->",
    ("<!-- end of settings -->"),
)
DEMO = "pip install uv && uv run good-citizen demo"
TEST = "pip install uv && uv run pytest"


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.MULTILINE | re.DOTALL)


def settings_table() -> str:
    """Give the table of all settings as it has to stand in the README."""
    rows = ["| setting | default | what it is |", "|---|---|---|"]
    for name, field in Settings.model_fields.items():
        default = "" if field.default is None else f"`{field.default}`"
        rows.append(f"| `{PREFIX}{name.upper()}` | {default} | {field.description} |")
    return "\n".join(rows)


def commands() -> dict[str, Any]:
    """Give every command by its whole name, such as "config check"."""

    def below(group: Any, prefix: str) -> Iterator[tuple[str, Any]]:
        for name in group.list_commands(None):
            command = group.resolve_command(None, [name])[1]
            if hasattr(command, "commands"):
                yield from below(command, f"{prefix}{name} ")
            else:
                yield prefix + name, command

    return dict(below(typer.main.get_command(app), ""))


def calls() -> list[tuple[str, list[str]]]:
    """Give every command that the README tells people to type, and its options."""
    known = commands()
    shell = [line for block in blocks("sh") for line in block.replace("\\\n", "").splitlines()]
    spans = re.findall(r"`([^`\n]*)`", re.sub(r"```.*?```", "", README, flags=re.DOTALL))
    found = []
    for text in [*shell, *(span for span in spans if span.startswith("good-citizen "))]:
        if not (match := re.search(r"(?:^|run |worker )good-citizen (.+)$", text)):
            continue
        words = match[1].split("#")[0].split()
        name = next((n for n in (" ".join(words[:2]), words[0]) if n in known), match[1])
        found.append((name, [word for word in words if word.startswith("-")]))
    return found


def test_the_two_commands_stand_each_on_a_line_of_its_own() -> None:
    assert f"{DEMO}\n" in blocks("sh")
    assert f"{TEST}\n" in blocks("sh")


def test_continuous_integration_runs_the_very_command_for_tests() -> None:
    assert TEST in (ROOT / ".ci/run").read_text(encoding="utf-8").splitlines()


def test_the_table_of_settings_is_the_code_s() -> None:
    table = README.partition(BEGIN)[2].partition(END)[0].strip()
    assert table == settings_table(), f"\nBetween the markers has to stand:\n\n{settings_table()}\n"


def test_every_setting_that_is_named_exists() -> None:
    known = {PREFIX + name.upper() for name in Settings.model_fields}
    assert set(re.findall(rf"{PREFIX}[A-Z_]+", README)) <= known


def test_every_command_is_listed() -> None:
    listed = re.findall(r"^\| `good-citizen ([a-z -]+?)` \|", README, re.MULTILINE)
    assert sorted(listed) == sorted(commands())


def test_every_command_that_is_named_exists_and_has_the_options_named() -> None:
    known = commands()
    assert len(calls()) > len(known)
    for name, options in calls():
        if name == "COMMAND --help":
            continue
        assert name in known, name
        takes = {
            option
            for parameter in known[name].params
            for option in (*parameter.opts, *parameter.secondary_opts)
        }
        assert set(options) - {"--help"} <= takes, (name, options)


@pytest.mark.parametrize("name", ["", *sorted(commands())])
def test_help_is_there_for_every_command(name: str) -> None:
    result = CliRunner().invoke(app, [*name.split(), "--help"])
    assert result.exit_code == 0, result.output
    assert "Usage" in result.output


def test_help_says_of_each_command_what_its_own_help_says() -> None:
    group: Any = typer.main.get_command(app)
    for name, command in COMMANDS.items():
        whole = group.resolve_command(None, [name])[1].help
        assert whole.split("\n\n")[0].replace("\n", " ") == command.says


def test_the_smallest_home_file_is_valid_and_a_dry_run() -> None:
    smallest, publish = blocks("yaml")
    home = load_home(smallest)
    assert home.publish.dry_run
    assert home.publish.upstream == "off"
    switched_on = load_home(smallest + publish).publish
    assert not switched_on.dry_run
    assert switched_on.upstream == "label+comment"


def test_every_file_that_is_linked_exists() -> None:
    linked = re.findall(r"\]\(([^)#:]+)\)", README)
    assert linked
    assert [name for name in linked if not (ROOT / name).exists()] == []


def test_every_figure_that_is_named_is_served() -> None:
    figures = Figures({"done": 1}, (1.0,), {1: 1}, {("GET /app", "ok"): 1})
    served = {
        sample.name for family in RowsCollector(figures).collect() for sample in family.samples
    }
    assert set(re.findall(r"`(good_citizen_\w+)`", README)) == served


def test_the_form_asks_for_what_app_yml_asks_for() -> None:
    manifest = yaml.safe_load((ROOT / "app.yml").read_text(encoding="utf-8"))
    rows = dict(
        re.findall(r"^\| (Subscribe to events|\w+ permissions) \| (.*) \|$", README, re.MULTILINE)
    )
    events = [event.replace("_", " ").capitalize() for event in manifest["default_events"]]
    assert rows["Subscribe to events"] == ", ".join(events)
    said = dict(
        re.findall(r"\*\*([\w ]+)\*\*: (Read and write|Read-only)", " ".join(rows.values()))
    )
    names = {"Projects": "organization_projects"}
    levels = {"Read and write": "write", "Read-only": "read"}
    assert manifest["default_permissions"] == {
        names.get(name, name.lower().replace(" ", "_")): levels[level]
        for name, level in said.items()
    }


def test_the_slash_commands_are_the_declared_ones() -> None:
    begin = "<!-- commands: rendered from app/commands, held by tests/test_readme.py -->\n"
    table = README.partition(begin)[2].partition("\n<!-- end of commands -->")[0]
    assert table == commands_table().rstrip("\n")


def test_the_reference_page_of_the_slash_commands_is_current() -> None:
    page = (ROOT / "app/commands/commands.md").read_text(encoding="utf-8")
    assert page == reference_page()
