import gzip
import json
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner, Result

from app.cli.classify import classify, detect_work_command, policy
from app.cli.evaluate import evaluate

HOME = """\
version: 1
home:
  name: Example
  organisations: [example-org]
trackers:
  - {repo: example-org/infrastructure, public: true}
members:
  - {login: yuvipanda}
"""
CASE: dict[str, Any] = {
    "id": "upstream/hub#7:authored:yuvipanda",
    "subject": {
        "repo": "upstream/hub",
        "number": 7,
        "type": "pull_request",
        "title": "Add [support] for a new login",
        "author": "yuvipanda",
        "body": "Ref https://github.com/example-org/infrastructure/issues/12",
        "labels": ["enhancement"],
        "files": [{"path": "hub/auth.py", "additions": 90, "deletions": 2}],
    },
    "act": {"type": "authored", "by": "yuvipanda", "at": "2024-03-06"},
}
CHANGE: dict[str, Any] = {
    "repo": "upstream/hub",
    "number": 8,
    "title": "ci: fix the workflow",
    "files": [{"path": ".github/workflows/test.yml", "additions": 3, "deletions": 1}],
    "n_files": 1,
    "commit_messages": [],
    "branch": None,
}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    file = tmp_path / "good-citizen.yml"
    file.write_text(HOME)
    return file


def run(*arguments: object) -> Result:
    app = typer.Typer()
    app.command()(classify)
    app.command()(evaluate)
    app.command("detect-work")(detect_work_command)
    app.command()(policy)
    return CliRunner().invoke(app, [str(one) for one in arguments], env={"COLUMNS": "400"})


def written(folder: Path, *lines: object, name: str = "cases.jsonl") -> Path:
    text = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)
    file = folder / name
    content = text.encode()
    file.write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
    return file


@pytest.mark.parametrize("name", ["cases.jsonl", "cases.jsonl.gz"])
def test_classify_prints_one_json_object_per_case(tmp_path: Path, home: Path, name: str) -> None:
    file = written(tmp_path, CASE, "", CASE, name=name)
    result = run("classify", file, "--home", home, "--json")
    assert result.exit_code == 0
    answers = [json.loads(line) for line in result.stdout.splitlines()]
    assert [answer["kind"] for answer in answers] == ["tactical", "tactical"]
    assert set(answers[0]) == {
        "id", "kind", "bucket", "activity", "provisional", "because", "findings",
    }  # fmt: skip


def test_classify_prints_the_reasoning_as_a_tree(tmp_path: Path, home: Path) -> None:
    result = run("classify", written(tmp_path, CASE), "--home", home)
    assert result.exit_code == 0
    assert "upstream/hub#7:authored:yuvipanda" in result.stdout
    assert "yes: serves a community need" in result.stdout
    assert "└── " in result.stdout
    assert "…" not in result.stdout
    assert "in body, of upstream/hub#7, by yuvipanda, on 2024-03-06" in result.stdout


def test_a_malformed_line_is_told_by_number_and_the_rest_goes_on(
    tmp_path: Path, home: Path
) -> None:
    lines: tuple[object, ...] = (
        CASE,
        "{",
        "[]",
        {"subject": {}},
        '{"a": ' + "9" * 5000 + "}",
        "[" * 99999,
        CASE,
    )
    file = written(tmp_path, *lines)
    result = run("classify", file, "--home", home, "--json")
    assert result.exit_code == 1
    assert len(result.stdout.splitlines()) == 2
    for number in (2, 3, 4, 5, 6):
        assert f"{file}:{number}: " in result.stderr
    assert f"{file}:1: " not in result.stderr


def test_a_bad_home_file_is_told_with_its_place(tmp_path: Path) -> None:
    bad = tmp_path / "bad.yml"
    bad.write_text(HOME + "colour: blue\n")
    result = run("classify", written(tmp_path, CASE), "--home", bad)
    assert result.exit_code == 1
    assert "colour" in result.stderr
    assert "9:1" in result.stderr


