"""Webhooks: what happened is queued for each app that listens, signed, sent and remembered.

GitHub never retries by itself: what got no 2xx stays a failed attempt until somebody asks for it
again at /app/hook/deliveries/{id}/attempts, for three days.
"""

import asyncio
import hashlib
import hmac
import json
import random
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeAlias
from uuid import NAMESPACE_URL, uuid5

import httpx2

from app.demo.github import shapes
from app.demo.github.ids import node_id
from app.demo.github.model import Account, App, Installation, Repo
from app.demo.github.state import Parts, State, not_found

TIMEOUT = 10.0
"""Seconds after which GitHub gives up on an answer."""

Listener: TypeAlias = Callable[[], object]

KEPT = timedelta(days=3)
"""How long a delivery can be asked for again."""


@dataclass(slots=True, frozen=True, eq=False)
class Delivery:
    """One event for one app: `body` are the bytes that are signed and sent."""

    guid: str
    app: App
    event: str
    action: str | None
    installation_id: int | None
    repository_id: int | None
    body: bytes

    def headers(self) -> dict[str, str]:
        """Give the headers GitHub sends, with both signatures over the raw body."""
        secret = self.app.webhook_secret.encode()
        return {
            "Accept": "*/*",
            "Content-Type": "application/json",
            "User-Agent": "GitHub-Hookshot/044aadd",
            "X-GitHub-Delivery": self.guid,
            "X-GitHub-Event": self.event,
            "X-GitHub-Hook-ID": str(400_000_000 + self.app.id),
            "X-GitHub-Hook-Installation-Target-ID": str(self.app.id),
            "X-GitHub-Hook-Installation-Target-Type": "integration",
            "X-Hub-Signature": "sha1=" + hmac.digest(secret, self.body, "sha1").hex(),
            "X-Hub-Signature-256": "sha256="
            + hmac.new(secret, self.body, hashlib.sha256).hexdigest(),
        }


@dataclass(slots=True, frozen=True, eq=False)
class Attempt:
    """One try to deliver; `status_code` 0 means that no answer came."""

    id: int
    delivery: Delivery
    delivered_at: datetime
    redelivery: bool
    duration: float
    status_code: int
    status: str
    response_headers: dict[str, str]
    response_body: str

    @property
    def ok(self) -> bool:
        """Tell whether the app took it."""
        return 200 <= self.status_code < 300  # noqa: PLR2004 - what 2xx means


