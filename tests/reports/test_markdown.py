from hypothesis import given
from hypothesis import strategies as st

from app.policy.model import Act, Kind
from app.reports import markdown, tally
from tests.policy.homes import HOME
from tests.reports.made import HEAD, group, row


def test_items_are_linked_without_a_back_reference() -> None:
    text = markdown.rows_text([row()], HOME)
    assert "https://redirect.github.com/jupyterhub/oauthenticator/pull/719" in text
    assert "//github.com" not in text


@given(st.text())
def test_a_title_makes_no_column_no_line_and_no_mention(title: str) -> None:
    plain = markdown.rows_text([row("x")], HOME)
    text = markdown.rows_text([row(f"@yuvipanda | {title}", value=(title,))], HOME)
    assert text.count("\n") == 1
    assert text.replace("\\|", "").count("|") == plain.count("|")
    assert "@yuvipanda" not in text


def test_totals_stand_in_sections() -> None:
    totals = tally(
        [
            group(Kind.TACTICAL, bucket="tech-support", community="EarthScope"),
            group(Kind.STRATEGIC, Act.REVIEWED, activity="review", standing=None),
            group(Kind.PERSONAL, n=3),
        ]
    )
    text = markdown.totals_text(totals, HOME)
    assert "## By kind" in text
    assert "| tactical | 1 | 1 | 1 | 1 | 0 |" in text
    assert "| personal | 3 |  |  |  |  |" in text
    assert "## Apart" in text


def test_the_heading_says_what_was_asked_as_of_when() -> None:
    text = markdown.heading(HEAD, HOME)
    assert text.startswith("# The ledger of Example\n\nAs of 2026-03-06 12:00 UTC.")
    assert "upstream" in text
