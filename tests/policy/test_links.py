import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.policy.addresses import read_address, without_punctuation
from app.policy.blocks import LONGEST
from app.policy.links import links_in, mentions
from app.policy.model import ItemRef, Strength, SubjectType

HERE = ItemRef("upstream/hub", 7, SubjectType.PULL_REQUEST)


@pytest.mark.parametrize(
    "written",
    [
        "https://github.com/example-org/meta/issues/12",
        "http://www.github.com/example-org/meta/issues/12",
        "www.github.com/example-org/meta/issues/12",
        "https://redirect.github.com/example-org/meta/issues/12",
        "https://togithub.com/example-org/meta/issues/12",
        "https://api.github.com/repos/example-org/meta/issues/12",
        "https://github.com/example-org/meta/issues/12#issuecomment-1426182346",
        "https://github.com/example-org/meta/pull/12/files#diff-1",
        "https://github.com/example-org/meta/pull/12/commits/abcdef0",
        "https://github.com/example-org/meta/pull/12.",
        "(https://github.com/example-org/meta/issues/12)",
        "(see https://github.com/example-org/meta/issues/12), and more",
        "<https://github.com/example-org/meta/issues/12>",
        "[the ticket](https://github.com/example-org/meta/issues/12)",
        "[the ticket][1]\n\n[1]: https://github.com/example-org/meta/issues/12",
        "**https://github.com/example-org/meta/issues/12**",
        "_https://github.com/example-org/meta/issues/12_",
        "| a | https://github.com/example-org/meta/issues/12 |",
        "# About https://github.com/example-org/meta/issues/12",
        "example-org/meta#12",
        "(example-org/meta#12).",
        "https://github.com/orgs/example-org/projects/57?pane=issue&issue=example-org%7Cmeta%7C12",
        "> [!NOTE]\n> Depends on https://github.com/example-org/meta/pull/12",
        "```[tasklist]\n- [ ] https://github.com/example-org/meta/issues/12\n```",
        "<p>Ref https://github.com/example-org/meta/issues/12</p>",
        "github.com/example-org/meta/issues/12",
        'Ref <a href="https://github.com/example-org/meta/issues/12">the ticket</a>.',
        "<div>\n<A class=x HREF='https://github.com/example-org/meta/issues/12'>it</A>\n</div>",
        "Ref\nhttps://github.com/example-org/meta/issues/12\u2026",
    ],
)
def test_an_item_is_found_in_every_form_that_people_write(written: str) -> None:
    assert [(one.item.repo, one.item.number) for one in mentions(written, HERE)] == [
        ("example-org/meta", 12)
    ]


@pytest.mark.parametrize("written", ["#12", "GH-12", "fixes #12.", "(#12)", "gh-12"])
def test_a_bare_number_is_an_item_of_the_same_repository(written: str) -> None:
    assert [str(one.item) for one in mentions(written, HERE)] == ["upstream/hub#12"]


@pytest.mark.parametrize(
    "written",
    [
        "`example-org/meta#12`",
        "    example-org/meta#12",
        "```\nhttps://github.com/example-org/meta/issues/12\n```",
        "~~~\nexample-org/meta#12\n~~~",
        "> https://github.com/example-org/meta/issues/12",
        "- a\n\n  > example-org/meta#12",
        "<!-- https://github.com/example-org/meta/issues/12 -->",
        "a <!-- example-org/meta#12 --> b",
        "![shot](https://github.com/example-org/meta/issues/12)",
        "[![badge](https://x.example/b.svg)](https://github.com/example-org/meta/issues/12)",
        'a <a href="https://github.com/example-org/meta/issues/12"><img src="b.svg"></a>',
        "https://mirror.example/github.com/example-org/meta/issues/12",
        "https://github.com/example-org/meta",
        "https://github.com/example-org/meta/blob/main/a.py#L12",
        "https://github.com/orgs/example-org/projects/57",
        "a#12b",
        "color: #123abc",
        "example-org/meta/more#12",
        "me@example-org/meta#12",
        "#0x12",
        "issue #" + "9" * 5000,
        "https://github.com/example-org/meta/issues/" + "9" * 5000 + "x",
    ],
)
def test_what_is_code_quote_comment_image_or_no_item_is_not_found(written: str) -> None:
    assert [
        one.item for one in mentions(written, HERE) if one.item.repo == "example-org/meta"
    ] == []


