"""Iterations follow each other; titles, labels and markers tell which one an issue is of."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.policy.home import Iteration
from app.publish.period import (
    Period,
    is_titled,
    issue_marker,
    labels_of,
    opened_for,
    period_at,
    period_of,
    title_of,
)

ITERATION = Iteration("example-org/infrastructure", date(2026, 1, 5))
PERIOD = Period(date(2026, 1, 5), date(2026, 1, 18), 1)


@pytest.mark.parametrize(
    ("day", "start", "number"),
    [
        (date(2026, 1, 5), date(2026, 1, 5), 1),
        (date(2026, 1, 18), date(2026, 1, 5), 1),
        (date(2026, 1, 19), date(2026, 1, 19), 2),
        (date(2027, 1, 5), date(2027, 1, 4), 27),
    ],
)
def test_a_day_lies_in_the_iteration_that_is_counted_from_the_anchor(
    day: date, start: date, number: int
) -> None:
    assert period_at(ITERATION, day) == Period(start, start + timedelta(days=13), number)


def test_before_the_anchor_there_is_none() -> None:
    assert period_at(ITERATION, date(2026, 1, 4)) is None


@given(st.dates(date(2026, 1, 5), date(2090, 1, 1)), st.integers(1, 366))
def test_iterations_follow_each_other_without_gap_or_overlap(day: date, length: int) -> None:
    iteration = replace(ITERATION, length_days=length)
    period = period_at(iteration, day)
    assert period is not None
    assert period.start <= day <= period.until
    following = period_at(iteration, period.until + timedelta(days=1))
    assert following is not None
    assert following.start == period.until + timedelta(days=1)
    assert following.number == period.number + 1


@pytest.mark.parametrize(
    ("zone", "since", "until"),
    [
        ("UTC", datetime(2026, 3, 23, tzinfo=UTC), datetime(2026, 3, 30, tzinfo=UTC)),
        ("Europe/Berlin", datetime(2026, 3, 22, 23, tzinfo=UTC),
         datetime(2026, 3, 29, 22, tzinfo=UTC)),
    ],
)  # fmt: skip
def test_its_days_are_those_of_the_time_zone_also_when_clocks_change(
    zone: str, since: datetime, until: datetime
) -> None:
    assert Period(date(2026, 3, 23), date(2026, 3, 29)).bounds(zone) == (since, until)


def test_title_and_labels_come_from_the_template() -> None:
    iteration = replace(
        ITERATION,
        title="Iteration {number}: {from} to {until} {{x}}",
        labels=("upstream", "it-{number}", "{odd}"),
    )
    assert title_of(iteration, PERIOD) == "Iteration 1: 2026-01-05 to 2026-01-18 {x}"
    assert labels_of(iteration, PERIOD) == ("upstream", "it-1", "{odd}")


def test_a_title_matches_without_letter_case_and_blanks() -> None:
    assert is_titled(" upstream  Contributions 2026-01-05 TO 2026-01-18 ", ITERATION, PERIOD)
    assert not is_titled("Upstream contributions 2026-01-19 to 2026-02-01", ITERATION, PERIOD)
    assert not is_titled(f"{title_of(ITERATION, PERIOD)} (old)", ITERATION, PERIOD)


@given(st.dates(date(1000, 1, 1), date(9000, 1, 1)), st.integers(0, 365), st.integers(0))
def test_the_marker_of_an_issue_tells_its_days(start: date, days: int, app_id: int) -> None:
    period = Period(start, start + timedelta(days=days))
    body = f"{issue_marker(app_id, period)}\nwords"
    assert opened_for(body, app_id) == period
    assert opened_for(body, app_id + 1) is None
    assert opened_for(f"words\n{body}", app_id) is None
    assert period_of(period.days) == period


@pytest.mark.parametrize("days", ["", "20260105", "20261305.20261406", "a.b", "1.2.3"])
def test_what_are_no_days_is_no_iteration(days: str) -> None:
    assert period_of(days) is None
    assert opened_for(f"<!-- good-citizen 1 iteration:{days} -->", 1) is None
