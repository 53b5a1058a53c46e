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
    "403 with Retry-After": lambda rng: failing.rate_limited(retry_after=rng.randrange(1, 20)),
    "403 without": lambda _: failing.rate_limited(),
    "hang": lambda rng: failing.hang(0.0, applied=_either(rng)),
    "reset": lambda rng: failing.reset(applied=_either(rng)),
    "cut": lambda _: failing.cut(),
}
FRESH_TOKEN = "401 of a fresh token"


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

    def __call__(self, request: Request) -> Fault | None:
        asker, now = self._asker(request), self.now()
        told, until = self._told.get(asker, (now, now))
        if told < now < until:
            self.inside.append(f"{asker}: {request.method} {request.path}, {until - now} too early")
        if self.rng.random() >= self.share:
            return None
        name, fault = self._draw(request)
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

    def _draw(self, request: Request) -> tuple[str, Fault]:
        is_fresh = request.token_age is not None and request.token_age < FRESH
        if is_fresh and _either(self.rng):  # few requests carry one, so that they are worth more
            return FRESH_TOKEN, failing.bad_credentials()
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
