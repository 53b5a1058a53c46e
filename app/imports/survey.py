# ruff: noqa: S608 - queries are put together of this file's constants; values are always bound
"""Which items of a file concern the home: found by a few scans, kept in a scratch database.

A million items stream through SQLite and never through Python: what comes out is a numbered list
of the trackers' items and of those upstream that members wrote or merged, with indexes that the
file itself may lack. The numbers are the same whenever the same file is surveyed for the same
home, so that an import goes on at a number.
"""

import re
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from app.imports.source import BadFileError, Source
from app.policy.home import Home
from app.policy.roster import colleagues
from app.policy.upstreams import is_upstream, tracker_of

TRACKER, UPSTREAM = 1, 2
STEPS = 6
EMPTY = datetime(1970, 1, 1, tzinfo=UTC)
_COMMENTED = re.compile(r"/repos/([^/]+/[^/]+)/(?:issues|pulls)/([0-9]{1,18})$")
_SCHEMA = """
CREATE TABLE repo (id INTEGER PRIMARY KEY, name TEXT, key TEXT, role INT, private INT, fork INT);
CREATE INDEX repo_key ON repo (key);
CREATE TABLE ours (id INTEGER PRIMARY KEY);
CREATE TABLE place (repo INT, number INT, issue INT, pull INT, PRIMARY KEY (repo, number))
    WITHOUT ROWID;
CREATE TABLE wanted (n INTEGER PRIMARY KEY, repo INT, number INT, issue INT, pull INT);
CREATE TABLE said (repo INT, number INT, comment INT, PRIMARY KEY (repo, number, comment))
    WITHOUT ROWID;
CREATE TABLE labelled (repo INT, number INT, name TEXT, PRIMARY KEY (repo, number, name))
    WITHOUT ROWID;
"""
_WHOLE = "typeof({0}.number) = 'integer' AND {0}.repo IN (SELECT id FROM repo)"


@dataclass(frozen=True, slots=True)
class Survey:
    """What a file holds for this home: items are numbered from 1, the trackers' come first.

    `in_file` counts all items, `as_of` is the latest moment that the file tells of.
    """

    scratch: Path
    trackers: int
    wanted: int
    in_file: int
    as_of: datetime


def connect(source: Source, scratch: Path, *, write: bool = False) -> sqlite3.Connection:
    """Open the scratch database with the file beside it, as `src`, only to be read."""
    mode = "rwc" if write else "ro"
    connection = sqlite3.connect(
        f"file:{scratch}?mode={mode}", uri=True, isolation_level=None, check_same_thread=False
    )
    # A text that is no UTF-8 or holds a NUL, which PostgreSQL refuses, is read without it.
    connection.text_factory = lambda raw: raw.decode("utf-8", "replace").replace("\0", "")
    connection.row_factory = sqlite3.Row
    connection.execute("PRAGMA trusted_schema = OFF")
    connection.execute("ATTACH ? AS src", (source.uri,))
    return connection


def survey(
    source: Source,
    home: Home,
    scratch: Path,
    progress: Callable[[int, int], None] = lambda _, __: None,
) -> Survey:
    """Give numbers to what concerns the home. Raises BadFileError where the file is damaged."""
    connection = connect(source, scratch, write=True)
    try:
        connection.execute("PRAGMA journal_mode = OFF")
        connection.execute("PRAGMA synchronous = OFF")
        connection.executescript(_SCHEMA)
        connection.execute("BEGIN")
        for step, act in enumerate((_repos, _ours, _places, _wanted, _said, _labelled), 1):
            act(connection, source, home)
            progress(step, STEPS)
        connection.execute("COMMIT")
        return _counted(connection, source, scratch)
    except sqlite3.Error as error:
        raise BadFileError(f"{source.path} can't be read: {error}.") from None
    finally:
        connection.close()


def _repos(connection: sqlite3.Connection, source: Source, home: Home) -> None:
    told = [
        f"src.repos.{name}" if source.has("repos", name) else "NULL" for name in ("private", "fork")
    ]
    rows = connection.execute(f"SELECT id, full_name, {', '.join(told)} FROM src.repos").fetchall()
    connection.executemany(
        "INSERT INTO repo VALUES (?, ?, ?, ?, ?, ?)",
        (
            (repo, name, name.casefold(), role, private, fork)
            for repo, name, private, fork in rows
            if isinstance(repo, int) and isinstance(name, str) and (role := _role(name, home))
        ),
    )


def _role(name: str, home: Home) -> int:
    if name.count("/") != 1:
        return 0
    if tracker_of(name, home) is not None:
        return TRACKER
    return UPSTREAM if is_upstream(name, home) else 0


def _ours(connection: sqlite3.Connection, _: Source, home: Home) -> None:
    logins, ids = colleagues(home), {one.id for one in home.members if one.id is not None}
    rows = connection.execute("SELECT id, login FROM src.users WHERE typeof(id) = 'integer'")
    mine = [(id_,) for id_, login in rows if id_ in ids or str(login).casefold() in logins]
    connection.executemany("INSERT INTO ours VALUES (?)", mine)


