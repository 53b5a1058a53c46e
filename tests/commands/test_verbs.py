from dataclasses import replace

import pytest

from app.commands import COMMANDS
from app.commands.declare import UsageError
from app.commands.grammar import lines_of
from app.commands.hearing import Heard, read
from app.commands.sayings import (
    Asked,
    HelpAsked,
    Logged,
    Muted,
    NeedNamed,
    Overruled,
    Reconsidered,
    Saying,
    Undone,
    ValueSaid,
)
from app.policy.home import Home, Strategic
from app.policy.model import Bucket, ItemRef, Kind
from tests.commands.homes import HOME, OTHER, TICKET

PULL = ItemRef("jupyterhub/oauthenticator", 719)
TRACKED = ItemRef("2i2c-org/infrastructure", 1234)


def said(text: str, home: Home = HOME) -> Heard:
    (line,) = lines_of(text)
    return read(line, home)


def wrong(text: str, home: Home = HOME) -> str:
    with pytest.raises(UsageError) as caught:
        said(text, home)
    assert caught.value.verb is None or caught.value.verb in COMMANDS
    return str(caught.value)


def tactical(**more: object) -> Overruled:
    return replace(Overruled(Kind.TACTICAL), **more)  # type: ignore[arg-type]


NEAR = "“CryoClod” is no community in the organisation's file; the nearest is CryoCloud."
NOTHING = "Only the contribution upstream that is meant can follow, and"

EXAMPLES: dict[str, Heard] = {
    "/tactical": Heard(tactical()),
    "/tactical tech-support for CryoCloud": Heard(
        tactical(bucket=Bucket.TECH_SUPPORT, community="CryoCloud")
    ),
    "/tactical jupyterhub/oauthenticator#719 product-dev because the roadmap has it": Heard(
        tactical(bucket=Bucket.PRODUCT_DEV, because="the roadmap has it"), PULL
    ),
    f"/tactical tech-support {TICKET}": Heard(tactical(bucket=Bucket.TECH_SUPPORT, link=TICKET)),
    "/strategic review": Heard(Overruled(Kind.STRATEGIC, activity="review")),
    "/strategic because it was our turn to keep the dependencies fresh": Heard(
        Overruled(Kind.STRATEGIC, because="it was our turn to keep the dependencies fresh")
    ),
    "/personal": Heard(Overruled(Kind.PERSONAL)),
    "/need 2i2c-org/infrastructure#1234": Heard(NeedNamed(TRACKED)),
    f"/need {TICKET} for CryoCloud": Heard(NeedNamed(TICKET, "CryoCloud")),
    "/value Students of CryoCloud can now log in with the scopes that their course needs.": Heard(
        ValueSaid("Students of CryoCloud can now log in with the scopes that their course needs.")
    ),
    "/why": Heard(Asked()),
    "/why jupyterhub/oauthenticator#719": Heard(Asked(), PULL),
    "/reconsider": Heard(Reconsidered()),
    "/undo": Heard(Undone()),
    "/undo jupyterhub/oauthenticator#719": Heard(Undone(), PULL),
    "/mute": Heard(Muted(on=True)),
    "/unmute": Heard(Muted(on=False)),
    "/log meetings 1h30m on jupyterhub/team-compass: monthly meeting, took the notes": Heard(
        Logged("meetings", 90, "jupyterhub/team-compass", "monthly meeting, took the notes")
    ),
    "/log mentoring 45m on jupyterhub: a first contribution, talked through together": Heard(
        Logged("mentoring", 45, "jupyterhub", "a first contribution, talked through together")
    ),
    "/help": Heard(HelpAsked()),
    "/help tactical": Heard(HelpAsked("tactical")),
}


@pytest.mark.parametrize(
    "line", [example.line for one in COMMANDS.values() for example in one.examples]
)
def test_every_example_says_what_it_says(line: str) -> None:
    assert said(line) == EXAMPLES[line]
    assert said(f"/citizen {line[1:]}") == EXAMPLES[line]


