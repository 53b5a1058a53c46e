"""The columns of the ledger, the same in a table, in CSV and in Markdown. Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from app.policy.home import Home
from app.policy.roster import local_day
from app.reports.model import Count, Head, Row, Totals

Cell = str | int | None


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name and what stands in it."""

    name: str
    cell: Callable[[Row, Head], Cell]


COLUMNS: Final = (
    Column("act", lambda row, _: row.act.value),
    Column("acted at", lambda row, _: row.at.isoformat() if row.at else None),
    Column("item", lambda row, _: str(row.item)),
    Column("title", lambda row, _: row.title),
    Column("url", lambda row, _: row.item.url),
    Column("state", lambda row, _: row.standing.state.value if row.standing else None),
    Column("person", lambda row, _: row.person),
    Column("kind", lambda row, _: row.decided.kind.value),
    Column("bucket", lambda row, _: row.decided.bucket),
    Column("activity", lambda row, _: row.decided.activity),
    Column("work", lambda row, _: row.decided.work.value if row.decided.work else None),
    Column("minutes", lambda row, _: row.minutes),
    Column("need", lambda row, _: row.decided.need),
    Column("need url", lambda row, _: row.decided.need_url),
    Column("community", lambda row, _: row.decided.community),
    Column("value", lambda row, _: " / ".join(row.value) or None),
    Column("evidence", lambda row, _: " ".join(evidence(row)) or None),
    Column("because", lambda row, _: row.decided.because),
    Column("decided by", lambda row, _: row.decided.decided_by),
    Column("by rule or person", lambda row, _: "person" if row.decided.by_person else "rule"),
    Column("provisional", lambda row, _: "yes" if row.decided.provisional else "no"),
    Column("policy version", lambda row, _: row.decided.policy_version),
    Column("decided at", lambda row, _: row.decided.decided_at.isoformat()),
    Column("as of", lambda _, head: head.as_of.isoformat()),
)
"""Every column of a row, in the order in which files have them."""


def evidence(row: Row) -> tuple[str, ...]:
    """Give the addresses of a row's evidence, each once."""
    return tuple(dict.fromkeys(seen.url for seen in row.decided.evidence if seen.url))


def day(row: Row, home: Home) -> str:
    """Give the day of an act in the home's time zone, empty where no time is known."""
    return local_day(row.at, home).isoformat() if row.at else ""


def kind_shown(row: Row, home: Home) -> str:
    """Give a row's kind by the home's name for it, with its bucket or activity."""
    named = (home.shown(row.decided.kind), row.decided.bucket or row.decided.activity)
    doubt = "?" if row.decided.provisional else ""
    return " · ".join(part for part in named if part) + doubt


COUNTED: Final = ("counted", "acts", "people", "changes", "delivered", "minutes")
"""The columns of the totals."""


def totals_lines(totals: Totals, home: Home) -> list[tuple[str, tuple[Cell, ...]]]:
    """Give the totals as (section, cells of COUNTED), in the order in which they are shown."""
    lines: list[tuple[str, tuple[Cell, ...]]] = []
    for kind, count in totals.kinds.items():
        lines.append(("kind", (home.shown(kind), *_figures(count))))
    for section, counts in (
        ("bucket", totals.buckets),
        ("activity", totals.activities),
        ("community", totals.communities),
    ):
        lines += [(section, (name, *_figures(count))) for name, count in counts.items()]
    lines += [("apart", (name, n, None, None, None, None)) for name, n in totals.apart.items()]
    return lines


def _figures(count: Count) -> tuple[Cell, ...]:
    if count.people is None:
        return (count.acts, None, None, None, None)
    return (count.acts, count.people, count.changes, count.delivered, count.minutes)
