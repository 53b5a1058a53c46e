from collections.abc import Iterable
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.commands.grammar import lines_of
from app.policy.answers import Decision, Evidence, Internal, Name, Need, Own, Ref, Sentence
from app.policy.home import Community, Home, Iteration, Member, Publish, Tracker
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
from app.publish import (
    CreateComment,
    EditComment,
    InternalPen,
    PublicPen,
    Served,
    TargetState,
    marker,
)
from app.publish.period import (
    Period,
)
from app.publish.render import LONGEST_COMMENT
from app.publish.target import OurComment
from app.publish.tracking import (
    Deed,
    Note,
    issue_text,
    to_look_at,
    tracking_actions,
    tracking_comment,
)

WORK = ItemRef("jupyterhub/oauthenticator", 719, SubjectType.PULL_REQUEST)
NEED = ItemRef("example-org/infrastructure", 5, SubjectType.ISSUE)
ISSUE = ItemRef("example-org/infrastructure", 12, SubjectType.ISSUE)
ITERATION = Iteration("example-org/infrastructure", date(2026, 1, 5))
HOME = Home(
    "Example",
    ("example-org",),
    trackers=(Tracker("example-org/infrastructure", public=True),),
    communities=(Community("EarthScope", public=True), Community("CryoCloud")),
    publish=Publish(closing="Questions? Ask in the team's channel."),
    iteration=ITERATION,
)
YUVI, SARAH = Member("yuvipanda", agreed=True), Member("sgibson91", agreed=True)
SEEN = {WORK.key: Visibility.PUBLIC, NEED.key: Visibility.PUBLIC}
OUTSIDE = PublicPen(HOME, SEEN, ISSUE)
INSIDE_TARGET = TargetState(1, ISSUE, Visibility.PRIVATE)
INSIDE = InternalPen(HOME, INSIDE_TARGET)
PERIOD = Period(date(2026, 1, 5), date(2026, 1, 18), 1)
WHY = Sentence("it serves {need}, see {ticket}", {
    "need": Ref(NEED), "ticket": Internal("ticket 4711", "a support ticket"),
})  # fmt: skip
SERVES = Decision(
    Kind.TACTICAL,
    WHY,
    (),
    bucket=Bucket.TECH_SUPPORT,
    need=Need(WHY, Evidence(Where.BACKLINK, Strength.STATED, ref=NEED), Bucket.TECH_SUPPORT),
    community="EarthScope",
)
OPEN = Decision(
    Kind.UNDECIDED,
    Sentence("nothing links {title} to a need", {"title": Own("it")}),
    (),
    question=Sentence("Does it serve a need, or was it assigned?"),
)
HINT = Decision(
    Kind.TACTICAL,
    Sentence("it names {community}, without a link", {"community": Name("CryoCloud")}),
    (),
    provisional=True,
    community="CryoCloud",
    question=Sentence("Which ticket or item is it for?"),
)
KEEPS = Decision(Kind.STRATEGIC, Sentence("it is a review"), (), activity="review")


def deed(decision: Decision, member: Member | None = YUVI, act: Act = Act.AUTHORED) -> Deed:
    who = Person(member.login if member else "choldgraf")
    return Deed(Served(who, act, WORK, decision, "Gate login", "merged"), member)


def outside(*deeds: Deed, personal: int = 0) -> str:
    return str(tracking_comment(Note(PERIOD, deeds, personal), OUTSIDE))


