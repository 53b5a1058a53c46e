from collections.abc import Sequence
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from app.policy.answers import Decision, Evidence, Finding, Internal, Name, Own, Ref, Sentence, Yes
from app.policy.home import Community, Home, Publish, Tracker
from app.policy.model import (
    Act,
    Bucket,
    ItemRef,
    Kind,
    Person,
    Strength,
    SubjectType,
    Visibility,
    Where,
)
from app.publish import InternalPen, PublicPen, Served, TargetState
from app.publish.render import LONGEST_COMMENT, tracker_comment, upstream_comment

UPSTREAM = ItemRef("jupyterhub/oauthenticator", 719, SubjectType.PULL_REQUEST)
NEED = ItemRef("2i2c-org/infrastructure", 1, SubjectType.ISSUE)
SECRET = ItemRef("2i2c-org/meta", 2, SubjectType.ISSUE)
HOME = Home(
    "2i2c",
    ("2i2c-org",),
    kind_names={Kind.TACTICAL: "Directed", Kind.STRATEGIC: "Foundational"},
    trackers=(Tracker("2i2c-org/infrastructure", public=True), Tracker("2i2c-org/meta")),
    communities=(Community("EarthScope", public=False),),
    publish=Publish(closing="Questions? Ask in the team's channel."),
)
SEEN = {NEED.key: Visibility.PUBLIC, UPSTREAM.key: Visibility.PUBLIC}
OUTSIDE = PublicPen(HOME, SEEN, NEED)
INSIDE = InternalPen(HOME, TargetState(1, SECRET, Visibility.PRIVATE))
TICKET = Evidence(
    Where.BODY, Strength.LINKED, url="https://example.freshdesk.com/a/tickets/1", private=True
)
WHY = Sentence(
    "it serves {community}, see {need} and {ticket}",
    {
        "community": Name("EarthScope"),
        "need": Ref(NEED),
        "ticket": Internal("ticket 4711", "a support ticket"),
    },
)
DECISION = Decision(
    Kind.TACTICAL,
    WHY,
    (Finding("serves_a_community_need", Yes(WHY, (TICKET,))),),
    bucket=Bucket.TECH_SUPPORT,
    community="EarthScope",
)
WORK = Served(Person("yuvipanda"), Act.AUTHORED, UPSTREAM, DECISION, "Gate login", "merged")


def test_the_upstream_comment_says_who_says_this_why_and_how_to_stop_it() -> None:
    pen = PublicPen(HOME, SEEN, UPSTREAM)
    assert str(upstream_comment(WORK, UPSTREAM, pen)) == (
        "2i2c counts yuvipanda's work on this pull request as **Directed (tactical)** work, "
        "done for communities that it serves or as planned work. The reason: it serves a community "
        "that the organisation serves, see [2i2c-org/infrastructure#&#8203;1]"
        "(https://redirect.github.com/2i2c-org/infrastructure/issues/1) and a support ticket.\n\n"
        "This asks nothing of anyone here; maintainers can stop these notes on this pull request "
        "with a comment that says `/citizen mute`.\n\n"
        "Questions? Ask in the team's channel."
    )


def test_a_public_tracker_is_told_what_passes_the_wall() -> None:
    assert str(tracker_comment([WORK], OUTSIDE)) == (
        "**Upstream work for this item**\n\n"
        "- [jupyterhub/oauthenticator#&#8203;719]"
        "(https://redirect.github.com/jupyterhub/oauthenticator/pull/719)"
        " “Gate login” (merged), by yuvipanda\n"
        "  **Directed (tactical)** · tech-support: it serves a community that the organisation "
        "serves, see [2i2c-org/infrastructure#&#8203;1]"
        "(https://redirect.github.com/2i2c-org/infrastructure/issues/1) and a support ticket.\n\n"
        "This comment is kept up to date in place; a comment that says `/citizen mute` stops it."
        "\n\nQuestions? Ask in the team's channel."
    )


def test_a_private_tracker_is_told_everything() -> None:
    text = str(tracker_comment([WORK], INSIDE))
    assert "· tech-support · EarthScope: it serves EarthScope, see" in text
    assert "ticket 4711" in text
    assert "<details><summary>How this was decided</summary>\n\n" in text
    assert "- **yes**, serves a community need: it serves EarthScope" in text
    assert "(https://example.freshdesk.com/a/tickets/1)" in text


@pytest.mark.parametrize("pen", [OUTSIDE, INSIDE])
def test_a_personal_contribution_appears_nowhere(
    pen: PublicPen | InternalPen,
) -> None:
    personal = replace(WORK, decision=replace(DECISION, kind=Kind.PERSONAL))
    other = replace(personal, who=Person("choldgraf"), title="Something else")
    assert _text([personal], pen) == "None"
    assert _text([WORK, other], pen) == _text([WORK], pen)


def test_a_draft_is_told_of_inside_only() -> None:
    draft = replace(WORK, draft=True)
    assert tracker_comment([draft], OUTSIDE) is None
    assert "(draft)" in str(tracker_comment([draft], INSIDE))


