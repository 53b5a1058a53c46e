import sqlite3
from pathlib import Path

import pytest

from app.imports import BadFileError
from app.imports.source import look_at
from tests.imports.files import Fetched
from tests.imports.stage import HUB, set_stage, some_file

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("without", "says"),
    [
        (["repos"], "has no table repos: it is none of github-to-sqlite's files."),
        (["repos", "users"], "has no table repos and no table users"),
        (["issues", "pull_requests"], "has neither issues nor pull_requests: nothing to import."),
        (["issues.number"], "its table issues has no column number."),
        (["repos.full_name"], "its table repos has no column full_name."),
    ],
)
def test_a_file_that_lacks_what_is_needed_is_refused_in_one_sentence(
    tmp_path: Path, without: list[str], says: str
) -> None:
    path = some_file(tmp_path / "g.db").write(without=without)
    with pytest.raises(BadFileError) as caught:
        look_at(path)
    assert says in str(caught.value)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_what_is_no_sqlite_file_is_refused_in_one_sentence(tmp_path: Path) -> None:
    text, empty = tmp_path / "text.db", tmp_path / "empty.db"
    text.write_text("no database " * 200)
    empty.write_bytes(b"")
    for path, says in (
        (tmp_path / "none.db", "There is no file"),
        (tmp_path, "is no file."),
        (text, "can't be read as a SQLite database: file is not a database."),
        (empty, "has no table repos and no table users"),
    ):
        with pytest.raises(BadFileError, match=says):
            look_at(path)


async def test_a_damaged_file_is_refused_in_one_sentence(sqlite_url: str, tmp_path: Path) -> None:
    file = Fetched(tmp_path / "g.db")
    for number in range(1, 300):
        file.issue(HUB, number, "yuvipanda", "x" * 400, "y" * 400)
    raw = bytearray(file.write().read_bytes())
    raw[8192:] = b"\xa5" * (len(raw) - 8192)
    file.path.write_bytes(raw)
    async with set_stage(sqlite_url) as stage:
        with pytest.raises(BadFileError, match="can't be read"):
            await stage.take(file.path)


async def test_a_view_in_place_of_a_table_is_not_run(tmp_path: Path) -> None:
    path = some_file(tmp_path / "g.db").write(without=["repos"])
    connection = sqlite3.connect(path)
    connection.execute(
        "CREATE VIEW repos AS WITH RECURSIVE n(id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n)"
        " SELECT id, 'a/b' AS full_name FROM n"
    )
    connection.commit()
    connection.close()
    with pytest.raises(BadFileError, match="has no table repos"):
        look_at(path)


@pytest.mark.parametrize(
    "without",
    [
        ["pull_requests", "labels_pull_requests"],
        ["issues", "issues_labels"],
        ["issue_comments"],
        ["issues_labels", "labels_pull_requests", "labels"],
        ["labels"],
        ["pull_requests.merged_by", "pull_requests.draft", "pull_requests.author_association"],
        ["issues.type", "issues.updated_at", "pull_requests.updated_at", "users.type"],
        ["repos.private", "repos.fork", "issue_comments.issue_url", "issue_comments.created_at"],
        ["issues.closed_at", "issues.body", "pull_requests.body", "pull_requests.merged_at"],
    ],
)
async def test_missing_columns_and_tables_cost_only_what_they_would_tell(
    sqlite_url: str, tmp_path: Path, without: list[str]
) -> None:
    async with set_stage(sqlite_url) as stage:
        await stage.take(some_file(tmp_path / "g.db").write(without=without))
        assert (719, "yuvipanda", "authored") in await stage.decisions()


async def test_comments_saved_before_their_issue_are_found_by_address(
    sqlite_url: str, tmp_path: Path
) -> None:
    file = Fetched(tmp_path / "g.db")
    file.pull(HUB, 5, "yuvipanda", "Fix it")
    url = f"https://api.github.com/repos/{HUB.upper()}/issues/5"
    file.comment(None, "consideRatio", "Thanks!", url=url)
    file.comment(None, "consideRatio", "lost", url="https://api.github.com/nonsense")
    async with set_stage(sqlite_url) as stage:
        await stage.take(file.write())
        assert [one.body for one in (await stage.facts(5)).comments] == ["Thanks!"]


async def test_any_values_are_survived(database_url: str, tmp_path: Path) -> None:
    file = some_file(tmp_path / "g.db")
    file.pull(HUB, 900, "yuvipanda", "A \0 in the title", "and a \0 here")
    path = file.write()
    connection = sqlite3.connect(path)
    repo, user = file.repo(HUB), file.user("yuvipanda")
    connection.executemany(
        "INSERT INTO issues (id, number, repo, user, title, body, created_at, updated_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (9001, "seven", repo, user, "no number", None, "then", "now"),
            (9002, 901, repo, user, None, None, "never", None),
            (9003, 902, repo, user, 5, 7.5, 12, "9999"),
            (9004, None, None, None, None, None, None, None),
            (9005, 903, repo, None, "a ghost's", None, None, None),
        ],
    )
    connection.execute(
        "UPDATE issues SET title = CAST(x'ff41ed a0 80' AS TEXT) WHERE id = 9002".replace(
            " a0 80'", "a080'"
        )
    )
    connection.execute("INSERT INTO repos (id, full_name) VALUES (77, 'noslash'), (78, NULL)")
    connection.execute("INSERT INTO users (id, login) VALUES (79, NULL)")
    connection.commit()
    connection.close()
    async with set_stage(database_url) as stage:
        await stage.take(path)
        assert {900, 901, 902} <= {number for number, _, _ in await stage.decisions()}
        assert (await stage.facts(900)).subject.title == "A  in the title"