@pytest.mark.parametrize(
    ("text", "saying"),
    [
        ("/tactical TECH-SUPPORT", tactical(bucket=Bucket.TECH_SUPPORT)),
        ("/tactical tech support.", tactical(bucket=Bucket.TECH_SUPPORT)),
        ("/tactical internal engineering", tactical(bucket=Bucket.INTERNAL_ENG)),
        (
            "/tactical Support for partners for pythia because they asked for it, because",
            tactical(
                bucket=Bucket.PARTNERSHIP_SUPPORT,
                community="Project Pythia",
                because="they asked for it, because",
            ),
        ),
        ("/tactical for project  pythia", tactical(community="Project Pythia")),
        ("/tactical for CryoCloud.", tactical(community="CryoCloud")),
        ("/tactical 2i2c-org/infrastructure#1234", tactical(link=TRACKED)),
        (
            f"/tactical <{TICKET}>, tech-support for nasa-cryo",
            tactical(bucket=Bucket.TECH_SUPPORT, link=TICKET, community="CryoCloud"),
        ),
        (
            "/tactical product-dev jupyterhub/jupyterhub#4000",
            tactical(bucket=Bucket.PRODUCT_DEV, link=OTHER),
        ),
        (
            "/strategic REVIEW because  of  it",
            Overruled(Kind.STRATEGIC, None, "review", because="of  it"),
        ),
        ("/need jupyterhub/jupyterhub#4000", NeedNamed(OTHER)),
        (
            "/need https://github.com/2i2c-org/meta for cryocloud",
            NeedNamed("https://github.com/2i2c-org/meta", "CryoCloud"),
        ),
        ("/value so:  it *is* <b>quick</b>\u00a0!", ValueSaid("so:  it *is* <b>quick</b>\u00a0!")),
        (
            "/value 2i2c-org/infrastructure#1234 is done",
            ValueSaid("2i2c-org/infrastructure#1234 is done"),
        ),
        (
            "/log Meetings 2h on <https://github.com/jupyterhub/team-compass>: x: y",
            Logged("meetings", 120, "jupyterhub/team-compass", "x: y"),
        ),
        (
            "/log review 1:30 on https://github.com/jupyterhub/jupyterhub/issues/4000 : x",
            Logged("review", 90, "jupyterhub/jupyterhub#4000", "x"),
        ),
        (
            "/log triage 1.5h on jupyterhub/jupyterhub#4000:x",
            Logged("triage", 90, "jupyterhub/jupyterhub#4000", "x"),
        ),
        ("/help /Undo", HelpAsked("undo")),
    ],
)
def test_arguments_are_read(text: str, saying: Saying) -> None:
    assert said(text) == Heard(saying)


