"""Generated comments with numbered commands everywhere, and markdown-it-py as the judge of them."""

import re
from collections.abc import Iterator
from itertools import count

from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

JUDGE = MarkdownIt("commonmark").enable(["table", "strikethrough"])
HOLDS = re.compile("<(?:blockquote|ul|table|del|code|pre)", re.IGNORECASE)
"""HTML that holds what CommonMark calls a paragraph; there the judge alone does not decide."""

_NUMBERED = re.compile(r"\s*/(?:citizen\s+/?)?value\s+(\d+)[\s\\]*", re.IGNORECASE)

COMMAND = st.sampled_from(
    ["/value {n}", "/citizen value {n}", "/VALUE\t{n} ", "\u00a0/value\u00a0{n}", "  /value {n}  "]
)
BLOCKS = st.sampled_from(
    [
        "{c}",
        "{c}\n{c}",
        "Thanks for this!\n{c}",
        "{c}\nand more words",
        "see `code` there\n{c}",
        "see `code\n{c}\nmore` there",
        "see ``\n{c}\n`",
        "see [this\n{c}\n](https://example.org)",
        "see [this](\n{c}\n)",
        "a *star\n{c}\nand* more",
        "a ~~gone\n{c}\nis~~ this",
        "it is <!-- hidden\n{c}\n--> here",
        "a <b title='\n{c}\n'>tag</b>",
        "a backslash\\\n{c}\\\nmore",
        "```\n{c}\n```",
        "~~~ yaml\n{c}",
        "    {c}",
        "text\n    {c}",
        "> {c}",
        "> quoted\n{c}",
        "> quoted\n\n{c}",
        "> > deep\n> {c}\n{c}",
        "- {c}",
        "- item\n{c}",
        "- item\n\n  {c}",
        "- item\n\n{c}",
        "1. {c}\n2. {c}",
        "- [ ] {c}\n- [x] done",
        "<!-- {c} -->",
        "<!--\n{c}\n\n{c}\n-->\n{c}",
        "<!-- for the template\n{c}",
        "<details><summary>log</summary>\n\n{c}\n\n</details>",
        "<div>\n{c}\n</div>",
        "<pre>\n\n{c}\n\n</pre>",
        "<blockquote>\n\n{c}\n\n</blockquote>",
        "<ul><li>\n\n{c}",
        "| a | b |\n| - | - |\n| {c} | x |\n{c}",
        "{c}\n| a |\n| - |\n{c}",
        "# {c}",
        "{c}\n---",
        "{c}\n===",
        "{c}\n***",
        "[ref]: https://example.org\n{c}",
        "[ref]:\n{c}",
        "\\{c}",
        "so {c}",
        "/assign {c}",
        "\ufeff{c}",
        "\U000f0000value 99\n{c}",
        "\u2028{c}",
        "---\ntitle: x\n---\n{c}",
    ]
)
BETWEEN = st.sampled_from(["\n", "\n\n", "\r\n\r\n", "\r\r", "\n \n", "\n\u00a0\n"])


def _three(pieces: list[tuple[str, str, str]]) -> tuple[str, str, str]:
    text = _composed(pieces)
    return text, text.replace("\n", "\r\n"), _composed(pieces[::-1])


def _composed(pieces: list[tuple[str, str, str]]) -> str:
    numbers = count(100)
    text = "".join(block.replace("{c}", command) + between for block, command, between in pieces)
    return re.sub("{n}", lambda _: str(next(numbers)), text)


THREE_COMMENTS = st.lists(st.tuples(BLOCKS, COMMAND, BETWEEN), max_size=5).map(_three)
"""Three comments of the same blocks, each command in them with a number of its own."""


def judged(text: str) -> list[int]:
    """The numbers of the commands that are whole lines of top-level paragraphs."""
    return [int(found[1]) for line in lines(text) if (found := _NUMBERED.fullmatch(line))]


def lines(text: str) -> Iterator[str]:
    """The lines of top-level paragraphs that begin outside of any markup."""
    before: Token | None = None
    for token in JUDGE.parse(text):
        if before is not None and before.type == "paragraph_open" and before.level == 0:
            yield from _lines(token.children or [])
        before = token


def _lines(children: list[Token]) -> Iterator[str]:
    line, depth, inside = "", 0, False
    for token in children:
        if token.type in {"softbreak", "hardbreak"}:
            yield "" if inside else line
            line, inside = "", depth > 0
        else:
            line += token.content if token.type == "text" else "\x00"
            depth += token.nesting
    yield "" if inside else line
