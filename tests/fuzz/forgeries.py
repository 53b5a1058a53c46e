"""Requests as an attacker would make them up, and a judge who knows which of them GitHub sent."""

import hashlib
import hmac
import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from app.store.events import WANTED
from app.web.door import LARGEST

SECRETS = ("the secret that will be the only one", "it's a secret to everybody")
"""Two, as during rotation."""
NO_SECRETS = ("", "the secret before those two", SECRETS[0][:-1], f"{SECRETS[0]},{SECRETS[1]}")
EVENTS = tuple(name.encode() for name in (*sorted(WANTED), "push", "star", "ping"))
SIGNATURE = b"x-hub-signature-256"
EVENT, GUID, TYPE = b"x-github-event", b"x-github-delivery", b"content-type"
READ = (TYPE, EVENT, GUID, SIGNATURE)
ZEROS = bytes(2**18)
ODD = (
    b"", b" ", b"\xff\xfe", b"\xc3\xa9", b"sha256=\xe2\x82\xac", b"\x00", b"a\r\nset-cookie: x=1",
    b"{}", b"null", b"%s%n", b"../../etc/passwd", b"' OR 1=1 --", b"${jndi:ldap://x}", b"0",
    "٣".encode(), b"\x1b[31m", b'{"level": "error"}', b"x" * 5_000,
)  # fmt: skip
TYPES = (
    b"application/x-www-form-urlencoded", b"text/plain", b"application/jsonp", b"json",
    b"multipart/form-data; boundary=x", b"application/json,text/plain", b"*/*",
)  # fmt: skip
FINE_TYPES = (b"application/json", b"Application/JSON; charset=utf-8", b"application/json;x")
METHODS = ("GET", "PUT", "HEAD", "OPTIONS", "DELETE", "PATCH", "TRACE", "CONNECT", "post", "POST\n")
PATHS = (
    "/webhook/", "//webhook", "/webhook/..", "/WEBHOOK", "/", "/webhook\n", "/webhook\x00",
    "/webhook;x", "/healthz", "/x/../webhook", "/web\udce9hook", "/" + "w" * 3_000,
)  # fmt: skip
WITHOUT_MEANING = (
    (b"x-http-method-override", b"PUT"), (b"x-forwarded-for", b"140.82.112.1"),
    (b"x-original-url", b"/webhook"), (b"content-encoding", b"gzip"), (b"authorization", b"x"),
    (b"host", b"evil.example"), (b"expect", b"100-continue"), (b"content-length", b"-1"),
    (b"content-length", b"1" * 400), (b"x-hub-signature", b"sha1=0"), (b"cookie", b"a=b"),
)  # fmt: skip


@dataclass(slots=True)
class Request:
    """One request; `whole`: the sender stays until it is sent."""

    method: str
    path: str
    headers: list[tuple[bytes, bytes]]
    pieces: list[bytes]
    whole: bool = True

    @property
    def body(self) -> bytes:
        return b"".join(self.pieces)

    def all_of(self, name: bytes) -> list[bytes]:
        return [value for key, value in self.headers if key == name]

    def leave_out(self, name: bytes) -> None:
        self.headers = [one for one in self.headers if one[0] != name]

    def say(self, name: bytes, value: bytes) -> None:
        self.leave_out(name)
        self.headers.append((name, value))


def is_githubs(request: Request) -> bool:
    """Tell if GitHub could have sent it: whole, to the door, signed with one of our secrets."""
    told = [request.all_of(name) for name in READ]
    if not request.whole or any(len(values) != 1 for values in told):
        return False
    (kind,), (event,), (guid,), (signature,) = told
    return (
        (request.method, request.path.removesuffix("\n")) == ("POST", "/webhook")  # as routed
        and kind.lower().partition(b";")[0] == b"application/json"
        and re.fullmatch(rb"[a-z0-9_]{1,64}", event) is not None
        and re.fullmatch(rb"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", guid.lower()) is not None
        and not _says_too_large(request)
        and signature[:7] == b"sha256="
        and signature[7:].lower()
        in [
            hmac.new(secret.encode(), request.body, hashlib.sha256).hexdigest().encode()
            for secret in SECRETS
        ]
    )


def _says_too_large(request: Request) -> bool:
    said = request.all_of(b"content-length")[-1:]
    return len(request.body) > LARGEST or said == [b"%d" % (LARGEST + 1)]


def sign(secret: str, body: bytes) -> bytes:
    return hmac.digest(secret.encode(), body, "sha256").hex().encode()


