from dataclasses import replace
from datetime import date

import pytest

from app.policy.home import Home, Iteration
from app.policy.iterations import is_tracking_issue
from app.policy.model import Item, ItemRef, Person, SubjectType

WORK = ItemRef("jupyterhub/oauthenticator", 719, SubjectType.PULL_REQUEST)
ISSUE = ItemRef("example-org/infrastructure", 12, SubjectType.ISSUE)
ITERATION = Iteration("example-org/Infrastructure", date(2026, 1, 5))
HOME = Home("Example", ("example-org",), iteration=ITERATION)


@pytest.mark.parametrize(
    ("title", "is_one"),
    [
        ("Upstream contributions 2026-01-05 to 2026-01-18", True),
        ("upstream  contributions 2020-05-05 to 2020-05-18", True),
        ("Upstream contributions of EarthScope", False),
        ("Re: Upstream contributions 2026-01-05 to 2026-01-18", False),
        (None, False),
    ],
)
def test_a_tracking_issue_is_known_by_its_title(title: str | None, *, is_one: bool) -> None:
    item = Item(ISSUE, title, by=Person("sgibson91"))
    assert is_tracking_issue(item, HOME) is is_one
    assert not is_tracking_issue(replace(item, ref=WORK), HOME)
    assert not is_tracking_issue(item, replace(HOME, iteration=None))


def test_a_template_with_a_number_and_signs_is_matched_as_it_is_written() -> None:
    home = replace(HOME, iteration=replace(ITERATION, title="[it.{number}] (up)"))
    assert is_tracking_issue(Item(ISSUE, "[it.27] (up)"), home)
    assert not is_tracking_issue(Item(ISSUE, "[itx27] (up)"), home)
