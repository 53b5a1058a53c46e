"""The ledger written as a SQLite file of its own (reports/dataset.py says what is in it)."""

import sqlite3
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Self

from app.reports.dataset import SCHEMA, Insert


class Export:
    """A file that is being written; it takes its place when all of it is there.

    with Export(file) as export:
        export.add(rows)
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._partial = file.with_name(f".{file.name}.partial")

    def __enter__(self) -> Self:
        self._partial.unlink(missing_ok=True)
        self._database = sqlite3.connect(self._partial, isolation_level=None)
        # Nobody reads it before it is whole, and a crash leaves it to be made again.
        self._database.execute("PRAGMA journal_mode=OFF")
        self._database.execute("PRAGMA foreign_keys=ON")
        self._database.executescript(SCHEMA)
        self._database.execute("BEGIN")
        return self

    def add(self, rows: Iterable[Insert]) -> None:
        """Write rows, each after what it refers to."""
        for table, values in rows:
            marks = ",".join("?" * len(values))
            self._database.execute(f"INSERT INTO {table} VALUES ({marks})", _storable(values))  # noqa: S608 - our own names

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Put the file in its place, or leave nothing behind."""
        if kind is None:
            self._database.execute("COMMIT")
            self._database.execute("ANALYZE")
        self._database.close()
        if kind is None:
            self._partial.replace(self._file)
        else:
            self._partial.unlink(missing_ok=True)


def _storable(values: tuple[str | int | None, ...]) -> tuple[str | int | None, ...]:
    """Replace lone surrogates, which can stand in a title and in no UTF-8 text."""
    return tuple(
        one.encode("utf-8", "replace").decode("utf-8") if isinstance(one, str) else one
        for one in values
    )