class Forger:
    """Makes up requests from a seed."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self._known = [self._guid()]

    def request(self) -> Request:
        """Give one request; about one in twenty is GitHub's."""
        request = self._githubs()
        for _ in range(self.rng.choice((0, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 3, 3, 3, 3))):
            self.rng.choice(WAYS)(self.rng, request)
        if self.rng.random() < 0.05:
            self._known = [*self._known[-20:], *request.all_of(GUID)]
        return request

    def _githubs(self) -> Request:
        rng = self.rng
        body = rng.choice((b"{}", b'{"action": "opened"}', b"{", b"")) + rng.randbytes(
            rng.choice((0, 2, 40, 400))
        )
        guid = rng.choice(self._known) if rng.random() < 0.1 else self._guid()
        headers = [
            (b"host", b"x"),
            (TYPE, rng.choice(FINE_TYPES)),
            (EVENT, rng.choice(EVENTS)),
            (GUID, guid),
            (SIGNATURE, b"sha256=" + sign(rng.choice(SECRETS), body)),
        ]
        if rng.random() < 0.7:
            return Request("POST", "/webhook", headers, [body])
        cut = rng.randrange(len(body) + 1)
        return Request("POST", "/webhook", headers, [body[:cut], b"", body[cut:]])

    def _guid(self) -> bytes:
        return str(UUID(int=self.rng.getrandbits(128))).encode()


Way = Callable[[random.Random, Request], None]


def _signed_by_another(rng: random.Random, request: Request) -> None:
    request.say(SIGNATURE, b"sha256=" + sign(rng.choice(NO_SECRETS), request.body))


def _sha1_only(rng: random.Random, request: Request) -> None:
    sha1 = hmac.digest(rng.choice(SECRETS).encode(), request.body, "sha1").hex().encode()
    match rng.randrange(3):
        case 0:
            request.leave_out(SIGNATURE)
            request.say(b"x-hub-signature", b"sha1=" + sha1)
        case 1:
            request.say(SIGNATURE, b"sha1=" + sha1)
        case _:
            request.say(SIGNATURE, b"sha256=" + sha1)


def _spoilt_signature(rng: random.Random, request: Request) -> None:
    right = b"".join(request.all_of(SIGNATURE)[:1])
    at = rng.randrange(len(right) + 1)
    spoilt = (
        right[:at], right[7:], right + b"0", right[:at] + b"g" + right[at + 1 :], b" " + right,
        right + b"\n", right.upper(), right[:7] + right[7:].upper(), right + b", " + right,
        b"sha256=" + b"0" * 64, rng.choice(ODD),
    )  # fmt: skip
    request.say(SIGNATURE, rng.choice(spoilt))


def _other_body(rng: random.Random, request: Request) -> None:
    body = bytearray(request.body or b" ")
    body[rng.randrange(len(body))] ^= 1 << rng.randrange(8)
    request.pieces = rng.choice(([bytes(body)], [*request.pieces, b" "], [b""]))


def _cut(rng: random.Random, request: Request) -> None:
    request.pieces = request.pieces[: rng.randrange(3)]
    request.whole = False


def _form(_: random.Random, request: Request) -> None:
    request.pieces = [b"payload=%7B%7D"]
    request.say(TYPE, TYPES[0])
    request.say(SIGNATURE, b"sha256=" + sign(SECRETS[0], request.body))


def _missing(rng: random.Random, request: Request) -> None:
    request.leave_out(rng.choice(READ))


def _doubled(rng: random.Random, request: Request) -> None:
    name = rng.choice(READ)
    value = rng.choice((*request.all_of(name), rng.choice(ODD)))
    request.headers.insert(rng.choice((0, len(request.headers))), (name, value))


def _odd(rng: random.Random, request: Request) -> None:
    request.say(rng.choice(READ), rng.choice(ODD))


def _other_type(rng: random.Random, request: Request) -> None:
    request.say(TYPE, rng.choice(TYPES))


def _elsewhere(rng: random.Random, request: Request) -> None:
    if rng.random() < 0.5:
        request.method = rng.choice(METHODS)
    else:
        request.path = rng.choice(PATHS)


def _more(rng: random.Random, request: Request) -> None:
    request.headers.append(rng.choice(WITHOUT_MEANING))


def _too_large(rng: random.Random, request: Request) -> None:
    if rng.random() < 0.002:
        request.pieces = [ZEROS] * (LARGEST // len(ZEROS) + 1)
    else:
        request.headers.append((b"content-length", b"%d" % (LARGEST + 1)))


WAYS: Sequence[Way] = (
    _signed_by_another, _sha1_only, _spoilt_signature, _other_body, _cut, _form, _missing, _doubled,
    _odd, _other_type, _elsewhere, _more, _too_large,
)  # fmt: skip
