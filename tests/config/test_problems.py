from pathlib import Path

import pytest

from app.config import ConfigError, Problem, load_home

VERSION = "version: 1\n"
SMALLEST = VERSION + "home: {name: Example, organisations: [example-org]}\n"
CASES = Path(__file__).with_name("problems.txt").read_text("utf-8").strip().split("\n\n")
"""Each a few lines of a file, from its third on (second, if they are the home's), then `#> ` and
what is told."""


def problems_of(text: str | bytes) -> list[str]:
    with pytest.raises(ConfigError) as error:
        load_home(text)
    return [str(problem).removeprefix("good-citizen.yml:") for problem in error.value.problems]


@pytest.mark.parametrize("case", CASES)
def test_a_problem_says_where_it_is_and_what_was_expected(case: str) -> None:
    lines, says = case.split("\n#> ")
    before = VERSION if lines.startswith("home:") else SMALLEST
    assert problems_of(before + lines) == [says]


def test_all_problems_are_told_at_once_in_the_order_of_their_lines() -> None:
    told = problems_of(
        "version: 2\n"
        "hme: {}\n"
        "members:\n"
        "- {login: a}\n"
        "- {login: a, from: 2024-13-01}\n"
        "- {login: a, from: 2024-01-01}\n"
        "bots: 1\n"
        "rules: {grace_days: &x 3}\n"
    )
    assert [problem.split(": ")[0] for problem in told] == [
        "1:1 home",
        "1:10 version",
        "2:1 hme",
        "5:20 members[1].from",
        "6:11 members[2].login",
        "7:7 bots",
        "8:21 rules.grace_days",
    ]


def test_a_file_of_nothing_but_problems_gets_a_short_answer() -> None:
    told = problems_of(SMALLEST + "members: [" + "1," * 3000 + "]")
    assert len(told) == 101
    assert told[-1].endswith("and more problems from here on")


@pytest.mark.parametrize("text", ["", "# nothing\n", "~", "---\n"])
def test_an_empty_file_is_told_what_is_needed(text: str) -> None:
    assert [told.split(" ", 1)[1] for told in problems_of(text)] == [
        "the file is empty: expected a mapping with version and home"
    ]


@pytest.mark.parametrize("version", ["2", "true", "'1'", "1.0", "", "9" * 30])
def test_only_version_1_is_read(version: str) -> None:
    (told,) = problems_of(SMALLEST.replace("1", version, 1))
    assert "version: expected 1" in told


def test_a_problem_is_printed_as_editors_jump_to_it() -> None:
    problem = Problem(12, 5, "needs.labels", "expected a mapping", "home.yml")
    assert str(problem) == "home.yml:12:5 needs.labels: expected a mapping"


def test_a_character_that_does_not_show_is_told_by_its_number_in_every_problem() -> None:
    said = problems_of(SMALLEST + "iteration: {tracker: a/\U00018d09, anchor: 2026-01-05}\n")
    assert len(said) == 2
    assert all('found "a/\\U00018d09"' in problem and problem.isprintable() for problem in said)
