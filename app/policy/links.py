"""The links of a text that people wrote, each with the word that says what it means.

What counts of a text, blocks.py says. Any text is survived, in linear time.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import NamedTuple

from app.policy.addresses import read_address
from app.policy.blocks import Block, blocks_in
from app.policy.model import ItemRef, Strength, SubjectType
from app.policy.verbs import is_example, verb_before

_OWNER = r"[A-Za-z0-9][A-Za-z0-9-]{0,38}"
_NAME = r"[A-Za-z0-9_.-]{1,100}"
_REFERENCE = re.compile(
    rf"""(?P<url>(?:https?://|(?<![A-Za-z0-9./@-])(?:www\.|github\.com/))[^\s<>"`]+)
    |(?<![A-Za-z0-9/.#@&-])(?P<repo>{_OWNER}/{_NAME})?\#(?P<number>[0-9]{{1,10}})(?![A-Za-z0-9])
    |(?<![A-Za-z0-9/.#@-])GH-(?P<gh>[0-9]{{1,10}})(?![A-Za-z0-9])
    |(?<![A-Za-z0-9/.#@-])(?P<where>{_OWNER}/{_NAME})@(?P<sha>[0-9a-f]{{7,40}})(?![A-Za-z0-9])""",
    re.VERBOSE | re.IGNORECASE,
)
_BETWEEN = re.compile(r"[\s,;&*()-]*+(?:and|or)?+[\s,;&*()-]*+")


class Link(NamedTuple):
    """One link as it stands in a text.

    `item` has an empty `repo` where the same repository is meant ("#1", "GH-1"). `example`: the
    text offers it as one ("e.g.", "for example"); `checkbox`: it stands in a template's check box.
    """

    item: ItemRef | None
    url: str | None = None
    verb: str | None = None
    example: bool = False
    checkbox: bool = False

    def item_from(self, here: ItemRef) -> ItemRef | None:
        """Give the item it leads to when it is read in a text of `here`."""
        item = self.item
        # An address tells its host; what is written shortly is on the host it is written on.
        if item is None or self.url or (item.repo and item.host == here.host):
            return item
        return replace(item, repo=item.repo or here.repo, host=here.host)


@dataclass(frozen=True, slots=True)
class Mention:
    """An item that a text mentions, with the verb before it where one stands there."""

    item: ItemRef
    verb: str | None
    strength: Strength


def mentions(text: str | None, here: ItemRef) -> tuple[Mention, ...]:
    """Give every issue, pull request, commit or release that `text`, written in `here`, mentions.

    Each once, as it is said most clearly. A repository alone is no item.
    """
    best: dict[object, Mention] = {}
    for link in links_in(text):
        item = link.item_from(here)
        if item is None or item.type is SubjectType.REPOSITORY or link.example:
            continue
        said = Mention(item, link.verb, Strength.STATED if link.verb else Strength.LINKED)
        if item.key not in best or (said.verb and not best[item.key].verb):
            best[item.key] = said
    return tuple(best.values())


def links_in(text: str | None) -> tuple[Link, ...]:
    """Give the links of a text in their order; cheap for a text that holds none."""
    return _parsed(text) if text and _may_hold_a_link(text) else ()


@lru_cache(maxsize=8192)
def _parsed(text: str) -> tuple[Link, ...]:
    found: list[Link] = []
    for block in blocks_in(text):
        if _may_hold_a_link(block.text):
            found += _in_block(block)
    return tuple(found)


def _may_hold_a_link(text: str) -> bool:
    """Rule out quickly the texts that hold none of the marks that every link has."""
    if "#" in text or "://" in text or "@" in text:
        return True
    lowered = text.lower()
    return "gh-" in lowered or "www." in lowered or "github.com/" in lowered


def _in_block(block: Block) -> Iterator[Link]:
    verb: str | None = None
    end = 0
    for found in _REFERENCE.finditer(block.text):
        between = block.text[end : found.start()]
        # "Fixes A and B": the second link is read with the first one's verb.
        if not (end and _BETWEEN.fullmatch(between)):
            verb = verb_before(between)
        end = found.end()
        yield _link(found, verb, block)


def _link(found: re.Match[str], verb: str | None, block: Block) -> Link:
    start, end = found.span()
    example = is_example(block.text[max(0, start - 40) : start], block.text[end : end + 24])
    if found["url"]:
        address = read_address(found["url"])
        return Link(address.item, address.url, verb, example, block.checkbox)
    if found["sha"]:
        item = ItemRef(found["where"], type=SubjectType.COMMIT, sha=found["sha"].lower())
    else:
        item = ItemRef(found["repo"] or "", int(found["number"] or found["gh"]))
    return Link(item, None, verb, example, block.checkbox)
