"""What is said about a change of the home's file, to its own people and to outsiders."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from app.commands.grammar import lines_of
from app.policy.answers import Decision, Internal, Own, Sentence
from app.policy.backtest import Backtest, Change, differs
from app.policy.home import Home, Tracker
from app.policy.model import Act, Bucket, ItemRef, Kind, Person, Subject, SubjectType, Visibility
from app.publish import InternalPen, PublicPen, TargetState
from app.publish.proposal import (
    MOST_ROWS,
    Flaw,
    Proposal,
    Setting,
    fork_comment,
    proposal_comment,
    refusal_text,
    removal_comment,
)

CONFIG = ItemRef("example-org/.github", 3, SubjectType.PULL_REQUEST)
HOME = Home(
    "Example", ("example-org",), trackers=(Tracker("example-org/infrastructure", public=True),)
)
PRIVATE = TargetState(1, CONFIG, Visibility.PRIVATE)
TEXT = st.text(max_size=60)
LIMIT = 65_536


def decision(kind: Kind, because: str = "a reason", bucket: Bucket | None = None) -> Decision:
    says = Sentence("{it} and {why}", {"it": Own(because), "why": Internal(because)})
    return Decision(kind, says, (), bucket=bucket)


def change(
    number: int,
    before: Decision | None,
    after: Decision | None,
    *,
    repo: str = "jupyterhub/hub",
    title: str = "Fix it",
) -> Change:
    ref = ItemRef(repo, number, SubjectType.PULL_REQUEST)
    subject = Subject(ref, SubjectType.PULL_REQUEST, title=title)
    return Change(number, subject, Person("yuvipanda"), Act.AUTHORED, before, after)


def seen(*changes: Change) -> dict[tuple[str, str, int | str | None], Visibility]:
    return {one.subject.ref.key: Visibility.PUBLIC for one in changes}


def outside(proposal: Proposal, *public: Change) -> str:
    return str(proposal_comment(proposal, CONFIG, PublicPen(HOME, seen(*public), CONFIG)))


def inside(proposal: Proposal) -> str:
    return str(proposal_comment(proposal, CONFIG, InternalPen(HOME, PRIVATE)))


def of(*changes: Change, tried: int = 500) -> Proposal:
    return Proposal("good-citizen.yml", differences=(), backtest=Backtest(tried, changes))


def test_outsiders_see_of_a_change_only_what_was_read_as_public() -> None:
    one = change(1, decision(Kind.UNDECIDED), decision(Kind.STRATEGIC, "canary"))
    assert "hub#&#8203;1" in outside(of(one), one)
    assert outside(of(one), one).count("canary") == 1  # the item's own field, not the ticket
    assert "hub" not in outside(of(one))
    assert "1 is not listed" in outside(of(one))
    assert inside(of(one)).count("canary") == 2


def test_a_draft_is_not_listed_for_outsiders() -> None:
    one = change(1, decision(Kind.UNDECIDED), decision(Kind.STRATEGIC))
    one = replace(one, subject=replace(one.subject, draft=True))
    assert "hub" not in outside(of(one), one)
    assert "hub" in inside(of(one))


def test_personal_ones_are_counted_and_never_listed_not_even_at_home() -> None:
    one = change(1, decision(Kind.PERSONAL), decision(Kind.STRATEGIC))
    two = change(2, decision(Kind.TACTICAL), decision(Kind.PERSONAL))
    for said in (inside(of(one, two)), outside(of(one, two), one, two)):
        assert "- personal → strategic: 1" in said
        assert "- tactical → personal: 1" in said
        assert "hub" not in said
        assert "yuvipanda" not in said
        assert "2 are not listed" in said


def test_no_more_are_listed_than_fit() -> None:
    many = [change(n, decision(Kind.UNDECIDED), None) for n in range(1, 500)]
    said = inside(of(*many))
    assert said.count("| [jupyterhub/hub") == MOST_ROWS
    assert f"{499 - MOST_ROWS} are not listed" in said
    assert "- undecided → not counted: 499" in said


def test_what_counts_as_a_difference() -> None:
    assert not differs(None, None)
    assert not differs(decision(Kind.TACTICAL, "a"), decision(Kind.TACTICAL, "b"))
    assert differs(decision(Kind.TACTICAL), None)
    assert differs(decision(Kind.TACTICAL), decision(Kind.STRATEGIC))
    assert differs(decision(Kind.TACTICAL), decision(Kind.TACTICAL, bucket=Bucket.PRODUCT_DEV))


def test_a_problem_is_quoted_on_the_tracker_only_if_its_readers_may_read_the_file() -> None:
    file, flaws = ItemRef("example-org/.github"), (Flaw(3, 1, "canary: unknown key"),)
    tracker = ItemRef("example-org/infrastructure")
    hidden = refusal_text(file, "secret.yml", flaws, PublicPen(HOME, {}, tracker))
    assert "1 problem" in str(hidden)
    assert "canary" not in str(hidden)
    assert "secret" not in str(hidden)
    public = PublicPen(HOME, {file.key: Visibility.PUBLIC}, tracker)
    assert "line 3, column 1: canary" in str(refusal_text(file, "good-citizen.yml", flaws, public))


@settings(max_examples=150)
@given(
    st.lists(st.builds(Flaw, st.integers(1, 9), st.integers(1, 9), TEXT), max_size=4),
    st.lists(st.builds(Setting, TEXT, st.none() | TEXT, st.none() | TEXT), max_size=4),
    TEXT,
)
def test_whatever_a_file_says_nothing_in_it_is_a_command_or_a_mention(
    flaws: list[Flaw], values: list[Setting], title: str
) -> None:
    one = change(1, decision(Kind.UNDECIDED, title), decision(Kind.STRATEGIC, title), title=title)
    for proposal in (
        Proposal("good-citizen.yml", "refused", tuple(flaws)),
        Proposal("good-citizen.yml", differences=tuple(values), backtest=Backtest(1, (one,))),
    ):
        for said in (inside(proposal), outside(proposal, one)):
            assert list(lines_of(said, short_form=True)) == []
            assert "@" not in said.replace("@&#8203;", "")
    file, tracker = ItemRef("example-org/.github"), ItemRef("example-org/infrastructure")
    pen = PublicPen(HOME, {file.key: Visibility.PUBLIC}, tracker)
    for text in (
        refusal_text(file, title, flaws, pen),
        fork_comment(title, tracker, pen),
        removal_comment(title, tracker, pen),
    ):
        assert lines_of(str(text)) == ()


def test_the_longest_comment_is_one_that_github_takes() -> None:
    long = "@" * 300
    values = tuple(Setting(f"{n}{long}", long, long) for n in range(600))
    many = [
        change(n, decision(Kind.UNDECIDED, long), decision(Kind.STRATEGIC, long), title=long)
        for n in range(1, 500)
    ]
    proposal = Proposal("good-citizen.yml", differences=values, backtest=Backtest(500, tuple(many)))
    assert len(inside(proposal)) < LIMIT
    flaws = tuple(Flaw(n, 1, long) for n in range(1, 101))
    assert len(inside(Proposal("good-citizen.yml", flaws=flaws))) < LIMIT
