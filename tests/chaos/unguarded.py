"""Builds of the app with one guard taken out, to show that the proofs can fail.

Each is called in a child process of a test before anything else there, and dies with it: the
product has no flag for it.
"""

import asyncio

import app.main
from app.github import follow, gather, perform
from app.github.client import Session
from app.publish import Action, TargetState
from app.reconcile import writing
from app.store.inbox import Arrival, Inbox


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
