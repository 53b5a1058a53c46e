# ruff: noqa: S608 - queries are put together of this file's constants; values are always bound
"""The queries by which items of a file are read, whatever columns it has."""

import sqlite3
from dataclasses import dataclass
from itertools import groupby

from app.imports.source import Source
from app.imports.survey import TRACKER, UPSTREAM, Survey, connect, moment
from app.policy.model import Comment, Person

_MARKER = "<!-- good-citizen "
_BOTH = ("title", "body", "created_at", "updated_at", "closed_at", "author_association")
_PULL = ("merged_at", "draft", "changed_files", "merged_by")
_ISSUE = {"type": "i.type = 'pull'", "pull_request": "i.pull_request IS NOT NULL"}


@dataclass(frozen=True, slots=True)
class Told:
    """One item as the file tells it: `row` as selected, who wrote and merged it, what was said."""

    row: sqlite3.Row
    labels: tuple[str, ...] | None
    comments: tuple[Comment, ...]

    @property
    def key(self) -> tuple[int, int]:
        """Give its repository's id and its number."""
        return self.row["repo"], self.row["number"]


class Rows:
    """Reads items by the numbers of a survey. Not to be shared between threads."""

    def __init__(self, source: Source, found: Survey) -> None:
        self._source = source
        self._connection = connect(source, found.scratch)
        rows = self._connection.execute(
            f"SELECT key, id FROM repo WHERE role IN ({TRACKER}, {UPSTREAM})"
        )
        self._ids: dict[str, int] = {row["key"]: row["id"] for row in rows}
        self._select = _select(source)

    def close(self) -> None:
        """Let go of the files."""
        self._connection.close()

    def keys(self, first: int, last: int) -> dict[tuple[int, int], str]:
        """Give (repository id, number) of the items from `first` to `last`, and their names."""
        rows = self._connection.execute(
            "SELECT w.repo, w.number, r.name FROM wanted w JOIN repo r ON r.id = w.repo"
            " WHERE w.n BETWEEN ? AND ?",
            (first, last),
        )
        return {(row["repo"], row["number"]): row["name"] for row in rows}

    def repositories(self) -> list[sqlite3.Row]:
        """Give the repositories that have wanted items: id, name, private, fork."""
        return self._connection.execute(
            "SELECT id, name, private, fork FROM repo WHERE id IN (SELECT repo FROM wanted)"
        ).fetchall()

    def repository_id(self, name: str) -> int | None:
        """Give a repository's id by its name in the file."""
        return self._ids.get(name.casefold())

    def numbered(self, first: int, last: int) -> list[Told]:
        """Read the items from `first` to `last`."""
        return self._read("wanted w", "w.n BETWEEN ? AND ?", (first, last), " ORDER BY w.n")

    def at(self, repository_id: int, number: int) -> list[Told]:
        """Read one item that need not be numbered; none or one."""
        return self._read("place w", "w.repo = ? AND w.number = ?", (repository_id, number))

    def _read(self, base: str, where: str, values: tuple[int, int], order: str = "") -> list[Told]:
        rows = self._connection.execute(
            self._select.format(base=base) + f" WHERE {where}{order}", values
        ).fetchall()
        comments = self._comments(base, where, values)
        labels = self._labels(base, where, values)
        return [
            Told(
                row,
                labels.get((row["repo"], row["number"]), ())
                if self._source.has("labels")
                else None,
                comments.get((row["repo"], row["number"]), ()),
            )
            for row in rows
        ]

    def _labels(
        self, base: str, where: str, values: tuple[int, int]
    ) -> dict[tuple[int, int], tuple[str, ...]]:
        rows = self._connection.execute(
            f"SELECT l.repo, l.number, l.name FROM {base} JOIN labelled l"
            f" ON l.repo = w.repo AND l.number = w.number WHERE {where}"
            " ORDER BY l.repo, l.number, l.name",
            values,
        )
        grouped = groupby(rows, key=lambda row: (row["repo"], row["number"]))
        return {key: tuple(str(row["name"]) for row in group) for key, group in grouped}

    def _comments(
        self, base: str, where: str, values: tuple[int, int]
    ) -> dict[tuple[int, int], tuple[Comment, ...]]:
        if not self._source.has("issue_comments"):
            return {}
        at = "c.created_at" if self._source.has("issue_comments", "created_at") else "NULL"
        rows = self._connection.execute(
            f"SELECT s.repo, s.number, c.id, c.body, {at} AS created_at, u.id AS author_id,"
            f" u.login AS author, {_type(self._source, 'u')} AS author_type FROM {base}"
            " JOIN said s ON s.repo = w.repo AND s.number = w.number"
            " JOIN src.issue_comments c ON c.id = s.comment"
            f" LEFT JOIN src.users u ON u.id = c.user WHERE {where}"
            " ORDER BY s.repo, s.number, c.id",
            values,
        )
        grouped = groupby(rows, key=lambda row: (row["repo"], row["number"]))
        return {
            key: tuple(one for row in group if (one := _comment(row)) is not None)
            for key, group in grouped
        }


