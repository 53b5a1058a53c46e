from dataclasses import replace

import pytest

from app.policy.answers import Decision, Ref, Sentence
from app.policy.home import Home, Publish, Tracker
from app.policy.model import Act, ItemRef, Kind, Person, SubjectType, Visibility
from app.publish import (
    Action,
    AddLabel,
    Asks,
    CreateComment,
    EditComment,
    InternalText,
    OurComment,
    PublicText,
    RemoveLabel,
    Served,
    Situation,
    TargetState,
    marker,
    plan,
)

UPSTREAM = ItemRef("jupyterhub/oauthenticator", 719, SubjectType.PULL_REQUEST)
TRACKED = ItemRef("2i2c-org/infrastructure", 1, SubjectType.ISSUE)
SECRET = ItemRef("2i2c-org/meta", 2, SubjectType.ISSUE)
HOME = Home(
    "2i2c",
    ("2i2c-org",),
    trackers=(Tracker("2i2c-org/infrastructure", public=True), Tracker("2i2c-org/meta")),
    publish=Publish(upstream="label+comment"),
)
SITUATION = Situation(HOME, app_id=7, seen={UPSTREAM.key: Visibility.PUBLIC})
PULL = TargetState(1, UPSTREAM, Visibility.PUBLIC, installed=True, draft=False)
NEED = TargetState(2, TRACKED, Visibility.PUBLIC, installed=True)
TACTICAL = HOME.publish.labels[Kind.TACTICAL]
STRATEGIC = HOME.publish.labels[Kind.STRATEGIC]
BECAUSE = Sentence("it serves {need}", {"need": Ref(TRACKED, "a need of a community")})


def decided(kind: Kind, **more: bool) -> Decision:
    return Decision(kind, BECAUSE, (), **more)  # type: ignore[arg-type]


def served(kind: Kind, act: Act = Act.AUTHORED, who: str = "yuvipanda", **more: bool) -> Served:
    return Served(Person(who), act, UPSTREAM, decided(kind, **more), "Gate login", "merged")


def labels(actions: tuple[Action, ...]) -> list[str]:
    return [
        f"{'+' if isinstance(a, AddLabel) else '-'}{a.name}"
        for a in actions
        if isinstance(a, AddLabel | RemoveLabel)
    ]


def only_labels(asks: Asks = "label") -> Situation:
    return replace(SITUATION, upstream_asks=asks)


def applied(target: TargetState, actions: tuple[Action, ...]) -> TargetState:
    names = set(target.labels) | {a.name for a in actions if isinstance(a, AddLabel)}
    names -= {a.name for a in actions if isinstance(a, RemoveLabel)}
    comments = {c.id: c for c in (target.comment, *target.duplicates) if c is not None}
    for action in actions:
        if isinstance(action, CreateComment | EditComment):
            number = action.comment_id if isinstance(action, EditComment) else 99
            comments[number] = OurComment(number, action.body)
    in_order = [comments[number] for number in sorted(comments)]
    first = in_order[0] if in_order else None
    return replace(target, labels=tuple(names), comment=first, duplicates=tuple(in_order[1:]))


def test_a_member_s_work_gets_one_label_and_one_comment() -> None:
    label, comment = plan(PULL, [served(Kind.TACTICAL)], SITUATION)
    assert label == AddLabel(TACTICAL.name, TACTICAL.color, TACTICAL.description)
    assert isinstance(comment, CreateComment)
    assert isinstance(comment.text, PublicText)
    assert comment.marker == marker(7)


def test_a_pull_request_with_two_reviews_gets_one_label_and_one_comment() -> None:
    reviews = [served(Kind.STRATEGIC, Act.REVIEWED, who) for who in ("choldgraf", "sgibson91")]
    acts = [*reviews, served(Kind.TACTICAL)]
    assert labels(plan(PULL, acts, SITUATION)) == [f"+{TACTICAL.name}"]
    assert plan(PULL, reviews, SITUATION) == ()
    assert len(plan(PULL, acts, SITUATION)) == 2


