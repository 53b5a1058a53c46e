"""The App's own webhook deliveries as GitHub lists them, and asking for one to be sent again.

docs.github.com, "REST API endpoints for GitHub App webhooks": the list is walked by cursor, the
newest first; an attempt can be repeated for three days, with the same GUID.
"""

from collections.abc import AsyncIterator, Sequence
from datetime import timedelta

from pydantic import TypeAdapter, ValidationError

from app.github.client import Session
from app.github.errors import ServerError
from app.github.registration import Attempt

WINDOW = timedelta(days=3)
"""For so long GitHub sends a delivery again."""


class Listed(Attempt):
    """One try to deliver, with the id by which it can be repeated."""

    id: int


_PAGE = TypeAdapter(tuple[Listed, ...])


async def list_attempts(app: Session) -> AsyncIterator[Sequence[Listed]]:
    """Give the attempts page by page, the newest first. Errors: app.github.errors."""
    async for page in app.getpages("/app/hook/deliveries"):
        try:
            yield _PAGE.validate_python(page)
        except ValidationError:
            raise ServerError("GitHub's list of deliveries can't be read.") from None


async def redeliver(app: Session, attempt_id: int) -> None:
    """Ask for the delivery of this attempt once more; NotFound: GitHub has it no more."""
    await app.post("/app/hook/deliveries/{delivery_id}/attempts", delivery_id=attempt_id)
