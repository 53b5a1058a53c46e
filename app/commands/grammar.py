"""Which lines of a comment are commands: whole lines of CommonMark's top-level paragraphs.

Never in code, quotes, lists, tables, headings, HTML comments, or inside HTML that quotes, lists,
strikes out or shows code. `/citizen VERB` is always a command; `/VERB` is one where that form is
on and the verb is one of ours, or a slip of the finger away: all others are another bot's.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, MutableMapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from markdown_it import MarkdownIt

from app.commands import COMMANDS
from app.commands.arguments import first_word, item_in
from app.commands.nearest import is_slip_of
from app.policy.model import ItemRef

if TYPE_CHECKING:
    from markdown_it.token import Token

LONGEST = 65_536
"""GitHub's own limit for a comment, in characters; what is longer is read up to there."""

PREFIX = "citizen"

_A_SLASH = re.compile(r"^[^\S\n]*+/[A-Za-z]", re.MULTILINE)
_LINE = re.compile(
    # Blanks that are none to Markdown, such as U+00A0, are left out: the line begins behind them.
    r"^(?P<indent>[ \t]*+)[^\S\n]*+/(?P<word>[A-Za-z][A-Za-z0-9_-]*+)[.!?,;:]*+(?=\s|\\\n|\Z)"
    r"(?P<rest>[^\n]*)",
    re.MULTILINE,
)
_VERB = re.compile(r"/?([^\s.!?,;:]{1,40})[.!?,;:]*(?=\s|\Z)")
_LINE_END = re.compile(r"\r\n?")
_BLANK_LINE = re.compile(r"\n[ \t]*\n")
_HARD_BREAK = re.compile(r"(?<!\\)(?:\\\\)*\\\Z")
_MARKS = re.compile("[\U000f0000-\U000fffff]")
_OVER_BLANK_LINES = re.compile(r"```|~~~|<|\]:")
"""What goes on over blank lines, or is meant elsewhere: fences, HTML, addresses of links."""
_NEW_START = re.compile(r"\n[ \t]*\n(?=[^ \t\n])")
"""A blank line, then a line at the margin: all ends there but what goes on over blank lines."""
_WORDS_ALONE = re.compile("(?: {0,3}[A-Za-z\U000f0000-\U000fffff][^`\\[*_~\n]*(?:\n|\\Z))+[ \t\n]*")
"""Lines of one paragraph, without markup that could reach over several of them."""
_FIRST_MARK = 0xF0000
_MOST_MARKS = 0xFFFF
_LONGEST_MARKUP = 8_192
"""Characters of a comment that are read for markup over several lines, which takes up to 30 µs for
each; in the paragraphs beyond nothing after the first such character is a command."""
_CAN_SPAN_LINES = re.compile(r"[`<\[*_~]")
_HTML_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_HOLDER = re.compile(
    r"<(/?)(blockquote|table|ul|ol|dl|pre|code|del|s|strike)(?=[\s/>])", re.IGNORECASE
)

_PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
_OPENS: Mapping[str, re.Pattern[str]] = {
    "table": re.compile(r"^[ \t>]*[|:-][|: \t-]*$", re.MULTILINE),
    "fence": re.compile("```|~~~"),
    "blockquote": re.compile(r"(?:^|[ \t>])>", re.MULTILINE),
    "hr": re.compile(r"([-*_])[ \t]*\1[ \t]*\1"),
    "list": re.compile(r"^[ \t>]*(?:[-+*]|[0-9]{1,9}[.)])(?:[ \t]|$)", re.MULTILINE),
    "reference": re.compile(r"\]:"),
    "html_block": re.compile("<"),
    "heading": re.compile(r"(?:^|[ \t>])#{1,6}(?:[ \t]|$)", re.MULTILINE),
    "lheading": re.compile(r"[-=][ \t]*$", re.MULTILINE),
}
"""What has to stand somewhere in a text for the parser's rule of that name to find anything; each
rule that is left out spares the parser a look at every line, most of them two."""


@dataclass(frozen=True, slots=True)
class Line:
    """One command as it stands in a comment.

    `rest` is what follows the verb and `about`, word for word; `named` how `about` was written.
    `text` is the same line in the form in which two are compared, and a command itself;
    `occurrence` counts equal ones in the comment, from 1.
    """

    verb: str
    rest: str
    about: ItemRef | None
    text: str
    occurrence: int = 1
    named: str = ""


def lines_of(text: str, *, short_form: bool = True) -> tuple[Line, ...]:
    """Give the commands of a comment in their order; cheap where no line begins with a slash."""
    if "/" not in text:
        return ()
    text = _LINE_END.sub("\n", text)
    if _A_SLASH.search(text) is None:
        return ()
    text = _readable(text)
    found = [
        (line, said) for line in _LINE.finditer(text) if (said := _said(line, text, short_form))
    ][:_MOST_MARKS]
    if not found:
        return ()
    standing = _in_paragraphs(_marked(text, [line for line, _ in found]))
    counts: Counter[str] = Counter()
    lines = []
    for at, (_, (verb, rest)) in enumerate(found):
        if at in standing:
            lines.append(_line(verb, rest, counts))
    return tuple(lines)


def new_lines(before: str, after: str, *, short_form: bool = True) -> tuple[Line, ...]:
    """Give the commands of an edited comment that were not in it before."""
    lines = lines_of(after, short_form=short_form)
    if not lines:
        return ()
    there = Counter(line.text for line in lines_of(before, short_form=short_form))
    return tuple(line for line in lines if line.occurrence > there[line.text])


