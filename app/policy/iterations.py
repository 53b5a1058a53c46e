"""Tracking issues, which tell of all that was done in some days: being named there is no need."""

import re
from functools import lru_cache
from string import Formatter
from typing import Final

from app.policy.home import Home
from app.policy.model import Item

_NUMBER: Final = r"\d+"
_DAY: Final = r"\d{4}-\d{2}-\d{2}"


def is_tracking_issue(item: Item, home: Home) -> bool:
    """Tell whether an item is the tracking issue of any iteration, whoever opened it, by its title.

    What people say on it, commands above all, names contributions without needing them.
    """
    iteration = home.iteration
    if iteration is None or item.ref.repo.casefold() != iteration.tracker.casefold():
        return False
    title = " ".join((item.title or "").split())
    return _titles(iteration.title).fullmatch(title) is not None


@lru_cache(maxsize=16)
def _titles(template: str) -> re.Pattern[str]:
    words = ""
    for literal, place, _, _ in Formatter().parse(" ".join(template.split())):
        words += re.escape(literal)
        if place is not None:
            words += _NUMBER if place == "number" else _DAY
    return re.compile(words, re.IGNORECASE)
