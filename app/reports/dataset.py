"""The ledger as a database of its own: normalised tables with foreign keys, for Datasette. Pure.

Statements and rows; who writes the file is store/export.py.
"""

from collections.abc import Generator, Hashable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from app.policy.model import ItemRef
from app.reports.document import person_id
from app.reports.model import Decided, Head, Row, Totals

Value = str | int | None
Insert = tuple[str, tuple[Value, ...]]
"""The name of a table and the values of one row, in the order of its columns."""

SOURCE: Final = "good-citizen ledger"
"""Marks a metadata file as one of ours, which may be replaced."""

SCHEMA: Final = """\
CREATE TABLE report (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE totals (
  section TEXT NOT NULL, name TEXT NOT NULL, acts INTEGER NOT NULL, people INTEGER,
  changes INTEGER, delivered INTEGER, minutes INTEGER, PRIMARY KEY (section, name));
CREATE TABLE people (id INTEGER PRIMARY KEY, login TEXT NOT NULL, github_id INTEGER UNIQUE);
CREATE TABLE upstreams (id INTEGER PRIMARY KEY, name TEXT NOT NULL, url TEXT NOT NULL);
CREATE TABLE items (
  id INTEGER PRIMARY KEY, name TEXT NOT NULL, upstream_id INTEGER NOT NULL REFERENCES upstreams(id),
  type TEXT, number INTEGER, title TEXT, state TEXT, author TEXT, url TEXT NOT NULL);
CREATE TABLE needs (id INTEGER PRIMARY KEY, name TEXT NOT NULL, url TEXT);
CREATE TABLE acts (
  id INTEGER PRIMARY KEY, person_id INTEGER NOT NULL REFERENCES people(id),
  item_id INTEGER NOT NULL REFERENCES items(id), act TEXT NOT NULL, acted_at TEXT,
  minutes INTEGER);
CREATE TABLE value_statements (
  id INTEGER PRIMARY KEY, act_id INTEGER NOT NULL REFERENCES acts(id), text TEXT NOT NULL);
CREATE TABLE decisions (
  id INTEGER PRIMARY KEY, act_id INTEGER NOT NULL REFERENCES acts(id),
  need_id INTEGER REFERENCES needs(id), kind TEXT NOT NULL, bucket TEXT, activity TEXT,
  community TEXT, work TEXT, because TEXT NOT NULL, decided_by TEXT NOT NULL,
  by_person INTEGER NOT NULL, provisional INTEGER NOT NULL, policy_version TEXT NOT NULL,
  decided_at TEXT NOT NULL, superseded_at TEXT, changed_because TEXT);
CREATE TABLE evidence (
  id INTEGER PRIMARY KEY, decision_id INTEGER NOT NULL REFERENCES decisions(id),
  seen_in TEXT NOT NULL, strength TEXT NOT NULL, name TEXT NOT NULL, url TEXT);
CREATE INDEX items_upstream ON items(upstream_id);
CREATE INDEX acts_person ON acts(person_id, acted_at);
CREATE INDEX acts_item ON acts(item_id);
CREATE INDEX acts_when ON acts(acted_at);
CREATE INDEX value_statements_act ON value_statements(act_id);
CREATE INDEX decisions_act ON decisions(act_id, decided_at);
CREATE INDEX decisions_need ON decisions(need_id);
CREATE INDEX decisions_kind ON decisions(kind, bucket, activity);
CREATE INDEX decisions_community ON decisions(community);
CREATE INDEX evidence_decision ON evidence(decision_id);
CREATE VIEW ledger AS
  SELECT acts.acted_at, people.login AS person, acts.act, items.name AS item, items.title,
    items.state, decisions.kind, decisions.bucket, decisions.activity, decisions.community,
    needs.name AS need, acts.minutes,
    (SELECT group_concat(text, ' / ') FROM value_statements WHERE act_id = acts.id) AS value,
    decisions.because, decisions.decided_by, decisions.policy_version, decisions.decided_at,
    (SELECT value FROM report WHERE name = 'as_of') AS as_of
  FROM acts JOIN people ON people.id = acts.person_id JOIN items ON items.id = acts.item_id
  JOIN decisions ON decisions.act_id = acts.id AND decisions.superseded_at IS NULL
  LEFT JOIN needs ON needs.id = decisions.need_id;
"""
"""The statements that make the tables."""

_DESCRIPTIONS: Final = {
    "report": "What was asked, and as of when.",
    "totals": "What was counted, by the rules in `counting` of the table report.",
    "people": "Who did it, by GitHub's numeric id; nobody is here for personal work alone.",
    "upstreams": "The repositories that it was done to.",
    "items": "Pull requests, issues and releases, and places that work was logged on.",
    "needs": "The organisation's own items and tickets that were served.",
    "acts": "One person's one thing done to one item.",
    "value_statements": "What it brought to whom, in people's own words.",
    "decisions": "What an act was decided to be; the standing one has no superseded_at.",
    "evidence": "The facts that a decision rests on, and where to see them.",
}
_LABELS: Final = {
    "people": "login",
    "upstreams": "name",
    "items": "name",
    "needs": "name",
    "acts": "act",
    "decisions": "kind",
}


