import re
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from app.publish.inert import LONGEST, inert, one_line


class Shown(HTMLParser):
    def __init__(self, markdown: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.text = ""
        self.feed(MarkdownIt("commonmark").enable(["table", "strikethrough"]).render(markdown))
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(f"{tag} {attrs}")

    def handle_comment(self, data: str) -> None:
        self.tags.append(f"comment {data}")

    def handle_decl(self, decl: str) -> None:
        self.tags.append(f"declaration {decl}")

    def handle_data(self, data: str) -> None:
        self.text += data


# What GitHub links in rendered text, wherever it stands (its autolinked references and mentions).
LIVE = re.compile(
    r"@[a-z0-9]|#\d|\bgh-\d|https?://|ftp://|www\.|mailto:\w|github\.com"
    r"|(?<![0-9a-z])[0-9a-f]{7,40}(?![0-9a-z])",
    re.IGNORECASE,
)
HOSTILE = [
    "<script>alert(1)</script>",
    "<!-- ",
    "&lt;b&gt; &#64;octocat",
    "@yuvipanda",
    "jupyterhub/oauthenticator#719",
    "GH-12",
    "https://github.com/jupyterhub/oauthenticator/pull/719",
    "[a](https://example.org) ![b](https://example.org/x.png)",
    "<https://example.org>",
    "www.example.org",
    "someone@example.org",
    "`code` ``` ~~~",
    "**bold** _em_ ~~gone~~",
    "# heading",
    "- list",
    "1. list",
    "> quote",
    "| a | b |\n|---|---|",
    "/tactical",
    "line\n/personal\r\n\r\n/undo",
    "a\u2028/undo",
    "===",
    "---",
    "\\",
    "!",
    "$x$",
    "[^1]",
    "- [ ] task",
    "\u202egnp.exe",
    "\x00\x1b[31m",
    "\ud800",
    "0123456789abcdef0123456789abcdef01234567",
]
TEXTS = st.lists(
    st.one_of(
        st.sampled_from(HOSTILE), st.text(max_size=12), st.text("\\`*_@#/<>&! \n", max_size=6)
    ),
    max_size=5,
).map("".join)


@settings(max_examples=500)
@given(TEXTS)
def test_what_people_wrote_stays_one_paragraph_of_the_same_text(text: str) -> None:
    line = one_line(text)
    shown = Shown(inert(line))
    assert shown.tags == (["p []"] if line else [])
    assert shown.text.replace("\u200b", "").strip() == line
    assert not LIVE.search(shown.text)
    assert not inert(line).startswith("/")


@pytest.mark.parametrize("text", HOSTILE)
def test_each_known_attack_is_shown_and_does_nothing(text: str) -> None:
    line = one_line(text)
    shown = Shown(inert(line))
    assert shown.tags == ["p []"]
    assert not LIVE.search(shown.text)


@pytest.mark.parametrize(
    ("text", "markdown"),
    [
        ("thanks @yuvipanda", "thanks @&#8203;yuvipanda"),
        ("jupyterhub/oauthenticator#719", "jupyterhub/oauthenticator#&#8203;719"),
        ("https://github.com/a", "https:&#8203;//github&#8203;.com/a"),
        ("see gh-7", "see gh-&#8203;7"),
        ("at deadbee", "at dead&#8203;bee"),
        ("/undo", "\\/undo"),
        ("1. one", "1\\. one"),
        ("fix the hub, please", "fix the hub, please"),
    ],
)
def test_only_what_would_act_is_broken(text: str, markdown: str) -> None:
    assert inert(text) == markdown


def test_a_long_text_is_cut_and_says_so() -> None:
    assert one_line("x" * 400) == "x" * (LONGEST - 1) + "…"
    assert one_line("x" * LONGEST) == "x" * LONGEST


def test_characters_that_hide_or_turn_text_are_left_out() -> None:
    assert one_line("a\u202eb\u200bc\ufeff\td\x00e\ud800") == "abc d e\ufffd"
