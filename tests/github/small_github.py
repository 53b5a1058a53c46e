"""A GitHub small enough for the client's own behaviour: tokens are real, answers are scripted."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, TypeAlias

import httpx2
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from app.github.auth import load_key
from app.github.cache import ETagCache
from app.github.client import GitHub, Session
from app.github.errors import GitHubError
from app.github.limits import Budgets, MemoryBudgets
from app.github.redact import Redactor

API = "https://api.github.com"
APP_ID = 4711
ISSUE = "/repos/{owner}/{repo}/issues/{number}"
WHERE = {"owner": "jupyterhub", "repo": "oauthenticator", "number": 719}
WRITE = {"issues": "write"}
START = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
Script: TypeAlias = "httpx2.Response | Exception | Callable[[httpx2.Request], httpx2.Response]"


@cache
def rsa_key() -> RSAPrivateKey:
    return generate_private_key(public_exponent=65537, key_size=2048)


@cache
def pem() -> str:
    text = rsa_key().private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    return text.decode()


class VirtualClock:
    """Time that passes only by sleeping or by being told to."""

    def __init__(self) -> None:
        self._now = START

    def now(self) -> datetime:
        return self._now

    async def sleep(self, seconds: float) -> None:
        wakes = self._now + timedelta(seconds=seconds)
        await asyncio.sleep(0)
        self._now = max(self._now, wakes)

    def pass_by(self, **parts: float) -> None:
        self._now += timedelta(**parts)

    @property
    def seconds(self) -> float:
        return (self._now - START).total_seconds()


@dataclass(frozen=True, slots=True)
class Sent:
    """A request that arrived, and when, in seconds since the start."""

    method: str
    url: str
    at: float
    bearer: str
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Minted:
    """A token in force, and for what."""

    installation_id: int
    asked: Mapping[str, Any]
    at: datetime


class SmallGitHub(httpx2.AsyncBaseTransport):
    """Checks JWTs and tokens as GitHub does; then answers from `script`, or with {"fine": true}.

    `fresh_for`: seconds for which a new token is not known yet, answered with `fresh_status`.
    `mint_script` stands before minting.
    """

    def __init__(self, clock: VirtualClock) -> None:
        self.clock = clock
        self.script: list[Script] = []
        self.mint_script: list[Script] = []
        self.sent: list[Sent] = []
        self.minted: dict[str, Minted] = {}
        self.personal = {"a-persons-own-token"}
        self.fresh_for = 0.0
        self.fresh_status = 401

    @property
    def asked(self) -> list[Sent]:
        """The requests that arrived, minting apart."""
        return [sent for sent in self.sent if not sent.url.endswith("/access_tokens")]

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        content = await request.aread()
        bearer = request.headers["authorization"].removeprefix("bearer ")
        body = json.loads(content or b"{}")
        self.sent.append(
            Sent(
                request.method,
                str(request.url),
                self.clock.seconds,
                bearer,
                body or None,
                dict(request.headers),
            )
        )
        await asyncio.sleep(0)
        if request.url.path.endswith("/access_tokens"):
            return self._mint(request, bearer, body)
        return self._refusal(bearer) or self._next(self.script, request) or answer({"fine": True})

    def _mint(
        self, request: httpx2.Request, bearer: str, body: Mapping[str, object]
    ) -> httpx2.Response:
        if not self._is_our_jwt(bearer):
            return answer({"message": "A JSON web token could not be decoded"}, 401)
        if scripted := self._next(self.mint_script, request):
            return scripted
        installation = int(request.url.path.split("/")[-2])
        token = f"ghs_{installation}number{len(self.minted):06}"
        self.minted[token] = Minted(installation, body, self.clock.now())
        expires = (self.clock.now() + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
        return answer({"token": token, "expires_at": expires, "permissions": {}}, 201)

    def _is_our_jwt(self, bearer: str) -> bool:
        try:
            claims = jwt.decode(
                bearer,
                rsa_key().public_key(),
                algorithms=["RS256"],
                issuer=str(APP_ID),
                options={"verify_exp": False, "verify_iat": False},
            )
        except jwt.InvalidTokenError:
            return False
        now = self.clock.now().timestamp()
        return bool(claims["iat"] <= now < claims["exp"] <= now + 600)

    def _refusal(self, bearer: str) -> httpx2.Response | None:
        if bearer in self.personal or self._is_our_jwt(bearer):
            return None
        known = self.minted.get(bearer)
        if known is None or self.clock.now() >= known.at + timedelta(hours=1):
            return answer({"message": "Bad credentials"}, 401)
        if self.clock.now() < known.at + timedelta(seconds=self.fresh_for):
            return answer({"message": "Not known yet"}, self.fresh_status)
        return None

    @staticmethod
    def _next(script: list[Script], request: httpx2.Request) -> httpx2.Response | None:
        if not script:
            return None
        step = script.pop(0)
        if isinstance(step, Exception):
            raise step
        return step if isinstance(step, httpx2.Response) else step(request)


def answer(data: object, status: int = 200, **headers: str) -> httpx2.Response:
    """An answer with JSON; headers are written with underscores."""
    return httpx2.Response(
        status, json=data, headers={name.replace("_", "-"): headers[name] for name in headers}
    )


def html(status: int = 502) -> httpx2.Response:
    return httpx2.Response(status, html="<html><body>Unicorn!</body></html>")


def cut_json() -> httpx2.Response:
    return httpx2.Response(
        200, content=b'{"number": 7', headers={"content-type": "application/json; charset=utf-8"}
    )


def client(
    github: SmallGitHub,
    *,
    api_url: str = API,
    budgets: Budgets | None = None,
    cache: ETagCache | None = None,
    redactor: Redactor | None = None,
) -> GitHub:
    """The real client in front of this GitHub, on its clock."""
    return GitHub(
        api_url=api_url,
        app_id=APP_ID,
        private_key=load_key(pem()),
        timeout_seconds=5,
        budgets=budgets or MemoryBudgets(clock=github.clock),
        cache=cache,
        transport=github,
        clock=github.clock,
        redactor=redactor,
    )


def play(github: SmallGitHub, scene: Callable[[GitHub, Session], Awaitable[None]]) -> GitHub:
    """Run a scene with the client and a session of installation 42, repository 7."""

    async def run() -> GitHub:
        async with client(github) as hub:
            await scene(hub, hub.installation(42, repository_ids=(7,), permissions=WRITE))
            return hub

    return asyncio.run(run())


def failing(github: SmallGitHub, ask: Callable[[Session], Awaitable[object]]) -> GitHubError:
    """Give the error that this request ends in."""
    errors: list[GitHubError] = []

    async def scene(_: GitHub, session: Session) -> None:
        with pytest.raises(GitHubError) as caught:
            await ask(session)
        errors.append(caught.value)

    play(github, scene)
    return errors[0]


def read(session: Session) -> Awaitable[object]:
    return session.get(ISSUE, **WHERE)


def comment(session: Session) -> Awaitable[object]:
    return session.post(ISSUE + "/comments", data={"body": "Thanks."}, **WHERE)