def _readable(text: str) -> str:
    if len(text) > LONGEST:
        text = text[:LONGEST].rpartition("\n")[0]
    # Half a surrogate pair can stand in JSON, and the parser refuses it in addresses. For NUL
    # CommonMark puts U+FFFD, a sign beside which an asterisk opens what it would not beside NUL.
    return text.encode("utf-8", "replace").decode("utf-8").replace("\0", "\ufffd")


def _said(line: re.Match[str], text: str, short_form: bool) -> tuple[str, str] | None:  # noqa: FBT001
    """Give verb and rest of a line that looks like a command of ours, else None."""
    word, rest = line["word"].lower(), line["rest"].strip()
    if line.end() < len(text) and _HARD_BREAK.search(rest):
        rest = rest[:-1].rstrip()
    if word == PREFIX:
        verb = _VERB.match(rest)
        if verb is None:
            return "help", rest
        return verb[1].lower(), rest[verb.end() :].strip()
    return (word, rest) if short_form and _may_be_ours(word) else None


@lru_cache(maxsize=1024)
def _may_be_ours(word: str) -> bool:
    return word in COMMANDS or any(is_slip_of(word, verb) for verb in COMMANDS)


def _line(verb: str, rest: str, counts: MutableMapping[str, int]) -> Line:
    first, after = first_word(rest)
    about = item_in(first)
    text = " ".join(f"/{PREFIX} {verb} {rest}".split())
    counts[text] = counts.get(text, 0) + 1
    if about is None:
        return Line(verb, rest, None, text, counts[text])
    return Line(verb, after, about, text, counts[text], first)


def _marked(text: str, lines: list[re.Match[str]]) -> str:
    """Put a mark of its own in place of each line's slash, by which the parser's output is read."""
    pieces, end = [], 0
    for at, line in enumerate(lines):
        slash = line.start("word") - 1
        pieces += [_MARKS.sub("\ufffd", text[end : line.end("indent")]), chr(_FIRST_MARK + at)]
        end = slash + 1
    # What comes after a blank line below the last of them changes nothing about them.
    below = _BLANK_LINE.search(text, end)
    rest = text[end : below.start() if below else len(text)]
    return "".join((*pieces, _MARKS.sub("\ufffd", rest)))


def _in_paragraphs(marked: str) -> frozenset[int]:
    """Give the numbers of the marks that stand at the start of a line of a top-level paragraph.

    What stands apart from all marks is not parsed, nor what is words and marks alone.
    """
    if _OVER_BLANK_LINES.search(marked):
        return _parsed(marked)
    found: set[int] = set()
    others = []
    for piece in _NEW_START.split(marked):
        if _MARKS.search(piece) is None:
            continue
        if _WORDS_ALONE.fullmatch(piece):
            found.update(at for at in _starts(piece) if at is not None)
        else:
            others.append(piece)
    return frozenset(found) | (_parsed("\n\n".join(others)) if others else frozenset())


@dataclass(slots=True)
class _Reading:
    """What the parser and we know on the way through a comment.

    `open_` counts the HTML that holds what follows; `left` is how much may yet be read for markup.
    """

    env: dict[str, Any] = field(default_factory=dict)
    open_: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    left: int = _LONGEST_MARKUP


@lru_cache(maxsize=512)
def _parser(without: tuple[str, ...]) -> MarkdownIt:
    return MarkdownIt("commonmark").enable("table").disable(without)


def _parsed(marked: str) -> frozenset[int]:
    reading = _Reading()
    found: set[int] = set()
    before: Token | None = None
    tokens: list[Token] = []
    parser = _parser(tuple(name for name, opens in _OPENS.items() if not opens.search(marked)))
    parser.block.parse(marked, parser, reading.env, tokens)
    for token in tokens:
        if token.type == "html_block" and token.level == 0:
            _open_and_close(_HTML_COMMENT.sub(" ", token.content), reading.open_)
        elif before is not None and before.type == "paragraph_open" and before.level == 0:
            found.update(_in_paragraph(token.content, reading))
        before = token
    return frozenset(found)


def _in_paragraph(content: str, reading: _Reading) -> Iterator[int]:
    open_ = reading.open_
    marks = [] if any(open_.values()) else [at for at in _starts(content) if at is not None]
    opening, holds = _CAN_SPAN_LINES.search(content), _HOLDER.search(content)
    last = content.rfind(chr(_FIRST_MARK + marks[-1])) if marks else -1
    if not holds and (opening is None or opening.start() > last):
        yield from marks
    elif len(content) <= reading.left:
        reading.left -= len(content)
        yield from _in_inline(content, reading)
    else:
        end = opening.start() if opening else len(content)
        yield from (at for at in marks if content.find(chr(_FIRST_MARK + at)) < end)
        if holds:
            open_["what was not read"] = 1


def _starts(content: str) -> Iterator[int | None]:
    return (_mark(line.lstrip(" \t")) for line in content.split("\n"))


def _in_inline(content: str, reading: _Reading) -> Iterator[int]:
    """Give the marks that begin a line in no code, link, comment or markup over several lines."""
    depth, at_start = 0, True
    tokens: list[Token] = []
    _PARSER.inline.parse(content, _PARSER, reading.env, tokens)
    for token in tokens:
        at = _mark(token.content) if token.type == "text" and at_start else None
        if at is not None and depth == 0 and not any(reading.open_.values()):
            yield at
        depth += token.nesting
        at_start = token.type in {"softbreak", "hardbreak"}
        if token.type == "html_inline":
            _open_and_close(token.content, reading.open_)


def _mark(text: str) -> int | None:
    at = ord(text[0]) - _FIRST_MARK if text else -1
    return at if 0 <= at <= _MOST_MARKS else None


def _open_and_close(html: str, open_: defaultdict[str, int]) -> None:
    for closes, tag in _HOLDER.findall(html.lower()):
        open_[tag] = max(0, open_[tag] - 1) if closes else open_[tag] + 1