def metadata(head: Head, database: str) -> dict[str, object]:
    """Give Datasette's metadata for a file called `database` (without ending)."""
    tables: dict[str, dict[str, object]] = {
        name: {"description": says} for name, says in _DESCRIPTIONS.items()
    }
    for name, column in _LABELS.items():
        tables[name]["label_column"] = column
    tables["acts"] |= {"sort_desc": "acted_at", "facets": ["act", "person_id"]}
    tables["decisions"] |= {"facets": ["kind", "bucket", "activity", "community"]}
    return {
        "title": f"The ledger of {head.home}",
        "description": f"Upstream contributions as they were known at {head.as_of.isoformat()}.",
        "source": SOURCE,
        "databases": {database: {"tables": tables}},
    }


def report_rows(head: Head, counting: str) -> Iterator[Insert]:
    """Give the rows of the table `report`."""
    yield "report", ("home", head.home)
    yield "report", ("as_of", head.as_of.isoformat())
    yield "report", ("made_at", head.made_at.isoformat())
    for name, said in head.asked.items():
        yield "report", (f"asked: {name}", said)
    yield "report", ("counting", counting)


def totals_rows(totals: Totals) -> Iterator[Insert]:
    """Give the rows of the table `totals`."""
    named = (
        ("kind", {kind.value: count for kind, count in totals.kinds.items()}),
        ("bucket", totals.buckets),
        ("activity", totals.activities),
        ("community", totals.communities),
    )
    for section, counts in named:
        for name, one in counts.items():
            told = (one.people, one.changes, one.delivered, one.minutes)
            rest = told if one.people is not None else (None,) * len(told)
            yield "totals", (section, name, one.acts, *rest)
    for name, n in totals.apart.items():
        yield "totals", ("apart", name, n, None, None, None, None)


@dataclass(slots=True)
class Dataset:
    """Gives each person, upstream, item and need its number once, in the order of the rows."""

    _ids: dict[tuple[str, Hashable], int] = field(default_factory=dict)
    _counts: dict[str, int] = field(default_factory=dict)

    def rows(self, rows: Iterable[Row]) -> Iterator[Insert]:
        """Give what is to be inserted for rows, what is referred to before what refers to it."""
        for row in rows:
            person = yield from self._person(row)
            item = yield from self._item(row)
            act = self._next("acts")
            at = row.at.isoformat() if row.at else None
            yield "acts", (act, person, item, row.act.value, at, row.minutes)
            for text in row.value:
                yield "value_statements", (self._next("value_statements"), act, text)
            for one in (*row.earlier, row.decided):
                yield from self._decision(one, act)

    def _person(self, row: Row) -> Generator[Insert, None, int]:
        id_, is_new = self._id("people", row.person_key)
        if is_new:
            yield "people", (id_, row.person, person_id(row.person_key))
        return id_

    def _item(self, row: Row) -> Generator[Insert, None, int]:
        item = row.item
        repository = ItemRef(item.repo, host=item.host)
        upstream, new_upstream = self._id("upstreams", repository.key)
        if new_upstream:
            yield "upstreams", (upstream, item.repo, repository.url)
        id_, is_new = self._id("items", item.key)
        if is_new:
            type_ = item.type.value if item.type else None
            state = row.standing.state.value if row.standing else None
            author = row.standing.author.value if row.standing else None
            yield (
                "items",
                (id_, str(item), upstream, type_, item.number, row.title, state, author, item.url),
            )
        return id_

    def _decision(self, one: Decided, act: int) -> Iterator[Insert]:
        need = None
        if name := one.need or one.need_url:
            need, is_new = self._id("needs", name)
            if is_new:
                yield "needs", (need, name, one.need_url)
        id_ = self._next("decisions")
        work = one.work.value if one.work else None
        superseded_at = one.superseded_at.isoformat() if one.superseded_at else None
        yield (
            "decisions",
            (
                id_, act, need, one.kind.value, one.bucket, one.activity, one.community, work,
                one.because, one.decided_by, int(one.by_person), int(one.provisional),
                one.policy_version, one.decided_at.isoformat(), superseded_at, one.changed_because,
            ),
        )  # fmt: skip
        for seen in one.evidence:
            told = (seen.where.value, seen.strength.value, seen.name, seen.url or None)
            yield "evidence", (self._next("evidence"), id_, *told)

    def _id(self, table: str, key: Hashable) -> tuple[int, bool]:
        known = self._ids.get((table, key))
        if known is not None:
            return known, False
        self._ids[table, key] = self._next(table)
        return self._ids[table, key], True

    def _next(self, table: str) -> int:
        self._counts[table] = self._counts.get(table, 0) + 1
        return self._counts[table]
