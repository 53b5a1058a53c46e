"""Gathering from hand-written answers, with as little to say as a claim needs."""

import asyncio
from datetime import UTC, datetime

from app.github.finding import NotThere
from app.github.gather import Gathered, gather_subject
from app.github.target import Us
from app.policy.home import Home, Tracker
from app.policy.model import Act, Facts, ItemRef, SubjectType
from tests.github.answering import (
    Answering,
    Json,
    a_pull,
    a_repo,
    asking,
    user,
)

HUB = "jupyterhub/oauthenticator"


PULL = ItemRef(HUB, 719, SubjectType.PULL_REQUEST)


WE = Us(7, "good-citizen[bot]")


HOME = Home(
    name="2i2c",
    organisations=("2i2c-org",),
    trackers=(Tracker("2i2c-org/infrastructure", public=True, aliases=("2i2c-org/pilot-hubs",)),),
)


NOW = datetime(2024, 2, 1, tzinfo=UTC)


YUVI = user("yuvipanda", 30430)


ERIK = user("consideRatio", 3837114)


MIN = user("minrk", 151929)


LATER = "2024-01-16T10:00:00Z"


LATEST = "2024-01-17T10:00:00Z"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def gather(inner: Answering, ref: ItemRef = PULL, **more: Json) -> Gathered | NotThere:
    async def ask() -> Gathered | NotThere:
        async with asking(inner) as session:
            return await gather_subject(session, ref, home=HOME, us=WE, now=NOW, **more)

    return asyncio.run(ask())


def known(pull: Json, **more: Json) -> Gathered:
    found = gather(Answering(a_repo(HUB, pull)), **more)
    assert isinstance(found, Gathered)
    return found


def facts(**pull: Json) -> Facts:
    return known(a_pull(719, **pull)).facts


def acts(facts: Facts) -> list[tuple[Act, str, str]]:
    return [
        (act.act, act.by.login, act.at.date().isoformat() if act.at else "") for act in facts.acts
    ]
