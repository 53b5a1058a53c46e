"""Every field of a home file, board, ticket and word said in private holds a canary of its own.

What the home states in order to be shown is named in SHOWN; all else is private, so that a new
field holds a canary or is named there.
"""

import re
from collections.abc import Iterator
from dataclasses import asdict, replace

import pytest
import structlog
from sqlalchemy import text

from app.demo.github.people import People
from app.policy.home import (
    Board,
    Community,
    Home,
    LinkPattern,
    Member,
    Needs,
    Stewardship,
    Strategic,
    Tracker,
)
from app.policy.model import Bucket
from app.reconcile.tracking import keep_tracking_issue
from tests.fuzz.test_canaries import metrics, said_in
from tests.reconcile.stage import HUB, INFRA, Stage, set_stage
from tests.reconcile.tracking_stage import START, TRACKING

pytestmark = pytest.mark.anyio
PRIVATE = "example-org/canary-tracker"
AUTHOR, SPEAKER = "canary-member", "canary-speaker"
BOARD = "orgs/example-org/projects/1"
TICKET = "https://canary-desk.example.org/tickets/canary-ticket"
SHOWN = {
    "name", "organisations", "timezone", "host", "kind_names", "bucket_names", "rules", "publish",
    "commands", "iteration", "digest", "strategic.activities", "trackers.public",
    "needs.links.bucket", "needs.links.private", "needs.board.project", "members.id",
    "members.since", "members.until", "members.agreed", "communities.public",
}  # fmt: skip
HOME = replace(
    TRACKING,
    trackers=(*TRACKING.trackers, Tracker(PRIVATE, aliases=("example-org/canary-former",))),
    not_trackers=("example-org/canary-not-tracker*",),
    not_upstream=("canary-not-upstream/*",),
    needs=Needs(
        Board(BOARD, "canaryfield"),
        (("canary-label*", Bucket.TECH_SUPPORT),),
        (("canary-title*", Bucket.PRODUCT_DEV),),
        (LinkPattern("https://canary-desk.example.org/**", Bucket.TECH_SUPPORT, private=True),),
    ),
    stewardship=Stewardship(("canary-steward*",), ("canary-plan*",), (f"{PRIVATE}#6",)),
    strategic=Strategic(upstreams=("canary-strategic/*",), operated=("canary-operated/*",)),
    upstreams=("canary-upstream/*",),
    members=(
        *TRACKING.members,
        Member(AUTHOR, former_logins=("canary-login",), names=("Canary Name",)),
        Member(SPEAKER),
    ),
    bots=("canary-bot",),
    communities=(Community("Canary Community", ("Canary Alias",)),),
    never_communities=("Canary Never",),
)
TITLES = (
    "canary-subject for Canary Community", "canary-title for Canary Alias", "canary-card",
    "canary-stewarded", "canary-plan", "canary-item", "canary-address",
)  # fmt: skip
LABELS = {1: ("canary-label-1",), 4: ("canary-steward-4",)}
READ = (
    *TITLES, "canary-label-1", "canary-steward-4", "canary-body", "canary-remark", "canary-option",
    TICKET, "canary-reason", "canary-value", "canary-log", "canary-command", "Canary Name",
)  # fmt: skip


def leaves(value: object, path: str = "") -> Iterator[tuple[str, str]]:
    """Give the dotted path and the words of each value; an empty one has none."""
    if isinstance(value, dict) and path not in SHOWN:
        for name, inner in value.items():
            yield from leaves(inner, f"{path}.{name}".lstrip("."))
    elif isinstance(value, tuple | list) and any(isinstance(one, dict) for one in value):
        for one in value:
            yield from leaves(one, path)
    else:
        yield path, str(value)


def test_each_field_of_the_home_holds_a_canary_or_is_to_be_shown() -> None:
    held = {path for path, words in leaves(asdict(HOME)) if "canary" in words.casefold()}
    assert {path for path, _ in leaves(asdict(HOME))} - held == SHOWN