def test_our_labels_exclude_each_other_and_other_people_s_stay() -> None:
    there = replace(PULL, labels=("bug", "Contribution: STRATEGIC", "contribution: other"))
    actions = plan(there, [served(Kind.TACTICAL)], only_labels())
    assert labels(actions) == ["-Contribution: STRATEGIC", f"+{TACTICAL.name}"]


def test_a_label_is_the_same_in_any_case() -> None:
    there = replace(PULL, labels=("CONTRIBUTION: tactical",))
    assert plan(there, [served(Kind.TACTICAL)], only_labels()) == ()


def test_the_hundredth_label_is_the_last() -> None:
    full = replace(PULL, labels=tuple(f"l{n}" for n in range(100)))
    assert plan(full, [served(Kind.TACTICAL)], only_labels()) == ()
    swap = replace(full, labels=(*full.labels[1:], STRATEGIC.name))
    assert len(plan(swap, [served(Kind.TACTICAL)], only_labels())) == 2


@pytest.mark.parametrize("kind", [Kind.UNDECIDED, Kind.PERSONAL])
def test_what_is_neither_tactical_nor_strategic_is_not_written_about(kind: Kind) -> None:
    there = replace(PULL, labels=(TACTICAL.name,))
    assert plan(PULL, [served(kind)], SITUATION) == ()
    assert plan(PULL, [served(kind, by_word=True)], SITUATION) == ()
    assert plan(there, [served(kind)], SITUATION) == ()


@pytest.mark.parametrize("kind", [Kind.UNDECIDED, Kind.PERSONAL])
def test_a_person_s_word_takes_our_label_off_and_empties_our_comment(kind: Kind) -> None:
    first = applied(PULL, plan(PULL, [served(Kind.TACTICAL)], SITUATION))
    actions = plan(first, [served(kind, by_word=True)], SITUATION)
    assert labels(actions) == [f"-{TACTICAL.name}"]
    (edit,) = (a for a in actions if isinstance(a, EditComment))
    assert str(edit.text) == "There is nothing to note here at present."
    assert plan(applied(first, actions), [served(kind, by_word=True)], SITUATION) == ()


@pytest.mark.parametrize("kind", Kind)
def test_what_is_provisional_moves_nothing(kind: Kind) -> None:
    there = replace(PULL, labels=(STRATEGIC.name,), comment=OurComment(1, marker(7) + "\nx"))
    act = served(kind, provisional=True, by_word=True)
    assert plan(there, [act], SITUATION) == ()


def test_a_draft_is_not_written_about() -> None:
    assert plan(replace(PULL, draft=True), [served(Kind.TACTICAL)], SITUATION) == ()
    assert plan(PULL, [replace(served(Kind.TACTICAL), draft=True)], SITUATION) == ()


def test_a_word_about_the_item_speaks_before_its_author_s_act() -> None:
    word = replace(served(Kind.STRATEGIC, Act.REVIEWED, "choldgraf"), about_item=True)
    assert labels(plan(PULL, [word], only_labels())) == [f"+{STRATEGIC.name}"]
    both = [served(Kind.TACTICAL), word]
    assert labels(plan(PULL, both, only_labels())) == [f"+{STRATEGIC.name}"]
    split = [replace(served(Kind.TACTICAL), about_item=True), word]
    assert plan(PULL, split, only_labels()) == ()


@pytest.mark.parametrize(
    ("home", "own_file", "label", "comment"),
    [
        ("off", None, False, False),
        ("label", None, True, False),
        ("label+comment", None, True, True),
        ("off", "label", True, False),
        ("off", "label+comment", True, True),
        ("label+comment", "label", True, False),
        ("label+comment", "off", False, False),
    ],
)
def test_an_upstream_s_own_file_goes_before_the_home_s_setting(
    home: Asks,
    own_file: Asks | None,
    label: bool,  # noqa: FBT001 - a column of the table above
    comment: bool,  # noqa: FBT001 - as above
) -> None:
    asking = replace(HOME, publish=replace(HOME.publish, upstream=home))
    situation = replace(SITUATION, home=asking, upstream_asks=own_file)
    actions = plan(PULL, [served(Kind.TACTICAL)], situation)
    assert bool(labels(actions)) == label
    assert any(isinstance(a, CreateComment) for a in actions) == comment


