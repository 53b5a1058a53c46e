"""The demo GitHub with our app on it, and the real client in front."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import TypeVar

import httpx2

from app.demo.github import DemoGitHub
from app.github.client import GitHub, Session
from app.github.finding import NotThere
from app.github.gather import Gathered, gather_subject
from app.github.limits import MemoryBudgets, WriteRules
from app.github.perform import Looked, WriteResult, look, perform
from app.github.target import Us
from app.policy.home import Home, Tracker
from app.policy.model import ItemRef, SubjectType
from app.publish import Action, CreateComment, TargetState, marker
from app.publish.wall import PublicPen, PublicText
from tests.contracts.contract import Contract, ContractTransport, github_contract
from tests.github.answering import loaded_key
from tests.github.small_github import VirtualClock, rsa_key

T = TypeVar("T")
HUB = "jupyterhub/oauthenticator"
INFRA = "2i2c-org/infrastructure"
PULL = ItemRef(HUB, 719, SubjectType.PULL_REQUEST)
HOME = Home(name="2i2c", organisations=("2i2c-org",), trackers=(Tracker(INFRA, public=True),))
NOW = datetime(2024, 2, 1, tzinfo=UTC)
UNBOUND = WriteRules(0, 0, 0)
PERMISSIONS = {"metadata": "read", "issues": "write", "pull_requests": "write"}


@cache
def demo_contract() -> Contract:
    """GitHub's description of all that the demo GitHub has."""
    return github_contract()


def public(words: str) -> PublicText:
    """One of two texts that a pen lets through."""
    pen = PublicPen(HOME, {}, PULL)
    return pen.phrase("It is needed.") if words == "needed" else pen.phrase("It is not needed.")


@dataclass
class Stage:
    """A member's pull request upstream, the home's tracker, and the app installed on both."""

    demo: DemoGitHub
    clock: VirtualClock
    installation_id: int
    home_installation_id: int
    us: Us

    def github(self, rules: WriteRules = UNBOUND) -> GitHub:
        inner = httpx2.ASGITransport(self.demo, raise_app_exceptions=True)
        return GitHub(
            api_url="https://api.github.com",
            app_id=self.us.app_id,
            private_key=loaded_key(),
            timeout_seconds=5,
            budgets=MemoryBudgets(rules, self.clock),
            clock=self.clock,
            transport=ContractTransport(inner, demo_contract()),
        )

    def run(self, work: Callable[[Session], Awaitable[T]], installation: int | None = None) -> T:
        async def go() -> T:
            async with self.github() as github:
                return await work(
                    github.installation(
                        installation or self.installation_id, permissions=PERMISSIONS
                    )
                )

        return asyncio.run(go())

    def gather(self, ref: ItemRef = PULL, repository_id: int | None = None) -> Gathered | NotThere:
        return self.run(
            lambda session: gather_subject(
                session,
                ref,
                home=HOME,
                us=self.us,
                now=NOW,
                repository_id=repository_id,
                installed=True,
            )
        )

    def target(self, ref: ItemRef = PULL) -> TargetState:
        found = self.gather(ref)
        assert isinstance(found, Gathered)
        assert found.target is not None
        return found.target

    def look(self, target: TargetState, *actions: Action) -> Looked | NotThere:
        return self.run(lambda session: look(session, target, us=self.us, actions=actions))

    def seen(self, target: TargetState, *actions: Action) -> Looked:
        found = self.look(target, *actions)
        assert isinstance(found, Looked)
        return found

    def perform(self, target: TargetState, action: Action, seen: Looked) -> WriteResult:
        return self.run(lambda session: perform(session, target, action, seen=seen, home=HOME))

    def write(self, *actions: Action) -> list[WriteResult]:
        """Look and perform, as a round does."""
        target = self.target()
        seen = self.seen(target, *actions)
        return [self.perform(target, action, seen) for action in actions]

    def comment(self, words: str = "needed") -> CreateComment:
        return CreateComment(public(words), marker(self.us.app_id))

    def labels(self) -> list[str]:
        return [label.name for label in self.demo.people.item(f"{HUB}#719").labels]

    def comments(self) -> list[str]:
        return [comment.body for comment in self.demo.people.item(f"{HUB}#719").comments]


def set_stage() -> Stage:
    clock = VirtualClock()
    demo = DemoGitHub(clock=clock.now)
    demo.people.org("jupyterhub")
    demo.people.org("2i2c-org", members=("yuvipanda",))
    demo.places.repo(HUB, labels=("bug",))
    demo.places.repo(INFRA)
    demo.people.open_pull_request(
        HUB,
        "yuvipanda",
        "Gate login on granted scopes",
        files=("oauthenticator/generic.py",),
        number=719,
        labels=("bug",),
    )
    app = demo.places.app("good-citizen", public_key=rsa_key().public_key())
    upstream = demo.places.install(app, "jupyterhub")
    home = demo.places.install(app, "2i2c-org")
    return Stage(demo, clock, upstream.id, home.id, Us(app.id, "good-citizen[bot]"))
