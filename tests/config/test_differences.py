import pytest

from app.config import ConfigError
from app.config.differences import Difference, differences

OLD = """\
version: 1
home: {name: Example, organisations: [example-org]}
members:
  - {login: yuvipanda, from: 2024-02-01}
  - {login: sgibson91}
"""


def test_the_same_values_written_otherwise_are_no_difference() -> None:
    same = OLD.replace("home: {", "# a comment\nhome: {").replace("sgibson91", '"sgibson91"')
    assert differences(OLD, same + "publish: {dry_run: true}\n") == ()


def test_a_changed_value_is_told_with_the_default_it_had() -> None:
    assert differences(OLD, OLD + "rules: {grace_days: 14}\n") == (
        Difference("rules.grace_days", "null", "14"),
    )


def test_entries_are_known_by_their_names_and_not_by_their_places() -> None:
    new = OLD.replace("members:\n", "members:\n  - {login: GeorgianaElena}\n")
    new = new.replace("2024-02-01", "2024-03-01")
    assert differences(OLD, new) == (
        Difference("members[GeorgianaElena].login", None, '"GeorgianaElena"'),
        Difference("members[yuvipanda].from", '"2024-02-01"', '"2024-03-01"'),
    )


def test_an_entry_that_goes_is_told() -> None:
    new = OLD.replace("  - {login: sgibson91}\n", "")
    assert differences(OLD, new) == (Difference("members[sgibson91].login", '"sgibson91"', None),)


def test_two_periods_of_one_person_stay_apart() -> None:
    again = OLD + "  - {login: yuvipanda, from: 2020-01-01, until: 2021-12-31}\n"
    assert [one.key for one in differences(OLD, again)] == [
        "members[yuvipanda](2).login",
        "members[yuvipanda](2).from",
        "members[yuvipanda](2).until",
    ]


def test_of_a_first_file_what_it_says_is_new() -> None:
    keys = {one.key for one in differences(None, OLD)}
    assert {"home.name", "members[yuvipanda].from"} <= keys
    assert "home.timezone" not in keys


def test_a_bad_file_can_not_be_compared_with() -> None:
    with pytest.raises(ConfigError):
        differences("version: 2\n", OLD)