def test_the_comment_says_who_did_what_for_whom_and_what_only_a_person_can_say() -> None:
    text = outside(
        deed(SERVES),
        deed(SERVES, act=Act.MERGED),
        deed(KEEPS, SARAH, Act.REVIEWED),
        deed(OPEN, SARAH),
        deed(HINT),
        deed(KEEPS, None, Act.REVIEWED),
        personal=2,
    )
    item = (
        "[jupyterhub/oauthenticator#&#8203;719]"
        "(https://redirect.github.com/jupyterhub/oauthenticator/pull/719) “Gate login” (merged)"
    )
    assert text == (
        "**Upstream contributions from 2026-01-05 to 2026-01-18**\n\n"
        "2 tactical, 2 strategic, 1 undecided, 1 not linked, 2 personal (counted, never listed)."
        "\n\n"
        "**tactical** (2): done for communities that it serves or as planned work\n"
        "- yuvipanda\n"
        f"  - {item}, authored, merged · tech-support · EarthScope: it serves "
        "[example-org/infrastructure#&#8203;5]"
        "(https://redirect.github.com/example-org/infrastructure/issues/5), see a support ticket."
        "\n\n"
        "**strategic** (2): done for the health of the open source ecosystem\n"
        "- sgibson91\n"
        f"  - {item}, reviewed · review: it is a review.\n"
        "- 1 more is counted only\n\n"
        "**undecided** (1): not decided yet, a person can say\n"
        "- sgibson91\n"
        f"  - {item}, authored: nothing links it to a need.\n"
        "    Does it serve a need, or was it assigned? Say it with "
        "`/citizen tactical jupyterhub/oauthenticator#719 BUCKET` or "
        "`/citizen strategic jupyterhub/oauthenticator#719 ACTIVITY`.\n\n"
        "**not linked** (1): tactical by all signs, but no link says for what\n"
        "- yuvipanda\n"
        f"  - {item}, authored · provisional: it names a community that the organisation serves, "
        "without a link.\n"
        "    Which ticket or item is it for? Say it with "
        "`/citizen need jupyterhub/oauthenticator#719 LINK`.\n\n"
        "Named are people who agreed to it. This comment is kept up to date in place, at most "
        "once an hour; a comment that says `/citizen mute` stops it.\n\n"
        "Questions? Ask in the team's channel."
    )


def logged(minutes: int, said: str, place: str = "jupyterhub/oauthenticator") -> Deed:
    by_word = replace(KEEPS, because=Sentence("it was logged"), by_word=True, activity="mentoring")
    who = Served(Person("yuvipanda"), Act.LOGGED, ItemRef(place), by_word)
    return Deed(who, YUVI, minutes, said)


def test_logged_work_is_told_with_its_minutes_and_only_inside_in_its_words() -> None:
    seen = SEEN | {ItemRef("jupyterhub/oauthenticator").key: Visibility.PUBLIC}
    deeds = (logged(45, "canary"), logged(30, "canary"), logged(15, "about\n/citizen undo"))
    note = Note(PERIOD, deeds)
    told = str(tracking_comment(note, PublicPen(HOME, seen, ISSUE)))
    row = "(https://redirect.github.com/jupyterhub/oauthenticator), worked on, {} · mentoring"
    assert row.format("75 minutes") in told
    assert "canary" not in told
    inside = str(tracking_comment(note, INSIDE))
    assert row.format("75 minutes, “canary”") in inside
    assert row.format("15 minutes, “about /citizen undo”") in inside.replace("&#8203;", "")
    assert lines_of(inside) == ()


def test_of_work_logged_for_an_account_as_a_whole_outsiders_see_the_count() -> None:
    one = logged(45, "canary", "jupyterhub")
    assert to_look_at((one,)) == ()
    assert "**strategic** (1)" in outside(one)
    assert "- 1 is counted only" in outside(one)


SAID = st.text(max_size=30) | st.sampled_from(["/undo", "x\n\n/citizen undo\n", "`\n/why\n`"])


@given(SAID, SAID, SAID, SAID)
def test_no_line_of_it_is_read_as_a_command(
    title: str, login: str, because: str, closing: str
) -> None:
    home = replace(HOME, publish=Publish(closing=closing))
    why = Sentence("{it}", {"it": Own(because)})
    deeds = tuple(
        replace(deed(found), served=replace(deed(found).served, who=Person(login), title=title))
        for found in (replace(OPEN, because=why, question=why), HINT, SERVES)
    )
    public, internal = PublicPen(home, SEEN, ISSUE), InternalPen(home, INSIDE_TARGET)
    for text in (
        tracking_comment(Note(PERIOD, deeds), public),
        tracking_comment(Note(PERIOD, deeds), internal),
        issue_text(PERIOD, public),
        issue_text(PERIOD, internal),
    ):
        assert lines_of(str(text)) == ()


def test_inside_it_tells_everything() -> None:
    text = str(tracking_comment(Note(PERIOD, (deed(SERVES), deed(HINT))), INSIDE))
    assert "see ticket 4711." in text
    assert "· provisional · CryoCloud: it names CryoCloud, without a link." in text


def test_who_did_not_agree_is_not_named_whatever_is_said_of_them() -> None:
    text = outside(*(deed(one, None) for one in (SERVES, OPEN, HINT, KEEPS)))
    assert "choldgraf" not in text
    assert "oauthenticator" not in text
    assert text.count("- 1 is counted only") == 4
    disagreeing = deed(SERVES, Member("choldgraf"))
    assert "choldgraf" not in outside(disagreeing)


