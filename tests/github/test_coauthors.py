"""Who is meant by a Co-authored-by line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.github.coauthors import co_authors
from app.policy.home import Home, Member
from app.policy.model import Person

HOME = Home(
    "2i2c",
    ("2i2c-org",),
    members=(
        Member("choldgraf", id=1839645, names=("Chris Holdgraf",)),
        Member("sgibson91", names=("Sarah Gibson", "The Same")),
        Member("agoose77", names=("The Same",)),
    ),
)


@pytest.mark.parametrize(
    ("line", "person"),
    [
        ("Yuvi <30430+yuvipanda@users.noreply.github.com>", Person("yuvipanda", 30430)),
        ("Yuvi <yuvipanda@users.noreply.github.com>", Person("yuvipanda")),
        ("Chris Holdgraf <chris@example.org>", Person("choldgraf", 1839645)),
        ("  chris  HOLDGRAF  <>", Person("choldgraf", 1839645)),
        ("Sarah Gibson <x@example.org>", Person("sgibson91")),
        (
            "bot <66853113+pre-commit-ci[bot]@users.noreply.github.com>",
            Person("pre-commit-ci[bot]", 66853113, is_bot=True),
        ),
    ],
)
def test_a_trailer_names_a_person(line: str, person: Person) -> None:
    assert list(co_authors(f"Do it\n\nCo-Authored-By: {line}\n", HOME)) == [person]


@pytest.mark.parametrize(
    "text",
    [
        "Co-authored-by: Somebody Else <x@example.org>",
        "Co-authored-by: The Same <x@example.org>",
        "Co-authored-by: Chris Holdgraf",
        "Thanks Co-authored-by: Chris Holdgraf <x@example.org>",
        "Co-authored-by: X <1+chris@users.noreply.github.com.example.org/>",
    ],
)
def test_what_names_nobody_for_certain_is_nobody(text: str) -> None:
    assert list(co_authors(text, HOME)) == []


@given(st.text())
def test_any_message_is_survived(text: str) -> None:
    list(co_authors(text, HOME))
    list(co_authors(f"Co-authored-by: {text} <{text}>", HOME))
