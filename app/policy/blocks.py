"""What is said in a text, block by block, read as CommonMark.

Links, autolinks and text count; code, quotes, HTML comments and images do not. Any text is
survived, in linear time. Most texts hold no more markup than paragraphs, bullets, plain links and
a word in code or emphasis: those are read without the parser, alike in a fifth of the time.
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from markdown_it import MarkdownIt
from markdown_it.token import Token

LONGEST = 65_536
"""GitHub's own limit for a text, in characters; what is longer is read up to there."""


class Block(NamedTuple):
    """A paragraph, heading or list item as it is read; `checkbox`: one of a template's."""

    text: str
    checkbox: bool = False


_CODE_MARK = "\ufffc"
"""What stands for code in the blocks of a text: the character that stands for any object."""
_NOT_PROSE = f" {_CODE_MARK} "
_CHECKBOX = re.compile(r"\[[ xX]\]\s")
_ALERT = re.compile(r"\[!\w+\]")
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_ANCHOR = re.compile(r"""<a\s(?>[^<>]*?\bhref\s*=\s*["']?)([^\s"'<>]++)[^<>]*+>""", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*>")
_NOT_SAID = re.compile(r"<(?:pre|code|blockquote|img)\b", re.IGNORECASE)
_PARSER = MarkdownIt("commonmark")

_CODE = re.compile(r"(?<!`)`[^`\n]+`(?!`)")
_LINK = re.compile(
    r"\[(?<![!\]]\[)[^\[\]<>`*_~&\n]+\]\((https?://[a-z0-9.-]+(?:/[A-Za-z0-9./?=&#:-]*)?)\)"
)
_EMPHASIS = re.compile(
    r"(?<![^\s(,.:;-])(\*\*?|__?)([^\s*_[\]](?:[^*_[\]\n]*[^\s*_[\]])?)\1(?=[\s),.:;!?-]|\Z)"
)
# Each alternative starts with a literal, so that the places where none of them is are skipped.
_OTHER_MARK = re.compile(
    r"`|<|\\|~|\][(\[:]|\[[ xX]\]|&#?\w+;"  # code, HTML, links, check boxes, character references
    r"|\*(?:(?!\s)|(?<=\S\*))|_(?:(?!\w)|(?<!\w_))"  # emphasis, but no bullets and no snake_case
)
_OTHER_LINE = re.compile(
    r"[ *+-]*>| {4}| {0,3}\t"  # quotes, indented code
    r"| *(?:[-*+](?: [ \t]|\t)|[0-9]+[.)](?:\s|$))| *[-=*+_][-=*+_ \t]*$"  # other lists, rules
)
_LINE_END = re.compile(r"(?<![ \t])[ \t]*\n[ \t]*")
_HEADING = re.compile(r"^(?:[-*+] )*#{1,6}[ \t].*$", re.MULTILINE)
_BLOCK_END = re.compile(r"\n\n|\n(?=[-*+] )")


def blocks_in(text: str) -> tuple[Block, ...]:
    """Give what is said in a text. Links stand in it as bare addresses, and U+FFFC for code."""
    text = _readable(text)
    return _plain_blocks(text) or tuple(_blocks(_PARSER.parse(text)))


def _readable(text: str) -> str:
    # Half a surrogate pair can stand in JSON but in no address, and the parser refuses it there.
    text = text[:LONGEST].encode("utf-8", "replace").decode("utf-8")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _plain_blocks(text: str) -> tuple[Block, ...]:
    """Read a text of plain marks alone; empty: it takes the parser."""
    if _CODE_MARK in text:
        return ()
    plain = _CODE.sub(_CODE_MARK, text) if "`" in text else text
    plain = _EMPHASIS.sub(r"\2", plain) if "*" in plain or "_" in plain else plain
    marks = _LINK.sub(_CODE_MARK, plain) if "](" in plain else plain
    if _OTHER_MARK.search(marks) or any(map(_OTHER_LINE.match, marks.split("\n"))):
        return ()
    if marks is not plain:
        plain = _LINK.sub(r" \1 ", plain)
    return _split(plain.replace(_CODE_MARK, _NOT_PROSE))


def _split(plain: str) -> tuple[Block, ...]:
    if " \n" in plain or "\n " in plain or "\t" in plain:
        plain = _LINE_END.sub("\n", plain)
    if "# " in plain or "#\t" in plain:
        plain = _HEADING.sub("\n\\g<0>\n", plain)
    return tuple([Block(block) for block in _BLOCK_END.split(plain) if block])


def _blocks(tokens: Sequence[Token]) -> Iterator[Block]:
    quoted = 0
    for at, token in enumerate(tokens):
        if token.type == "blockquote_open":
            quoted += not (quoted == 0 and _is_alert(tokens, at))
        elif token.type == "blockquote_close":
            quoted = max(0, quoted - 1)
        elif quoted:
            continue
        elif token.type == "inline":
            yield Block(_said(token.children or ()), bool(_CHECKBOX.match(token.content)))
        elif token.type == "html_block":
            yield Block(_without_html(token.content))
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
        if (opened := _opened(token)) is not None:
            href, shown = opened, False
        elif token.type == "link_close" or _closes(token):
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


def _opened(token: Token) -> str | None:
    """Give the address of the link that starts here, be it Markdown's or HTML's."""
    if token.type == "link_open":
        return str(token.attrs.get("href", ""))
    found = _ANCHOR.match(token.content) if token.type == "html_inline" else None
    return found[1] if found else None


def _closes(token: Token) -> bool:
    return token.type == "html_inline" and token.content.lower() == "</a>"


def _without_html(content: str) -> str:
    content = _COMMENT.sub(" ", content)
    return "" if _NOT_SAID.search(content) else _TAG.sub(" ", _ANCHOR.sub(r" \1 ", content))
