from datetime import date
from hashlib import sha256
from importlib import resources

import pytest

from app.config import ConfigError, load_home, resolved, upstream_config
from app.policy.home import (
    DEFAULT_LABELS,
    Board,
    Community,
    Home,
    Iteration,
    LinkPattern,
    Member,
    Publish,
    Rules,
    Tracker,
)
from app.policy.model import Bucket, Kind

SMALLEST = "version: 1\nhome: {name: Example, organisations: [example-org]}\n"
EXAMPLE = resources.files("app.config").joinpath("example.yml").read_bytes()


def test_the_smallest_file_has_every_default() -> None:
    home = load_home(SMALLEST)
    plain = Home(name="Example", organisations=("example-org",))
    assert home.publish == Publish()
    assert home.publish.dry_run
    assert home.publish.labels == DEFAULT_LABELS
    assert home.rules == Rules()
    assert home.strategic == plain.strategic
    assert home.commands == plain.commands
    assert home.iteration is None
    assert home.timezone == "UTC"
    assert home.host == "github.com"
    assert [home.shown(kind) for kind in Kind] == [kind.value for kind in Kind]


def test_the_digest_is_that_of_the_bytes() -> None:
    assert load_home(SMALLEST).digest == sha256(SMALLEST.encode()).hexdigest()
    assert load_home(SMALLEST.encode()).digest == load_home(SMALLEST).digest
    assert load_home(SMALLEST + "# more").digest != load_home(SMALLEST).digest


def test_the_example_for_users_loads_and_says_what_it_shows() -> None:
    home = load_home(EXAMPLE)
    assert home.shown(Kind.TACTICAL) == "Directed"
    assert home.bucket_names[Bucket.TECH_SUPPORT] == "Support"
    assert home.trackers[0] == Tracker(
        "example-org/infrastructure", public=True, aliases=("example-org/hubs",)
    )
    assert home.needs.board == Board("orgs/example-org/projects/1", "Bucket")
    assert home.needs.links[0].private
    assert home.iteration == Iteration(
        tracker="example-org/meta", anchor=date(2026, 1, 5), labels=("upstream",)
    )
    assert home.members[0] == Member(
        "example-user",
        id=1000001,
        former_logins=("example-user-old",),
        names=("Example User",),
        since=date(2024, 2, 1),
        until=date(2025, 12, 31),
        agreed=True,
    )
    assert home.communities[0] == Community(
        "Example Observatory", ("example-observatory", "ExObs"), public=True
    )
    assert home.publish.labels == DEFAULT_LABELS


def test_the_example_shows_every_key_of_the_format() -> None:
    defaults = {key for key, _, origin in resolved(EXAMPLE) if origin == "default"}
    entries = ("trackers[1].", "members[1].", "communities[1].")
    assert {key for key in defaults if not key.startswith(entries)} == set()


def test_the_order_of_a_mapping_is_the_order_of_matching() -> None:
    home = load_home(
        SMALLEST
        + "needs:\n  labels: {z: tech-support, a: null, 'm*': internal-eng}\n"
        + "  titles: {'[[]B[]]*': product-dev, '*': null}\n"
        + "  links:\n  - {match: 'https://x.example.org/**'}\n"
    )
    assert home.needs.labels == (
        ("z", Bucket.TECH_SUPPORT),
        ("a", None),
        ("m*", Bucket.INTERNAL_ENG),
    )
    assert home.needs.titles == (("[[]B[]]*", Bucket.PRODUCT_DEV), ("*", None))
    assert home.needs.links == (LinkPattern("https://x.example.org/**", None),)


def test_off_on_yes_and_no_are_text_and_colours_keep_their_zeros() -> None:
    home = load_home(
        SMALLEST
        + "publish:\n  upstream: off\n"
        + "  labels: {tactical: {color: 000100}, strategic: {color: 0e8016}}\n"
        + "communities: [{name: yes}, {name: No}]\n"
    )
    assert home.publish.upstream == "off"
    assert home.publish.labels[Kind.TACTICAL].color == "000100"
    assert home.publish.labels[Kind.STRATEGIC].color == "0e8016"
    assert [community.name for community in home.communities] == ["yes", "No"]


def test_days_may_stand_in_quotes() -> None:
    home = load_home(SMALLEST + "members: [{login: yuvipanda, from: '2020-06-18'}]")
    assert home.members[0].since == date(2020, 6, 18)


def test_a_label_may_change_its_colour_alone() -> None:
    home = load_home(SMALLEST + "publish: {labels: {tactical: {color: ABCDEF}}}")
    tactical = home.publish.labels[Kind.TACTICAL]
    assert tactical.color == "abcdef"
    assert tactical.name == DEFAULT_LABELS[Kind.TACTICAL].name


def test_a_person_may_leave_and_come_back() -> None:
    home = load_home(
        SMALLEST
        + "members:\n"
        + "- {login: sgibson91, id: 7, from: 2021-06-14, until: 2023-01-31}\n"
        + "- {login: Sgibson91, id: 7, from: 2023-02-01}\n"
    )
    assert len(home.members) == 2


def test_a_login_may_have_gone_to_another_person() -> None:
    home = load_home(
        SMALLEST + "members: [{login: new, id: 1, former_logins: [old]}, {login: old, id: 2}]"
    )
    assert len(home.members) == 2


def test_a_community_may_repeat_its_own_name_in_other_letters() -> None:
    home = load_home(SMALLEST + "communities: [{name: LEAP, aliases: [leap, Leap, leap-stc]}]")
    assert home.communities[0].aliases == ("leap", "Leap", "leap-stc")


def test_a_byte_order_mark_and_windows_line_ends_are_forgiven() -> None:
    home = load_home(b"\xef\xbb\xbf" + SMALLEST.replace("\n", "\r\n").encode())
    assert home.name == "Example"


@pytest.mark.parametrize("says", ["off", "label", "label+comment"])
def test_an_upstream_s_word_holds_whatever_the_home_says(says: str) -> None:
    config = upstream_config(f"version: 1\npublish: {says}\n")
    assert config.allows("off") == config.allows("label+comment") == says


def test_an_upstream_that_says_nothing_leaves_it_to_the_home() -> None:
    config = upstream_config("version: 1\n")
    assert config.publish is None
    assert config.allows("label") == "label"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("version: 1\npublish: labels\n", "2:10 publish: expected off, label or label+comment"),
        ("version: 1\nmembers: []\n", "2:1 members: unknown key; expected version, publish"),
        ("version: 2\n", "1:10 version: expected 1"),
        ("publish: off\n", "1:1 version: the key is missing"),
    ],
)
def test_an_upstream_s_file_is_read_as_strictly(text: str, says: str) -> None:
    with pytest.raises(ConfigError) as error:
        upstream_config(text)
    assert str(error.value).startswith(f".github/good-citizen.yml:{says}")
