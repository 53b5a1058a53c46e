"""A sick GitHub: a share of the requests fails, in every way that GitHub is known to fail."""

import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from app.demo.github import DemoGitHub, Fault, Request
from app.demo.github import faults as failing

Maker = Callable[[random.Random], Fault]
FRESH = timedelta(seconds=4)
"""How old a token may be to be refused as not known yet."""


def _either(rng: random.Random) -> bool:
    return rng.random() < 0.5


KINDS: dict[str, Maker] = {
    "applied, then 500": lambda _: failing.server_error(applied=True),
    "applied, then 502": lambda _: failing.html_502(applied=True),
    "500": lambda _: failing.server_error(),
    "502 as HTML": lambda _: failing.html_502(),
    "503": lambda _: failing.server_error(503),
    "429": lambda rng: failing.rate_limited(429, retry_after=rng.randrange(1, 20)),
    "429 without": lambda _: failing.rate_limited(429),
    "403 with Retry-After": lambda rng: failing.rate_limited(retry_after=rng.randrange(1, 20)),
    "403 without": lambda _: failing.rate_limited(),
    "hang": lambda rng: failing.hang(0.0, applied=_either(rng)),
    "reset": lambda rng: failing.reset(applied=_either(rng)),
    "cut": lambda _: failing.cut(),
}
NOT_FOUND = 404
FRESH_TOKEN = {f"{status} of a fresh token": status for status in (NOT_FOUND, 401, 403)}


@dataclass
class Weather:
    """What fails, drawn from `rng`; and whether anybody asks who was told to stay away.

    `hang` lets the time pass for which a client waits on a request that hangs; `seldom` tells of
    some kinds how often they are drawn where another is drawn once.
    """

    demo: DemoGitHub
    rng: random.Random
    share: float
    now: Callable[[], datetime]
    hang: Callable[[], object]
    kinds: dict[str, Maker] = field(default_factory=lambda: dict(KINDS))
    seldom: dict[str, float] = field(default_factory=dict)
    injected: Counter[str] = field(default_factory=Counter)
    inside: list[str] = field(default_factory=list)
    _told: dict[str, tuple[datetime, datetime]] = field(default_factory=dict)
    _accepted: set[str] = field(default_factory=set)
    """Tokens that GitHub knows by now: it may still refuse them, but finds what they ask for."""

    def __call__(self, request: Request) -> Fault | None:
        asker, now = self._asker(request), self.now()
        told, until = self._told.get(asker, (now, now))
        if told < now < until:
            self.inside.append(f"{asker}: {request.method} {request.path}, {until - now} too early")
        token = request.headers.get("authorization", "")
        name = self._of_a_fresh_token(request, token)
        if name:
            fault = failing.bad_credentials(FRESH_TOKEN[name])
        elif self.rng.random() < self.share:
            name, fault = self._draw()
        else:
            self._accepted.add(token)
            return None
        self.injected[name] += 1
        if fault.kind == "hang":
            self.hang()
        return self.tell(request, fault)

    def tell(self, request: Request, fault: Fault) -> Fault:
        """Remember who is told to stay away, and until when."""
        if wait := fault.headers.get("retry-after"):
            now = self.now()
            self._told[self._asker(request)] = (now, now + timedelta(seconds=int(wait)))
        return fault

    def _of_a_fresh_token(self, request: Request, token: str) -> str:
        """Name what becomes of a request with a fresh token, "" if nothing: what came least often.

        Few requests carry one that was never accepted, so that half of those fail.
        """
        if request.token_age is None or request.token_age >= FRESH:
            return ""
        known = token in self._accepted
        if not self.share or self.rng.random() >= (self.share / 2 if known else 0.5):
            return ""
        may = [name for name, status in FRESH_TOKEN.items() if not known or status != NOT_FOUND]
        return min(may, key=lambda one: self.injected[one])

    def _draw(self) -> tuple[str, Fault]:
        names = sorted(self.kinds)
        (name,) = self.rng.choices(names, [self.seldom.get(one, 1.0) for one in names])
        return name, self.kinds[name](self.rng)

    def _asker(self, request: Request) -> str:
        shown = request.headers.get("authorization", "").partition(" ")[2]
        token = self.demo.state.tokens.get(shown)
        return f"installation {token.installation.id}" if token else "app"


def most_within(moments: Sequence[datetime], window: timedelta) -> int:
    """Give the most moments that lie in any one half-open window."""
    return max(sum(one <= other < one + window for other in moments) for one in moments)
