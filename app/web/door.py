"""The door, `POST /webhook`: check that it is GitHub, put the bytes on disk, answer.

| answer | when |
|---|---|
| 202 | stored, known already (the same GUID again), or an event that nobody here wants (kept as `ignored`) |
| 400 | a required header is missing, malformed or there twice |
| 401 | the sha256 signature is missing or wrong (sha1 is never looked at) |
| 405 | not POST |
| 408 | headers or body took longer than the deadline (app/web/server.py) |
| 413 | the body is above 25 MiB |
| 415 | a form body, or anything else that isn't JSON |
| 500, 503 | the database failed, or we don't keep up: nothing is promised, GitHub shows a failure |

Nothing is parsed but headers; what the body means is the pump's business.
"""  # noqa: E501

import hmac
import re
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import structlog
from starlette.types import Receive, Scope, Send

from app.store.engine import DATABASE_ERRORS
from app.store.inbox import Arrival, Inbox, OverloadedError

LARGEST = 25 * 2**20
"""Bytes of a body: GitHub doesn't send larger ones (docs.github.com, "Webhook events")."""

EVENT = re.compile(rb"[a-z0-9_]{1,64}")
GUID = re.compile(rb"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
READ = frozenset((b"content-type", b"x-github-event", b"x-github-delivery", b"x-hub-signature-256"))
"""The headers that are looked at."""
SIGNATURE = re.compile(rb"sha256=([0-9a-fA-F]{64})")

log = structlog.get_logger()


class RefusedError(Exception):
    """A request that is answered with `status` and a sentence; nothing is stored."""

    def __init__(self, status: int, outcome: str, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status
        self.outcome = outcome
        self.sentence = sentence


class GoneError(Exception):
    """The sender went away, or was cut off, before the whole body was here."""


@dataclass(frozen=True, slots=True)
class Letter:
    """What the headers say: GUID in lower case, the signature's 32 bytes in hex."""

    guid: str
    event: str
    signature: str


class Door:
    """The ASGI application behind `/webhook`.

    `secrets`: any of them may have signed (two during rotation); `events`: those that the App is
    subscribed to. Without a secret every delivery is refused.
    """

    def __init__(
        self, inbox: Inbox, *, app_id: int, secrets: Sequence[str], events: Iterable[str]
    ) -> None:
        self._inbox = inbox
        self._app_id = app_id
        self._secrets = [secret.encode() for secret in secrets if secret]
        self._events = frozenset(events)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        began = time.perf_counter()
        headers: dict[bytes, bytes] = dict(scope["headers"])
        try:
            _refuse_doubled(scope["headers"])
            outcome = await self._take(headers, receive)
            status, sentence = 202, f"{outcome}\n"
        except RefusedError as refused:
            status, outcome, sentence = refused.status, refused.outcome, f"{refused.sentence}\n"
        except GoneError:
            status, outcome, sentence = None, "cut", ""
        if status is not None:
            await _answer(send, status, sentence)
        log.info(
            "delivery",
            guid=_shown(headers.get(b"x-github-delivery")),
            github_event=_shown(headers.get(b"x-github-event")),
            outcome=outcome,
            status=status,
            ms=round((time.perf_counter() - began) * 1000, 1),
        )

    async def _take(self, headers: Mapping[bytes, bytes], receive: Receive) -> str:
        """Store a delivery and give what became of it. Raises RefusedError or GoneError."""
        letter = read_headers(headers)
        if _length(headers) > LARGEST:
            raise _too_large()
        body = await _read(receive)
        if not is_signed(self._secrets, body, letter.signature):
            raise RefusedError(401, "unsigned", "X-Hub-Signature-256 doesn't fit the body.")
        wanted = letter.event in self._events
        arrival = Arrival(
            app_id=self._app_id,
            guid=letter.guid,
            event=letter.event,
            body=body if wanted else None,
            received_at=datetime.now(UTC),
            state="pending" if wanted else "ignored",
        )
        try:
            new = await self._inbox.put(arrival)
        except OverloadedError:
            raise RefusedError(
                503, "overloaded", "The database doesn't keep up, try later."
            ) from None
        except DATABASE_ERRORS as error:
            log.exception("the inbox failed", guid=letter.guid)
            raise RefusedError(
                500, "failed", "The database failed, nothing is promised."
            ) from error
        if not new:
            return "known"
        return "stored" if wanted else "ignored"


def read_headers(headers: Mapping[bytes, bytes]) -> Letter:
    """Check the headers of a delivery. Raises RefusedError, naming the header that is wrong."""
    if headers.get(b"content-type", b"").split(b";")[0].strip().lower() != b"application/json":
        raise RefusedError(
            415,
            "not json",
            "Only JSON is taken: choose the content type application/json in the App's settings, "
            "under Webhook.",
        )
    event = headers.get(b"x-github-event", b"")
    if not EVENT.fullmatch(event):
        raise RefusedError(
            400, "bad header", "X-GitHub-Event is missing or not the name of an event."
        )
    guid = headers.get(b"x-github-delivery", b"")
    if not GUID.fullmatch(guid):
        raise RefusedError(400, "bad header", "X-GitHub-Delivery is missing or not a GUID.")
    signature = SIGNATURE.fullmatch(headers.get(b"x-hub-signature-256", b""))
    if signature is None:
        raise RefusedError(
            401,
            "unsigned",
            "X-Hub-Signature-256 is missing or not sha256=…: "
            "set the webhook secret in the App's settings.",
        )
    return Letter(guid.decode().lower(), event.decode(), signature[1].decode().lower())


def is_signed(secrets: Sequence[bytes], body: bytes | bytearray, signature: str) -> bool:
    """Tell if one of the secrets signed this body; takes as long whichever it is.

    `signature` is the sha256 HMAC in lower-case hex.
    """
    matches = [
        hmac.compare_digest(hmac.digest(secret, body, "sha256").hex(), signature)
        for secret in secrets
    ]
    return any(matches)


def _refuse_doubled(headers: Sequence[tuple[bytes, bytes]]) -> None:
    """Refuse what a proxy in front may have read in another way than we would."""
    names = [name for name, _ in headers if name in READ]
    if len(names) > len(set(names)):
        raise RefusedError(400, "bad header", "A header of the delivery is there twice.")


def _too_large() -> RefusedError:
    return RefusedError(413, "too large", f"The body is above {LARGEST // 2**20} MiB.")


def _length(headers: Mapping[bytes, bytes]) -> int:
    length = headers.get(b"content-length", b"0")
    return int(length) if length.isdigit() and len(length) < len(str(2**63)) else 0


async def _read(receive: Receive) -> bytearray:
    """Read the body; how much all of them may hold together is the server's business."""
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise GoneError
        body += message.get("body", b"")
        if len(body) > LARGEST:
            raise _too_large()
        if not message.get("more_body", False):
            return body


def _shown(value: bytes | None) -> str | None:
    return None if value is None else value[:64].decode("ascii", "replace")


async def _answer(send: Send, status: int, sentence: str) -> None:
    text = sentence.encode()
    await send(
        {
            "type": "http.response.start",
            "status": status,
            "headers": [
                (b"content-type", b"text/plain; charset=utf-8"),
                (b"content-length", str(len(text)).encode()),
            ],
        }
    )
    await send({"type": "http.response.body", "body": text})
