"""A small world on the demo GitHub, and a client that is judged by GitHub's description."""

import asyncio
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import httpx2
import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

from app.demo.github import DemoGitHub, Faults, Limits
from app.demo.github.model import App, Installation
from tests.contracts.contract import Contract, ContractTransport, github_contract

API = "https://api.github.com"
UPSTREAM = "jupyterhub/oauthenticator"
HOME = "example-org/infrastructure"
PRIVATE = "example-org/private"


@cache
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


@cache
def contract() -> Contract:
    """GitHub's description of the demo's endpoints; `seen` is what was asked of it."""
    return github_contract(API)


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.at = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at

    def forward(self, **by: float) -> None:
        self.at += timedelta(**by)


class World:
    """Two organisations, an app installed on both, a pull request and an issue."""

    def __init__(self, *, limits: Limits | None = None, faults: Faults | None = None) -> None:
        self.clock = Clock()
        self.github = DemoGitHub(clock=self.clock, limits=limits, faults=faults)
        self.people, self.places = self.github.people, self.github.places
        self.people.org("example-org", members=["yuvipanda", "GeorgianaElena"])
        self.people.org("jupyterhub", members=["consideRatio"])
        self.upstream = self.places.repo(UPSTREAM, labels=["bug"], files={"README.md": "Hello"})
        self.home = self.places.repo(HOME)
        self.private = self.places.repo(PRIVATE, private=True)
        self.app: App = self.places.app("good-citizen", public_key=key().public_key(), secret="s")
        self.at_home = self.places.install(self.app, "example-org")
        self.at_upstream = self.places.install(self.app, "jupyterhub", repos=[self.upstream])
        self.pull = self.people.open_pull_request(
            UPSTREAM,
            "GeorgianaElena",
            "Gate login on granted scopes",
            files=["oauthenticator/generic.py"],
            number=719,
        )
        self.issue = self.people.open_issue(HOME, "yuvipanda", "Log in by scope", number=5)
        self.github.hooks.queue.clear()

    def as_app(self, **claims: Any) -> "Asker":
        now = int(self.clock().timestamp())
        issued = {"iss": str(self.app.id), "iat": now - 60, "exp": now + 540, **claims}
        return Asker(self, jwt.encode(issued, key(), "RS256"))

    def as_installation(self, installation: Installation | None = None, **scope: Any) -> "Asker":
        chosen = installation or self.at_upstream
        minted = self.as_app().post(f"/app/installations/{chosen.id}/access_tokens", scope)
        assert minted.status_code == 201, minted.text
        return Asker(self, minted.json()["token"])

    def anonymous(self) -> "Asker":
        return Asker(self, None)


class Asker:
    """Asks in-process; whatever breaks GitHub's description fails the test."""

    def __init__(self, world: World, token: str | None) -> None:
        self.world, self.token = world, token

    def get(self, path: str, **headers: str) -> httpx2.Response:
        return self.ask("GET", path, None, headers)

    def post(self, path: str, body: Any = None) -> httpx2.Response:
        return self.ask("POST", path, body, {})

    def patch(self, path: str, body: Any) -> httpx2.Response:
        return self.ask("PATCH", path, body, {})

    def put(self, path: str, body: Any) -> httpx2.Response:
        return self.ask("PUT", path, body, {})

    def delete(self, path: str) -> httpx2.Response:
        return self.ask("DELETE", path, None, {})

    def ask(
        self, method: str, path: str, body: Any, headers: dict[str, str], *, judged: bool = True
    ) -> httpx2.Response:
        return asyncio.run(self._ask(method, path, body, headers, judged=judged))

    async def _ask(
        self, method: str, path: str, body: Any, headers: dict[str, str], *, judged: bool
    ) -> httpx2.Response:
        inner: httpx2.AsyncBaseTransport = httpx2.ASGITransport(self.world.github)
        transport = ContractTransport(inner, contract()) if judged else inner
        if self.token:
            headers = {"Authorization": f"Bearer {self.token}", **headers}
        url = path if path.startswith("http") else API + path
        async with httpx2.AsyncClient(
            transport=transport, headers=headers, trust_env=False
        ) as client:
            return await client.request(method, url, json=body)

    def query(self, text: str, **variables: Any) -> dict[str, Any]:
        answer = self.post("/graphql", {"query": text, "variables": variables})
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found