def plan(people: People) -> None:
    """Plan in private what is done in public."""
    for number, title in enumerate(TITLES, 1):
        pull = f"https://github.com/{HUB}/pull/{number}"
        people.open_pull_request(
            HUB, AUTHOR if number == 1 else "yuvipanda", "Add it",
            f"See {PRIVATE}#{number}" if number < len(TITLES) else f"For {TICKET}", number=number,
            files=("a.py",), commits=("Add it\n\nCo-authored-by: Canary Name <c@example.org>",),
        )  # fmt: skip
        item = people.open_issue(
            PRIVATE, "sgibson91", title, f"canary-body {pull} {TICKET}", number=number,
            labels=LABELS.get(number, ()),
        )  # fmt: skip
        people.comment(item, "sgibson91", f"canary-remark {pull}")
    people.put_on_board(f"{PRIVATE}#3", "canary-board", canaryfield="tech-support")
    people.put_on_board(f"{PRIVATE}#4", "canary-board", canaryfield="canary-option")
    people.commit(PRIVATE, "sgibson91", f"canary-commit for {HUB}#1")


async def talk(stage: Stage) -> None:
    """Say words in private, then ask in public why, as a member and as a stranger."""
    people = stage.demo.people
    first, second = (f"https://github.com/{HUB}/pull/{number}" for number in (1, 2))
    for word in (
        f"/tactical {first} for Canary Community because canary-reason",
        f"/value {second} canary-value",
        f"/log mentoring 2h on {HUB}: canary-log",
        "/canary-command",
    ):
        people.comment(f"{PRIVATE}#1", SPEAKER, word)
    await stage.settle()
    people.open_issue(INFRA, "sgibson91", "A plan", f"{first} and {second}", number=50)
    for item in (*(f"{HUB}#{number}" for number in range(1, len(TITLES) + 1)), f"{INFRA}#50"):
        people.comment(item, "stranger", f"/why {first}")
        people.comment(item, "yuvipanda", f"/why {first}")
    await stage.settle()
    stage.clock.pass_by(hours=1)
    assert (await keep_tracking_issue(stage.access)).state == "kept"
    people.comment(f"{HUB}#1", "yuvipanda", "/undo")
    await stage.settle()


async def kept(stage: Stage) -> str:
    """Give what was read and is kept, which only the operator sees."""
    names = ("mention", "word", "snapshot")
    async with stage.engine.connect() as connection:
        rows = [(await connection.execute(text(f"SELECT * FROM {one}"))).all() for one in names]  # noqa: S608
    return "".join(str(field) for table in rows for row in table for field in row)


async def heard(url: str, home: Home, *, private: bool) -> tuple[str, str, str]:
    """Give what was written in public and in the other tracker, and what operators are shown."""
    with structlog.testing.capture_logs() as logs:
        async with set_stage(url, home=home, now=START) as stage:
            stage.demo.places.repo(PRIVATE, private=private)
            plan(stage.demo.people)
            await stage.settle()
            await talk(stage)
            read = await kept(stage)
            assert [word for word in READ if word not in read] == []
            # Who opened a pull request is read beside what we write there, and only there.
            upstream = said_in(stage, HUB).replace(AUTHOR, "")
            shown = f"{logs}{await metrics(stage)}"
            return upstream + said_in(stage, INFRA), said_in(stage, PRIVATE), shown


async def test_no_canary_of_any_private_field_is_written_in_public_logged_or_measured(
    sqlite_url: str,
) -> None:
    public, private, shown = await heard(sqlite_url, HOME, private=True)
    assert public.count("good-citizen") > len(TITLES)
    assert "Taken back: what a person said" in public
    assert re.findall("canary.{,20}", public, re.IGNORECASE) == []
    assert BOARD not in public
    assert re.findall("canary.{,20}", shown, re.IGNORECASE) == []
    assert [
        one for one in (PRIVATE, "Canary Community", AUTHOR, SPEAKER) if one not in private
    ] == []


async def test_the_same_canaries_are_heard_where_the_home_is_public(sqlite_url: str) -> None:
    home = replace(
        HOME,
        trackers=tuple(replace(one, public=True) for one in HOME.trackers),
        communities=tuple(replace(one, public=True) for one in HOME.communities),
    )
    public, _, _ = await heard(sqlite_url, home, private=False)
    assert PRIVATE in public
    assert "Canary Community" in public
    assert SPEAKER not in public
