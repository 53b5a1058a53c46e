"""Builds of the app with one guard taken out, to show that the proofs can fail.

Each is called in a child process of a test before anything else there, and dies with it: the
product has no flag for it.
"""

import asyncio
import uuid
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import httpx2
from sqlalchemy import Connection, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

import app.main
import app.pump
import app.web.door
from app.commands import hearing
from app.commands.authority import Allowed
from app.github import follow, gather, perform, retries
from app.github.asker import Asker
from app.github.books import Books
from app.github.client import Session
from app.github.transport import Gate
from app.policy.home import Home
from app.publish import Action, TargetState, actions, wall
from app.pump.effects import Effects, effects
from app.pump.payload import Payload
from app.reconcile import Access, answering, proposals, tracker, upstream, writing
from app.store import inbox, sqlite, subjects, turns, words
from app.store.budgets import RowBudgets
from app.store.inbox import Arrival, Inbox
from app.store.subjects import Leased
from app.store.tables import Subject
from app.store.words import NewWord
from app.web.crowd import Crowd

MANY = 50


def without_the_look() -> None:
    """Create comments without looking for ours right before."""

    async def unseen(
        session: Session, target: TargetState, *, us: object, actions: tuple[Action, ...] = ()
    ) -> perform.Looked:
        assert us
        assert actions
        await session.turn()
        return perform.Looked(target, (), complete=True)

    vars(writing)["look"] = unseen


def without_knowing_our_comments() -> None:
    """Take no comment for ours, neither when gathering nor right before the write."""
    for module in (follow, gather, perform):
        assert "our_comments" in vars(module)
        vars(module)["our_comments"] = lambda *_: ()


class _MemoryInbox(Inbox):
    """Takes deliveries in and keeps them in memory until it is closed."""

    async def put(self, arrival: Arrival) -> bool:
        self._waiting.append((arrival, self._nobody()))
        return True

    @staticmethod
    def _nobody() -> "asyncio.Future[bool]":
        return asyncio.get_running_loop().create_future()


def without_the_disk() -> None:
    """Acknowledge deliveries that are in memory alone."""
    assert "Inbox" in vars(app.main)
    vars(app.main)["Inbox"] = _MemoryInbox


def without_guids() -> None:
    """Take a delivery that comes again for another one."""
    insert = inbox._insert  # noqa: SLF001 - a guard lies inside

    async def insert_all(
        connection: AsyncConnection, arrivals: Sequence[Arrival]
    ) -> set[tuple[int, str]]:
        return await insert(
            connection, [replace(arrival, guid=str(uuid.uuid4())) for arrival in arrivals]
        )

    vars(inbox)["_insert"] = insert_all


def without_marks() -> None:
    """Settle all that was marked by now, not what was marked when the round began."""
    settle = subjects.settle

    async def settle_all(connection: AsyncConnection, held: Leased, rest_until: datetime) -> bool:
        now = select(col(Subject.mark)).where(col(Subject.id) == held.id)
        mark = await connection.scalar(now) or held.mark
        return await settle(connection, replace(held, mark=mark), rest_until)

    vars(subjects)["settle"] = settle_all


def without_the_budget() -> None:
    """Write whenever there is something to write."""

    async def at_once(self: RowBudgets, installation_id: int) -> float:
        assert self
        assert installation_id
        return 0.0

    RowBudgets.reserve_write = at_once  # type: ignore[method-assign]


def without_waiting() -> None:
    """Ask although GitHub wants to be left alone."""

    def go_on(self: Books, asker: Asker) -> None:
        assert self
        assert asker

    Books.refuse_if_blocked = go_on  # type: ignore[method-assign]


def without_unique_words() -> None:
    """Take a word that is told again for another one."""
    say = words.say

    async def say_again(
        connection: AsyncConnection, home_id: int, host: str, said: Sequence[NewWord]
    ) -> int:
        fresh = [replace(word, source=f"{word.source} {uuid.uuid4()}") for word in said]
        return await say(connection, home_id, host, fresh)

    vars(words)["say"] = say_again


def without_telling_bots() -> None:
    """Take whatever speaks for a person."""

    def of_a_person(event: str, payload: Payload, home: Home, **more: Any) -> Effects:
        if payload.sender is not None:
            person = payload.sender.model_copy(update={"type": "User"})
            payload = payload.model_copy(update={"sender": person})
        return effects(event, payload, home, **more)

    assert "effects" in vars(app.pump)
    vars(app.pump)["effects"] = of_a_person


def without_keeping_the_lease() -> None:
    """Reply without prolonging the lease first."""

    async def keep(_: Access, __: Leased) -> None:
        return None

    assert "keep_lease" in vars(answering)
    vars(answering)["keep_lease"] = keep


class _HastyInbox(_MemoryInbox):
    """Acknowledges deliveries at once, and commits them when there are many."""

    async def put(self, arrival: Arrival) -> bool:
        if len(self._waiting) >= MANY:
            self._rang.set()
        return await super().put(arrival)


def acknowledging_before_the_commit() -> None:
    """Answer 202 while the delivery waits to be committed."""
    assert "Inbox" in vars(app.main)
    vars(app.main)["Inbox"] = _HastyInbox


def without_signatures() -> None:
    """Take every delivery for GitHub's that is signed by anybody."""
    assert "is_signed" in vars(app.web.door)
    vars(app.web.door)["is_signed"] = lambda *_: True


def trusting_doubled_headers() -> None:
    """Read the last of two headers of the same name."""
    assert "_refuse_doubled" in vars(app.web.door)
    vars(app.web.door)["_refuse_doubled"] = lambda _: None


def without_a_cap_for_all() -> None:
    """Let each of any number of senders have the most that one may have."""

    def __init__(self: Crowd) -> None:  # noqa: N807 - in the place of its own
        vars(self).update(_most=2**60, _held={}, _total=0)

    type.__setattr__(Crowd, "__init__", __init__)


def writing_to_what_is_old() -> None:
    """Write to whatever there is once writing is on."""
    for module in (proposals, tracker, upstream):
        assert "may_write" in vars(module)
        vars(module)["may_write"] = lambda *_: True


def obeying_anybody() -> None:
    """Take everybody for somebody who may command."""
    assert "may" in vars(hearing)
    vars(hearing)["may"] = lambda *_, **__: Allowed()


def without_the_wall() -> None:
    """Take every place for one that only the home's own people read."""
    for module in (actions, wall):
        assert "private_to_home" in vars(module)
        vars(module)["private_to_home"] = lambda *_: True


def believing_a_new_token() -> None:
    """Take what GitHub says to a token that it may not know yet for the truth."""
    assert "FRESH_WAITS" in vars(retries)
    vars(retries)["FRESH_WAITS"] = ()


def following_anywhere() -> None:
    """Ask whatever address GitHub's answers name."""

    def go_anywhere(self: Gate, url: httpx2.URL) -> None:
        assert self
        assert url.host

    Gate.refuse_elsewhere = go_anywhere  # type: ignore[method-assign]


def without_turns() -> None:
    """Take subjects as they come, whosever they are."""

    async def places(_: AsyncConnection, ids: Collection[int]) -> dict[int, int]:
        return dict.fromkeys(ids, 1)

    assert "places" in vars(turns)
    vars(turns)["places"] = places


def beginning_to_read() -> None:
    """Begin a transaction that will write like one that only reads."""

    def begin(connection: Connection, *, last_try: bool) -> bool:
        assert last_try in {True, False}
        connection.connection.cursor().execute("BEGIN")
        return True

    assert "_took_the_write_lock" in vars(sqlite)
    vars(sqlite)["_took_the_write_lock"] = begin