@pytest.mark.parametrize(
    ("text", "about", "saying"),
    [
        (
            "/tactical jupyterhub/jupyterhub#4000 2i2c-org/infrastructure#1234",
            OTHER,
            tactical(link=TRACKED),
        ),
        (
            "/need jupyterhub/jupyterhub#4000 2i2c-org/infrastructure#1234",
            OTHER,
            NeedNamed(TRACKED),
        ),
        (f"/need jupyterhub/jupyterhub#4000 {TICKET}", OTHER, NeedNamed(TICKET)),
        ("/value jupyterhub/jupyterhub#4000 it is quick", OTHER, ValueSaid("it is quick")),
        ("/strategic jupyterhub/jupyterhub#4000", OTHER, Overruled(Kind.STRATEGIC)),
        ("/personal jupyterhub/jupyterhub#4000", OTHER, Overruled(Kind.PERSONAL)),
        ("/mute jupyterhub/jupyterhub#4000", OTHER, Muted(on=True)),
    ],
)
def test_an_item_upstream_that_comes_first_is_the_contribution_meant(
    text: str, about: ItemRef, saying: Saying
) -> None:
    assert said(text) == Heard(saying, about)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("/citizen wrong", "There is no command called “wrong”."),
        ("/citizen tacitcal", "There is no command called “tacitcal”; the nearest is tactical."),
        ("/tactcal tech-support", "There is no command called “tactcal”; the nearest is tactical."),
        ("/help tacticle", "There is no command called “tacticle”; the nearest is tactical."),
        ("/help a b", "At most one command can follow, not “a b”."),
        (
            "/tactical tech-suport for CryoCloud",
            "“tech-suport for CryoCloud” is no bucket; the nearest is tech-support.",
        ),
        ("/tactical tech-support because", "A reason has to follow the word “because”."),
        ("/tactical for", "The name of a community has to follow the word “for”."),
        ("/tactical for CryoClod", NEAR),
        ("/tactical for Zzz", "“Zzz” is no community in the organisation's file."),
        ("/tactical tech-support-x", "“tech-support-x” is no bucket; the nearest is tech-support."),
        (
            f"/tactical {TICKET} {TICKET}",
            "“…” is no bucket, no link and no “for” with a community.",
        ),
        (
            "/strategic reviews",
            "“reviews” is no activity; the nearest is review. The list: release,",
        ),
        ("/strategic qqq", "“qqq” is no activity. The list: release, review,"),
        ("/need", "What it is needed for has to follow: an address, or owner/repo#N."),
        ("/need #12", "“…” is no link: it has to be an address, or owner/repo and the number."),
        ("/need CryoCloud", "“CryoCloud” is no link"),
        ("/need javascript:alert(1)", "“javascript:alert(1)” is no link"),
        (
            "/need 2i2c-org/infrastructure#1 please",
            "Only “for” and the name of a community can follow the link, not",
        ),
        ("/value", "What it brought to whom has to follow, in your own words."),
        ("/undo this", f"{NOTHING} “this” is none."),
        ("/undo 2i2c-org/infrastructure#1", f"{NOTHING} “…” is none."),
        ("/personal because", "Only the contribution upstream that is meant can follow"),
        ("/log", "It takes the activity, how long it took"),
        ("/log meetings 2h jupyterhub: x", "It takes the activity, how long it took"),
        ("/log meetings 2h on jupyterhub:", "It takes the activity, how long it took"),
        ("/log naps 2h on jupyterhub: x", "“naps” is no activity."),
        ("/log meetings long on jupyterhub: x", "“long” is no duration; write it as 2h, 90m,"),
        ("/log meetings 0h on jupyterhub: x", "“0h” is no duration of one piece of work"),
        ("/log meetings 200h on jupyterhub: x", "“200h” is no duration of one piece of work"),
        ("/log meetings 2h on 2i2c-org/meta: x", "“2i2c-org/meta” is not upstream"),
        ("/log meetings 2h on 2i2c-org: x", "“2i2c-org” is not upstream"),
        ("/log meetings 2h on yuvipanda: x", "“yuvipanda” is not upstream"),
        ("/log meetings 2h on a/b/c: x", "“a/b/c” is no place"),
        ("/log meetings 2h on https://example.org/x: x", "“…” is no place"),
    ],
)
def test_what_is_wrong_gets_a_sentence(text: str, sentence: str) -> None:
    assert wrong(text).startswith(sentence)


def test_the_answer_to_a_wrong_argument_shows_the_command_that_was_meant() -> None:
    with pytest.raises(UsageError) as caught:
        said("/tactical x")
    assert caught.value.verb == "tactical"
    with pytest.raises(UsageError) as caught:
        said("/tactcal x")
    assert caught.value.verb == "tactical"
    with pytest.raises(UsageError) as caught:
        said("/citizen zzzz")
    assert caught.value.verb == "help"


def test_a_community_s_own_name_goes_before_another_one_s_alias() -> None:
    first, second, third = HOME.communities
    home = replace(HOME, communities=(replace(first, aliases=("earthscope",)), second, third))
    assert said("/tactical for EarthScope", home).saying == tactical(community="EarthScope")


def test_activities_are_the_home_s() -> None:
    home = replace(HOME, strategic=Strategic(activities=("Office hours",)))
    assert said("/strategic office-hours", home).saying == Overruled(
        Kind.STRATEGIC, activity="Office hours"
    )
    assert wrong("/strategic review", home) == "“review” is no activity. The list: Office hours."
    assert said("/log office hours 2h on jupyterhub: x", home).saying == Logged(
        "Office hours", 120, "jupyterhub", "x"
    )
