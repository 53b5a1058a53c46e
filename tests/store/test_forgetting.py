"""Forgetting people and installations; the same on both databases."""

import json
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import SQLModel, col

from app.commands.sayings import Logged, Muted, Overruled, Saying, Undone, ValueSaid
from app.policy.home import Home
from app.policy.model import Act, Facts, Kind, Person
from app.reports import tally
from app.store import places
from app.store.deliveries import PENDING
from app.store.forgetting import Forgotten, SeveralPeopleError, find_person, forget_person
from app.store.leaving import StillThereError, find_left, forget_installation, left_behind
from app.store.mentions import Mentioned, replace_mentions
from app.store.tables import (
    Account,
    Body,
    Contribution,
    Decision,
    Delivery,
    Installation,
    Subject,
    Word,
)  # fmt: skip
from app.store.upsert import insert_into
from app.store.writes import Write, note_writes
from tests.policy.homes import DAY, HOME, comment, facts, mentioning, pull
from tests.store.ledgers import EVER, NOW, YUVI, Ledger, at, done, opened

CHRIS = Person("choldgraf", 1839645)

pytestmark = pytest.mark.anyio


@pytest.fixture
async def ledger(database_url: str) -> AsyncIterator[Ledger]:
    async with opened(database_url) as ledger:
        yield ledger


def theirs(number: int = 7, **fields: object) -> Facts:
    subject = at("upstream/hub", number, replace(pull(), author=YUVI))
    acts = (done(YUVI, Act.AUTHORED, DAY), done(CHRIS, Act.REVIEWED, DAY))
    return replace(facts(subject, *acts), **fields)  # type: ignore[arg-type]


async def forget(ledger: Ledger, called: str = "yuvipanda") -> Forgotten:
    async with ledger.engine.begin() as connection:
        who = await find_person(connection, "github.com", called)
        return await forget_person(connection, "github.com", who)


async def everything(ledger: Ledger) -> str:
    """Every row of every table, as text."""
    async with ledger.reader.connect() as connection:
        rows = [
            [*map(_plain, row)]
            for table in SQLModel.metadata.sorted_tables
            for row in await connection.execute(select(table))
        ]
    return json.dumps(rows).lower()


def _plain(value: object) -> str:
    return value.decode() if isinstance(value, bytes) else json.dumps(value, default=str)


async def fill(ledger: Ledger) -> int:
    """Leave traces of yuvipanda in every table that people leave traces in."""
    told = theirs(comments=(comment("As @YuviPanda said", by="minrk"), comment("I like it")))
    linked = replace(told, backlinks=(mentioning("Brings in upstream/hub#7, says yuvipanda"),))
    value = ValueSaid("What yuvipanda did lets students log in.")
    said = (Overruled(Kind.TACTICAL, because="yuvipanda knows"), value)
    subject_id = await ledger.record(linked, said=said)
    async with ledger.engine.begin() as connection:
        await places.see_account(connection, "github.com", 30430, "YuviPanda", NOW)
        await replace_mentions(
            connection, ledger.tenant.id, "github.com",
            {(9, 12): [Mentioned("body", "upstream/hub", 7, mentioning("yuvipanda did it"))]},
        )  # fmt: skip
        write = Write("create comment", text="For CryoCloud, by yuvipanda")
        await note_writes(connection, ledger.tenant.id, subject_id, [write], NOW, dry=False)
        for guid, pumped_at in (("1", NOW), ("2", None)):
            await deliver(connection, guid, b'{"sender": {"login": "YuviPanda"}}', pumped_at)
    return subject_id


async def deliver(
    connection: AsyncConnection, guid: str, raw: bytes, pumped_at: datetime | None
) -> None:
    new = insert_into(connection, Delivery).values(
        app_id=1, guid=guid, event="issues", received_at=NOW, state=PENDING, attempts=0,
        pumped_at=pumped_at,
    )  # fmt: skip
    id_ = (await connection.execute(new.returning(col(Delivery.id)))).scalar_one()
    await connection.execute(insert(Body).values(delivery_id=id_, raw=raw))


