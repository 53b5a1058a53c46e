from dataclasses import replace
from datetime import UTC, datetime

import pytest

from app.commands import COMMANDS
from app.commands.authority import CouldNotCheck, NotAllowed, Silent
from app.commands.declare import UsageError
from app.commands.grammar import lines_of
from app.commands.hearing import Heard, read
from app.commands.overrules import Spoken
from app.commands.replies import (
    LONGEST,
    MOST,
    Answered,
    Done,
    Outcome,
    Reaction,
    ReactionOnly,
    Reply,
    answer,
)
from app.commands.sayings import (
    Asked,
    HelpAsked,
    Labelled,
    Logged,
    Muted,
    NeedNamed,
    Overruled,
    Reconsidered,
    Saying,
    Undone,
    ValueSaid,
)
from app.policy.answers import Decision, Finding, Own, Part, Ref, Sentence, Yes
from app.policy.home import Publish
from app.policy.model import Act, Bucket, ItemRef, Kind, Person
from app.publish import PublicText, Served
from tests.commands.homes import HOME, OTHER, PULL, SECRET, TICKET, TRACKED, inside, outside

START = datetime(2024, 3, 6, 12, tzinfo=UTC)
YUVI = Person("yuvipanda", 30430)
WHY = Sentence("an item says so: {item}", {"item": Ref(SECRET)})
UNTOLD = NotAllowed(Sentence("No."), told=False)


def decided(kind: Kind = Kind.TACTICAL, subject: ItemRef = PULL) -> Served:
    decision = Decision(kind, WHY, (Finding("serves_a_need", Yes(WHY)),))
    return Served(YUVI, Act.AUTHORED, subject, decision)


def done(saying: Saying, about: ItemRef | None = None) -> Done:
    return Done(Heard(saying, about))


def answered(*outcomes: Outcome, muted: bool = False) -> Answered[PublicText] | None:
    return answer(outcomes, outside(), PULL, muted=muted)


def text(*outcomes: Outcome) -> str:
    reply = answered(*outcomes)
    assert isinstance(reply, Reply)
    return str(reply.text)


def text_inside(*outcomes: Outcome) -> str:
    reply = answer(outcomes, inside(), SECRET)
    assert isinstance(reply, Reply)
    return str(reply.text)


def usage_error(typed: str) -> UsageError:
    (line,) = lines_of(typed)
    with pytest.raises(UsageError) as caught:
        read(line, HOME)
    return caught.value


TAKEN_BACK = "\n\n`/citizen undo` takes it back."


@pytest.mark.parametrize(
    ("saying", "told"),
    [
        (
            Overruled(Kind.TACTICAL, bucket=Bucket.TECH_SUPPORT, community="CryoCloud"),
            "Noted: **Directed (tactical)**, tech-support, for CryoCloud.",
        ),
        (
            Overruled(Kind.TACTICAL, link=TICKET, because="it is urgent"),
            "Noted: **Directed (tactical)**, needed for an internal ticket, with your reason.",
        ),
        (
            Overruled(Kind.STRATEGIC, activity="review"),
            "Noted: **Foundational (strategic)**, review.",
        ),
        (
            NeedNamed(SECRET, "EarthScope"),
            (
                "Noted, it is needed for an item of the organisation's tracker, "
                "for a community that the organisation serves."
            ),
        ),
        (ValueSaid("so"), "Noted word for word, for the reports on what it brought."),
        (Logged("meetings", 90, "jupyterhub", "x"), "Logged: 1 h 30 min of meetings."),
        (Logged("naps", 45, "jupyterhub", "x"), "Logged: 45 min."),
    ],
)
def test_what_was_noted_is_said_and_how_it_is_taken_back(saying: Saying, told: str) -> None:
    assert answered(done(saying)) == Reply(Reaction.DONE, answered_text(saying))
    assert text(done(saying)) == told + TAKEN_BACK


def answered_text(saying: Saying) -> PublicText:
    reply = answered(done(saying))
    assert isinstance(reply, Reply)
    return reply.text


def test_the_home_s_own_people_read_what_outsiders_do_not() -> None:
    told = text_inside(done(NeedNamed(SECRET, "EarthScope")))
    assert "2i2c-org/meta" in told
    assert "for EarthScope." in told
    ticket = text_inside(done(Overruled(Kind.TACTICAL, link=TICKET)))
    assert "example.freshdesk.com/a/tickets/12" in ticket


def test_another_item_is_named_where_it_may_be() -> None:
    assert "(about [2i2c-org/infrastructure#" in text(done(ValueSaid("so"), TRACKED))
    assert "(about the contribution that you named)" in text(done(ValueSaid("so"), OTHER))


def test_what_is_personal_is_answered_with_a_reaction_alone() -> None:
    personal = done(Overruled(Kind.PERSONAL))
    back = Done(Heard(Undone()), Spoken("personal", Overruled(Kind.PERSONAL), YUVI, START, 1))
    why = Done(Heard(Asked()), reasons=(decided(Kind.PERSONAL),))
    for one in (personal, back, why):
        assert answered(one) == ReactionOnly(Reaction.DONE)
        assert answer([one], inside(), SECRET) == ReactionOnly(Reaction.DONE)
    assert "personal" not in text(personal, done(ValueSaid("so"))).lower()


def test_the_reasoning_is_shown_as_far_as_the_place_may_read_it() -> None:
    personal, other = decided(Kind.PERSONAL), decided(Kind.STRATEGIC, OTHER)
    told = text(Done(Heard(Asked()), reasons=(decided(), personal, other)))
    assert told.startswith("[jupyterhub/oauthenticator#")
    assert "**Directed (tactical)**, because an item says so: an item of the" in told
    assert "How this was decided" in told
    assert "meta" not in told
    assert "strategic" not in told
    provisional = decided()
    unsure = replace(provisional, decision=replace(provisional.decision, provisional=True))
    assert "**Directed (tactical)** (provisional)," in text(Done(Heard(Asked()), reasons=(unsure,)))
    assert "meta" in text_inside(Done(Heard(Asked()), reasons=(decided(), other)))


