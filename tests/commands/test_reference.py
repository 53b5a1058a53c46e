from markdown_it import MarkdownIt

from app.commands import COMMANDS
from app.commands.grammar import lines_of
from app.commands.reference import commands_table, reference_page


def test_the_table_has_a_row_for_every_command() -> None:
    rows = commands_table().splitlines()
    assert rows[0] == "| Command | What it says | Who may |"
    assert len(rows) == 2 + len(COMMANDS)
    rendered = MarkdownIt("commonmark").enable("table").render(commands_table())
    assert rendered.count("<tr>") == 1 + len(COMMANDS)
    assert rendered.count("<td>") == 3 * len(COMMANDS)
    for command in COMMANDS.values():
        assert f"| `{command.usage}` |" in commands_table()


def test_the_page_shows_every_usage_who_and_example() -> None:
    page = reference_page()
    for command in COMMANDS.values():
        assert f"## {command.verb}\n\n`{command.usage}`\n" in page
        assert command.who.value in page
        assert all(f"- `{example.line}`: " in page for example in command.examples)
    assert "on an issue of the organisation's tracker" in page
    assert "{" not in page


def test_docs_do_not_parse_as_commands() -> None:
    assert lines_of(commands_table()) == ()
    assert lines_of(reference_page()) == ()
