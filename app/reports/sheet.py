"""The ledger as CSV that no spreadsheet program takes for a program. Pure.

A cell that begins with =, +, -, @, a tab or a line break is run as a formula by spreadsheet
programs, and some of them split at semicolons or tabs whatever the quotes say (OWASP, "CSV
Injection"). So an apostrophe goes before what could be run, and a line break becomes a blank. Word
for word stands in the JSON and the SQLite file.
"""

import csv
import io
import re
from collections.abc import Iterable
from typing import Final

from app.reports.columns import COLUMNS, Cell
from app.reports.model import Head, Row

_BREAKS: Final = re.compile("[\r\n\v\f\x1c-\x1e\x85\u2028\u2029\t]+")
_CONTROL: Final = re.compile("[\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_LIVE: Final = re.compile(r"""(^|[;|"])(\s*)(?=[=+\-@＝＋－＠﹢﹣﹦﹫−])""")  # noqa: RUF001 - alike


def safe(cell: Cell) -> str:
    """Give a cell's text as one line that stays text in every spreadsheet program.

    >>> print(safe("=1+1"))
    '=1+1
    """
    if cell is None:
        return ""
    if isinstance(cell, int):
        return str(max(cell, 0))
    text = _CONTROL.sub("", _BREAKS.sub(" ", cell)).strip()
    text = text.encode("utf-8", "replace").decode("utf-8")
    return _LIVE.sub(r"\1\2'", text)


def heading() -> str:
    """Give the first line of the CSV."""
    return _line(column.name for column in COLUMNS)


def lines(rows: Iterable[Row], head: Head) -> str:
    """Give rows as lines of CSV; every cell is quoted, lines end as RFC 4180 says."""
    return "".join(_line(column.cell(row, head) for column in COLUMNS) for row in rows)


def _line(cells: Iterable[Cell]) -> str:
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL).writerow([safe(cell) for cell in cells])
    return out.getvalue()
