"""Files with the tables that github-to-sqlite 2.9.1 makes (read off its utils.py)."""

import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

SCHEMA = """
CREATE TABLE users (
    login TEXT, id INTEGER PRIMARY KEY, node_id TEXT, avatar_url TEXT, gravatar_id TEXT,
    html_url TEXT, type TEXT, site_admin INTEGER, name TEXT);
CREATE TABLE repos (
    id INTEGER PRIMARY KEY, node_id TEXT, name TEXT, full_name TEXT, private INTEGER,
    owner INTEGER REFERENCES users(id), html_url TEXT, description TEXT, fork INTEGER,
    created_at TEXT, updated_at TEXT, archived INTEGER);
CREATE TABLE milestones (
    id INTEGER PRIMARY KEY, title TEXT, description TEXT, creator INTEGER, repo INTEGER);
CREATE TABLE issues (
    id INTEGER PRIMARY KEY, node_id TEXT, number INTEGER, title TEXT,
    user INTEGER REFERENCES users(id), state TEXT, locked INTEGER,
    assignee INTEGER REFERENCES users(id), milestone INTEGER REFERENCES milestones(id),
    comments INTEGER, created_at TEXT, updated_at TEXT, closed_at TEXT, author_association TEXT,
    active_lock_reason TEXT, draft INTEGER, pull_request TEXT, body TEXT, reactions TEXT,
    performed_via_github_app TEXT, state_reason TEXT, repo INTEGER REFERENCES repos(id), type TEXT);
CREATE TABLE pull_requests (
    id INTEGER PRIMARY KEY, node_id TEXT, number INTEGER, state TEXT, locked INTEGER, title TEXT,
    user INTEGER REFERENCES users(id), body TEXT, created_at TEXT, updated_at TEXT,
    closed_at TEXT, merged_at TEXT, merge_commit_sha TEXT,
    assignee INTEGER REFERENCES users(id), milestone INTEGER REFERENCES milestones(id),
    draft INTEGER, head TEXT, base TEXT, author_association TEXT, auto_merge TEXT,
    repo INTEGER REFERENCES repos(id), url TEXT, merged_by INTEGER REFERENCES users(id));
CREATE TABLE issue_comments (
    html_url TEXT, issue_url TEXT, id INTEGER PRIMARY KEY, node_id TEXT,
    user INTEGER REFERENCES users(id), created_at TEXT, updated_at TEXT, author_association TEXT,
    body TEXT, reactions TEXT, issue INTEGER REFERENCES issues(id),
    performed_via_github_app TEXT);
CREATE TABLE labels (
    id INTEGER PRIMARY KEY, node_id TEXT, url TEXT, name TEXT, color TEXT, [default] INTEGER,
    description TEXT);
CREATE TABLE issues_labels (
    labels_id INTEGER REFERENCES labels(id), issues_id INTEGER REFERENCES issues(id),
    PRIMARY KEY (labels_id, issues_id));
CREATE TABLE labels_pull_requests (
    labels_id INTEGER REFERENCES labels(id),
    pull_requests_id INTEGER REFERENCES pull_requests(id),
    PRIMARY KEY (labels_id, pull_requests_id));
"""
WHEN = "2024-02-01T09:00:00Z"


@dataclass
class Fetched:
    """A small file, item by item, as github-to-sqlite would have written it down."""

    path: Path
    rows: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)
    _users: dict[str, int] = field(default_factory=dict)
    _repos: dict[str, int] = field(default_factory=dict)
    _labels: dict[str, int] = field(default_factory=dict)
    _ids: int = 1_000

    def user(self, login: str) -> int:
        if login not in self._users:
            self._users[login] = self._id()
            sort = "Bot" if login.endswith("[bot]") else "User"
            self._add("users", id=self._users[login], login=login, type=sort, name=login)
        return self._users[login]

    def repo(self, name: str, *, private: int = 0) -> int:
        if name not in self._repos:
            self._repos[name] = self._id()
            self._add(
                "repos", id=self._repos[name], full_name=name, name=name.partition("/")[2],
                private=private, fork=0, owner=self.user(name.partition("/")[0]),
            )  # fmt: skip
        return self._repos[name]

    def issue(
        self,
        repo: str,
        number: int,
        by: str,
        title: str,
        body: str | None = None,
        *,
        labels: Iterable[str] = (),
        at: str = WHEN,
        **more: Any,
    ) -> int:
        issue = self._id()
        told = {"created_at": at, "updated_at": at, "type": "issue", "state": "open"} | more
        self._add(
            "issues", id=issue, number=number, repo=self.repo(repo), user=self.user(by),
            title=title, body=body, **told,
        )  # fmt: skip
        for label in labels:
            self._add("issues_labels", issues_id=issue, labels_id=self._label(label))
        return issue

    def pull(
        self,
        repo: str,
        number: int,
        by: str,
        title: str,
        body: str | None = None,
        *,
        merged_by: str | None = None,
        merged_at: str | None = None,
        at: str = WHEN,
        whole: bool = True,
        **more: Any,
    ) -> int:
        """`whole` False: only `issues` has it, as where pull requests were not fetched."""
        pointer = f"{repo}/pulls/{number}"
        told = {"closed_at": merged_at, "updated_at": merged_at or at} | more
        issue = self.issue(
            repo, number, by, title, body, at=at, type="pull", pull_request=pointer, **told
        )
        if whole:
            self._add(
                "pull_requests", id=self._id(), number=number, repo=self.repo(repo),
                user=self.user(by), title=title, body=body, created_at=at, merged_at=merged_at,
                merged_by=self.user(merged_by) if merged_by else None, draft=0,
                author_association="CONTRIBUTOR", **told,
            )  # fmt: skip
        return issue

    def comment(
        self, issue: int | None, by: str, body: str, *, at: str = WHEN, url: str | None = None
    ) -> None:
        self._add(
            "issue_comments", id=self._id(), issue=issue, user=self.user(by), body=body,
            created_at=at, updated_at=at, issue_url=url,
        )  # fmt: skip

    def write(self, *, without: Iterable[str] = ()) -> Path:
        """Write the file; `without` names tables, or columns as "table.column"."""
        self.path.unlink(missing_ok=True)
        connection = sqlite3.connect(self.path)
        connection.executescript(SCHEMA)
        for table, row in self.rows:
            marks = ", ".join("?" for _ in row)
            connection.execute(
                f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})",  # noqa: S608
                tuple(row.values()),
            )
        for name in without:
            table, _, column = name.partition(".")
            connection.execute(
                f"ALTER TABLE {table} DROP COLUMN {column}" if column else f"DROP TABLE {table}"
            )
        connection.commit()
        connection.close()
        return self.path

    def _label(self, name: str) -> int:
        if name not in self._labels:
            self._labels[name] = self._id()
            self._add("labels", id=self._labels[name], name=name)
        return self._labels[name]

    def _id(self) -> int:
        self._ids += 1
        return self._ids

    def _add(self, table: str, **row: Any) -> None:
        self.rows.append((table, row))
