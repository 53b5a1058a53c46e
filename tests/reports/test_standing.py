from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from app.policy.model import Facts, Person
from app.reports import Author, Standing, State, replaces, standing
from tests.policy.homes import DAY, HOME, comment, facts, pull
from tests.reports.made import stands

LATER = DAY + timedelta(days=3)


def state_of(told: Facts) -> State:
    return standing(told, HOME).state


@pytest.mark.parametrize(
    ("author", "first", "expected"),
    [
        (Person("yuvipanda"), None, Author.COLLEAGUE),
        (Person("jupyterhub-bot"), None, Author.BOT),
        (Person("minrk"), True, Author.NEWCOMER),
        (Person("minrk"), False, Author.RETURNING),
        (Person("minrk"), None, Author.OUTSIDER),
        (None, None, Author.NOBODY),
    ],
)
def test_who_wrote_it_is_seen_from_the_home(
    author: Person | None,
    first: bool | None,  # noqa: FBT001 - a case of the table
    expected: Author,
) -> None:
    told = facts(replace(pull(), author=author, author_first_time=first))
    assert standing(told, HOME).author is expected


def test_a_newcomer_stays_one_when_the_merge_hides_it() -> None:
    opened = facts(replace(pull("minrk"), author_first_time=True))
    merged = facts(replace(pull("minrk"), author_first_time=None, merged_at=LATER))
    before = standing(opened, HOME)
    assert standing(merged, HOME, before) == stands(State.MERGED, Author.NEWCOMER)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, State.OPEN),
        ({"draft": True}, State.DRAFT),
        ({"merged_at": LATER, "closed_at": LATER}, State.MERGED),
        ({"closed_at": LATER}, State.CLOSED),
    ],
)
def test_how_it_stands_is_read_off_its_dates(fields: dict[str, Any], expected: State) -> None:
    assert state_of(facts(pull(**fields))) is expected


@pytest.mark.parametrize(
    "text",
    [
        "Superseded by #8.",
        "Closing in favor of https://github.com/upstream/hub/pull/8",
        "This was replaced by upstream/hub#8",
        "continued in PR #8",
    ],
)
def test_a_closed_one_that_names_its_successor_is_replaced(text: str) -> None:
    closed = facts(pull(closed_at=LATER), comments=(comment(text, by="minrk"),))
    assert state_of(closed) is State.REPLACED


@pytest.mark.parametrize(
    "text",
    [
        "> Superseded by #8",
        "`superseded by #8`",
        "Superseded by other/hub#8",
        "Superseded by #7",
        "See #8",
        "- [ ] superseded by #8",
    ],
)
def test_quotes_code_and_other_places_replace_nothing(text: str) -> None:
    closed = facts(pull(closed_at=LATER), comments=(comment(text),))
    assert state_of(closed) is State.CLOSED


def test_a_merged_one_is_not_replaced_whatever_is_said() -> None:
    merged = pull(merged_at=LATER, closed_at=LATER, body="Superseded by #8")
    assert state_of(facts(merged)) is State.MERGED


@pytest.mark.parametrize(
    ("body", "number"),
    [
        ("Supersedes #5", 5),
        ("This replaces the work in #5 and adds tests.", 5),
        ("Continuation of https://github.com/upstream/hub/pull/5", 5),
        ("Replaces #7", None),
        ("Replaces other/hub#5", None),
        ("It replaces the old spawner, see #5", None),
        (None, None),
    ],
)
def test_what_a_pull_request_says_it_replaces(body: str | None, number: int | None) -> None:
    assert replaces(facts(pull(body=body))) == number


def test_a_standing_is_read_back_from_its_text() -> None:
    assert Standing.read(str(stands(State.REPLACED, Author.RETURNING))) == stands(
        State.REPLACED, Author.RETURNING
    )
