"""Whatever is typed after a command is read or answered."""

from hypothesis import given, settings
from hypothesis import strategies as st

from app.commands import COMMANDS
from app.commands.arguments import MOST_MINUTES
from app.commands.declare import UsageError
from app.commands.grammar import Line, lines_of
from app.commands.hearing import Heard, read
from app.commands.sayings import Logged
from tests.commands.homes import HOME, TICKET
from tests.commands.test_verbs import said, wrong


@settings(max_examples=200)
@given(st.integers(1, MOST_MINUTES))
def test_a_duration_is_read_in_every_form(minutes: int) -> None:
    hours, past = divmod(minutes, 60)
    forms = [f"{hours}:{past:02}", f"{hours}h{past}m", f"{hours}H{past}"]
    forms += [f"{minutes}m", f"{minutes}min"] if minutes < 10_000 else []
    forms += [f"{hours}h"] if past == 0 else []
    forms += [f"{hours}.5h", f"{hours},5h"] if past == 30 else []
    for form in forms:
        saying = said(f"/log review {form} on jupyterhub: x").saying
        assert saying == Logged("review", minutes, "jupyterhub", "x")


def read_or_answered(line: Line) -> Heard | str:
    try:
        return read(line, HOME)
    except UsageError as error:
        return str(error)


WORDS = st.sampled_from(
    ["for", "because", "on", "tech-support", "CryoCloud", TICKET, "jupyterhub/a#1", "2h", ":", "x:"]
)
TYPED = st.lists(WORDS | st.text(max_size=8), max_size=8).map(" ".join)


@settings(max_examples=500)
@given(st.sampled_from([*COMMANDS, "wrong"]), TYPED)
def test_any_arguments_are_survived(verb: str, typed: str) -> None:
    for line in lines_of(f"/citizen {verb} {typed}"):
        came_to = read_or_answered(line)
        assert isinstance(came_to, Heard) or came_to.endswith(".")


def test_long_arguments_are_read_in_linear_time() -> None:
    for rest in ("a" + " " * 50_000, "a " * 25_000, "x on " * 10_000, "2h on " + "a" * 50_000):
        assert wrong(f"/citizen log {rest}b")
        assert wrong(f"/citizen undo {rest}b")
        assert wrong(f"/citizen tactical {rest}b")