async def test_nothing_names_them_any_more_but_what_is_not_pumped_yet(ledger: Ledger) -> None:
    await fill(ledger)
    await ledger.catch_up()
    done = await forget(ledger)
    assert [kept.what for kept in done.kept if "pumped" in kept.what] == [
        "1 deliveries that nobody has pumped yet"
    ]
    async with ledger.engine.begin() as connection:
        await connection.execute(update(Delivery).values(pumped_at=NOW))
    await forget(ledger)
    left = await everything(ledger)
    assert re.findall(r".{60}(?:yuvi|30430).{30}", left) == []


async def test_others_and_their_work_are_left_alone(ledger: Ledger) -> None:
    await fill(ledger)
    await forget(ledger)
    people = {row.person for row in await ledger.rows()}
    assert people == {"choldgraf", "somebody"}


async def test_sums_and_heads_still_add_up(ledger: Ledger) -> None:
    await fill(ledger)
    before = tally(await ledger.groups())
    await forget(ledger)
    assert tally(await ledger.groups()) == before


async def test_they_are_found_under_every_login_they_had(ledger: Ledger) -> None:
    await ledger.record(theirs())
    old = Person("oldname", 30430)
    subject = replace(at("upstream/hub", 8, pull()), author=old)
    await ledger.record(facts(subject, done(old, Act.AUTHORED, DAY)))
    await forget(ledger, "30430")
    left = await everything(ledger)
    assert "yuvipanda" not in left
    assert "oldname" not in left


async def test_a_login_that_two_people_had_is_asked_about(ledger: Ledger) -> None:
    await ledger.record(theirs())
    async with ledger.engine.begin() as connection:
        await places.see_account(connection, "github.com", 5, "yuvipanda", NOW)
        with pytest.raises(SeveralPeopleError, match="one of 5, 30430"):
            await find_person(connection, "github.com", "yuvipanda")


async def test_what_they_did_on_their_own_time_is_gone_altogether(ledger: Ledger) -> None:
    await ledger.record(theirs(), said=(Overruled(Kind.PERSONAL),))
    done = await forget(ledger)
    assert done.deleted["personal acts, with their decisions"] == 1
    assert [group.kind for group in await ledger.groups()] == [Kind.STRATEGIC]
    assert Kind.PERSONAL.value not in await everything(ledger)


async def test_that_it_was_personal_once_is_gone_too(ledger: Ledger) -> None:
    await ledger.record(theirs(), NOW - timedelta(days=2), said=(Overruled(Kind.PERSONAL),))
    await ledger.record(theirs(), NOW, said=(Overruled(Kind.STRATEGIC),))
    await ledger.catch_up()
    done = await forget(ledger)
    assert done.deleted["personal decisions of the past"] == 1
    assert {row.decided.kind for row in await ledger.rows(EVER, history=True)} == {Kind.STRATEGIC}


async def test_words_hold_as_they_did_without_their_person(ledger: Ledger) -> None:
    subject_id = await ledger.record(theirs(), NOW - timedelta(days=9))
    said: list[tuple[str, Saying]] = [
        ("mute", Muted(on=True)),
        ("strategic", Overruled(Kind.STRATEGIC)),
        ("personal", Overruled(Kind.PERSONAL)),
        ("undo", Undone()),
    ]
    for n, (verb, saying) in enumerate(said):
        await ledger.say(subject_id, saying, verb, NOW - timedelta(days=8 - n))
    await forget(ledger)
    async with ledger.reader.connect() as connection:
        rows = await connection.execute(
            select(col(Word.verb), col(Word.by_id)).order_by(col(Word.id))
        )
        assert [(row.verb, row.by_id) for row in rows] == [("mute", 0), ("strategic", 0)]


async def test_logged_work_stays_without_a_name(ledger: Ledger) -> None:
    subject_id = await ledger.record(theirs())
    meeting = Logged("meetings", 90, "jupyterhub/team-compass", "with @choldgraf")
    await ledger.say(subject_id, meeting, "log")
    await forget(ledger)
    rows = [row for row in await ledger.rows() if row.act is Act.LOGGED]
    assert [(row.person, row.minutes, row.title) for row in rows] == [
        ("somebody", 90, "with @choldgraf")
    ]


async def test_forgetting_again_finds_nothing(ledger: Ledger) -> None:
    await fill(ledger)
    async with ledger.engine.begin() as connection:
        await connection.execute(update(Delivery).values(pumped_at=NOW))
    await forget(ledger)
    assert (await forget(ledger)).is_nothing


