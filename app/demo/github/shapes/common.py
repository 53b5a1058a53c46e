"""Types and times that every shape uses."""

from datetime import datetime
from typing import Any, TypeAlias, overload

Json: TypeAlias = dict[str, Any]


@overload
def when(at: datetime) -> str: ...
@overload
def when(at: None) -> None: ...
def when(at: datetime | None) -> str | None:
    """Write a moment (UTC) as GitHub does."""
    return None if at is None else f"{at:%Y-%m-%dT%H:%M:%SZ}"
