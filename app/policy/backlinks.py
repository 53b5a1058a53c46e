"""The mentions of a subject in the home's trackers: what of theirs names it."""

from collections.abc import Iterator
from typing import TypeAlias

from app.policy.answers import Evidence
from app.policy.home import Home
from app.policy.links import Link, links_in
from app.policy.model import Facts, Item, ItemRef, Strength, Where
from app.policy.places import place_of_item
from app.policy.roster import is_bot, member
from app.policy.trace import Text, Trace, closed_issues, is_late
from app.policy.verbs import CONTRIBUTED

Keys: TypeAlias = frozenset[tuple[str, str, int | str | None]]


def backlinks(facts: Facts, home: Home) -> Iterator[Trace]:
    """Give a trace for each item of a tracker that names the subject or the issue it closes."""
    if facts.backlinks:
        names = frozenset({facts.subject.ref.key}) | closed_issues(facts)
        for item in facts.backlinks:
            if trace := _backlink(item, names, facts, home):
                yield trace


def _backlink(item: Item, names: Keys, facts: Facts, home: Home) -> Trace | None:
    place = place_of_item(item.ref, home)
    if place is None or place.item is None:
        return None
    by_bot = item.by is not None and is_bot(item.by, home)
    text = _mention(item, names, home, own_text=not by_bot)
    if text is None:
        if by_bot:
            # A bot's text is a copied changelog: it mentions everything and means nothing.
            return None
        # GitHub says that it mentions the subject; the text where it does may not have been read.
        unread = item.body is None and not item.comments
        text = Text(Where.BACKLINK, item.body, item.ref, item.by, item.at, ours=unread)
    verb = next((link.verb for link in _links_to(text.text, item.ref, names) if link.verb), None)
    evidence = Evidence(
        Where.BACKLINK,
        Strength.STATED if verb else Strength.LINKED,
        ref=place.item,
        seen_in=item.ref,
        by=text.by,
        at=text.at,
        verb=verb,
    )
    late = is_late(text.at or item.at, facts)
    weak = not text.ours or not place.listed or (late and verb != CONTRIBUTED)
    return Trace(place, evidence, item, hint=weak, late=late)


def _mention(item: Item, names: Keys, home: Home, *, own_text: bool) -> Text | None:
    """Find the text of a tracker's item that names the subject: its own, or a comment on it."""
    for text in (item.title, item.body) if own_text else ():
        if any(True for _ in _links_to(text, item.ref, names)):
            return Text(Where.BACKLINK, text, item.ref, item.by, item.at)
    found = [
        Text(
            Where.BACKLINK,
            one.body,
            item.ref,
            one.by,
            one.at,
            ours=member(one.by, home, one.at) is not None,
        )
        for one in item.comments
        if any(True for _ in _links_to(one.body, item.ref, names))
    ]
    return min(found, key=lambda text: not text.ours, default=None)


def _links_to(text: str | None, here: ItemRef, names: Keys) -> Iterator[Link]:
    if not text:
        return
    lowered = text.lower()
    if any(repo.partition("/")[2] in lowered for _, repo, _ in names):
        for link in links_in(text):
            item = link.item_from(here)
            if item is not None and item.key in names:
                yield link
