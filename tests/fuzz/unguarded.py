"""Builds of the app with one guard taken out, to show that the proofs here can fail.

Each is called in a child process of a test and dies with it: the product has no flag for it.
"""

import asyncio

import app.main
import app.web.door
from app.store.inbox import Arrival, Inbox


def without_signatures() -> None:
    """Take every delivery for GitHub's that is signed by anybody."""
    assert "is_signed" in vars(app.web.door)
    vars(app.web.door)["is_signed"] = lambda *_: True


def trusting_doubled_headers() -> None:
    """Read the last of two headers of the same name."""
    assert "_refuse_doubled" in vars(app.web.door)
    vars(app.web.door)["_refuse_doubled"] = lambda _: None


class _HastyInbox(Inbox):
    """Acknowledges a delivery when it is to be written, not when it is."""

    async def put(self, arrival: Arrival) -> bool:
        writing = asyncio.ensure_future(super().put(arrival))
        await asyncio.sleep(0)
        return not writing.cancelled()


def acknowledging_before_the_commit() -> None:
    """Answer 202 while the delivery waits to be committed."""
    assert "Inbox" in vars(app.main)
    vars(app.main)["Inbox"] = _HastyInbox