def _places(connection: sqlite3.Connection, source: Source, _: Home) -> None:
    parts = []
    if source.has("issues"):
        parts.append(f"SELECT repo, number, id AS i, NULL AS p FROM src.issues x WHERE {_whole()}")
    if source.has("pull_requests"):
        parts.append(
            f"SELECT repo, number, NULL AS i, id AS p FROM src.pull_requests x WHERE {_whole()}"
        )
    connection.execute(
        f"INSERT INTO place SELECT repo, number, max(i), max(p) FROM ({' UNION ALL '.join(parts)})"
        " GROUP BY repo, number"
    )
    connection.execute("CREATE INDEX place_issue ON place (issue)")
    connection.execute("CREATE INDEX place_pull ON place (pull)")


def _whole() -> str:
    return _WHOLE.format("x")


def _wanted(connection: sqlite3.Connection, source: Source, _: Home) -> None:
    into = "INSERT INTO wanted (repo, number, issue, pull) SELECT repo, number, issue, pull"
    connection.execute(
        f"{into} FROM place WHERE repo IN (SELECT id FROM repo WHERE role = {TRACKER})"
        " ORDER BY repo, number"
    )
    mine = " OR ".join(_by_members(source))
    connection.execute(
        f"{into} FROM place WHERE repo IN (SELECT id FROM repo WHERE role = {UPSTREAM})"
        f" AND ({mine}) ORDER BY repo, number"
    )
    connection.execute("CREATE INDEX wanted_issue ON wanted (issue)")
    connection.execute("CREATE INDEX wanted_pull ON wanted (pull)")


def _by_members(source: Source) -> Iterator[str]:
    ours = "IN (SELECT id FROM ours)"
    if source.has("issues"):
        yield f"issue IN (SELECT id FROM src.issues WHERE user {ours})"
    if source.has("pull_requests"):
        yield f"pull IN (SELECT id FROM src.pull_requests WHERE user {ours})"
        if source.has("pull_requests", "merged_by"):
            yield f"pull IN (SELECT id FROM src.pull_requests WHERE merged_by {ours})"


def _said(connection: sqlite3.Connection, source: Source, _: Home) -> None:
    if not source.has("issue_comments"):
        return
    connection.execute(
        "INSERT INTO said SELECT p.repo, p.number, c.id FROM src.issue_comments c"
        " JOIN place p ON p.issue = c.issue"
    )
    if not source.has("issue_comments", "issue_url"):
        return
    connection.create_function("repo_in", 1, lambda url: _commented(url, 1), deterministic=True)
    connection.create_function("number_in", 1, lambda url: _commented(url, 2), deterministic=True)
    # Where its issue was not in the file when the comment was saved, only the address names it.
    connection.execute(
        "INSERT OR IGNORE INTO said SELECT p.repo, p.number, c.id FROM src.issue_comments c"
        " JOIN repo r ON r.key = repo_in(c.issue_url)"
        " JOIN place p ON p.repo = r.id AND p.number = number_in(c.issue_url)"
        " WHERE c.issue IS NULL"
    )


def _commented(url: object, group: int) -> str | int | None:
    found = _COMMENTED.search(url) if isinstance(url, str) else None
    if found is None:
        return None
    return found[1].casefold() if group == 1 else int(found[2])


def _labelled(connection: sqlite3.Connection, source: Source, _: Home) -> None:
    for table, key, column in (
        ("issues_labels", "issues_id", "issue"),
        ("labels_pull_requests", "pull_requests_id", "pull"),
    ):
        if source.has(table) and source.has("labels"):
            connection.execute(
                f"INSERT OR IGNORE INTO labelled SELECT w.repo, w.number, l.name FROM src.{table} m"
                f" JOIN wanted w ON w.{column} = m.{key} JOIN src.labels l ON l.id = m.labels_id"
            )


def _counted(connection: sqlite3.Connection, source: Source, scratch: Path) -> Survey:
    one = connection.execute
    upstream = f"repo IN (SELECT id FROM repo WHERE role = {TRACKER})"
    times = [
        f"SELECT max(substr(updated_at, 1, 20)) AS at FROM src.{table}"
        for table in ("issues", "pull_requests", "issue_comments")
        if source.has(table, "updated_at")
    ]
    at = one(f"SELECT max(at) FROM ({' UNION ALL '.join(times)})").fetchone()[0] if times else None
    return Survey(
        scratch,
        trackers=one(f"SELECT count(*) FROM wanted WHERE {upstream}").fetchone()[0],
        wanted=one("SELECT count(*) FROM wanted").fetchone()[0],
        in_file=one("SELECT count(*) FROM place").fetchone()[0],
        as_of=moment(at) or EMPTY,
    )


def moment(value: object) -> datetime | None:
    """Read a time as GitHub writes it; None for what is none."""
    if not isinstance(value, str):
        return None
    try:
        at = datetime.fromisoformat(value)
    except ValueError:
        return None
    return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
