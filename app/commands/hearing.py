"""One line from one person in one place: refused, wrong, or a fact to record."""

from dataclasses import dataclass, replace
from typing import TypeAlias

from app.commands import COMMANDS
from app.commands.arguments import first_word, link_in, quoted
from app.commands.authority import (
    Allowed,
    CouldNotCheck,
    NotAllowed,
    Place,
    Silent,
    Speaker,
    may,
)
from app.commands.declare import Arguments, Command, Takes, UsageError
from app.commands.grammar import Line
from app.commands.nearest import nearest
from app.commands.sayings import HelpAsked, Muted, Saying
from app.policy.answers import Own, Part, Sentence
from app.policy.home import Home
from app.policy.model import ItemRef
from app.policy.upstreams import is_upstream


@dataclass(frozen=True, slots=True)
class Heard:
    """What a line says, and of which contribution where it names one."""

    saying: Saying
    about: ItemRef | None = None


Refusal: TypeAlias = NotAllowed | CouldNotCheck | Silent


def hear(
    line: Line, here: ItemRef, home: Home, speaker: Speaker, place: Place
) -> Heard | UsageError | Refusal:
    """Give what `line`, said by `speaker` on the item `here`, comes to.

    Whether they may is asked before whether they said it right, so that an outsider's slip is
    not answered either.
    """
    verdict = may(COMMANDS.get(line.verb), speaker, place, elsewhere=is_elsewhere(line, here))
    if not isinstance(verdict, Allowed):
        return verdict
    try:
        heard = read(line, home)
    except UsageError as error:
        return error
    if isinstance(heard.saying, Muted) and verdict.as_maintainer:
        return replace(heard, saying=replace(heard.saying, by_maintainer=True))
    return heard


def is_elsewhere(line: Line, here: ItemRef) -> bool:
    """Say whether a line names another item than the one that it stands on."""
    return line.about is not None and line.about.key != here.key


def read(line: Line, home: Home) -> Heard:
    """Give what a line says; UsageError for a verb that there is none of, or wrong arguments."""
    command = COMMANDS.get(line.verb)
    if command is None:
        raise unknown(line.verb)
    about, rest = _meant(line, command, home)
    try:
        saying = command.read(Arguments(rest, home))
    except UsageError as error:
        raise UsageError(error.says, command.verb) from error
    if isinstance(saying, HelpAsked) and saying.verb is not None and saying.verb not in COMMANDS:
        raise unknown(saying.verb)
    return Heard(saying, about)


def unknown(verb: str) -> UsageError:
    """Give the answer to a verb that there is none of."""
    near = nearest(verb, COMMANDS)
    parts: dict[str, Part] = {"said": quoted(verb), "near": Own(near or "")}
    if near is None:
        return UsageError(Sentence("There is no command called {said}.", parts), "help")
    says = "There is no command called {said}; the nearest is {near}."
    return UsageError(Sentence(says, parts), near)


def _meant(line: Line, command: Command, home: Home) -> tuple[ItemRef | None, str]:
    """Tell the contribution meant, which is upstream, from a LINK and from text."""
    if line.about is None:
        return None, line.rest
    whole = f"{line.named} {line.rest}".strip()
    if not is_upstream(line.about.repo, home):
        return None, whole
    if command.takes is Takes.NEEDS_A_LINK and link_in(first_word(line.rest)[0]) is None:
        return None, whole
    return line.about, line.rest
