"""The forms in which the ledger is given out: to the screen, or to a file as it is read."""

import json
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import IO, Final

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text
from sqlalchemy.ext.asyncio import AsyncConnection

from app.cli.lines import fail
from app.cli.operate import WIDE, console
from app.policy.home import Home
from app.publish.inert import one_line
from app.reports import COUNTING, Head, Row, Totals, dataset, document, markdown, sheet
from app.reports.columns import COUNTED, day, kind_shown, totals_lines
from app.store.export import Export
from app.store.report_details import rows
from app.store.report_rows import Asked

ON_SCREEN: Final = 100
"""Lines that the table shows unless it is told otherwise."""


class Form(StrEnum):
    """The forms of a report."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"
    MARKDOWN = "md"
    SQLITE = "sqlite"


@dataclass(frozen=True, slots=True)
class Report:
    """An answer that is counted, and whose lines are read while they are written."""

    connection: AsyncConnection
    asked: Asked
    home: Home
    head: Head
    totals: Totals
    limit: int | None

    def rows(self, *, history: bool = False) -> AsyncIterator[list[Row]]:
        """Read the lines, the newest first."""
        return rows(self.connection, self.asked, limit=self.limit, history=history)


async def as_table(report: Report, output: Path | None) -> None:
    """Print totals and the newest lines; to a file as plain text."""
    limit = ON_SCREEN if report.limit is None else report.limit
    shown = [
        row async for some in rows(report.connection, report.asked, limit=limit) for row in some
    ]
    with _writing(output) as file:
        out = Console(file=file, width=WIDE) if output else console()
        out.print(_totals(report))
        if shown:
            out.print(_table(shown, report.home))
        if len(shown) == limit:
            out.print(f"The newest {limit}; --format csv gives all, --rows N as many as you want.")
        out.print(f"As of {report.head.as_of:%Y-%m-%d %H:%M} UTC.", highlight=False)


def _totals(report: Report) -> Table:
    table = Table(*COUNTED, show_edge=False)
    section = ""
    for name, cells in totals_lines(report.totals, report.home):
        if section and name != section:
            table.add_section()
        section = name
        table.add_row(*("" if cell is None else _cell(str(cell)) for cell in cells))
    return table


def _table(shown: list[Row], home: Home) -> Table:
    table = Table("day", "who", "act", "item", "kind", "community", "value", show_edge=False)
    for row in shown:
        item = f"{row.item} {row.title}"
        cells = (
            day(row, home), row.person, row.act.value, item, kind_shown(row, home),
            row.decided.community or "", " / ".join(row.value),
        )  # fmt: skip
        table.add_row(*map(_cell, cells))
    return table


def _cell(text: str) -> Text:
    return Text(one_line(text))


async def as_csv(report: Report, output: Path | None) -> None:
    """Write every line as CSV, safe against formulas."""
    with _writing(output) as file:
        file.write(sheet.heading())
        async for some in report.rows():
            file.write(sheet.lines(some, report.head))


async def as_json(report: Report, output: Path | None) -> None:
    """Write head, totals and every line with its history as one JSON object."""
    with _writing(output) as file:
        file.write(f'{{"report": {_json(document.head_values(report.head))},\n')
        file.write(f'"totals": {_json(document.totals_values(report.totals))},\n"rows": [')
        between = "\n"
        async for some in report.rows(history=True):
            for row in some:
                file.write(between + _json(document.row_values(row, report.head)))
                between = ",\n"
        file.write("\n]}\n")


async def as_markdown(report: Report, output: Path | None) -> None:
    """Write totals and every line as Markdown."""
    with _writing(output) as file:
        file.write(markdown.heading(report.head, report.home))
        file.write(markdown.totals_text(report.totals, report.home))
        file.write(markdown.rows_heading())
        async for some in report.rows():
            file.write(markdown.rows_text(some, report.home))


async def as_sqlite(report: Report, output: Path | None) -> None:
    """Write a SQLite file with normalised tables, and beside it the metadata for Datasette."""
    file = output or Path("ledger.db")
    beside = file.with_name("metadata.json")
    if beside.exists() and not _is_ours(beside):
        fail(f"{beside} is there and none of ours: choose another directory.")
    numbers = dataset.Dataset()
    with Export(file) as export:
        export.add(dataset.report_rows(report.head, COUNTING))
        export.add(dataset.totals_rows(report.totals))
        async for some in report.rows(history=True):
            export.add(numbers.rows(some))
    metadata = dataset.metadata(report.head, file.stem)
    beside.write_text(json.dumps(metadata, indent=2) + "\n", encoding="utf-8")
    typer.echo(f"{file} is written. To look at it: datasette {file} --metadata {beside}")


FORMS: Final[Mapping[Form, Callable[[Report, Path | None], Awaitable[None]]]] = {
    Form.TABLE: as_table,
    Form.CSV: as_csv,
    Form.JSON: as_json,
    Form.MARKDOWN: as_markdown,
    Form.SQLITE: as_sqlite,
}


def _is_ours(file: Path) -> bool:
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except (ValueError, OSError):
        return False
    return isinstance(found, dict) and found.get("source") == dataset.SOURCE


def _json(value: object) -> str:
    # ASCII alone, so that a lone surrogate in a title is survived.
    return json.dumps(value)


@contextmanager
def _writing(output: Path | None) -> Iterator[IO[str]]:
    """Give the file, which takes its place when it is whole, or standard output."""
    if output is None:
        yield sys.stdout
        return
    partial = output.with_name(f".{output.name}.partial")
    try:
        with partial.open("w", encoding="utf-8", newline="") as file:
            yield file
        partial.replace(output)
    finally:
        partial.unlink(missing_ok=True)