@pytest.mark.parametrize("name", ["missing.jsonl", "cut.jsonl.gz"])
def test_a_file_that_cannot_be_read_is_one_sentence(tmp_path: Path, home: Path, name: str) -> None:
    (tmp_path / "cut.jsonl.gz").write_bytes(gzip.compress(b"{}" * 99)[:20])
    result = run("classify", tmp_path / name, "--home", home)
    assert result.exit_code == 1
    assert len(result.stderr.strip().splitlines()) == 1
    assert name in result.stderr


def test_detect_work_prints_the_promised_keys(tmp_path: Path) -> None:
    result = run("detect-work", written(tmp_path, CHANGE, {"files": 3}), "--json")
    assert result.exit_code == 1
    (line,) = result.stdout.splitlines()
    answer = json.loads(line)
    assert list(answer) == ["repo", "number", "work", "score", "because"]
    assert answer["work"] == "ci"
    assert ":2: " in result.stderr
    plain = run("detect-work", written(tmp_path, CHANGE))
    assert plain.stdout.startswith("upstream/hub#8: ci")


def test_evaluate_tells_the_figures_and_the_cases_that_differ(tmp_path: Path, home: Path) -> None:
    right = CASE | {"expected": {"kind": "tactical"}}
    differing = CASE | {"expected": {"kind": "strategic", "activity": "docs", "why": "I say so"}}
    in_a_commit = {key: value for key, value in CASE["subject"].items() if key != "body"}
    hidden = right | {"subject": in_a_commit | {"commits": [CASE["subject"]["body"]]}}
    file = written(tmp_path, right, differing, hidden, "{")
    result = run("evaluate", file, "--home", home)
    assert result.exit_code == 1
    assert "2 of 3 (66.7%)" in result.stdout
    assert "1 of 3 (33.3%)" in result.stdout
    assert "expected: strategic" in result.stdout
    assert "I say so" in result.stdout
    assert "serves a community need" in result.stdout
    assert "macro-F1" in result.stdout
    assert ":4: " in result.stderr


def test_evaluate_wants_a_home_for_cases(tmp_path: Path) -> None:
    result = run("evaluate", written(tmp_path, CASE))
    assert result.exit_code == 1
    assert "--home" in result.stderr


def test_evaluate_measures_work_where_people_answered(tmp_path: Path) -> None:
    answers = {
        "human_category": "x",
        "work5": "maintenance",
        "work6": "ci",
        "ci_heading_repo": True,
    }
    wrong = CHANGE | {"human_category": "x", "work5": "feature", "work6": "feature"}
    result = run("evaluate", written(tmp_path, CHANGE | answers, wrong))
    assert result.exit_code == 0
    assert "accuracy 0.500" in result.stdout
    assert "upstream/hub#8: feature, found ci" in result.stdout


def test_evaluate_says_how_many_changes_are_of_repositories_that_it_was_learned_from(
    tmp_path: Path,
) -> None:
    answers = {"human_category": "x", "work5": "maintenance", "work6": "ci"}
    unseen = CHANGE | answers
    assert "learned from" not in run("evaluate", written(tmp_path, unseen)).stdout
    seen = unseen | {"repo": "jupyterhub/jupyterhub"}
    told = " ".join(run("evaluate", written(tmp_path, unseen, seen)).stdout.split())
    assert "1 of these 2 changes are of repositories that the weights were learned from" in told


def test_policy_prints_markdown_with_the_homes_settings(home: Path) -> None:
    result = run("policy", "--home", home)
    assert result.exit_code == 0
    assert result.stdout.startswith("# Whose time")
    assert "## Settings of Example" in result.stdout
    assert "example-org/infrastructure" in result.stdout
    assert "Settings" not in run("policy").stdout


@pytest.mark.parametrize("command", ["classify", "evaluate", "detect-work", "policy"])
def test_the_help_has_an_example(command: str) -> None:
    result = run(command, "--help")
    assert result.exit_code == 0
    assert f"good-citizen {command}" in result.stdout
