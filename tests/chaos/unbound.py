"""Builds with a guard taken out that keeps things within bounds, as tests/chaos/unguarded.py."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine

import app.main
import app.reconcile
import app.worker
from app.github import calls, perform
from app.github.client import Session
from app.github.redact import Redactor
from app.publish import CreateComment
from app.pump.effects import effects
from app.pump.payload import Payload
from app.reconcile import Access
from app.store.places import Tenant
from app.store.subjects import Leased
from app.store.writes import Write
from app.web import server
from app.web.server import DeadlineProtocol


def with_all_guards() -> None:
    """Leave all as it is: for a scene that changes what a process has once, such as its log."""


def without_the_window() -> None:
    """Let a write leave however long after its call began."""
    assert "_too_late" in vars(calls)
    vars(calls)["_too_late"] = lambda *_: False


def without_deadlines() -> None:
    """Wait for ever for the rest of a request."""

    def wait(self: DeadlineProtocol) -> None:
        assert self.deadline

    DeadlineProtocol._restart_timer = wait  # type: ignore[method-assign]  # noqa: SLF001


def without_a_bound_of_headers() -> None:
    """Take headers of any size."""
    assert "MOST_HEADERS" in vars(server)
    vars(server)["MOST_HEADERS"] = 2**60


def without_a_bound_ahead() -> None:
    """Take as many requests ahead as fit into a packet."""
    assert "MOST_AHEAD" in vars(server)
    vars(server)["MOST_AHEAD"] = 2**60


def believing_names() -> None:
    """Read a delivery as what its event's name says, whatever stands in it."""
    inside = effects.__globals__
    installation, repository = inside["_installation"], inside["_repository"]

    def of_an_installation(payload: Payload) -> Any:
        named = payload.installation
        if named is not None:
            named = named.model_copy(update={"account": named.account or payload.sender})
        return installation(payload.model_copy(update={"installation": named}))

    def of_a_repository(payload: Payload, *more: Any) -> Any:
        bare = dict.fromkeys(("issue", "pull_request", "label"))
        return repository(payload.model_copy(update=bare), *more)

    inside.update(_installation=of_an_installation, _repository=of_a_repository)


def without_redaction() -> None:
    """Show secrets."""

    def show(self: Redactor, text: str) -> str:
        assert self
        return text

    Redactor.clean = show  # type: ignore[method-assign]


def taking_what_was_read_for_all() -> None:
    """Create a comment where ours could be among those that were not read."""
    create = perform._create_comment  # noqa: SLF001 - a guard lies inside

    async def create_blindly(session: Session, seen: perform.Looked, action: CreateComment) -> Any:
        return await create(session, replace(seen, complete=True), action)

    vars(perform)["_create_comment"] = create_blindly


def without_going_on_one_by_one() -> None:
    """Leave a batch that failed as it is."""

    async def leave(_: AsyncEngine, __: Tenant, ___: int, ____: datetime) -> None:
        return None

    assert "stumble" in vars(app.worker)
    vars(app.worker)["stumble"] = leave


def without_durability() -> None:
    """Use whatever database there is."""

    async def trust(_: AsyncEngine) -> None:
        return None

    assert "check_durability" in vars(app.main)
    vars(app.main)["check_durability"] = trust


def believing_in_installations() -> None:
    """Take an installation that we know for one that is still there."""
    go = app.reconcile._reconcile  # noqa: SLF001 - a guard lies around it

    async def at_once(access: Access, held: Leased) -> tuple[Write, ...] | None:
        return await go(await access.during_a_round(), held)

    assert "_where_it_is_installed" in vars(app.reconcile)
    vars(app.reconcile)["_where_it_is_installed"] = at_once
