"""What is answered: one reaction, and at most one reply per comment. Pure.

A reply is made by a pen of publish, so that nothing passes the wall and nothing in it is a
command. What is said about a personal contribution is answered with a reaction alone, and so is
everything on an item that is muted.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Generic, TypeAlias

from app.commands import COMMANDS
from app.commands.authority import CouldNotCheck, NotAllowed, Silent
from app.commands.declare import UsageError
from app.commands.hearing import Heard, Refusal
from app.commands.overrules import Spoken, is_personal
from app.commands.reference import all_commands, usage_of
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
from app.policy.answers import Internal, Name, Ref, Sentence
from app.policy.model import ItemRef, Kind
from app.publish import Pen, Served, explain
from app.publish.wall import T

LONGEST: Final = 60_000
"""Characters of a reply; GitHub takes 65,536, and the marker and the closing line come on top."""

MOST: Final = 20
"""Commands of one comment that are answered in words; the rest is counted."""


class Reaction(StrEnum):
    """The reactions the app gives, by GitHub's names."""

    SEEN = "eyes"
    DONE = "+1"
    CONFUSED = "confused"


@dataclass(frozen=True, slots=True)
class Done:
    """A command that was carried out.

    `took_back`: for /undo, the word it took back. `reasons`: for /why, the decided contributions
    that it asks about.
    """

    heard: Heard
    took_back: Spoken | None = None
    reasons: tuple[Served, ...] = ()


Outcome: TypeAlias = Done | UsageError | Refusal
"""What became of one command."""


@dataclass(frozen=True, slots=True)
class Reply(Generic[T]):
    """A reaction and one comment, the one for this comment if it exists already."""

    reaction: Reaction
    text: T


@dataclass(frozen=True, slots=True)
class ReactionOnly:
    """A reaction, and no words."""

    reaction: Reaction


Answered: TypeAlias = Reply[T] | ReactionOnly


def answer(
    outcomes: Sequence[Outcome], pen: Pen[T], item: ItemRef, *, muted: bool = False
) -> Answered[T] | None:
    """Give the answer to all commands of one comment on `item`; None: as if nothing was said.

    `muted`: whether the item is, after these commands.
    """
    heard = [one for one in outcomes if not isinstance(one, Silent)]
    if not heard:
        return None
    fine = all(_is_fine(one, muted=muted) for one in heard)
    reaction = Reaction.DONE if fine else Reaction.CONFUSED
    if muted or any(isinstance(one, Done) and _mutes(one) for one in heard):
        return ReactionOnly(reaction)
    told = [text for one in heard if (text := _told(one, pen, item)) is not None]
    if not told:
        return ReactionOnly(reaction)
    if any(isinstance(one, Done) and _can_be_undone(one) for one in heard):
        told.append(_undo(pen))
    return Reply(reaction, _with_closing(_cut(list(dict.fromkeys(told)), pen), pen))


def _is_fine(outcome: Outcome, *, muted: bool) -> bool:
    if not isinstance(outcome, Done):
        return False
    match outcome.heard.saying:
        case Undone():
            return outcome.took_back is not None
        case Muted(on):
            return on or not muted
        case _:
            return True


def _mutes(done: Done) -> bool:
    return isinstance(done.heard.saying, Muted) and done.heard.saying.on


def _can_be_undone(done: Done) -> bool:
    said = done.heard.saying
    if isinstance(said, Overruled):
        return said.kind is not Kind.PERSONAL
    return isinstance(said, NeedNamed | ValueSaid | Logged)


def _told(
    outcome: Done | UsageError | NotAllowed | CouldNotCheck, pen: Pen[T], item: ItemRef
) -> T | None:
    if isinstance(outcome, Done):
        return _done(outcome, pen, item)
    if isinstance(outcome, UsageError):
        says = pen.says(outcome.says, item)
        return usage_of(says, COMMANDS[outcome.verb or "help"], pen, item)
    return pen.says(outcome.says, item) if outcome.told else None


def _done(done: Done, pen: Pen[T], item: ItemRef) -> T | None:
    match done.heard.saying:
        case Asked():
            return _reasons(done.reasons, pen)
        case Undone():
            return _undone(done.took_back, pen, item)
        case Reconsidered():
            return pen.phrase("It is read and decided afresh.")
        case Muted():
            return pen.phrase("The app writes here again.")
        case HelpAsked(verb):
            return all_commands(pen, item) if verb is None else _help(verb, pen, item)
        case _:
            return _fact(done.heard, pen, item)


def _fact(heard: Heard, pen: Pen[T], item: ItemRef) -> T | None:
    about = heard.about or item
    match heard.saying:
        case Overruled() as said if said.kind is not Kind.PERSONAL:
            return _sentence(_overruled(said, pen, item), pen, about, item)
        case NeedNamed(link, community):
            parts = [pen.phrase("Noted, it is needed for {link}", link=_link(link, pen, item))]
            parts += _for(community, pen, item)
            return _sentence(parts, pen, about, item)
        case ValueSaid():
            noted = pen.phrase("Noted word for word, for the reports on what it brought")
            return _sentence([noted], pen, about, item)
        case Logged() as said:
            return _logged(said, pen)
        case _:
            return None


