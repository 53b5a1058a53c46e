from datetime import UTC, datetime, timedelta
from itertools import permutations

from hypothesis import given, settings
from hypothesis import strategies as st

from app.commands.overrules import Spoken, Standing, standing
from app.commands.sayings import (
    Asked,
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
from app.policy.answers import Overrule
from app.policy.model import Bucket, Kind, Person
from tests.commands.homes import TICKET, TRACKED

START = datetime(2024, 3, 6, 12, tzinfo=UTC)
YUVI, CHRIS, ERIK = Person("yuvipanda", 30430), Person("choldgraf"), Person("consideRatio", 3837114)
TACTICAL = Overruled(Kind.TACTICAL, bucket=Bucket.TECH_SUPPORT, community="CryoCloud")
STRATEGIC = Overruled(Kind.STRATEGIC, activity="review")
PERSONAL = Overruled(Kind.PERSONAL)
OFF, ON = Labelled(Kind.TACTICAL, on=False), Labelled(Kind.TACTICAL, on=True)


def said(*words: tuple[Person, Saying]) -> tuple[Spoken, ...]:
    """Words said a minute after each other; the verb is of no account here."""
    return tuple(
        Spoken("x", saying, by, START + timedelta(minutes=n), n)
        for n, (by, saying) in enumerate(words)
    )


def stands(*words: tuple[Person, Saying]) -> Standing:
    return standing(said(*words))


def kind(standing: Standing, person: Person = YUVI) -> Kind | None:
    words = standing.words_on(person)
    return words[0].kind if words else None


def test_nothing_said_nothing_stands() -> None:
    assert stands() == Standing()
    assert kind(stands()) is None
    assert not stands().is_about_item(YUVI)


def test_a_word_stands_with_all_that_it_said() -> None:
    link = Overruled(Kind.TACTICAL, link=TRACKED, because="so")
    assert stands((YUVI, TACTICAL)).item == Overrule(
        Kind.TACTICAL, YUVI, START, bucket=Bucket.TECH_SUPPORT, community="CryoCloud"
    )
    assert stands((YUVI, link)).item == Overrule(
        Kind.TACTICAL, YUVI, START, need=TRACKED, because="so"
    )
    assert stands((YUVI, Overruled(Kind.TACTICAL, link=TICKET))).item == Overrule(
        Kind.TACTICAL, YUVI, START, need_url=TICKET
    )
    assert stands((YUVI, STRATEGIC)).item == Overrule(
        Kind.STRATEGIC, YUVI, START, activity="review"
    )


def test_of_two_people_who_disagree_the_later_word_stands() -> None:
    assert kind(stands((YUVI, TACTICAL), (CHRIS, STRATEGIC))) is Kind.STRATEGIC
    assert kind(stands((CHRIS, STRATEGIC), (YUVI, TACTICAL))) is Kind.TACTICAL


def test_words_count_in_the_order_in_which_they_were_said_however_they_arrive() -> None:
    words = said((YUVI, TACTICAL), (CHRIS, STRATEGIC), (YUVI, Undone()), (CHRIS, PERSONAL))
    first = standing(words)
    assert all(standing(order) == first for order in permutations(words))


def test_of_two_in_one_comment_the_lower_one_stands() -> None:
    words = [Spoken("x", s, YUVI, START, n) for n, s in enumerate((TACTICAL, STRATEGIC))]
    assert kind(standing(words)) is Kind.STRATEGIC


def test_personal_concerns_the_speaker_s_own_contribution_and_no_other() -> None:
    now = stands((YUVI, TACTICAL), (CHRIS, PERSONAL))
    assert kind(now, CHRIS) is Kind.PERSONAL
    assert kind(now, YUVI) is Kind.TACTICAL
    assert kind(now, ERIK) is Kind.TACTICAL
    assert not now.is_about_item(CHRIS)
    assert now.is_about_item(YUVI)
    alone = stands((CHRIS, PERSONAL))
    assert alone.item is None
    assert kind(alone, YUVI) is None


def test_people_are_the_same_by_id_or_else_by_login_in_any_case() -> None:
    now = stands((YUVI, PERSONAL), (CHRIS, PERSONAL))
    assert kind(now, Person("renamed", 30430)) is Kind.PERSONAL
    assert kind(now, Person("CHOLDGRAF")) is Kind.PERSONAL
    assert kind(now, Person("yuvipanda", 1)) is None


def test_a_later_word_on_the_item_goes_before_personal_and_back() -> None:
    over = stands((CHRIS, PERSONAL), (YUVI, TACTICAL))
    assert kind(over, CHRIS) is Kind.TACTICAL
    again = stands((CHRIS, PERSONAL), (YUVI, TACTICAL), (YUVI, Undone()))
    assert kind(again, CHRIS) is Kind.PERSONAL
    assert kind(again, YUVI) is None


def test_undo_takes_back_the_last_word_whoever_said_it() -> None:
    now = stands((YUVI, TACTICAL), (CHRIS, STRATEGIC), (YUVI, Undone()))
    assert kind(now) is Kind.TACTICAL
    assert now.undone == {1}
    taken = now.took_back[2]
    assert taken is not None
    assert taken.by == CHRIS


def test_undo_said_again_takes_back_the_one_before_and_then_nothing() -> None:
    now = stands((YUVI, TACTICAL), (CHRIS, STRATEGIC), *[(YUVI, Undone())] * 3)
    assert kind(now) is None
    assert [word and word.id for word in now.took_back.values()] == [1, 0, None]


def test_undo_never_takes_back_another_person_s_personal() -> None:
    now = stands((YUVI, TACTICAL), (CHRIS, PERSONAL), (YUVI, Undone()))
    assert kind(now, CHRIS) is Kind.PERSONAL
    assert kind(now, YUVI) is None
    own = stands((YUVI, TACTICAL), (CHRIS, PERSONAL), (CHRIS, Undone()))
    assert kind(own, CHRIS) is Kind.TACTICAL


def test_undo_takes_back_needs_values_logs_and_labels_and_passes_over_questions() -> None:
    log = Logged("review", 60, "jupyterhub", "x")
    for saying in (NeedNamed(TRACKED), ValueSaid("so"), log, ON, OFF):
        now = stands((YUVI, TACTICAL), (CHRIS, saying), (CHRIS, Asked()), (YUVI, Undone()))
        assert now.undone == {1}
        assert (now.needs, now.values, now.logs) == ((), (), ())
        assert kind(now) is Kind.TACTICAL
    kept = stands((CHRIS, ValueSaid("so")), (YUVI, NeedNamed(TICKET)), (YUVI, log))
    assert [len(words) for words in (kept.needs, kept.values, kept.logs)] == [1, 1, 1]


def test_undo_leaves_mute_and_reconsider_alone() -> None:
    now = stands((YUVI, Muted(on=True)), (YUVI, Reconsidered()), (YUVI, Undone()))
    assert now.muted
    assert now.reconsiders == 1
    assert now.undone == frozenset()


def test_a_named_need_makes_it_tactical_and_keeps_what_was_said_of_it() -> None:
    alone = stands((YUVI, NeedNamed(TRACKED, "CryoCloud")))
    assert alone.item == Overrule(Kind.TACTICAL, YUVI, START, need=TRACKED, community="CryoCloud")
    after = stands((CHRIS, TACTICAL), (YUVI, NeedNamed(TICKET)))
    assert after.item == Overrule(
        Kind.TACTICAL,
        YUVI,
        START + timedelta(minutes=1),
        bucket=Bucket.TECH_SUPPORT,
        need_url=TICKET,
        community="CryoCloud",
    )
    assert kind(stands((CHRIS, NeedNamed(TICKET)), (YUVI, STRATEGIC))) is Kind.STRATEGIC
    changed = stands((CHRIS, STRATEGIC), (YUVI, NeedNamed(TICKET))).item
    assert changed is not None
    assert changed.activity is None


def test_a_label_put_on_by_hand_is_a_word() -> None:
    now = stands((YUVI, ON)).item
    assert now == Overrule(Kind.TACTICAL, YUVI, START, by_label=True)
    assert kind(stands((YUVI, STRATEGIC), (CHRIS, ON))) is Kind.TACTICAL


def test_a_label_that_agrees_keeps_what_was_said_before() -> None:
    now = stands((YUVI, TACTICAL), (CHRIS, ON)).item
    assert now is not None
    assert (now.bucket, now.by, now.by_label) == (Bucket.TECH_SUPPORT, CHRIS, True)


def test_a_label_taken_off_means_not_this_kind() -> None:
    assert kind(stands((YUVI, OFF))) is Kind.UNDECIDED
    assert kind(stands((YUVI, TACTICAL), (CHRIS, OFF))) is Kind.UNDECIDED
    assert kind(stands((YUVI, OFF), (CHRIS, STRATEGIC))) is Kind.STRATEGIC


def test_swapping_labels_by_hand_comes_to_the_new_one_in_either_order() -> None:
    new = Labelled(Kind.STRATEGIC, on=True)
    assert kind(stands((YUVI, TACTICAL), (CHRIS, OFF), (CHRIS, new))) is Kind.STRATEGIC
    assert kind(stands((YUVI, TACTICAL), (CHRIS, new), (CHRIS, OFF))) is Kind.STRATEGIC


def test_mute_is_lifted_by_unmute_and_a_maintainer_s_only_by_a_maintainer_s() -> None:
    on, off = Muted(on=True), Muted(on=False)
    theirs_on = Muted(on=True, by_maintainer=True)
    theirs_off = Muted(on=False, by_maintainer=True)
    assert stands((YUVI, on)).muted
    assert not stands((YUVI, on), (CHRIS, off)).muted
    assert stands((ERIK, theirs_on), (YUVI, off)).muted
    assert stands((ERIK, theirs_on), (YUVI, on), (YUVI, off)).muted
    assert not stands((ERIK, theirs_on), (YUVI, on), (ERIK, theirs_off)).muted
    assert stands((ERIK, theirs_off), (YUVI, on)).muted


SAYINGS = st.sampled_from(
    [TACTICAL, STRATEGIC, PERSONAL, ON, OFF, NeedNamed(TICKET), ValueSaid("so"), Undone(), Asked()]
)
HISTORIES = st.lists(st.tuples(st.sampled_from([YUVI, CHRIS, ERIK]), SAYINGS), max_size=8)


@settings(max_examples=500)
@given(HISTORIES)
def test_what_was_taken_back_is_as_if_it_had_never_been_said(
    history: list[tuple[Person, Saying]],
) -> None:
    words = said(*history)
    now = standing(words)
    left = [
        word for word in words if word.id not in now.undone and not isinstance(word.saying, Undone)
    ]
    then = standing(left)
    assert (now.item, now.own, now.needs, now.values) == (
        then.item,
        then.own,
        then.needs,
        then.values,
    )
    for person in (YUVI, CHRIS, ERIK):
        assert len(now.words_on(person)) <= 1