def test_undo_says_at_home_whose_word_it_took_back_and_to_outsiders_that_it_did() -> None:
    word = Spoken("strategic", Overruled(Kind.STRATEGIC), YUVI, START, 1)
    told = "Taken back: what {} said with `/citizen strategic`."
    assert text_inside(Done(Heard(Undone()), word)) == told.format("yuvipanda")
    assert text(Done(Heard(Undone()), word)) == told.format("a person")
    label = Spoken("unlabel", Labelled(Kind.TACTICAL, on=False), YUVI, START, 1)
    assert text(Done(Heard(Undone()), label)) == "Taken back: the label that a person changed."
    nothing = answered(Done(Heard(Undone())))
    assert isinstance(nothing, Reply)
    assert nothing.reaction is Reaction.CONFUSED
    assert str(nothing.text) == "There is no word here to take back."


def test_after_mute_there_are_no_words() -> None:
    both = (done(ValueSaid("so")), done(Muted(on=True)))
    assert answered(*both) == ReactionOnly(Reaction.DONE)
    assert answered(done(ValueSaid("so")), muted=True) == ReactionOnly(Reaction.DONE)
    assert answered(usage_error("/undoo"), muted=True) == ReactionOnly(Reaction.CONFUSED)
    assert text(done(Muted(on=False))) == "The app writes here again."


def test_a_member_s_unmute_of_a_maintainer_s_mute_does_not_pretend_to_have_worked() -> None:
    assert answered(done(Muted(on=False)), muted=True) == ReactionOnly(Reaction.CONFUSED)


def test_a_slip_is_answered_with_the_nearest_its_usage_and_an_example() -> None:
    told = text(usage_error("/tacticl tech-support"))
    assert told.startswith("There is no command called “tacticl”; the nearest is tactical.")
    assert "\n- usage: `/citizen tactical [BUCKET] [LINK] [for COMMUNITY] [because …]`\n" in told
    assert "\n- example: `/citizen tactical tech-support for CryoCloud`: where the need" in told
    reply = answered(usage_error("/tactical for CryoClod"))
    assert isinstance(reply, Reply)
    assert reply.reaction is Reaction.CONFUSED
    assert "the nearest is CryoCloud." in str(reply.text)


def test_a_slip_tells_outsiders_no_private_name_or_address() -> None:
    near = text(usage_error("/tactical for EarthScop"))
    assert "EarthScope" not in near
    assert "one whose name is not for everybody to read" in near
    typed = text(usage_error(f"/tactical teck-support {TICKET} 2i2c-org/meta#2"))
    assert "freshdesk" not in typed
    assert "meta" not in typed


def test_a_refusal_is_told_to_those_who_are_to_be_told() -> None:
    says = Sentence("This can be said only about one's own contribution.")
    for refused in (NotAllowed(says, told=True), CouldNotCheck(says, told=True)):
        reply = answered(refused)
        assert isinstance(reply, Reply)
        assert reply.reaction is Reaction.CONFUSED
        assert str(reply.text).startswith("This can be said only about")
    assert answered(UNTOLD) == ReactionOnly(Reaction.CONFUSED)
    assert answered(CouldNotCheck(says, told=False)) == ReactionOnly(Reaction.CONFUSED)
    assert answered(Silent(), Silent()) is None
    assert answered() is None


def test_the_commands_of_one_comment_are_answered_together() -> None:
    reply = answered(done(ValueSaid("so")), done(Reconsidered()), usage_error("/undoo"), Silent())
    assert isinstance(reply, Reply)
    assert reply.reaction is Reaction.CONFUSED
    first, second, third, _, last = str(reply.text).split("\n\n")
    assert first.startswith("Noted word for word")
    assert second == "It is read and decided afresh."
    assert third.startswith("There is no command called “undoo”")
    assert last == "`/citizen undo` takes it back."


def test_a_comment_full_of_commands_gets_an_answer_that_github_takes() -> None:
    slips = [usage_error(f"/citizen wrong{n} {'x' * 300}") for n in range(100)]
    told = text(*slips)
    assert told.endswith(f"… and {100 - MOST} more.")
    many = text(Done(Heard(Asked()), reasons=tuple(long_reasons())))
    assert len(many) < LONGEST + 100
    assert many.endswith("more.")
    assert text(*[done(ValueSaid("so"))] * 50).count("Noted") == 1


def long_reasons() -> list[Served]:
    parts: dict[str, Part] = {f"p{n}": Own("@" * 300) for n in range(10)}
    why = Sentence(" ".join(f"{{{name}}}" for name in parts), parts)
    findings = tuple(Finding("serves_a_need", Yes(why)) for _ in range(4))
    return [replace(decided(), decision=Decision(Kind.TACTICAL, why, findings))] * 15


def test_help_lists_every_command_or_shows_one() -> None:
    everything = text(done(HelpAsked()))
    for command in COMMANDS.values():
        assert f"- `/citizen {command.usage[1:]}`: " in everything
    assert "usage: `/citizen log ACTIVITY DURATION on UPSTREAM: TEXT`" in text(
        done(HelpAsked("log"))
    )


def test_the_home_s_closing_line_stands_below() -> None:
    home = replace(HOME, publish=Publish(closing="With thanks"))
    reply = answer([done(ValueSaid("so"))], outside(home), PULL)
    assert isinstance(reply, Reply)
    assert str(reply.text).endswith("takes it back.\n\nWith thanks")
