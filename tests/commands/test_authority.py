"""What is answered in every cell of actor x place x verb, and what lies between the cells."""

from dataclasses import replace

import pytest

from app.commands import COMMANDS
from app.commands.authority import (
    MAINTAINERS,
    Allowed,
    CouldNotCheck,
    NotAllowed,
    Permission,
    Place,
    Silent,
    Speaker,
    Verdict,
    may,
    needs_permission,
    place_of,
)
from app.commands.declare import Who
from app.policy.model import ItemRef, Visibility
from tests.commands.homes import HOME, PULL, SECRET, TRACKED
from tests.commands.matrix import cells

ACTORS = {
    # The member and the former member are the act's own person.
    "member": Speaker(is_member=True, is_act_person=True, permission="read"),
    "former member": Speaker(is_member=False, is_act_person=True, permission="read"),
    "outsider": Speaker(is_member=False, is_act_person=False, permission="read"),
    "maintainer": Speaker(is_member=False, is_act_person=False, permission="maintain"),
    # However much the last three are allowed otherwise.
    "bot": Speaker(is_member=True, is_act_person=True, permission="admin", is_bot=True),
    "ghost": Speaker(is_member=True, is_act_person=True, permission="admin", is_ghost=True),
    "ourselves": Speaker(is_member=True, is_act_person=True, permission="admin", is_own_app=True),
}


def in_words(verdict: Verdict) -> str:
    match verdict:
        case Allowed(as_maintainer):
            return "M" if as_maintainer else "yes"
        case NotAllowed(_, told):
            return "told" if told else "no"
        case CouldNotCheck(_, told):
            return "unread, told" if told else "unread"
        case Silent():
            return "-"


@pytest.mark.parametrize(("actor", "place", "verb", "answer"), cells())
def test_every_cell_has_its_answer(actor: str, place: Place, verb: str, answer: str) -> None:
    assert in_words(may(COMMANDS[verb], ACTORS[actor], place)) == answer


def test_the_matrix_has_every_cell() -> None:
    assert len(cells()) == 7 * 4 * 12
    assert len({cell.id for cell in cells()}) == 7 * 4 * 12


MEMBER = ACTORS["member"]
UPSTREAM = Place.UPSTREAM_INSTALLED


def verdict(verb: str, speaker: Speaker, place: Place = UPSTREAM) -> str:
    return in_words(may(COMMANDS[verb], speaker, place))


def test_only_about_oneself_is_it_said_that_it_is_personal() -> None:
    assert verdict("personal", replace(MEMBER, is_act_person=False)) == "told"
    assert verdict("personal", replace(MEMBER, is_act_person=None)) == "unread, told"
    assert verdict("tactical", replace(MEMBER, is_act_person=False)) == "yes"


def test_what_could_not_be_checked_is_refused() -> None:
    unread = replace(MEMBER, is_member=None)
    assert verdict("tactical", unread) == "unread"
    assert verdict("tactical", unread, Place.PRIVATE) == "unread, told"
    assert verdict("mute", Speaker(is_member=False)) == "unread"
    assert verdict("mute", Speaker(is_member=None)) == "unread"
    assert verdict("mute", Speaker(is_member=True)) == "yes"


@pytest.mark.parametrize("permission", ["admin", "maintain", "write", "triage", "read", "none"])
def test_a_maintainer_is_who_may_write(permission: Permission) -> None:
    speaker = Speaker(is_member=False, permission=permission)
    expected = "M" if permission in {"admin", "maintain", "write"} else "no"
    assert verdict("mute", speaker) == verdict("unmute", speaker) == expected
    assert (permission in MAINTAINERS) == (expected == "M")
    assert verdict("tactical", speaker) == "no"


def test_a_member_who_is_a_maintainer_speaks_as_one() -> None:
    assert verdict("mute", replace(MEMBER, permission="write")) == "M"
    assert verdict("mute", replace(MEMBER, permission="write"), Place.TRACKER) == "yes"


def test_permission_in_one_repository_is_worth_nothing_for_an_item_elsewhere() -> None:
    maintainer = ACTORS["maintainer"]
    assert in_words(may(COMMANDS["mute"], maintainer, UPSTREAM, elsewhere=True)) == "no"
    assert in_words(may(COMMANDS["mute"], MEMBER, UPSTREAM, elsewhere=True)) == "yes"


def test_a_verb_that_there_is_none_of_is_answered_to_members_alone() -> None:
    assert in_words(may(None, MEMBER, UPSTREAM)) == "yes"
    assert in_words(may(None, ACTORS["outsider"], UPSTREAM)) == "no"
    assert in_words(may(None, ACTORS["maintainer"], UPSTREAM)) == "no"
    assert in_words(may(None, ACTORS["bot"], UPSTREAM)) == "-"


def test_permission_is_read_only_where_it_counts() -> None:
    needed = {
        (verb, actor, place)
        for verb, command in COMMANDS.items()
        for actor, speaker in ACTORS.items()
        for place in Place
        if needs_permission(command, speaker, place)
    }
    people = ("member", "former member", "outsider", "maintainer")
    assert needed == {(verb, actor, UPSTREAM) for verb in ("mute", "unmute") for actor in people}
    assert not needs_permission(None, ACTORS["maintainer"], UPSTREAM)


def test_everybody_is_told_who_may() -> None:
    assert {command.who for command in COMMANDS.values()} == set(Who)


@pytest.mark.parametrize(
    ("item", "visibility", "installed", "place"),
    [
        (PULL, Visibility.PUBLIC, True, Place.UPSTREAM_INSTALLED),
        (PULL, Visibility.PRIVATE, True, Place.UPSTREAM_INSTALLED),
        (PULL, Visibility.PUBLIC, False, Place.UPSTREAM_ELSEWHERE),
        (TRACKED, Visibility.PUBLIC, True, Place.TRACKER),
        (SECRET, Visibility.PRIVATE, True, Place.PRIVATE),
        (SECRET, Visibility.UNKNOWN, True, Place.TRACKER),
        (ItemRef("2i2c-org/kpis", 1), Visibility.PUBLIC, True, None),
    ],
)
def test_a_place_is_known_by_its_item(
    item: ItemRef, visibility: Visibility, *, installed: bool, place: Place | None
) -> None:
    assert place_of(item, HOME, visibility=visibility, installed=installed) is place
