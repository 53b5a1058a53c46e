from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from app.policy.answers import Decision, Finding, Internal, Name, No, Own, Part, Ref, Sentence, Yes
from app.policy.home import Home, LabelStyle, Publish, Tracker
from app.policy.model import Act, Bucket, ItemRef, Kind, Person, SubjectType, Visibility
from app.publish import (
    Action,
    AddLabel,
    CreateComment,
    EditComment,
    OurComment,
    RemoveLabel,
    Served,
    Situation,
    TargetState,
    marker,
    plan,
)
from app.publish.render import LONGEST_COMMENT

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

TEXT = st.text(max_size=30) | st.sampled_from(["/undo", "@yuvipanda", "\n/undo", "<b>", "#1", ""])
ITEMS = st.sampled_from([UPSTREAM, TRACKED, SECRET, ItemRef("jupyter-book/myst-theme", 531)])
PARTS = st.one_of(
    TEXT.map(Own), TEXT.map(Internal), TEXT.map(Name), ITEMS.map(Ref), TEXT.map(Internal)
)
SENTENCES = st.dictionaries(st.sampled_from("abc"), PARTS, min_size=1).map(
    lambda parts: Sentence(" so ".join(f"{{{name}}}" for name in parts), parts)
)
FINDINGS = st.builds(
    Finding, st.just("serves_a_need"), st.builds(Yes, SENTENCES) | st.builds(No, SENTENCES)
)
DECISIONS = st.builds(
    Decision,
    st.sampled_from(Kind),
    SENTENCES,
    st.lists(FINDINGS, max_size=2).map(tuple),
    bucket=st.sampled_from([None, *Bucket]),
    activity=st.sampled_from([None, "review", "x"]),
    community=st.none() | TEXT,
    provisional=st.booleans(),
    question=st.none() | SENTENCES,
    by_word=st.booleans(),
)
SERVED = st.builds(
    Served,
    st.sampled_from(["yuvipanda", "choldgraf", "dependabot[bot]"]).map(Person),
    st.sampled_from(Act),
    ITEMS,
    DECISIONS,
    title=st.none() | TEXT,
    state=st.sampled_from([None, "open", "closed", "merged"]),
    visibility=st.sampled_from(Visibility),
    draft=st.sampled_from([None, False, True]),
    about_item=st.booleans(),
)
NAMES = st.sampled_from(
    [TACTICAL.name, STRATEGIC.name, TACTICAL.name.upper(), "bug", "Contribution: x", ""]
)
BODIES = st.sampled_from([marker(7), marker(7) + "\nold", "no marker", "", marker(8)])
COMMENTS = st.builds(OurComment, st.integers(1, 9), BODIES)
TARGETS = st.builds(
    TargetState,
    st.just(1),
    ITEMS,
    st.sampled_from(Visibility),
    st.sampled_from([False, False, False, True]),
    st.sampled_from([False, False, False, True]),
    st.lists(NAMES | st.text(max_size=5), unique=True, max_size=6).map(tuple),
    comment=st.none() | COMMENTS,
    duplicates=st.lists(
        st.builds(OurComment, st.integers(10, 19), BODIES), max_size=2, unique_by=lambda c: c.id
    ).map(tuple),
    installed=st.sampled_from([True, True, True, False]),
    draft=st.sampled_from([None, False, True]),
)
STYLES = st.dictionaries(
    st.sampled_from([Kind.TACTICAL, Kind.STRATEGIC]),
    st.builds(LabelStyle, NAMES, st.just("000000"), st.just("d")),
)
HOMES = st.builds(
    replace,
    st.just(HOME),
    publish=st.builds(
        Publish,
        upstream=st.sampled_from(["off", "label", "label+comment"]),
        labels=STYLES | st.just(HOME.publish.labels),
        closing=st.none() | TEXT,
    ),
)
SITUATIONS = st.builds(
    Situation,
    HOMES,
    st.just(7),
    st.dictionaries(ITEMS.map(lambda i: i.key), st.sampled_from(Visibility)),
    st.sampled_from([False, False, True]),
    st.sampled_from([None, "off", "label", "label+comment"]),
)


