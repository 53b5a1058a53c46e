"""Help, the README's table and the reference page, all from the declarations. Pure."""

from typing import Final

from app.commands import COMMANDS
from app.commands.declare import Command, Example
from app.commands.grammar import PREFIX
from app.policy.answers import Sentence
from app.policy.model import ItemRef
from app.publish import Pen
from app.publish.wall import T

_PAGE: Final = """\
# Commands

A command is a whole line of a comment, in a paragraph of its own or among others, and never in
code, a quote, a list, a table or an HTML comment. Several in one comment are answered together.
`/{prefix} VERB` always works; the short `/VERB` works unless the organisation's file turns it off.

Which contribution is meant can be said first, as `owner/repo#N` or by its address. Otherwise it is
the item itself, or on a tracking issue the only contribution that it tracks.

When a comment is edited, only what was not in it before is carried out. Deleting it takes nothing
back. The answer is a reaction ({seen}, then {done} or {confused}), and a reply where there is
something to say. Machines are not heard; outsiders get the reaction alone.

"""


def usage_of(says: T, command: Command, pen: Pen[T], item: ItemRef) -> T:
    """Add to a sentence how a command is typed, and the first of its examples."""
    example = command.examples[0]
    return pen.phrase(
        "{says}\n\n- usage: {usage}\n- example: {example}: {meaning}",
        says=says,
        usage=pen.command(command.verb, None, command.arguments),
        example=pen.command(command.verb, None, _arguments(example, command)),
        meaning=pen.says(Sentence(example.says), item),
    )


def all_commands(pen: Pen[T], item: ItemRef) -> T:
    """List every command, for /help."""
    lines = [
        pen.phrase(
            "- {usage}: {summary}",
            usage=pen.command(command.verb, None, command.arguments),
            summary=pen.says(Sentence(command.summary), item),
        )
        for command in COMMANDS.values()
    ]
    return pen.phrase(
        "Each is a line of its own in a comment:\n\n{lines}", lines=pen.join("\n", lines)
    )


def commands_table() -> str:
    """Give the README's table in Markdown."""
    rows = [
        f"| `{command.usage}` | {command.summary} | {command.who.value} |"
        for command in COMMANDS.values()
    ]
    return "\n".join(("| Command | What it says | Who may |", "| --- | --- | --- |", *rows)) + "\n"


def reference_page() -> str:
    """Give the page about the commands in Markdown."""
    head = _PAGE.format(prefix=PREFIX, seen="👀", done="👍", confused="😕")
    return head + "\n".join(_section(command) for command in COMMANDS.values())


def _section(command: Command) -> str:
    where = ", on an issue of the organisation's tracker" if command.on_trackers_only else ""
    examples = "".join(f"- `{one.line}`: {one.says}.\n" for one in command.examples)
    return (
        f"## {command.verb}\n\n`{command.usage}`\n\n{command.summary}\n\n"
        f"Who may: {command.who.value}{where}.\n\n{examples}"
    )


def _arguments(example: Example, command: Command) -> str:
    return example.line.removeprefix(f"/{command.verb}").lstrip()
