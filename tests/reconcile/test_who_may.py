"""Who may say what where, from the comment on the demo GitHub to what is there in the end.

Every cell of the matrix has a comment of its own; all are delivered, heard and answered over HTTP
on loopback, in one go, and each is then looked at alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

import pytest
from sqlalchemy import select
from sqlmodel import col

from app.commands.authority import Place
from app.demo.github.comments import create
from app.demo.github.model import Comment
from app.policy.home import Member, Tracker
from app.store.tables import Word
from app.store.words import REFUSED, SAID
from tests.commands.matrix import VERBS, cells
from tests.reconcile.stage import HOME, HUB, INFRA, Stage, set_stage

META, ELSEWHERE = "example-org/meta", "pangeo-data/pangeo-docker-images"
PLACES = {
    Place.UPSTREAM_INSTALLED: HUB,
    Place.UPSTREAM_ELSEWHERE: ELSEWHERE,
    Place.TRACKER: INFRA,
    Place.PRIVATE: META,
}
MEMBER, FORMER, COLLEAGUE, MAINTAINER = "yuvipanda", "consideRatio", "sgibson91", "minrk"
ACTORS: Mapping[str, str | None] = {
    "member": MEMBER,
    "former member": FORMER,
    "outsider": "manics",
    "maintainer": MAINTAINER,
    "bot": "dependabot[bot]",
    "ghost": None,
    "ourselves": "good-citizen[bot]",
}
MACHINES = {name for name in ACTORS.values() if name and name.endswith("[bot]")}
AUTHORS = {"former member": FORMER, "member": MEMBER}
"""The contribution spoken of is the speaker's own where they can have one."""
REST = {
    "tactical": "tech-support for EarthScope",
    "need": f"{INFRA}#99",
    "value": "logins that work",
    "log": "review 30m on jupyterhub: read it through together",
}
ABOUT_AN_ITEM = frozenset(VERBS) - {"mute", "unmute", "log", "help"}
WITHOUT_WORDS = {"personal", "mute"}
"""What is answered with a reaction alone although it is carried out."""

pytestmark = pytest.mark.anyio


@dataclass(frozen=True)
class Came:
    """What came of one comment; reactions in the order in which they were given."""

    states: tuple[str, ...]
    reactions: tuple[str, ...]
    replies: int


def expected(actor: str, place: Place, verb: str, answer: str) -> Came:
    done = (SAID,), ("eyes", "+1")
    refused = (REFUSED,), ("eyes", "confused")
    match answer:
        case "yes" | "M":
            return Came(*done, 0 if verb in WITHOUT_WORDS else 1)
        case "told":
            return Came(*refused, 1)
        case "no":
            return Came(*refused, 0)
        case _ if place is Place.UPSTREAM_ELSEWHERE and ACTORS[actor] not in {None, *MACHINES}:
            # Kept as refused, which an admin sees; nobody there does.
            return Came((REFUSED,), (), 0)
        case _:
            return Came((), (), 0)


def open_items(stage: Stage) -> dict[tuple[str, Place], str]:
    """An item for each actor in each place; a colleague has a part in all of them."""
    people, items = stage.demo.people, {}
    for number, actor in enumerate(ACTORS, start=1):
        for place, repo in PLACES.items():
            items[actor, place] = name = f"{repo}#{number}"
            if place in {Place.TRACKER, Place.PRIVATE}:
                people.open_issue(repo, COLLEAGUE, "Faster logins", number=number)
                continue
            author = AUTHORS.get(actor, COLLEAGUE)
            people.open_pull_request(repo, author, "Add scopes", files=("a.py",), number=number)
            if author == FORMER:
                people.review(name, COLLEAGUE, "APPROVED")
    return items


def say(stage: Stage, actor: str, place: Place, item: str, verb: str) -> Comment:
    about = f"{HUB}#{item.partition('#')[2]}"
    named = place in {Place.TRACKER, Place.PRIVATE} and verb in ABOUT_AN_ITEM
    line = " ".join(x for x in (f"/{verb}", about if named else "", REST.get(verb, "")) if x)
    if actor != "ourselves":
        return stage.demo.people.comment(item, ACTORS[actor], line)
    [app] = stage.demo.state.apps.values()
    with stage.demo.state.lock:
        return create(stage.demo.state, stage.demo.people.item(item), app.bot, line, app=app)


async def everything_said(url: str) -> dict[tuple[str, Place, str], Came]:
    home = replace(
        HOME,
        trackers=(Tracker(INFRA, public=True), Tracker(META)),
        members=(Member(MEMBER), Member(COLLEAGUE), Member(FORMER, until=date(2020, 1, 1))),
    )
    async with set_stage(url, home=home, on_loopback=True) as stage:
        demo = stage.demo
        demo.places.repo(META, private=True)
        demo.people.org("pangeo-data")
        demo.places.repo(ELSEWHERE)
        [app] = demo.state.apps.values()
        let_in = demo.places.install(app, "pangeo-data")
        demo.places.set_member("jupyterhub", MAINTAINER, "admin")
        items = open_items(stage)
        await stage.settle()
        comments = {
            (actor, place, verb): say(stage, actor, place, item, verb)
            for (actor, place), item in items.items()
            for verb in VERBS
        }
        await stage.receive()
        demo.places.uninstall(let_in)
        await stage.settle()
        return {cell: await what_came(stage, comment) for cell, comment in comments.items()}


async def what_came(stage: Stage, comment: Comment) -> Came:
    async with stage.engine.connect() as connection:
        said = select(col(Word.state)).where(col(Word.comment_id) == comment.id)
        states = tuple(await connection.scalars(said))
    answers = [one for one in comment.item.comments if f" reply:{comment.id} " in one.body]
    return Came(states, tuple(one.content for one in comment.reactions), len(answers))


@pytest.mark.long
async def test_every_cell_has_its_answer(sqlite_url: str) -> None:
    wanted = [cell.values for cell in cells()]
    came = await everything_said(sqlite_url)
    assert came == {
        (actor, place, verb): expected(actor, place, verb, answer)
        for actor, place, verb, answer in wanted
    }
