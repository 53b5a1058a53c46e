import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.policy.model import ItemRef, Kind, SubjectType
from app.reports import COUNTING, document, tally
from app.reports.dataset import Dataset, metadata, report_rows, totals_rows
from app.store.export import Export
from tests.reports.made import HEAD, PULL, WHEN, decided, group, row

OTHER = ItemRef("jupyterhub/zero-to-jupyterhub-k8s", 3, SubjectType.PULL_REQUEST)
ROWS = [
    row(value=("Students can log in.",), earlier=(decided(Kind.UNDECIDED, superseded_at=WHEN),)),
    row("Another", item=OTHER),
    row("By a colleague", person="choldgraf", person_key="1839645"),
]


@pytest.fixture
def database(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    file = tmp_path / "ledger.db"
    with Export(file) as export:
        export.add(report_rows(HEAD, COUNTING))
        export.add(totals_rows(tally([group(), group(Kind.PERSONAL)])))
        export.add(Dataset().rows(ROWS))
    connection = sqlite3.connect(file)
    yield connection
    connection.close()


def names(database: sqlite3.Connection, kind: str) -> set[str]:
    rows = database.execute("SELECT name FROM sqlite_master WHERE type = ?", (kind,))
    return {name for (name,) in rows if not name.startswith("sqlite_")}


def test_every_foreign_key_leads_somewhere_and_has_an_index(database: sqlite3.Connection) -> None:
    assert database.execute("PRAGMA foreign_key_check").fetchall() == []
    keys = {
        (table, key[3], key[2])
        for table in names(database, "table")
        for key in database.execute(f"PRAGMA foreign_key_list({table})")
    }
    assert keys == {
        ("acts", "person_id", "people"),
        ("acts", "item_id", "items"),
        ("items", "upstream_id", "upstreams"),
        ("value_statements", "act_id", "acts"),
        ("decisions", "act_id", "acts"),
        ("decisions", "need_id", "needs"),
        ("evidence", "decision_id", "decisions"),
    }
    for table, column, _ in keys:
        plan = database.execute(f"EXPLAIN QUERY PLAN SELECT 1 FROM {table} WHERE {column} = 1")  # noqa: S608
        assert "INDEX" in plan.fetchone()[3]


def test_each_person_item_upstream_and_need_is_there_once(database: sqlite3.Connection) -> None:
    counts = {
        table: len(database.execute(f"SELECT 1 FROM {table}").fetchall())  # noqa: S608
        for table in ("people", "items", "upstreams", "needs", "acts", "decisions")
    }
    assert counts == {
        "people": 2, "items": 2, "upstreams": 2, "needs": 1, "acts": 3, "decisions": 4,
    }  # fmt: skip


def test_the_view_shows_what_stands_with_its_value(database: sqlite3.Connection) -> None:
    rows = database.execute("SELECT person, item, kind, value, as_of FROM ledger").fetchall()
    assert rows[0] == (
        "yuvipanda", str(PULL), "tactical", "Students can log in.", HEAD.as_of.isoformat()
    )  # fmt: skip
    assert len(rows) == 3


def test_the_metadata_names_every_table_and_label_column(database: sqlite3.Connection) -> None:
    told = json.loads(json.dumps(metadata(HEAD, "ledger")))
    tables = told["databases"]["ledger"]["tables"]
    assert set(tables) == names(database, "table")
    for table, says in tables.items():
        columns = {column[1] for column in database.execute(f"PRAGMA table_info({table})")}
        used = {says.get("label_column"), says.get("sort_desc"), *says.get("facets", ())} - {None}
        assert used <= columns


def test_a_file_that_fails_halfway_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(sqlite3.IntegrityError), Export(tmp_path / "ledger.db") as export:
        export.add([("people", (1, "yuvipanda", 30430)), ("people", (1, "choldgraf", 1839645))])
    assert list(tmp_path.iterdir()) == []


@given(st.text())
def test_any_title_can_be_written_as_json(title: str) -> None:
    values = document.row_values(row(title, value=(title,)), HEAD)
    assert json.loads(json.dumps(values))["value"] == [title]
