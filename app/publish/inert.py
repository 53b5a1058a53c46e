"""Text that people wrote, made inert: GitHub shows the same characters and does nothing with them.

A backslash keeps Markdown quiet. It does not keep GitHub's own links quiet, which are made from the
rendered text: a zero-width space inside breaks those (Renovate writes `@&#8203;name` and
`#&#8203;1` in millions of pull requests for this reason).
"""

import re
import unicodedata
from typing import Final

LONGEST: Final = 300
"""Characters of one piece of people's text that are shown."""

_ZWSP: Final = "\u200b"
_BREAKS: Final = (
    (re.compile(r"([@#])"), rf"\1{_ZWSP}"),
    (re.compile(r":(?=/)"), f":{_ZWSP}"),
    (re.compile(r"(?i)(mailto|xmpp):"), rf"\1:{_ZWSP}"),
    (re.compile(r"(?i)(www|github)(?=\.)"), rf"\1{_ZWSP}"),
    (re.compile(r"(?i)(GH-)(?=\d)"), rf"\1{_ZWSP}"),
)
_COMMIT: Final = re.compile(r"(?i)(?<![0-9a-z])[0-9a-f]{7,40}(?![0-9a-z])")
_ESCAPES: Final = str.maketrans(
    {c: f"\\{c}" for c in "\\`*_[]!|~"}
    | {"&": "&amp;", "<": "&lt;", ">": "&gt;", "$": "&#36;", _ZWSP: "&#8203;"}
)
_BLANKS: Final = re.compile(r"\s+")
_BLOCK_START: Final = re.compile(r"^(\d{0,9})([-+=/:.)])")


def one_line(text: str, longest: int = LONGEST) -> str:
    """Give the text as one visible line of at most `longest` characters."""
    line = visible(text[: longest * 4]).strip()
    return line if len(line) <= longest else line[: longest - 1].rstrip() + "…"


def visible(text: str) -> str:
    """Give the text without control, direction and zero-width characters, blanks run together."""
    return _BLANKS.sub(" ", "".join(_visible(c) for c in text))


def inert(text: str) -> str:
    """Escape one line of text so that it stays text in GitHub's Markdown, wherever it stands."""
    for pattern, broken in _BREAKS:
        text = pattern.sub(broken, text)
    text = _COMMIT.sub(_in_fours, text)
    return _BLOCK_START.sub(r"\1\\\2", text.translate(_ESCAPES))


def _in_fours(name: re.Match[str]) -> str:
    sha = name.group()
    return _ZWSP.join(sha[i : i + 4] for i in range(0, len(sha), 4))


def _visible(character: str) -> str:
    match unicodedata.category(character):
        case "Cc" | "Zl" | "Zp":
            return " "
        case "Cf":
            return ""
        case "Cs":
            return "\ufffd"
        case _:
            return character
