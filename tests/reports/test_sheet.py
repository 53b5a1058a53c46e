import csv
import io

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.reports import sheet
from app.reports.columns import COLUMNS
from tests.reports.made import HEAD, decided, row

LIVE = ("=", "+", "-", "@", "\t", "\r", "\n")
formulas = st.builds(
    "".join,
    st.tuples(st.sampled_from(["", " ", "\u200b", ";", '"']), st.sampled_from(LIVE), st.text()),
)


@pytest.mark.parametrize("start", LIVE)
def test_what_begins_like_a_formula_stays_text(start: str) -> None:
    cell = sheet.safe(f"{start}HYPERLINK(A1)")
    assert not cell.startswith(LIVE)


@given(st.text() | formulas)
@example('x;=cmd|"/c calc"!A1')
@example("\u200b=1+1")
@example("\ud800=1")
def test_no_cell_is_live_wherever_a_program_splits_it(text: str) -> None:
    read = csv.reader(io.StringIO(sheet.lines([row(text, value=(text, text))], HEAD)))
    (cells,) = list(read)
    assert len(cells) == len(COLUMNS)
    for cell in cells:
        for part in (cell, *cell.split(";"), *cell.split('"'), *cell.split("|")):
            assert not part.strip().startswith(LIVE)
        assert not any(ord(character) < ord(" ") for character in cell)


def test_a_title_with_line_breaks_is_one_line() -> None:
    text = sheet.lines([row("one\r\ntwo\u2028three")], HEAD)
    assert text.count("\r\n") == 1
    assert "one two three" in text


def test_every_row_tells_all_that_a_funder_asks() -> None:
    told = row(value=("Students can log in.",), decided=decided(bucket="tech-support"))
    text = sheet.heading() + sheet.lines([told], HEAD)
    (cells,) = list(csv.DictReader(io.StringIO(text)))
    assert cells == {
        "act": "authored",
        "acted at": "2026-03-06T12:00:00+00:00",
        "item": "jupyterhub/oauthenticator#719",
        "title": "Gate login on granted scopes",
        "url": "https://github.com/jupyterhub/oauthenticator/pull/719",
        "state": "merged",
        "person": "yuvipanda",
        "kind": "tactical",
        "bucket": "tech-support",
        "activity": "",
        "work": "",
        "minutes": "",
        "need": "example-org/infrastructure#3837",
        "need url": "https://github.com/example-org/infrastructure/issues/3837",
        "community": "EarthScope",
        "value": "Students can log in.",
        "evidence": "https://github.com/example-org/infrastructure/issues/3837",
        "because": "it is linked to a need",
        "decided by": "serves_a_community_need",
        "by rule or person": "rule",
        "provisional": "no",
        "policy version": "1-abcdef12",
        "decided at": "2026-03-06T12:00:00+00:00",
        "as of": "2026-03-06T12:00:00+00:00",
    }
