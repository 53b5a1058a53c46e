"""The limits on how much may be asked: primary ones by the hour, and those on writing."""

from collections import defaultdict, deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from app.demo.github.state import Rejected, State


@dataclass(slots=True)
class Limits:
    """What each asker may use; github.com's values. `enforced` False is an Enterprise Server."""

    core: int = 5_000
    graphql: int = 5_000
    search: int = 30
    anonymous: int = 60
    writes_per_minute: int = 80
    writes_per_hour: int = 500
    enforced: bool = True


@dataclass(slots=True)
class _Window:
    ends: datetime
    used: int = 0


@dataclass(slots=True)
class Meter:
    """Counts what each asker used, of each resource in its window."""

    state: State
    limits: Limits = field(default_factory=Limits)
    _windows: dict[tuple[str, str], _Window] = field(default_factory=dict)
    _writes: defaultdict[str, deque[datetime]] = field(default_factory=lambda: defaultdict(deque))

    def limit(self, who: str, resource: str) -> int:
        """Give the limit of `resource`: core, graphql or search."""
        if who == "anonymous" and resource == "core":
            return self.limits.anonymous
        return int(getattr(self.limits, resource))

    def window(self, who: str, resource: str) -> tuple[int, int]:
        """Give what is used of the present window and when it ends (seconds since the epoch)."""
        now, key = self.state.now(), (who, resource)
        window = self._windows.get(key)
        if window is None or window.ends <= now:
            length = timedelta(minutes=1) if resource == "search" else timedelta(hours=1)
            window = self._windows[key] = _Window(now + length)
        return window.used, int(window.ends.timestamp())

    def spent(self, who: str, resource: str) -> bool:
        """Tell whether nothing is left of `resource`."""
        return self.limits.enforced and self.window(who, resource)[0] >= self.limit(who, resource)

    def use(self, who: str, resource: str, points: int = 1) -> None:
        """Count `points` against `resource`."""
        self.window(who, resource)
        window = self._windows[who, resource]
        window.used = min(self.limit(who, resource), window.used + points)

    def check(self, who: str, resource: str) -> None:
        """Refuse (403) when the primary limit is spent."""
        if self.spent(who, resource):
            raise Rejected(403, f"API rate limit exceeded for {who}.")

    def check_write(self, who: str) -> None:
        """Count a content write; refuse (403 with Retry-After) beyond the secondary limits."""
        if not self.limits.enforced:
            return
        now, done = self.state.now(), self._writes[who]
        while done and done[0] <= now - timedelta(hours=1):
            done.popleft()
        recent = sum(at > now - timedelta(minutes=1) for at in done)
        if recent >= self.limits.writes_per_minute or len(done) >= self.limits.writes_per_hour:
            message = "You have exceeded a secondary rate limit. Please wait a few minutes."
            raise Rejected(403, message, headers={"Retry-After": "60"})
        done.append(now)

    def headers(self, who: str, resource: str) -> dict[str, str]:
        """Give the x-ratelimit-* headers of an answer; none on an Enterprise Server."""
        if not self.limits.enforced:
            return {}
        used, ends = self.window(who, resource)
        limit = self.limit(who, resource)
        return {
            "x-ratelimit-limit": str(limit),
            "x-ratelimit-remaining": str(limit - used),
            "x-ratelimit-used": str(used),
            "x-ratelimit-reset": str(ends),
            "x-ratelimit-resource": resource,
        }

    def overview(self, who: str) -> dict[str, dict[str, int]]:
        """Give GitHub's rate-limit of each resource."""
        return {name: self._rate(who, name) for name in ("core", "search", "graphql")}

    def _rate(self, who: str, resource: str) -> dict[str, int]:
        used, ends = self.window(who, resource)
        limit = self.limit(who, resource)
        return {"limit": limit, "remaining": limit - used, "reset": ends, "used": used}
