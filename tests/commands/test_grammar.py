import re
import time
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.commands.grammar import Line, lines_of, new_lines
from app.policy.model import ItemRef, SubjectType
from tests.commands.comments import HOLDS, THREE_COMMENTS, judged, lines


def verbs(text: str, *, short_form: bool = True) -> list[str]:
    return [line.verb for line in lines_of(text, short_form=short_form)]


@pytest.mark.parametrize(
    "text",
    [
        "/undo",
        "/citizen undo",
        "/citizen /undo",
        "/CITIZEN Undo",
        "/Undo",
        "/undo  ",
        "   /undo",
        "/undo\r\n",
        "\t\n/undo\t",
        "\u00a0/undo\u00a0",
        "/citizen\u00a0undo",
        "/citizen\t undo",
        "Thanks!\n/undo\nSee you",
        "Thanks!\r\n/undo\r\nSee you",
        "Thanks!\r/undo\rSee you",
        "> what you said\n\n/undo",
        "- a list\n\n/undo",
        "```\ncode\n```\n/undo",
        "<!-- a template's words -->\n\n/undo",
        "`/citizen mute` is what I say\n/undo",
        "/undo.",
        "so\\\n/undo\\\nit is",
        "<details><summary>a log</summary>\n\nlines\n\n</details>\n\n/undo",
        "<blockquote>said</blockquote>\n\n/undo",
    ],
)
def test_a_whole_line_of_a_top_level_paragraph_is_a_command(text: str) -> None:
    assert verbs(text) == ["undo"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "/",
        "//undo",
        "/ undo",
        "say /undo",
        "`/undo`",
        "see `code\n/undo\nmore`",
        "```\n/undo\n```",
        "```\n/undo",
        "~~~\n\n/undo",
        "    /undo",
        "\t/undo",
        "> /undo",
        "> said\n/undo",
        "- /undo",
        "- said\n/undo",
        "- said\n\n  /undo",
        "1. /undo",
        "- [ ] /undo",
        "[ ] /undo",
        "<!-- /undo -->",
        "<!--\n\n/undo\n\n-->",
        "said <!--\n/undo\n-->",
        "<!-- never closed\n\n/undo",
        "# /undo",
        "/undo\n---",
        "/undo\n===",
        "| a |\n| - |\n/undo",
        "| a |\n| - |\n| /undo |",
        "<pre>\n\n/undo\n\n</pre>",
        "<div>\n/undo\n</div>",
        "<blockquote>\n\n/undo\n\n</blockquote>",
        "<BLOCKQUOTE>\n\nsaid\n\n/undo",
        "<ul><li>\n\n/undo\n\n</li></ul>",
        "said <code>\n/undo\n</code>",
        "[said\n/undo\n](https://example.org)",
        "[said](\n/undo\n)",
        "[said]:\n/undo",
        "~~said\n/undo\nand~~ more",
        "\0*$\n/undo\nsaid*",
        "\\/undo",
        "&#47;undo",
        "\u200b/undo",
        "/undo/it",
        "/undone_",
        "/usr/bin/undo",
        "\U000f0000undo",
    ],
)
def test_anything_else_is_none(text: str) -> None:
    assert lines_of(text) == ()
    assert lines_of(text.replace("\n", "\r\n")) == ()


def test_several_in_one_comment_are_read_in_their_order() -> None:
    assert verbs("/tactical\n/value it is quick\n\nand\n\n/citizen why\n/undo") == [
        "tactical",
        "value",
        "why",
        "undo",
    ]


@pytest.mark.parametrize(
    "text",
    ["/assign", "/lgtm", "/test all", "/hold", "/retest", "/label bug", "/who", "/lot", "/opt"],
)
def test_a_verb_that_is_another_bot_s_is_passed_over_in_the_short_form(text: str) -> None:
    assert lines_of(text) == ()
    assert verbs(text.replace("/", "/citizen ")) == [text.split(maxsplit=1)[0].lstrip("/")]


@pytest.mark.parametrize(
    "text", ["/tactcal", "/Stragetic", "/persnoal", "/vlaue x", "/reconsidr", "/udno", "/undoo"]
)
def test_a_slip_of_the_finger_is_kept_for_a_helpful_answer(text: str) -> None:
    assert len(lines_of(text)) == 1


def test_the_short_form_can_be_turned_off_and_the_long_one_not() -> None:
    text = "/undo\n/citizen undo\n/undoo\n/citizen wrong"
    assert verbs(text, short_form=False) == ["undo", "wrong"]


def test_the_prefix_alone_asks_for_help() -> None:
    assert verbs("/citizen") == ["help"]
    assert verbs("/citizens unite") == []