@pytest.mark.parametrize("target", [PULL, NEED])
@pytest.mark.parametrize(
    "change",
    [
        {"installed": False},
        {"archived": True},
        {"locked": True},
        {"visibility": Visibility.UNKNOWN},
    ],
)
def test_nothing_is_planned_where_writing_is_not_possible(
    target: TargetState, change: dict[str, bool]
) -> None:
    acts = [served(Kind.TACTICAL)]
    assert plan(target, acts, SITUATION)
    assert plan(replace(target, **change), acts, SITUATION) == ()  # type: ignore[arg-type]
    assert plan(target, acts, replace(SITUATION, muted=True)) == ()


def test_a_tracker_s_item_gets_one_comment_and_no_label() -> None:
    (action,) = plan(NEED, [served(Kind.TACTICAL)], SITUATION)
    assert isinstance(action, CreateComment)
    assert isinstance(action.text, PublicText)
    quiet = replace(HOME, publish=replace(HOME.publish, tracker="off"))
    assert plan(NEED, [served(Kind.TACTICAL)], replace(SITUATION, home=quiet)) == ()


def test_a_private_tracker_gets_the_full_reasoning() -> None:
    memo = TargetState(3, SECRET, Visibility.PRIVATE, installed=True)
    (action,) = plan(memo, [served(Kind.TACTICAL)], SITUATION)
    assert isinstance(action, CreateComment)
    assert isinstance(action.text, InternalText)


def test_the_home_s_items_that_are_no_tracker_s_are_left_alone() -> None:
    site = replace(PULL, ref=ItemRef("2i2c-org/website", 1))
    assert plan(site, [served(Kind.TACTICAL)], SITUATION) == ()


def test_a_comment_that_was_deleted_comes_back_only_with_something_to_say() -> None:
    written = applied(NEED, plan(NEED, [served(Kind.TACTICAL)], SITUATION))
    assert plan(written, [served(Kind.TACTICAL)], SITUATION) == ()
    deleted = replace(written, comment=None)
    assert len(plan(deleted, [served(Kind.TACTICAL)], SITUATION)) == 1
    assert plan(deleted, [], SITUATION) == ()
    (edit,) = plan(written, [], SITUATION)
    assert isinstance(edit, EditComment)


def test_a_comment_is_edited_only_if_its_text_changes() -> None:
    written = applied(NEED, plan(NEED, [served(Kind.TACTICAL)], SITUATION))
    assert written.comment is not None
    crlf = OurComment(99, written.comment.body.replace("\n", "\r\n") + "\r\n")
    assert plan(replace(written, comment=crlf), [served(Kind.TACTICAL)], SITUATION) == ()
    assert len(plan(written, [served(Kind.STRATEGIC)], SITUATION)) == 1


def test_a_second_comment_of_ours_is_emptied_once() -> None:
    written = applied(NEED, plan(NEED, [served(Kind.TACTICAL)], SITUATION))
    assert written.comment is not None
    twice = replace(written, duplicates=(OurComment(100, written.comment.body),))
    (edit,) = plan(twice, [served(Kind.TACTICAL)], SITUATION)
    assert isinstance(edit, EditComment)
    assert edit.comment_id == 100
    assert plan(applied(twice, (edit,)), [served(Kind.TACTICAL)], SITUATION) == ()


def test_a_renamed_upstream_is_still_the_item_itself() -> None:
    renamed = replace(PULL, ref=replace(UPSTREAM, repo="jupyterhub/renamed"))
    _, comment = plan(renamed, [served(Kind.TACTICAL)], replace(SITUATION, seen={}))
    assert isinstance(comment, CreateComment)
    assert "yuvipanda" in str(comment.text)