def _overruled(said: Overruled, pen: Pen[T], item: ItemRef) -> list[T]:
    parts = [pen.phrase("Noted: **{kind}**", kind=pen.kind(said.kind))]
    if said.bucket is not None:
        parts.append(pen.phrase(", {bucket}", bucket=pen.bucket(said.bucket)))
    if said.activity and (activity := pen.activity(said.activity)) is not None:
        parts.append(pen.phrase(", {activity}", activity=activity))
    parts += _for(said.community, pen, item)
    if said.link is not None:
        parts.append(pen.phrase(", needed for {link}", link=_link(said.link, pen, item)))
    if said.because:
        parts.append(pen.phrase(", with your reason"))
    return parts


def _for(community: str | None, pen: Pen[T], item: ItemRef) -> list[T]:
    if community is None:
        return []
    # The sentence begins with the name, because a pen takes off the blanks before a sentence.
    name = pen.says(Sentence("{name}", {"name": Name(community)}), item)
    return [pen.phrase(", for {name}", name=name)]


def _link(link: ItemRef | str, pen: Pen[T], item: ItemRef) -> T:
    part = Internal(link, "an internal ticket") if isinstance(link, str) else Ref(link)
    return pen.says(Sentence("{link}", {"link": part}), item)


def _sentence(parts: list[T], pen: Pen[T], about: ItemRef, item: ItemRef) -> T:
    if about.key != item.key:
        elsewhere = pen.item(about, stand_in="the contribution that you named")
        parts.append(pen.phrase(" (about {item})", item=elsewhere))
    return pen.phrase("{parts}.", parts=pen.join("", parts))


def _logged(said: Logged, pen: Pen[T]) -> T:
    time, activity = _time(said.minutes, pen), pen.activity(said.activity)
    if activity is None:
        return pen.phrase("Logged: {time}.", time=time)
    return pen.phrase("Logged: {time} of {activity}.", time=time, activity=activity)


def _time(minutes: int, pen: Pen[T]) -> T:
    hours, rest = divmod(minutes, 60)
    pieces = [pen.phrase("{h} h", h=pen.number(hours))] if hours else []
    if rest:
        pieces.append(pen.phrase("{m} min", m=pen.number(rest)))
    return pen.join(" ", pieces)


def _reasons(reasons: Sequence[Served], pen: Pen[T]) -> T | None:
    """Explain what may be explained here; what is personal is as if it had not been decided."""
    shown = [one for one in reasons if pen.may_show(one.subject)]
    told = [text for one in shown if (text := _reason(one, pen)) is not None]
    return _cut(told, pen) if told else None


def _reason(served: Served, pen: Pen[T]) -> T | None:
    decision, about = served.decision, served.subject
    how = explain(decision, pen, about)
    if how is None:
        return None
    sure = pen.phrase(" (provisional)") if decision.provisional else pen.phrase("")
    return pen.phrase(
        "{item}: **{kind}**{sure}, because {says}.\n\n{how}",
        item=pen.item(about),
        kind=pen.kind(decision.kind),
        sure=sure,
        says=pen.says(decision.because, about),
        how=how,
    )


def _undone(took_back: Spoken | None, pen: Pen[T], item: ItemRef) -> T | None:
    if took_back is None:
        return pen.phrase("There is no word here to take back.")
    if is_personal(took_back):
        return None
    verb = took_back.verb
    # The word may have been said in a private place, so its speaker is no field of the item.
    by = Internal(took_back.by.login, stand_in="a person")
    who = pen.says(Sentence("{by}", {"by": by}), item)
    if verb not in COMMANDS:
        return pen.phrase("Taken back: the label that {who} changed.", who=who)
    said = pen.command(COMMANDS[verb].verb, None)
    return pen.phrase("Taken back: what {who} said with {said}.", who=who, said=said)


def _undo(pen: Pen[T]) -> T:
    return pen.phrase("{undo} takes it back.", undo=pen.command("undo", None))


def _help(verb: str, pen: Pen[T], item: ItemRef) -> T:
    command = COMMANDS[verb]
    return usage_of(pen.says(Sentence(command.summary), item), command, pen, item)


def _with_closing(text: T, pen: Pen[T]) -> T:
    closing = pen.closing()
    return text if closing is None else pen.phrase("{t}\n\n{c}", t=text, c=closing)


def _cut(texts: Sequence[T], pen: Pen[T]) -> T:
    """Put texts below each other while they fit, then say how many more there are."""
    length, kept = 0, list[T]()
    for text in texts[:MOST]:
        length += len(text) + 2
        if length > LONGEST:
            break
        kept.append(text)
    if left := len(texts) - len(kept):
        kept.append(pen.phrase("… and {left} more.", left=pen.number(left)))
    return pen.join("\n\n", kept)
