"""Whether a call that failed is tried again at once, and after how long. Pure."""

from datetime import datetime, timedelta

from app.github.auth import Token
from app.github.errors import (
    Forbidden,
    GitHubError,
    NotFound,
    ServerError,
    Unauthorized,
    Unreachable,
)

FRESH_FOR = timedelta(seconds=10)
"""A token minted so lately may not be known everywhere at GitHub yet."""
FRESH_WAITS = (1.0, 2.0, 4.0)
SICK_WAITS = (1.0, 2.0)
"""Three tries in all: what lasts longer is the job's to try again, minutes later."""


def pause(
    error: GitHubError, *, safe: bool, tries: int, token: Token | None, now: datetime
) -> float | None:
    """Give the seconds until the call is tried again, None to give up.

    `safe`: sending it twice does no harm (reads). A write is sent again only if the first surely
    was not carried out: it never left, or GitHub refused the token. `tries` counts from 1.
    `token` is what was shown to GitHub, None if it did not come to that.
    """
    if error.retry_after is not None:
        return None
    match error:
        case Unreachable(sent=sent) if safe or not sent:
            return _nth(SICK_WAITS, tries)
        case ServerError() if safe:
            return _nth(SICK_WAITS, tries)
        case Unauthorized() | Forbidden() | NotFound() if _fresh(token, now):
            # A token that has been accepted is known; a 404 is then most likely the truth.
            waits = (
                FRESH_WAITS[:1] if isinstance(error, NotFound) and _worked(token) else FRESH_WAITS
            )
            return _nth(waits, tries)
        case Unauthorized() if tries == 1 and token is not None:
            return 0.0
        case _:
            return None


def _nth(waits: tuple[float, ...], tries: int) -> float | None:
    return waits[tries - 1] if tries <= len(waits) else None


def _fresh(token: Token | None, now: datetime) -> bool:
    return token is not None and token.minted_at is not None and now < token.minted_at + FRESH_FOR


def _worked(token: Token | None) -> bool:
    return token is not None and token.worked