async def test_the_same_facts_read_again_do_not_bring_the_name_back(ledger: Ledger) -> None:
    told = theirs()
    await ledger.record(told)
    await forget(ledger)
    roster = tuple(one for one in HOME.members if one.login != "yuvipanda")
    ledger.home = replace(HOME, members=roster)
    await ledger.record(told, NOW + timedelta(days=1))
    assert "yuvipanda" not in await everything(ledger)


HOME_INSTALLATION, UPSTREAM_INSTALLATION = 11, 12


async def install(ledger: Ledger, *, removed: bool = True) -> None:
    """Two installations that were removed: the home's, and an upstream's with a private place."""
    public = await ledger.record(theirs(), repository_id=1)
    hidden = replace(at("upstream/secret", 3, pull()), author=YUVI)
    private = await ledger.record(facts(hidden, done(YUVI, Act.AUTHORED, DAY)), repository_id=2)
    async with ledger.engine.begin() as connection:
        for number, login in (
            (HOME_INSTALLATION, "Example-Org"), (UPSTREAM_INSTALLATION, "upstream")
        ):  # fmt: skip
            await places.see_installation(
                connection, "github.com", number, account_id=number, account_login=login,
                removed_at=NOW if removed else None,
            )  # fmt: skip
        for repository, name, is_private in (
            (1, "upstream/hub", False), (2, "upstream/secret", True)
        ):  # fmt: skip
            await places.see_repository(
                connection, "github.com", repository, name, NOW, private=is_private,
                installation_id=UPSTREAM_INSTALLATION,
            )  # fmt: skip
        for subject in (public, private):
            write = Write("add label", detail="contribution: tactical")
            await note_writes(connection, ledger.tenant.id, subject, [write], NOW, dry=False)
        await deliver(connection, "1", b'{"installation": {"id": 12, "node_id": "x"}}', NOW)
    await ledger.catch_up()


async def leave(ledger: Ledger, number: int, home: Home = HOME) -> Forgotten:
    async with ledger.engine.begin() as connection:
        left = await find_left(connection, "github.com", number, home)
        return await forget_installation(connection, left)


async def test_an_upstream_that_leaves_takes_what_was_private_there(ledger: Ledger) -> None:
    await install(ledger)
    done = await leave(ledger, UPSTREAM_INSTALLATION)
    left = await everything(ledger)
    assert "secret" not in left
    assert "node_id" not in left
    assert "contribution: tactical" not in left
    assert {row.item.repo for row in await ledger.rows()} == {"upstream/hub"}
    assert any("public" in kept.what for kept in done.kept)


async def test_a_home_that_leaves_takes_its_ledger_with_it(ledger: Ledger) -> None:
    await install(ledger)
    await leave(ledger, HOME_INSTALLATION)
    async with ledger.reader.connect() as connection:
        for table in (Subject, Contribution, Decision, Word):
            assert await connection.scalar(select(func.count()).select_from(table)) == 0
        assert await connection.scalar(text("SELECT count(*) FROM ledgerline")) == 0
        assert await connection.scalar(text("SELECT count(*) FROM home")) == 0


async def test_what_is_still_installed_is_not_forgotten(ledger: Ledger) -> None:
    await install(ledger, removed=False)
    with pytest.raises(StillThereError, match="uninstall the app on upstream first"):
        await leave(ledger, UPSTREAM_INSTALLATION)
    with pytest.raises(StillThereError, match="no installation 99"):
        await leave(ledger, 99)


async def test_what_was_left_behind_is_found_until_it_is_forgotten(ledger: Ledger) -> None:
    await install(ledger)
    await leave(ledger, UPSTREAM_INSTALLATION)
    async with ledger.reader.connect() as connection:
        assert await left_behind(connection, "github.com") == [HOME_INSTALLATION]
        row = (
            await connection.execute(
                select(Installation).where(col(Installation.id) == UPSTREAM_INSTALLATION)
            )
        ).one()
        accounts = await connection.scalar(select(func.count()).select_from(Account))
    assert (row.account_login, row.removed_at) == (None, NOW)
    assert accounts == 0