def _select(source: Source) -> str:
    """Build the query that gives an item, whatever columns the file has; `{base}` is put in."""
    has_issues, has_pulls = source.has("issues"), source.has("pull_requests")
    columns = ["w.repo", "w.number", "r.name", "r.private", "r.fork", "w.pull IS NOT NULL has_pull"]
    for name in _BOTH:
        told = [
            f"{alias}.{name}"
            for alias, table in (("p", "pull_requests"), ("i", "issues"))
            if source.has(table, name)
        ]
        both = f"coalesce({', '.join(told)})" if len(told) > 1 else (told or ["NULL"])[0]
        columns.append(f"{both} AS {name}")
    columns += [
        f"{f'p.{name}' if source.has('pull_requests', name) else 'NULL'} AS {name}"
        for name in _PULL
    ]
    marks = (mark for name, mark in _ISSUE.items() if source.has("issues", name))
    columns.append(f"({' OR '.join(['w.pull IS NOT NULL', *marks])}) AS is_pull")
    columns += ["a.id AS author_id", "a.login AS author", f"{_type(source, 'a')} AS author_type"]
    columns += ["m.id AS merger_id", "m.login AS merger", f"{_type(source, 'm')} AS merger_type"]
    by = [f"{alias}.user" for alias, has in (("p", has_pulls), ("i", has_issues)) if has]
    merged_by = "p.merged_by" if source.has("pull_requests", "merged_by") else "NULL"
    return (
        f"SELECT {', '.join(columns)} FROM {{base}} JOIN repo r ON r.id = w.repo"
        + (" LEFT JOIN src.issues i ON i.id = w.issue" if has_issues else "")
        + (" LEFT JOIN src.pull_requests p ON p.id = w.pull" if has_pulls else "")
        + f" LEFT JOIN src.users a ON a.id = {f'coalesce({by[0]}, {by[-1]})'}"
        + f" LEFT JOIN src.users m ON m.id = {merged_by}"
    )


def _type(source: Source, alias: str) -> str:
    return f"{alias}.type" if source.has("users", "type") else "NULL"


def person(row: sqlite3.Row, who: str) -> Person | None:
    """Give the account in the columns WHO, WHO_id, WHO_type; None for a deleted one."""
    login = row[who]
    if not isinstance(login, str) or login.casefold() == "ghost":
        return None
    sort = row[f"{who}_type"]
    return Person(login, row[f"{who}_id"], None if sort is None else sort != "User")


def _comment(row: sqlite3.Row) -> Comment | None:
    """Give a comment; our own quote links that we found: they would prove themselves."""
    by, body = person(row, "author"), row["body"]
    if not isinstance(body, str) or (by and by.is_bot and body.startswith(_MARKER)):
        return None
    return Comment(by, body, moment(row["created_at"]), row["id"])
