"""Titles that people could give their pull requests, and whether they stay text wherever we write.

Made up from a seed; shown as GitHub would show a comment, and split as spreadsheet programs would.
"""

import csv
import io
import random
from collections.abc import Callable

from app.publish.inert import inert, one_line
from app.reports import markdown, sheet
from tests.policy.homes import HOME
from tests.publish.test_inert import HOSTILE, LIVE, Shown
from tests.reports.made import HEAD, row
from tests.reports.test_sheet import LIVE as FORMULAS

MARKS = "\\`*_[]()!|~<>&$#@/:;=+-'\" \t\r\n\0\u200b\u202e\u2028\ufeff\ud800"
ALSO = (
    "=HYPERLINK(1)", "+1+cmd|' /C calc'!A0", "-2+3", "@SUM(1)", "\t=1", ";=1", '";=1', "=1",
    "<img src=x onerror=alert(1)>", "</td><script>", "<!--", "-->", "<![CDATA[", "<?php", "&#64;",
    "javascript:alert(1)", "[x]: https://example.org", "![x][y]", "$$x$$", "<a href=//x>", "\\@a",
    "@\u200byuvipanda", "@example-org/team", "mailto:a@example.org", "ftp://example.org", "a\\",
)  # fmt: skip
Escape = Callable[[str], str]


def title(rng: random.Random) -> str:
    """Make up one title."""
    return "".join(_piece(rng) for _ in range(rng.randrange(1, 6)))


def _piece(rng: random.Random) -> str:
    match rng.randrange(4):
        case 0:
            return rng.choice(HOSTILE)
        case 1:
            return rng.choice(ALSO)
        case 2:
            return "".join(rng.choices(MARKS, k=rng.randrange(1, 8)))
        case _:
            return "".join(chr(rng.randrange(0x11_0000)) for _ in range(rng.randrange(1, 6)))


def faults(text: str, escape: Escape = inert, safe: Callable[[str], str] = sheet.safe) -> list[str]:
    """Say what of a title came alive in a comment, a table or a sheet; nothing if it is inert."""
    line = one_line(text)
    shown = Shown(escape(line))
    found = []
    if shown.tags != (["p []"] if line else []):
        found.append(f"nodes {shown.tags}")
    if live := LIVE.search(shown.text):
        found.append(f"a link or mention {live.group()!r}")
    if escape(line).startswith("/"):
        found.append("a command")
    cell = safe(text)
    if any(part.strip().startswith(FORMULAS) for part in (cell, *cell.split(";"))):
        found.append(f"a formula {cell!r}")
    return found


def faults_of_rows(text: str) -> list[str]:
    """Say the same of the ledger's own table and sheet with this title."""
    table = markdown.rows_text([row(text)], HOME)
    plain = markdown.rows_text([row("x")], HOME)
    cells = list(csv.reader(io.StringIO(sheet.lines([row(text)], HEAD))))
    found = []
    if table.count("\n") != 1 or table.replace("\\|", "").count("|") != plain.count("|"):
        found.append(f"a row or column {table!r}")
    if len(cells) != 1 or any(cell.strip().startswith(FORMULAS) for cell in cells[0]):
        found.append(f"a live cell {cells!r}")
    return found


def look_at(how_many: int, seed: int) -> list[tuple[str, list[str]]]:
    """Give the titles that came alive, with what was wrong."""
    rng = random.Random(seed)
    titles = [title(rng) for _ in range(how_many)]
    return [(one, wrong) for one in titles if (wrong := faults(one) + faults_of_rows(one))]