def applied(target: TargetState, actions: tuple[Action, ...]) -> TargetState:
    for action in actions:
        match action:
            case AddLabel(name):
                assert name.casefold() not in {n.casefold() for n in target.labels}
                target = replace(target, labels=(*target.labels, name))
            case RemoveLabel(name):
                assert name in target.labels
                target = replace(target, labels=tuple(n for n in target.labels if n != name))
            case CreateComment():
                assert target.comment is None
                target = replace(target, comment=OurComment(99, action.body))
            case EditComment(comment_id):
                edited = OurComment(comment_id, action.body)
                if target.comment is not None and target.comment.id == comment_id:
                    target = replace(target, comment=edited)
                else:
                    rest = tuple(edited if d.id == comment_id else d for d in target.duplicates)
                    target = replace(target, duplicates=rest)
    return target


@settings(max_examples=250)
@given(TARGETS, st.lists(SERVED, max_size=4), SITUATIONS)
def test_a_plan_converges_in_one_step_and_touches_no_foreign_label(
    target: TargetState, acts: list[Served], situation: Situation
) -> None:
    actions = plan(target, acts, situation)
    after = applied(target, actions)
    assert plan(after, acts, situation) == ()
    assert plan(after, acts[::-1], situation) == ()
    ours = {style.name.casefold() for style in situation.home.publish.labels.values()}
    foreign = [name for name in target.labels if name.casefold() not in ours]
    assert [name for name in after.labels if name.casefold() not in ours] == foreign
    for action in actions:
        if isinstance(action, CreateComment | EditComment):
            lines = action.body.splitlines()
            assert lines[0] == marker(7)
            assert not any(line.lstrip().startswith("/") for line in lines)
            assert len(action.body) <= LONGEST_COMMENT


CANARIES = st.text("ghijklmnopqrstuvwxyz", min_size=12, max_size=20).map(lambda t: f"canary{t}")


def full_of(canary: str, kind: Kind) -> Decision:
    hidden: dict[str, Part] = {
        "a": Internal(canary),
        "b": Name(canary, public=True),
        "c": Ref(ItemRef(f"2i2c-org/{canary}", 1), visibility=Visibility.PUBLIC),
    }
    why = Sentence("{a}, {b} and {c}", hidden)
    return Decision(
        kind,
        why,
        (Finding("serves_a_need", Yes(why)),),
        activity=canary,
        community=canary,
        conflict=why,
        question=why,
        flags=(why,),
    )


@settings(max_examples=150)
@given(CANARIES, st.sampled_from([Kind.TACTICAL, Kind.STRATEGIC, Kind.UNDECIDED]))
def test_no_canary_reaches_a_comment_that_outsiders_read(canary: str, kind: Kind) -> None:
    who = Person("yuvipanda")
    act = Served(who, Act.AUTHORED, UPSTREAM, full_of(canary, kind), "Gate login", "merged")
    private = [
        replace(act, subject=ItemRef("someone/private", 1), title=canary, who=Person(canary)),
        replace(act, visibility=Visibility.PRIVATE, subject=ItemRef("someone/turned", 2)),
    ]
    turned = {**SITUATION.seen, ItemRef("someone/turned", 2).key: Visibility.PUBLIC}
    situation = replace(SITUATION, seen=turned)
    written = plan(PULL, [act], situation) + plan(NEED, [act, *private], situation)
    assert any(isinstance(a, CreateComment) for a in written)
    for action in written:
        assert "canary" not in repr(action)
        if isinstance(action, CreateComment):
            assert "canary" not in action.body
            assert "someone" not in action.body
    memo = TargetState(3, SECRET, Visibility.PRIVATE, installed=True)
    (inside,) = plan(memo, [act, *private], situation)
    assert isinstance(inside, CreateComment)
    assert canary in inside.body
