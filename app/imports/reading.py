"""Reading a file's items as facts: what the file tells, and the names of what it can't."""

import re
import sqlite3
from collections.abc import Iterable
from dataclasses import replace

from app.imports.queries import Rows, Told, person
from app.imports.source import Source
from app.imports.survey import Survey, moment
from app.policy.evidence import to_follow
from app.policy.home import Home
from app.policy.links import links_in
from app.policy.model import (
    Act,
    Facts,
    Item,
    ItemRef,
    Performed,
    Subject,
    SubjectType,
    Visibility,
)
from app.policy.verbs import CLOSING

UNTOLD_PULL = frozenset({"commits", "files", "reviews", "linked issues", "backlinks"})
"""What no such file tells about a pull request, under the names of `Facts.could_not_read`."""
UNTOLD_ISSUE = frozenset({"backlinks"})
STATE = "state"
"""`issues` knows a pull request as closed, but not whether it was merged."""
_MAY_CLOSE = re.compile("clos|fix|resolv", re.IGNORECASE)
_FIRST_TIME = frozenset({"FIRST_TIMER", "FIRST_TIME_CONTRIBUTOR", "NONE"})


class Reader:
    """Gives facts about items of a file. Not to be shared between threads."""

    def __init__(self, source: Source, found: Survey, home: Home) -> None:
        self.rows = Rows(source, found)
        self._source = source
        self._home = home
        self._as_of = found.as_of

    def facts(self, told: Told, backlinks: Iterable[Item]) -> Facts:
        """Give the facts about an upstream item; `backlinks` are stored mentions of it."""
        subject = self._subject(told)
        is_pull = subject.type is SubjectType.PULL_REQUEST
        unread = UNTOLD_PULL if is_pull else UNTOLD_ISSUE
        if not self._source.has("issue_comments"):
            unread |= {"comments"}
        if self._home.needs.board is not None:
            unread |= {"board"}
        if is_pull and not told.row["has_pull"]:
            unread |= {STATE}
        facts = Facts(
            subject,
            acts=_acts(told.row, subject),
            comments=told.comments,
            backlinks=tuple(backlinks),
            could_not_read=unread,
            fetched_at=self._as_of,
        )
        return self._with_links(facts)

    def item(self, told: Told) -> Item:
        """Give an item as evidence: what a link leads to, or a tracker's item."""
        row = told.row
        return Item(
            ref=_ref(row, self._home.host),
            title=row["title"],
            body=row["body"],
            labels=told.labels or (),
            by=person(row, "author"),
            at=moment(row["created_at"]),
            comments=told.comments,
            visibility=_visibility(row),
        )

    def _with_links(self, facts: Facts) -> Facts:
        """Read what the subject's texts lead to, as far as it is in the file."""
        here = facts.subject.ref
        body = facts.subject.body or ""
        closed = [
            item
            for link in (links_in(body) if _MAY_CLOSE.search(body) else ())
            if link.verb in CLOSING and (item := link.item_from(here)) and item.number
        ]
        linked = self._found(closed, here)
        facts = replace(facts, linked=linked)
        mentioning = {item.ref.key for item in facts.backlinks} | {item.ref.key for item in linked}
        led = [ref for ref in to_follow(facts, self._home) if ref.key not in mentioning]
        return replace(facts, linked=linked + self._found(led, here))

    def _found(self, refs: Iterable[ItemRef], here: ItemRef) -> tuple[Item, ...]:
        unique = {ref.key: ref for ref in refs if ref.key != here.key}
        found = []
        for ref in unique.values():
            repository = self.rows.repository_id(ref.repo)
            if repository is not None and ref.number is not None:
                found += self.rows.at(repository, ref.number)
        return tuple(self.item(told) for told in found)

    def _subject(self, told: Told) -> Subject:
        row = told.row
        ref, is_pull = _ref(row, self._home.host), bool(row["is_pull"])
        knows_state = not is_pull or row["has_pull"]
        return Subject(
            ref,
            SubjectType.PULL_REQUEST if is_pull else SubjectType.ISSUE,
            title=row["title"],
            body=row["body"],
            labels=told.labels,
            draft=(None if row["draft"] is None else bool(row["draft"])) if is_pull else False,
            author=person(row, "author"),
            author_first_time=_first_time(row) if is_pull else None,
            files=None if is_pull else (),
            n_files=_whole(row["changed_files"]) if is_pull else 0,
            commits=None if is_pull else (),
            created_at=moment(row["created_at"]),
            merged_at=moment(row["merged_at"]),
            closed_at=moment(row["closed_at"]) if knows_state else None,
            visibility=_visibility(row),
            is_fork=None if row["fork"] is None else bool(row["fork"]),
        )


def _ref(row: sqlite3.Row, host: str) -> ItemRef:
    sort = SubjectType.PULL_REQUEST if row["is_pull"] else SubjectType.ISSUE
    return ItemRef(row["name"], row["number"], sort, host=host)


def _visibility(row: sqlite3.Row) -> Visibility:
    if row["private"] is None:
        return Visibility.UNKNOWN
    return Visibility.PRIVATE if row["private"] else Visibility.PUBLIC


def _first_time(row: sqlite3.Row) -> bool | None:
    """Tell whether it is the author's first there, as app/github/facts.py does."""
    said = row["author_association"]
    if said in {None, "MANNEQUIN"} or (said == "CONTRIBUTOR" and row["merged_at"]):
        return None
    return said in _FIRST_TIME


def _acts(row: sqlite3.Row, subject: Subject) -> tuple[Performed, ...]:
    acts = []
    author, merger = subject.author, person(row, "merger")
    if author is not None:
        acts.append(Performed(Act.AUTHORED, author, subject.created_at))
    if merger is not None and subject.merged_at and (author is None or merger.id != author.id):
        acts.append(Performed(Act.MERGED, merger, subject.merged_at))
    return tuple(act for act in acts if not act.by.is_bot)


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) else None
