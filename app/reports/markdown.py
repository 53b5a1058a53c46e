"""The ledger as Markdown that mentions nobody and leaves no back-reference upstream. Pure."""

from collections.abc import Iterable, Iterator, Sequence

from app.policy.home import Home
from app.policy.model import ItemRef
from app.publish.inert import inert, one_line
from app.publish.links import address
from app.reports.columns import COUNTED, Cell, day, kind_shown, totals_lines
from app.reports.model import Head, Row, Totals

_COLUMNS = ("day", "who", "act", "item", "kind", "community", "value", "decided by")


def heading(head: Head, home: Home) -> str:
    """Give the title, what was asked, as of when."""
    asked = "; ".join(f"{_text(name)} {_text(said)}" for name, said in head.asked.items())
    lines = [f"# The ledger of {_text(home.name)}", "", f"As of {head.as_of:%Y-%m-%d %H:%M} UTC."]
    return "\n".join([*lines, *(["", f"Asked: {asked}."] if asked else []), ""])


def totals_text(totals: Totals, home: Home) -> str:
    """Give the totals as a table for each section."""
    out: list[str] = []
    section = ""
    for name, cells in totals_lines(totals, home):
        if name != section:
            section = name
            out += ["", f"## By {name}" if name != "apart" else "## Apart", ""]
            out += list(_header(COUNTED if name != "apart" else COUNTED[:2]))
        out.append(_row([_cell(cell) for cell in (cells if name != "apart" else cells[:2])]))
    return "\n".join([*out, "", ""]) if out else "\nNothing was counted.\n\n"


def rows_heading() -> str:
    """Give the head of the table of rows."""
    return "\n".join(["## Contributions", "", *_header(_COLUMNS), ""])


def rows_text(rows: Iterable[Row], home: Home) -> str:
    """Give rows as lines of that table."""
    return "".join(f"{_row(_cells(row, home))}\n" for row in rows)


def _cells(row: Row, home: Home) -> list[str]:
    decided = row.decided
    return [
        day(row, home),
        _text(row.person),
        row.act.value,
        _item(row.item, row.title),
        _text(kind_shown(row, home)),
        _text(decided.community or ""),
        _text(" / ".join(row.value)),
        _text(decided.decided_by.replace("_", " ")),
    ]


def _item(item: ItemRef, title: str) -> str:
    url, name = address(item), _text(str(item))
    return f"{f'[{name}]({url})' if url else name} {_text(title)}".rstrip()


def _header(names: Sequence[str]) -> Iterator[str]:
    yield _row(names)
    yield _row(["---"] * len(names))


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _cell(cell: Cell) -> str:
    return "" if cell is None else _text(str(cell))


def _text(text: str) -> str:
    return inert(one_line(text, longest=1_000))
