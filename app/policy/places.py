"""Which places are inside the home: the items of its trackers, and what its patterns name."""

from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

from app.policy.addresses import read_address
from app.policy.globs import matches_name, matches_url
from app.policy.home import Home, LinkPattern
from app.policy.links import Link
from app.policy.model import ItemRef, SubjectType
from app.policy.upstreams import is_home_repository, tracker_of

_TEXT_TYPES = frozenset({SubjectType.ISSUE, SubjectType.PULL_REQUEST, SubjectType.COMMIT, None})


class Place(NamedTuple):
    """Somewhere inside the home: an item of a tracker, or an address that a pattern names."""

    item: ItemRef | None = None
    pattern: LinkPattern | None = None
    listed: bool = True
    """Whether the repository is a tracker; False: of the home, but nobody said what it is."""


def place_of(link: Link, here: ItemRef, home: Home) -> Place | None:
    """Say which place inside the home a link leads to; None: it leads elsewhere."""
    if link.url and (pattern := _pattern_of(link.url, home)):
        return Place(pattern=pattern)
    item = link.item_from(here)
    if item is None or item.type not in _TEXT_TYPES or not (item.number or item.sha):
        return None
    return place_of_item(item, home) if item.host.lower() in {here.host, home.host} else None


def place_of_item(item: ItemRef, home: Home) -> Place | None:
    """Say which place inside the home an item is, under its tracker's present name."""
    if tracker := tracker_of(item.repo, home):
        return Place(item if item.repo == tracker.repo else replace(item, repo=tracker.repo))
    if any(matches_name(glob, item.repo) for glob in home.not_trackers):
        return None
    return Place(item, listed=False) if is_home_repository(item.repo, home) else None


def may_lead_home(text: str | None, home: Home) -> bool:
    """Rule out quickly the texts, most of them, that hold no name of the home's at all."""
    if text:
        lowered = text.lower()
        for name in _names(home):
            if name in lowered:
                return True
    return False


@lru_cache(maxsize=8192)
def _pattern_of(url: str, home: Home) -> LinkPattern | None:
    """Give the pattern of needs that an address matches; the home's own board is one."""
    for pattern in home.needs.links:
        if matches_url(pattern.match, url):
            return pattern
    board = home.needs.board
    on_it = board and matches_url(f"https://github.com/{board.project}/**", f"{url}/")
    if board and on_it and read_address(url).item is None:
        return LinkPattern(board.project, None, private=True)
    return None


@lru_cache(maxsize=16)
def _names(home: Home) -> tuple[str, ...]:
    """Give the words, in lower case, one of which stands in every text that leads home."""
    owners = {name.lower() for name in home.organisations}
    for tracker in home.trackers:
        owners |= {repo.partition("/")[0].lower() for repo in (tracker.repo, *tracker.aliases)}
    return tuple(sorted(owners | {_longest_fixed(one.match) for one in home.needs.links}))


def _longest_fixed(glob: str) -> str:
    fixed = glob.lower().partition("://")[2] or glob.lower()
    for wild in "*?[]":
        fixed = fixed.replace(wild, "\n")
    return max(fixed.split("\n"), key=len)
