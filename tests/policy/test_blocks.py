"""The quick reading of plain texts against the parser's: nothing may differ between the two."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.policy.blocks import Block, blocks_in
from app.policy.communities import named_in
from app.policy.links import links_in
from tests.policy.homes import HOME

WORDS = [
    "Ref", "Fixes", "part of", "for example", "e.g.", "and", ",", "word.", "CryoCloud",
    "the leap hub", ":", "(", ")", "!", "3.5", "2 * 3", "snake_case", "*.py", "__init__", "é", "→",
    "*Ref*", "_the_", "**Note:**", "_#6_", "**#7**", "*a _b_*", "#12", "a/b#3", "GH-4",
    "a/b@abcdef1", "https://github.com/a/b/pull/1", "www.github.com/a/b/issues/2", "https://x/_a_",
    "[doc](https://up.example/docs)", "[a/b#9](https://github.com/A-b/c.d/pull/9#issuecomment-1)",
    "![i](https://github.com/a/b/pull/3)", "[l](https://x.example/?a=1&b=2)", "[y][1]", "[y]",
]  # fmt: skip
PLAIN_MARKS = [
    " ", " ", " ", " ", " ", "  ", "\n", "\n", "\n\n", "\n\n", "\r\n", "\r\n\r\n", "\n- ", "\n* ",
    "\n+ ", "\n  - ", "\n# ", "\n## ", "\n- # ", "#", "-", "`x`", "`a/b#5`", "&",
]  # fmt: skip
OTHER_MARKS = [
    "    ", "\t", "\n-   ", "\n1. ", "\n2) ", "\n> ", "\n- > ", "\n---\n", "\n===\n", "\n* * *\n",
    "*", "_", "**", "`", "``", "[x] ", "[ ] ", "&amp;", "<b>", "<!-- ", "-->", "\\", "~", "]: ",
    "\ufffc",
]  # fmt: skip
TEXTS = st.lists(st.sampled_from(WORDS + PLAIN_MARKS * 2 + OTHER_MARKS), max_size=10).map("".join)
FOR_THE_PARSER = "\n\n[a](x)"
"""A link of a form that is never read without the parser, and leads nowhere."""


@settings(max_examples=300)
@given(TEXTS)
@example("Ref\n#12")
@example("# Ref\n#12")
@example("Ref\n---\n#12")
@example("Ref\n2. #12")
@example("Fixes *the* #12")
@example("Ref\r\n\r\n#12")
def test_the_links_of_a_text_are_the_same_with_and_without_the_parser(text: str) -> None:
    assert links_in(text) == links_in(text + FOR_THE_PARSER)


@given(TEXTS)
@example("- `x`: the leap hub")
@example("*the* leap hub")
def test_the_names_in_a_text_are_the_same_with_and_without_the_parser(text: str) -> None:
    quick, parsed = (named_in(one, HOME) for one in (text, text + FOR_THE_PARSER))
    assert quick == parsed


@given(TEXTS)
def test_the_names_in_a_text_are_the_same_in_ascii_and_beyond(text: str) -> None:
    assert named_in(text, HOME) == named_in(f"{text}\n\né", HOME)


@given(st.text(max_size=400))
def test_any_text_is_cut_into_blocks(text: str) -> None:
    assert all(isinstance(one, Block) for one in blocks_in(text))


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_paragraphs_are_told_apart_whatever_ends_their_lines(line_end: str) -> None:
    first, second = blocks_in(f"This is for reference{line_end}{line_end}example-org/meta#12")
    assert (first.text, second.text) == ("This is for reference", "example-org/meta#12")
