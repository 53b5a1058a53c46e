"""Nothing that answers a command, and no comment of ours, is read as a command."""

from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from app.commands import COMMANDS
from app.commands.authority import CouldNotCheck, NotAllowed, Silent
from app.commands.declare import UsageError
from app.commands.grammar import lines_of
from app.commands.hearing import Heard
from app.commands.overrules import Spoken
from app.commands.replies import (
    Done,
    Outcome,
    Reply,
    answer,
)
from app.commands.sayings import (
    Asked,
    HelpAsked,
    Logged,
    Muted,
    NeedNamed,
    Overruled,
    Reconsidered,
    Undone,
    ValueSaid,
)
from app.policy.answers import Internal, Name, Own, Ref, Sentence
from app.policy.home import Publish
from app.policy.model import Bucket, Kind, Person
from app.publish import marker, plan
from app.publish.actions import CreateComment, EditComment
from tests.commands.homes import HOME, OTHER, PULL, SECRET, TICKET, TRACKED, inside, outside
from tests.publish.test_converges import SERVED, SITUATIONS, TARGETS

START = datetime(2024, 3, 6, 12, tzinfo=UTC)
TYPED = st.text(max_size=20) | st.sampled_from(
    [
        "/undo",
        "\n/undo",
        "x\r\n\r\n/citizen undo",
        "`\n/undo\n`",
        "EarthScope",
        TICKET,
        "{x}",
        "\u00a0/why",
    ]
)
LINKS = st.sampled_from([PULL, TRACKED, SECRET, TICKET]) | TYPED
SAYINGS = st.one_of(
    st.builds(
        Overruled,
        st.sampled_from(Kind),
        st.none() | st.sampled_from(Bucket),
        st.none() | TYPED,
        st.none() | LINKS,
        st.none() | TYPED,
        st.none() | TYPED,
    ),
    st.builds(NeedNamed, LINKS, st.none() | TYPED),
    st.builds(ValueSaid, TYPED),
    st.builds(Logged, TYPED, st.integers(1, 6000), TYPED, TYPED),
    st.builds(HelpAsked, st.none() | st.sampled_from([*COMMANDS])),
    st.sampled_from([Asked(), Reconsidered(), Undone(), Muted(on=False)]),
)
PARTS = st.one_of(TYPED.map(Own), TYPED.map(Internal), TYPED.map(Name), st.just(Ref(SECRET)))
SENTENCES = st.dictionaries(st.sampled_from("abc"), PARTS, min_size=1).map(
    lambda parts: Sentence(" so ".join(f"{{{name}}}" for name in parts), parts)
)
SPOKEN = st.builds(
    Spoken,
    st.sampled_from([*COMMANDS, "label", "unlabel"]),
    SAYINGS,
    TYPED.map(Person),
    st.just(START),
    st.just(1),
)
OUTCOMES = st.one_of(
    st.builds(
        Done,
        st.builds(Heard, SAYINGS, st.none() | st.sampled_from([PULL, OTHER, SECRET])),
        st.none() | SPOKEN,
        st.lists(SERVED, max_size=2).map(tuple),
    ),
    st.builds(UsageError, SENTENCES, st.none() | st.sampled_from([*COMMANDS])),
    st.builds(NotAllowed, SENTENCES, st.booleans()),
    st.builds(CouldNotCheck, SENTENCES, st.booleans()),
    st.just(Silent()),
)
CLOSING = st.none() | TYPED


@settings(max_examples=400)
@given(st.lists(OUTCOMES, max_size=4), CLOSING)
def test_no_answer_parses_as_a_command(outcomes: list[Outcome], closing: str | None) -> None:
    home = replace(HOME, publish=Publish(closing=closing))
    for reply in (
        answer(outcomes, outside(home), PULL),
        answer(outcomes, inside(home), SECRET),
    ):
        if isinstance(reply, Reply):
            assert lines_of(str(reply.text)) == ()
            assert lines_of(f"{marker(7, 'reply:1')}\n{reply.text}") == ()


@settings(max_examples=200)
@given(TARGETS, st.lists(SERVED, max_size=4), SITUATIONS)
def test_no_comment_parses_as_a_command(target, acts, situation) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
    for action in plan(target, acts, situation):
        if isinstance(action, CreateComment | EditComment):
            assert lines_of(action.body) == ()
            assert lines_of(str(action.text)) == ()