REDIRECTED = "https://redirect.github.com/jupyterhub/oauthenticator/pull/719"
PULL = ItemRef("jupyterhub/oauthenticator", 719, SubjectType.PULL_REQUEST)
NUMBERED = ItemRef("jupyterhub/oauthenticator", 719)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("jupyterhub/oauthenticator#719", NUMBERED),
        ("jupyterhub/oauthenticator#719:", NUMBERED),
        (REDIRECTED, PULL),
        (f"<{REDIRECTED}>", PULL),
        (f"[jupyterhub/oauthenticator#719]({REDIRECTED})", PULL),
        (f"{REDIRECTED}#issuecomment-1", PULL),
        ("https://github.com/jupyterhub/oauthenticator/pull/719/files", PULL),
        ("https://github.com/jupyterhub/oauthenticator", None),
        ("https://example.freshdesk.com/a/tickets/12", None),
        ("jupyterhub/oauthenticator", None),
        ("#719", None),
        ("jupyterhub/oauthenticator#0", None),
    ],
)
def test_the_first_argument_can_say_which_contribution_is_meant(
    written: str, meant: ItemRef | None
) -> None:
    (line,) = lines_of(f"/strategic {written} review  because  it was")
    assert line.about == meant
    assert line.rest == ("" if meant else f"{written} ") + "review  because  it was"
    assert line.named == (written if meant else "")


def test_a_line_is_compared_without_its_blanks_its_short_form_and_its_verb_s_case() -> None:
    same = lines_of("/value so \t it is \n\n/citizen VALUE so it\u00a0is\n\n/Value so it is")
    assert {line.text for line in same} == {"/citizen value so it is"}
    assert [line.occurrence for line in same] == [1, 2, 3]
    assert lines_of("/value So it is")[0].text != same[0].text


def test_on_an_edited_comment_only_what_was_not_there_before_is_new() -> None:
    before = "/tactical tech-suport\n\n/why"
    assert new_lines(before, before) == ()
    assert new_lines(before, before + "\nthank you") == ()
    assert new_lines(before, "/citizen why\n") == ()
    (mended,) = new_lines(before, "/tactical tech-support\n\n/why")
    assert mended.rest == "tech-support"
    (again,) = new_lines(before, f"{before}\n/why")
    assert again == Line("why", "", None, "/citizen why", 2)
    assert new_lines("> /undo", "/undo") == lines_of("/undo")
    assert new_lines("", "no command") == ()
    assert new_lines("/undo", "/undo\n/undo", short_form=False) == ()


@settings(max_examples=1_000)
@given(THREE_COMMENTS)
def test_commands_are_what_the_judge_of_paragraphs_says(texts: tuple[str, str, str]) -> None:
    for text in texts:
        found = [int(line.rest) for line in lines_of(text)]
        said = judged(text)
        assert Counter(found) <= Counter(said)
        if not HOLDS.search(text) and "\\/" not in text:
            assert found == said


@settings(max_examples=200)
@given(THREE_COMMENTS)
def test_where_no_line_begins_with_a_slash_the_judge_finds_nothing_either(
    texts: tuple[str, str, str],
) -> None:
    for text in texts:
        if "\\/" in text:  # a slash that Markdown takes for one, and that we don't
            continue
        kept = [line for line in re.split(r"\r\n?|\n", text) if not line.strip().startswith("/")]
        assert lines_of("\n".join(kept)) == ()
        assert judged("\n".join(kept)) == []


NOISE = st.text("/undowhy citzen`>*-+<![]()|\n\r\t\u00a0#~_\\&;:.=1\u2028\x00\ud800\U000f0000")


@settings(max_examples=1_000)
@given(NOISE | st.text() | st.text("/why\n` >-<"))
def test_any_text_is_survived_and_no_line_comes_from_nowhere(text: str) -> None:
    readable = text.encode("utf-8", "replace").decode()
    slashed = sum(line.lstrip().startswith("/") for line in lines(readable))
    found = lines_of(text)
    assert len(found) <= slashed
    assert new_lines(text, text) == ()
    assert new_lines("", text) == found
    for line in found:
        (again,) = lines_of(line.text, short_form=False)
        assert (again.verb, again.about, again.text) == (line.verb, line.about, line.text)


@pytest.mark.parametrize(
    "text",
    [
        "[" * 60_000 + "\n/undo",
        "![" * 30_000 + "\n/undo",
        "*a_" * 20_000 + "\n/undo",
        "`" * 60_000 + "\n/undo",
        "x " + "".join("`" * n + " " for n in range(300)) + "\n/undo",
        ">" * 60_000 + "\n/undo",
        "- " * 30_000 + "\n/undo",
        "<a " * 20_000 + "\n/undo",
        " " * 60_000 + "/undo",
        "\u00a0" * 60_000 + "/undo",
        "/undo\n" * 10_000,
        "/undo " + "for because " * 5_000,
        "/" * 65_536,
        "/undo\n" + "x" * 100_000,
    ],
    ids=lambda text: str(text)[:12],
)
def test_a_hostile_comment_takes_a_bounded_time(text: str) -> None:
    started = time.process_time()
    lines_of(text)
    assert time.process_time() - started < 2


def test_an_ordinary_comment_takes_at_most_a_millisecond() -> None:
    text = (
        "Thank you, that is **great**!\n\n> said before\n\nIt works on [our hub](https://x.org):\n\n"
        "```\nok\n```\n\n/tactical tech-support for CryoCloud\n/value it is quick\n\n- done\n"
    )
    for one in (text, text.replace("/", "")):
        times = []
        for _ in range(50):
            started = time.process_time()
            lines_of(one)
            times.append(time.process_time() - started)
        assert min(times) < 0.001