def test_a_personal_act_is_not_even_counted_as_a_deed() -> None:
    personal = replace(OPEN, kind=Kind.PERSONAL)
    assert outside(deed(personal)) == outside()


def test_a_draft_is_told_of_inside_only() -> None:
    one = deed(SERVES)
    draft = replace(one, served=replace(one.served, draft=True))
    assert outside(draft) == outside()
    assert "(draft)" in str(tracking_comment(Note(PERIOD, (draft,)), INSIDE))


def test_a_persons_word_without_a_link_is_tactical_all_the_same() -> None:
    said = replace(HINT, by_word=True, question=None, provisional=False)
    assert "1 tactical." in outside(deed(said))


@pytest.mark.parametrize("pen", [OUTSIDE, INSIDE])
def test_it_stays_below_what_github_takes_and_says_how_many_are_left_out(
    pen: PublicPen | InternalPen,
) -> None:
    deeds = [
        Deed(
            Served(Person(f"m{n}"), Act.AUTHORED, replace(WORK, number=n + 1), one, "t" * 300),
            Member(f"m{n}", agreed=True),
        )
        for one in (SERVES, KEEPS, OPEN, HINT)
        for n in range(300)
    ]
    seen = {one.served.subject.key: Visibility.PUBLIC for one in deeds}
    if isinstance(pen, PublicPen):
        text = str(tracking_comment(Note(PERIOD, tuple(deeds)), PublicPen(HOME, seen, ISSUE)))
    else:
        text = str(tracking_comment(Note(PERIOD, tuple(deeds)), pen))
    assert len(marker(10**9, "iteration")) + 1 + len(text) < LONGEST_COMMENT
    assert text.count(" more are counted only") == 4


@pytest.mark.parametrize("mention", [False, True])
def test_only_the_homes_file_makes_a_mention_of_a_name(*, mention: bool) -> None:
    home = replace(HOME, iteration=replace(ITERATION, mention=mention))
    pen = PublicPen(home, SEEN, ISSUE)
    text = str(tracking_comment(Note(PERIOD, (deed(SERVES), deed(KEEPS, None))), pen))
    assert ("- @yuvipanda\n" in text) is mention
    assert text.count("@") == int(mention)
    assert pen.person(Member("choldgraf")) is None


def test_a_login_that_is_none_is_never_a_mention() -> None:
    home = replace(HOME, iteration=replace(ITERATION, mention=True))
    pen = PublicPen(home, SEEN, ISSUE)
    assert str(pen.person(Member("a/b @c", agreed=True))) == "a/b @&#8203;c"


@given(st.permutations([(one, who) for one in (SERVES, KEEPS, OPEN) for who in (YUVI, SARAH)]))
def test_the_order_in_which_it_is_told_does_not_matter(told: list[tuple[Decision, Member]]) -> None:
    deeds = [deed(*one) for one in told]
    assert outside(*deeds) == outside(*reversed(deeds))


def test_what_could_be_shown_is_looked_at_and_nothing_else() -> None:
    other = replace(deed(SERVES, None), served=replace(deed(SERVES).served, subject=ISSUE))
    assert to_look_at((deed(SERVES), other, deed(SERVES))) == (WORK, NEED)


def actions(ours: Iterable[OurComment]) -> list[tuple[int | None, str]]:
    text = issue_text(PERIOD, OUTSIDE)
    found = tracking_actions(text, tuple(ours), OUTSIDE, 1)
    return [
        (one.comment_id if isinstance(one, EditComment) else None, one.body.partition("\n")[2])
        for one in found
        if isinstance(one, CreateComment | EditComment)
    ]


def test_one_comment_says_it_and_all_others_that_they_are_too_many() -> None:
    text, mark = str(issue_text(PERIOD, OUTSIDE)), marker(1, "iteration")
    assert actions([]) == [(None, text)]
    item = OurComment(7, f"{marker(1)}\nabout something else")
    assert actions([item]) == [(None, text)]
    old, second = OurComment(8, f"{mark}\nold"), OurComment(9, f"{mark}\nold")
    repeated = "This note stands in an earlier comment."
    assert actions([item, old, second]) == [(8, text), (9, repeated)]
    now = [OurComment(8, f"{mark}\r\n{text}\n"), OurComment(9, f"{mark}\n{repeated}")]
    assert actions(now) == []
