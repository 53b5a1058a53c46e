"""The links of a text that people wrote, each with the word that says what it means.

Parsed from CommonMark: links, autolinks and text count; code, quotes, HTML comments and images do
not. Any text is survived, in linear time.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from markdown_it import MarkdownIt
from markdown_it.token import Token

from app.policy.addresses import read_address
from app.policy.model import ItemRef, Strength, SubjectType
from app.policy.verbs import is_example, verb_before

LONGEST = 65_536
"""GitHub's own limit for a text, in characters; what is longer is read up to there."""

_MAY_HOLD_A_LINK = re.compile(
    r"https?://|www\.|#[0-9]|GH-[0-9]|/[\w.-]+@[0-9a-f]{7}", re.IGNORECASE
)
_OWNER = r"[A-Za-z0-9][A-Za-z0-9-]{0,38}"
_NAME = r"[A-Za-z0-9_.-]{1,100}"
_REFERENCE = re.compile(
    rf"""(?P<url>(?:https?://|(?<![A-Za-z0-9./@-])www\.)[^\s<>"`]+)
    |(?<![A-Za-z0-9/.#@&-])(?P<repo>{_OWNER}/{_NAME})?\#(?P<number>[0-9]{{1,10}})(?![A-Za-z0-9])
    |(?<![A-Za-z0-9/.#@-])GH-(?P<gh>[0-9]{{1,10}})(?![A-Za-z0-9])
    |(?<![A-Za-z0-9/.#@-])(?P<where>{_OWNER}/{_NAME})@(?P<sha>[0-9a-f]{{7,40}})(?![A-Za-z0-9])""",
    re.VERBOSE | re.IGNORECASE,
)
_CODE = re.compile(r"(?<!`)`[^`\n]+`(?!`)")
_NEEDS_A_PARSER = re.compile(
    r"[`<\\~]|\][(\[:]|\[[ xX]\]|&#?\w+;"  # code, HTML, links, check boxes, character references
    r"|^ {0,3}>|^(?: {4}| {0,3}\t)|^ *(?:[-*+]|[0-9]+[.)]) {2}",  # quotes, indented code
    re.MULTILINE,
)
_NOT_PROSE = " \ufffc "
"""What stands for code in the blocks of a text: the character that stands for any object."""
_BLOCK_END = re.compile(r"\n[ \t]*\n|\n(?= *(?:[-*+] |[0-9]{1,9}[.)] |#))")
_CHECKBOX = re.compile(r"\[[ xX]\]\s")
_ALERT = re.compile(r"\[!\w+\]")
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_TAG = re.compile(r"<[^<>]*>")
_NOT_SAID = re.compile(r"<(?:pre|code|blockquote|img)\b", re.IGNORECASE)
_BETWEEN = re.compile(r"[\s,;&*()-]*(?:and|or)?[\s,;&*()-]*")
_PARSER = MarkdownIt("commonmark")


@dataclass(frozen=True, slots=True)
class Link:
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
        if self.item is None or self.item.repo:
            return self.item
        return replace(self.item, repo=here.repo, host=here.host)


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
    if not text or not _MAY_HOLD_A_LINK.search(text):
        return ()
    return _parsed(text)


def blocks_in(text: str) -> tuple[tuple[str, bool], ...]:
    """Give what is said in a text, block by block, and whether the block is a check box.

    Links stand in it as bare addresses, and U+FFFC stands where code was.
    """
    text = _readable(text)
    plain = _CODE.sub(_NOT_PROSE, text)
    if _NEEDS_A_PARSER.search(plain):
        return tuple(_blocks(_PARSER.parse(text)))
    # Most texts hold no more markup than lists and paragraphs: cutting them up is 50 times faster.
    return tuple((block, False) for block in _BLOCK_END.split(plain) if block)


@lru_cache(maxsize=8192)
def _parsed(text: str) -> tuple[Link, ...]:
    found: list[Link] = []
    for block, checkbox in blocks_in(text):
        found += _in_block(block, checkbox=checkbox)
    return tuple(found)


def _readable(text: str) -> str:
    # Half a surrogate pair can stand in JSON but in no address, and the parser refuses it there.
    return text[:LONGEST].encode("utf-8", "replace").decode("utf-8")


def _blocks(tokens: Sequence[Token]) -> Iterator[tuple[str, bool]]:
    quoted = 0
    for at, token in enumerate(tokens):
        if token.type == "blockquote_open":
            quoted += not (quoted == 0 and _is_alert(tokens, at))
        elif token.type == "blockquote_close":
            quoted = max(0, quoted - 1)
        elif quoted:
            continue
        elif token.type == "inline":
            yield _said(token.children or ()), bool(_CHECKBOX.match(token.content))
        elif token.type == "html_block":
            yield _without_html(token.content), False
        elif token.type == "fence" and token.info.strip() == "[tasklist]":
            # GitHub's task lists of 2023-2025 are written as a code block and shown as a list.
            yield from _blocks(_PARSER.parse(token.content))


def _is_alert(tokens: Sequence[Token], at: int) -> bool:
    """Say whether a quote is one of GitHub's alerts ("> [!NOTE]"), the author's own words."""
    return any(
        token.type == "inline" and _ALERT.match(token.content) for token in tokens[at : at + 3]
    )


def _said(children: Sequence[Token]) -> str:
    said: list[str] = []
    href, shown = "", False
    for token in children:
        if token.type == "link_open":
            href, shown = str(token.attrs.get("href", "")), False
        elif token.type == "link_close":
            # A link around nothing but an image is a badge, and badges are no evidence.
            said.append(f" {href} " if shown else " ")
            href = ""
        elif href:
            shown = shown or token.type in {"text", "code_inline"}
        elif token.type == "text":
            said.append(token.content)
        elif token.type in {"softbreak", "hardbreak"}:
            said.append("\n")
        elif token.type == "code_inline":
            said.append(_NOT_PROSE)
    return "".join(said)


def _without_html(content: str) -> str:
    content = _COMMENT.sub(" ", content)
    return "" if _NOT_SAID.search(content) else _TAG.sub(" ", content)


def _in_block(block: str, *, checkbox: bool) -> Iterator[Link]:
    verb: str | None = None
    end = 0
    for found in _REFERENCE.finditer(block):
        between = block[end : found.start()]
        # "Fixes A and B": the second link is read with the first one's verb.
        if not (end and len(between) < 16 and _BETWEEN.fullmatch(between)):  # noqa: PLR2004
            verb = verb_before(block[: found.start()] if end == 0 else between)
        end = found.end()
        yield _link(found, verb, block, checkbox=checkbox)


def _link(found: re.Match[str], verb: str | None, block: str, *, checkbox: bool) -> Link:
    example = is_example(
        block[max(0, found.start() - 40) : found.start()], block[found.end() :][:24]
    )
    if found["url"]:
        address = read_address(found["url"])
        return Link(address.item, address.url, verb, example, checkbox)
    if found["sha"]:
        item = ItemRef(found["where"], type=SubjectType.COMMIT, sha=found["sha"].lower())
    else:
        item = ItemRef(found["repo"] or "", int(found["number"] or found["gh"]))
    return Link(item, None, verb, example, checkbox)