class Hooks:
    """The queue of deliveries and the record of attempts, newest last."""

    def __init__(self, state: State) -> None:
        self._state = state
        self.queue: deque[tuple[Delivery, bool]] = deque()
        self.attempts: list[Attempt] = []
        self.on_queued: Listener = lambda: None
        self._sent = 0
        state.sink = self.announce

    def announce(
        self, event: str, action: str, repo: Repo | None, sender: Account, parts: Parts
    ) -> None:
        """Queue an event for every app that is installed at `repo` and subscribed to it."""
        listening = [
            installation
            for installation in self._state.installations.values()
            if repo is not None
            and installation.suspended_at is None
            and event in installation.events
            and installation.covers(repo)
        ]
        if not listening or repo is None:
            return
        body = {"action": action, **parts(), **self._about(repo), "sender": self._user(sender)}
        guid = self._guid()
        for installation in listening:
            about = {"id": installation.id, "node_id": node_id(installation)}
            payload = body | {"installation": about}
            self.add(installation.app, event, payload, guid=guid)

    def announce_installation(
        self, event: str, action: str, installation: Installation, extra: dict[str, Any]
    ) -> None:
        """Queue an installation event, which every app gets unasked."""
        shape = shapes.installation(self._state, installation)
        sender = self._user(installation.account)
        payload = {"action": action, "installation": shape, **extra, "sender": sender}
        self.add(installation.app, event, payload)

    def add(
        self, app: App, event: str, payload: dict[str, Any], *, guid: str | None = None
    ) -> Delivery:
        """Queue any payload for `app`, as GitHub might send it."""
        delivery = Delivery(
            guid or self._guid(),
            app,
            event,
            payload.get("action"),
            (payload.get("installation") or {}).get("id"),
            (payload.get("repository") or {}).get("id"),
            json.dumps(payload, separators=(",", ":"), ensure_ascii=False).encode(),
        )
        self._enqueue(delivery, redelivery=False)
        return delivery

    def redeliver(self, app: App, attempt_id: int) -> None:
        """Queue an attempt's delivery again, with its GUID; 404 for another app's or an old one."""
        self._enqueue(self.find(app, attempt_id).delivery, redelivery=True)

    def find(self, app: App, attempt_id: int) -> Attempt:
        """Find an attempt of `app` of the last three days."""
        for attempt in self.listed(app):
            if attempt.id == attempt_id:
                return attempt
        raise not_found()

    def listed(self, app: App) -> list[Attempt]:
        """Give the attempts of the last three days, newest first."""
        since = self._state.now() - KEPT
        own = [a for a in self.attempts if a.delivery.app is app and a.delivered_at >= since]
        return own[::-1]

    async def deliver(
        self,
        *,
        repeat: int = 1,
        shuffle: random.Random | None = None,
        at_once: int = 16,
        client: httpx2.AsyncClient | None = None,
    ) -> list[Attempt]:
        """Send what is queued, each `repeat` times, in another order if `shuffle` is given."""
        with self._state.lock:
            waiting = [entry for entry in self.queue for _ in range(repeat)]
            self.queue.clear()
        if shuffle is not None:
            shuffle.shuffle(waiting)
        limit = asyncio.Semaphore(at_once)

        async def send(delivery: Delivery, *, redelivery: bool) -> Attempt:
            async with limit:
                return await self._send(http, delivery, redelivery=redelivery)

        own = None if client else httpx2.AsyncClient(timeout=TIMEOUT, trust_env=False)
        http = client or own or httpx2.AsyncClient()
        try:
            return await asyncio.gather(*(send(d, redelivery=r) for d, r in waiting))
        finally:
            if own:
                await own.aclose()

    async def _send(
        self, http: httpx2.AsyncClient, delivery: Delivery, *, redelivery: bool
    ) -> Attempt:
        started = time.perf_counter()
        code, status, headers, body = 0, "", {}, ""
        try:
            answer = await http.post(
                delivery.app.webhook_url, content=delivery.body, headers=delivery.headers()
            )
            code, headers, body = answer.status_code, dict(answer.headers), answer.text
            status = "OK" if answer.is_success else f"Invalid HTTP Response: {code}"
        except httpx2.TimeoutException:
            status = "timed out"
        except (httpx2.TransportError, AttributeError):
            # AttributeError: anyio's word on uvloop for a socket that went while it connected.
            status = "failed to connect to host"
        took = round(time.perf_counter() - started, 3)
        with self._state.lock:
            new_id = self._state.ids.next("delivery")
            now = self._state.now()
            attempt = Attempt(new_id, delivery, now, redelivery, took, code, status, headers, body)
            self.attempts.append(attempt)
        return attempt

    def _enqueue(self, delivery: Delivery, *, redelivery: bool) -> None:
        self.queue.append((delivery, redelivery))
        self.on_queued()

    def _guid(self) -> str:
        self._sent += 1
        return str(uuid5(NAMESPACE_URL, f"{self._state.html_url}/deliveries/{self._sent}"))

    def _user(self, account: Account) -> dict[str, Any]:
        return shapes.user(self._state, account)

    def _about(self, repo: Repo) -> dict[str, Any]:
        about = {"repository": shapes.repository(self._state, repo)}
        if repo.owner.type == "Organization":
            about["organization"] = shapes.organization(self._state, repo.owner)
        return about
