"""A SQLite file as github-to-sqlite makes it: opened to read, looked at, refused in one sentence.

What its tables hold was read off github-to-sqlite 2.9.1 (utils.py: save_issues, save_pull_requests,
save_issue_comment, save_user): GitHub's REST fields without their addresses, people as ids of
`users`, labels in `issues_labels` and `labels_pull_requests`, a pull request's branch, files,
commits and reviews nowhere. `issues` holds pull requests too, under another id. Columns come as
GitHub's answers had them, so any but the ids may be missing.
"""

import hashlib
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

NEEDED: Mapping[str, tuple[str, ...]] = {
    "repos": ("id", "full_name"),
    "users": ("id", "login"),
    "issues": ("id", "number", "repo", "user"),
    "pull_requests": ("id", "number", "repo", "user"),
    "issue_comments": ("id", "issue", "user", "body"),
}
"""The columns without which a table tells nothing."""
OPTIONAL = frozenset({"issues", "pull_requests", "issue_comments"})
JOINS: Mapping[str, tuple[str, ...]] = {
    "labels": ("id", "name"),
    "issues_labels": ("issues_id", "labels_id"),
    "labels_pull_requests": ("pull_requests_id", "labels_id"),
}
"""Tables that only add to the others."""
_PIECE = 1 << 20


class BadFileError(Exception):
    """The file can't be imported; the text is one sentence that says why."""


@dataclass(frozen=True, slots=True)
class Source:
    """A file to import, by the hash of its bytes, and the columns of the tables it has."""

    path: Path
    digest: str
    tables: Mapping[str, frozenset[str]]

    def has(self, table: str, column: str | None = None) -> bool:
        """Say whether there is such a table, and such a column in it."""
        columns = self.tables.get(table)
        return columns is not None and (column is None or column in columns)

    @property
    def uri(self) -> str:
        """Give the address under which SQLite opens it without ever writing."""
        return f"file:{quote(str(self.path.absolute()))}?mode=ro"


def look_at(path: Path, progress: Callable[[int, int], None] = lambda _, __: None) -> Source:
    """Read which tables a file has, and its hash. Raises BadFileError."""
    tables = _tables(path)
    missing = [name for name in NEEDED if name not in OPTIONAL and name not in tables]
    if missing:
        raise BadFileError(
            f"{path} has no table {' and no table '.join(missing)}: it is none of "
            "github-to-sqlite's files."
        )
    if not {"issues", "pull_requests"} & tables.keys():
        raise BadFileError(f"{path} has neither issues nor pull_requests: nothing to import.")
    for name, columns in NEEDED.items():
        lacking = [column for column in columns if name in tables and column not in tables[name]]
        if lacking:
            raise BadFileError(f"{path}: its table {name} has no column {', '.join(lacking)}.")
    for name, columns in JOINS.items():
        if not set(columns) <= tables.get(name, frozenset()):
            tables.pop(name, None)
    return Source(path, _hashed(path, progress), tables)


def _tables(path: Path) -> dict[str, frozenset[str]]:
    if not path.exists():
        raise BadFileError(f"There is no file {path}.")
    if not path.is_file():
        raise BadFileError(f"{path} is no file.")
    uri = f"file:{quote(str(path.absolute()))}?mode=ro"
    try:
        connection = sqlite3.connect(uri, uri=True)
        try:
            names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            known = {str(name) for (name,) in names} & (NEEDED.keys() | JOINS.keys())
            return {
                name: frozenset(
                    str(row[1]) for row in connection.execute(f"PRAGMA table_info({name})")
                )
                for name in sorted(known)
            }
        finally:
            connection.close()
    except sqlite3.Error as error:
        raise BadFileError(f"{path} can't be read as a SQLite database: {error}.") from None


def digest_of(path: Path) -> str | None:
    """Give the hash by which an imported file is known, None where there is no file."""
    return _hashed(path, lambda _, __: None) if path.is_file() else None


def _hashed(path: Path, progress: Callable[[int, int], None]) -> str:
    """Hash the bytes: what was imported is known again wherever the file lies."""
    sha, read, size = hashlib.sha256(), 0, path.stat().st_size
    try:
        with path.open("rb") as file:
            while piece := file.read(_PIECE):
                sha.update(piece)
                read += len(piece)
                progress(read, size)
    except OSError as error:
        raise BadFileError(f"{path} can't be read: {error.strerror}.") from None
    return sha.hexdigest()