def test_an_upstream_that_was_not_read_as_public_is_told_of_inside_only() -> None:
    elsewhere = replace(WORK, subject=ItemRef("someone/private", 3))
    assert tracker_comment([elsewhere], OUTSIDE) is None
    assert "someone/private" in str(tracker_comment([elsewhere], INSIDE))


def test_an_unknown_bucket_is_asked_for() -> None:
    asked = replace(WORK, decision=replace(DECISION, bucket=None))
    text = str(tracker_comment([asked], OUTSIDE))
    assert "**Only a person can say**" in text
    assert "which of product-dev, internal-eng, tech-support, partnership-support" in text
    assert "Say it with `/citizen tactical jupyterhub/oauthenticator#719 BUCKET`." in text


def test_a_question_and_a_conflict_are_asked_with_the_ways_to_answer() -> None:
    decision = replace(
        DECISION,
        kind=Kind.UNDECIDED,
        bucket=None,
        question=Sentence("Is there a need behind it?"),
        conflict=Sentence("it was planned, too"),
    )
    text = str(tracker_comment([replace(WORK, decision=decision)], OUTSIDE))
    assert "it was planned, too: which is it? Is there a need behind it? Say it with" in text
    assert "Say it with `/citizen tactical jupyterhub/oauthenticator#719 BUCKET`" in text
    assert "or `/citizen strategic jupyterhub/oauthenticator#719 ACTIVITY`." in text


def test_the_same_contributions_in_any_order_give_the_same_comment() -> None:
    acts = [
        replace(WORK, act=act, who=Person(who))
        for act in (Act.REVIEWED, Act.MERGED)
        for who in ("choldgraf", "sgibson91")
    ]
    assert tracker_comment(acts, OUTSIDE) == tracker_comment(acts[::-1], OUTSIDE)


@pytest.mark.parametrize("pen", [OUTSIDE, INSIDE])
def test_a_long_list_is_cut_with_a_count_and_fits(pen: PublicPen | InternalPen) -> None:
    acts = [
        replace(
            WORK,
            subject=replace(UPSTREAM, number=n),
            title="@<" * 150,
            decision=replace(DECISION, bucket=None),
        )
        for n in range(1, 1_001)
    ]
    for act in acts:
        SEEN[act.subject.key] = Visibility.PUBLIC
    wide = PublicPen(HOME, SEEN, NEED) if isinstance(pen, PublicPen) else pen
    text = _text(acts, wide)
    shown = text.count("“")
    assert f"- … and {1_000 - shown} more" in text
    assert 10 < shown < 1_000
    assert len(text) < LONGEST_COMMENT - 100


class Skeleton(HTMLParser):
    def __init__(self, markdown: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.text = ""
        self.feed(MarkdownIt("commonmark", {"html": True}).enable("table").render(markdown))
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag == "a":
            assert dict(attrs)["href"] in ADDRESSES

    def handle_comment(self, data: str) -> None:
        self.tags.append(f"comment {data}")

    def handle_data(self, data: str) -> None:
        self.text += data


ADDRESSES = {
    "https://redirect.github.com/jupyterhub/oauthenticator/pull/719",
    "https://redirect.github.com/2i2c-org/infrastructure/issues/1",
}
TITLES = st.lists(
    st.sampled_from(
        [
            *("</details>", "<img src=x onerror=a()>", "\n\n/undo", "@octocat", "`", "-->", "**"),
            *("[x](http://e.org)", "\n\n# h", "_", "\n    code", "|", "https://e.org", "o/r#1"),
            *("\\", "a"),
        ]
    )
    | st.text(max_size=8),
    min_size=1,
    max_size=6,
).map(lambda pieces: "a" + "".join(pieces))


def with_text(text: str) -> Served:
    why = Sentence("{own} of {need} {inner}", {"own": Own(text), "need": Ref(NEED)})
    why.parts["inner"] = Internal(text)
    decision = replace(
        DECISION, because=why, question=why, community=text, findings=(Finding("r", Yes(why)),)
    )
    return replace(WORK, title=text, decision=decision)


def _text(served: Sequence[Served], pen: PublicPen | InternalPen) -> str:
    if isinstance(pen, PublicPen):
        return str(tracker_comment(served, pen))
    return str(tracker_comment(served, pen))


TAME_OUTSIDE = Skeleton(_text([with_text("a")], OUTSIDE)).tags
TAME_INSIDE = Skeleton(_text([with_text("a")], INSIDE)).tags


@settings(max_examples=200)
@given(TITLES)
def test_no_title_adds_an_html_node_or_a_mention_to_a_comment(title: str) -> None:
    for pen in (OUTSIDE, INSIDE):
        hostile = _text([with_text(title)], pen)
        shown = Skeleton(hostile)
        assert shown.tags == (TAME_OUTSIDE if pen is OUTSIDE else TAME_INSIDE)
        assert "@octocat" not in shown.text
        assert not any(line.lstrip().startswith("/") for line in hostile.splitlines())
