"""Days of the home's time zone as moments. Pure."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from app.policy.home import Home


def start_of(day: date, home: Home) -> datetime:
    """Give the moment (UTC) at which `day` begins in the home's time zone."""
    return datetime.combine(day, time(), ZoneInfo(home.timezone)).astimezone(UTC)


def end_of(day: date, home: Home) -> datetime:
    """Give the moment (UTC) at which the day after `day` begins in the home's time zone."""
    return start_of(day + timedelta(days=1), home)


def moment(said: str, home: Home) -> datetime:
    """Read "2026-03-31", the last moment of that day, or a time.

    Without an offset it is the home's time. Raises ValueError with a sentence for anything else.
    """
    try:
        at = datetime.fromisoformat(said)
    except ValueError:
        raise ValueError(
            f"{said!r} is no day (2026-03-31) and no time (2026-03-31T12:00+02:00)"
        ) from None
    if len(said) <= len("2026-03-31"):
        return end_of(at.date(), home) - timedelta(microseconds=1)
    return (at if at.tzinfo else at.replace(tzinfo=ZoneInfo(home.timezone))).astimezone(UTC)
