from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from app.reports.period import end_of, moment, start_of
from tests.policy.homes import HOME

BERLIN = replace(HOME, timezone="Europe/Berlin")


def test_a_day_begins_and_ends_in_the_homes_time_zone() -> None:
    assert start_of(date(2026, 1, 1), BERLIN) == datetime(2025, 12, 31, 23, tzinfo=UTC)
    assert end_of(date(2026, 1, 1), BERLIN) == datetime(2026, 1, 1, 23, tzinfo=UTC)


def test_a_day_on_which_the_clocks_change_has_23_hours() -> None:
    day = date(2026, 3, 29)
    assert (end_of(day, BERLIN) - start_of(day, BERLIN)).total_seconds() == 23 * 3600


def test_as_of_a_day_means_its_end() -> None:
    assert moment("2026-03-31", BERLIN) == datetime(2026, 3, 31, 21, 59, 59, 999999, UTC)


def test_as_of_a_time_without_an_offset_means_the_homes_time() -> None:
    assert moment("2026-03-31T12:00", BERLIN) == datetime(2026, 3, 31, 10, tzinfo=UTC)
    assert moment("2026-03-31T12:00Z", BERLIN) == datetime(2026, 3, 31, 12, tzinfo=UTC)


def test_anything_else_is_refused_with_what_was_expected() -> None:
    with pytest.raises(ValueError, match="'last week' is no day"):
        moment("last week", BERLIN)
