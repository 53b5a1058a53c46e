"""Addresses and slash commands inside a text: shown to people, without an effect elsewhere."""

import re
from dataclasses import replace
from typing import Final, LiteralString
from urllib.parse import quote

from app.policy.model import ItemRef

_REPOSITORY: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*/[A-Za-z0-9._-]+", re.ASCII)
_OUTSIDE: Final = re.compile(
    r"https?://[A-Za-z0-9.:-]+(?:/[A-Za-z0-9._~:/?#@!$&'*+,;=%-]*)?", re.ASCII
)
_SHA: Final = re.compile(r"[0-9a-fA-F]{7,64}", re.ASCII)


def address(item: ItemRef) -> str | None:
    """Give an address that leaves no back-reference at the item, None where there is none.

    github.com writes "mentioned this" below an item for each link to it, but not for the same link
    over redirect.github.com, which leads there. Enterprise Server has no such host: no link.
    """
    if item.host.lower() != "github.com" or not _REPOSITORY.fullmatch(item.repo):
        return None
    if item.number is None and item.tag is None and item.sha and not _SHA.fullmatch(item.sha):
        return None
    tag = None if item.tag is None else quote(item.tag, safe="", errors="replace")
    return replace(item, host="redirect.github.com", tag=tag).url


def command(verb: LiteralString, about: ItemRef | None, rest: LiteralString) -> str:
    """Give inline code that shows how a command is typed.

    It always has the long form's words in a code span, so that no grammar reads it as a command.
    """
    named = about is not None and about.number is not None and _REPOSITORY.fullmatch(about.repo)
    words = (verb, str(about) if named else "", rest)
    return f"`/citizen {' '.join(w for w in words if w)}`"


def outside(url: str) -> str | None:
    """Give the address of a ticket or message if it can stand in a link as it is, else None.

    GitHub's own pages are linked by `address` alone.
    """
    return url if _OUTSIDE.fullmatch(url) and "github.com" not in url.lower() else None
