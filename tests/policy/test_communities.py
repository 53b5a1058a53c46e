import time

import pytest

from app.policy.blocks import LONGEST
from app.policy.communities import community_of, named_in
from app.policy.roster import is_same
from app.policy.wording import adds_somebody_to_the_team, is_about_the_author, plans_a_review
from tests.policy.homes import HOME, tracked


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("We need this for CryoCloud.", "CryoCloud"),
        ("This is for cryocloud's users", "CryoCloud"),
        ("as seen on nasa-cryo", "CryoCloud"),
        ("The LEAP hub is slow", "LEAP"),
        ("the leap hub is slow", "LEAP"),
        ("asked for by leap-stc", "LEAP"),
        ("At Openscapes we use it", "Openscapes"),
        ("for the openscapes workshop", "Openscapes"),
        ("At Temple University", "Temple University"),
        ("First LEAP, then CryoCloud", "LEAP"),
        ("# For CryoCloud\n\nText", "CryoCloud"),
    ],
)
def test_a_community_is_found_where_it_stands_as_a_name(text: str, name: str) -> None:
    found = named_in(text, HOME, upstream="upstream/hub")
    assert found is not None
    assert found.name == name


@pytest.mark.parametrize(
    "text",
    [
        "cryocloud/base:latest",
        "quay.io/2i2c/cryocloud:v1",
        "https://cryocloud.example",
        "cryocloud.yaml",
        "me@cryocloud.org",
        "@cryocloud",
        "`cryocloud`",
        "Co-authored-by: CryoCloud <x>",
        "openscapes is a word here",
        "a leap second",
        "Leap over it",
        "the temple of doom",
        "template hub",
        "CryoCloudy",
        "pre-cryocloud",
        "- [x] for CryoCloud",
        "",
    ],
)
def test_a_name_in_an_address_a_path_an_attribution_or_a_word_is_none(text: str) -> None:
    assert named_in(text, HOME, upstream="upstream/hub") is None


def test_upstream_called_like_a_community_is_not_meant() -> None:
    for upstream in ("cryocloud/hub", "upstream/CryoCloud-image", "nasa-cryo/x", "a/cryo-cloud"):
        assert named_in("for CryoCloud", HOME, upstream=upstream) is None


def test_in_a_tracker_every_whole_word_counts() -> None:
    for text in ("[leap, *] Log in", "leap: log in", "Use the new image on LEAP"):
        found = community_of(text, HOME)
        assert found is not None
        assert found.name == "LEAP"
    assert community_of("leaping", HOME) is None
    assert community_of(None, HOME) is None


@pytest.mark.parametrize("piece", ["a", "a.", "/", "a/", "@", "\n", " ", "leap ", "leap hub ", "#"])
def test_hostile_texts_are_searched_in_reasonable_time(piece: str) -> None:
    text = "CryoCloudy leap " + (piece * LONGEST)[:LONGEST]
    before = time.process_time()
    named_in(text, HOME)
    adds_somebody_to_the_team("add " + text)
    plans_a_review(tracked(title="review " + text))
    is_about_the_author(text, HOME.members[0])
    assert time.process_time() - before < 5  # a quadratic search takes minutes


@pytest.mark.parametrize(
    ("title", "plans"),
    [
        ("Review and merge https://github.com/jupyterhub/oauthenticator/pull/805", True),
        ("[OSS] Review upstream/hub#7", True),
        ("Contribute to and review MyST footer PR", True),
        ("Upstream contribution: review of the hub's pull requests", True),
        ("Merge upstream PR pending feedback", False),
        ("Address review comments on the PR", False),
        ("Review our budget", False),
        (None, False),
    ],
)
def test_a_plan_to_review_is_read_from_the_title(title: str | None, *, plans: bool) -> None:
    assert plans_a_review(tracked(title=title)) is plans


@pytest.mark.parametrize(
    ("title", "adds"),
    [
        ("proposal: adding Jenny Wong to the team", True),
        ("Nominate GeorgianaElena as a maintainer", True),
        ("Welcome yuvipanda to the steering council", True),
        ("Add another smaller federation member + docs", False),
        ("Add a team page", False),
        ("Add members to the group", False),
    ],
)
def test_taking_somebody_into_the_team_is_read_from_the_title(title: str, *, adds: bool) -> None:
    assert adds_somebody_to_the_team(title) is adds


@pytest.mark.parametrize(
    ("title", "own"),
    [
        ("Update my affiliation", True),
        ("Update Yuvi Panda's affiliation", True),
        ("Add myself to the list", True),
        ("Fix my code", False),
        ("Update affiliation of the project", False),
    ],
)
def test_an_authors_own_entry_is_read_from_the_title(title: str, *, own: bool) -> None:
    assert is_about_the_author(title, HOME.members[0]) is own
    assert not is_same(HOME.members[0], None)