@pytest.mark.parametrize(
    ("before", "verb"),
    [
        ("Ref ", "ref"), ("Refs: ", "ref"), ("Fixes ", "fixes"), ("Closes: ", "closes"),
        ("This is part of ", "part of"), ("Follow-up to ", "follow-up to"),
        ("Brings in ", "brings in"), ("Needed until ", "needed until"), ("Pending ", "pending"),
        ("Contributed upstream in ", "contributed upstream in"),
        ("Reported upstream as ", "contributed upstream in"),
        ("Also led to ", "contributed upstream in"), ("xref ", "xref"), ("See ", "see"),
        ("see also [", "see"), ("As requested in the ticket ", "asked for in"),
        ("can be dropped once ", "needed until"), ("While waiting for ", "pending"),
        ("Test deployment at ", "tested in"), ("", None), ("I like ", None),
        ("The preference ", None),
    ],
)  # fmt: skip
def test_the_verb_before_a_link_is_kept_under_one_name(before: str, verb: str | None) -> None:
    (link,) = links_in(f"{before}example-org/meta#12")
    assert link.verb == verb


def test_a_list_of_links_shares_its_verb() -> None:
    assert [link.verb for link in links_in("Fixes #1, #2 and #3. The page #4")] == [
        "fixes", "fixes", "fixes", None,
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "see #12 for example",
        "(e.g. #12)",
        "for instance: #12",
        "The same as in #12",
        "as we did in #12",
        "cf. #12",
        "Inspired by #12",
        "copied from #12",
        "This is unrelated to #12",
        "not needed for #12",
    ],
)
def test_an_example_a_likeness_or_a_contrast_is_told_apart_and_is_no_mention(text: str) -> None:
    assert [link.example for link in links_in(text)] == [True]
    assert mentions(text, HERE) == ()


def test_an_item_is_mentioned_once_as_it_is_said_most_clearly() -> None:
    (said,) = mentions("https://github.com/a/b/pull/1 is fine.\n\nBrings in a/b#1", HERE)
    assert (said.verb, said.strength) == ("brings in", Strength.STATED)


def test_commits_and_releases_are_items() -> None:
    text = (
        "a/b@abcdef1 https://github.com/a/b/commit/ABCDEF12 https://github.com/a/b/releases/tag/v1"
    )
    assert [(one.item.sha, one.item.tag) for one in mentions(text, HERE)] == [
        ("abcdef1", None), ("abcdef12", None), (None, "v1"),
    ]  # fmt: skip


def test_check_boxes_are_marked() -> None:
    assert [link.checkbox for link in links_in("- [x] #1\n- [ ] #2\n- #3")] == [True, True, False]


@given(st.text(max_size=400))
@example("\ud800 https://github.com/a/b/pull/1")
@example("\x00#1")
def test_any_text_is_survived(text: str) -> None:
    for said in mentions(text, HERE):
        assert str(said.item)


@given(st.text(max_size=200))
def test_any_address_is_survived(text: str) -> None:
    assert text.startswith(without_punctuation(text))
    read_address(f"https://{text}")


HOSTILE = ["[", "](", "![a](", "*a ", "`", "> ", "- ", "<", "<!--", "<a href='", "&", "\\", "#1 ",
           "a/b#", "https://", "https://github.com/a/b/pull/1 ", "(", ")", "_", "www.", "\n- [ ] ",
           "[a]: /u\n", "||", "-" * 40 + "/", "e.g. ", "ref "]  # fmt: skip


@pytest.mark.parametrize("piece", HOSTILE)
def test_hostile_texts_are_read_in_reasonable_time(piece: str) -> None:
    text = (piece * LONGEST)[:LONGEST] + " #1"
    before = time.process_time()
    links_in(text)
    assert time.process_time() - before < 5  # a quadratic reading takes minutes
