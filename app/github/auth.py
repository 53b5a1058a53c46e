"""Who asks: the App with its key, an installation of it, or a person with a token."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

import jwt
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from app.github.clock import Clock

_SHORTEST_KEY = 2048
_BACKDATED = timedelta(seconds=60)
_JWT_LASTS = timedelta(minutes=9)
_JWT_REUSED = timedelta(minutes=7)
_RENEW_BEFORE = timedelta(minutes=5)
MOST_REPOSITORIES = 500
"""GitHub mints a token for at most so many named repositories."""


class PrivateKey:
    """The App's RSA key, loaded once: signing from it takes 0.3 ms, from PEM text 37 ms."""

    __slots__ = ("_key",)

    def __init__(self, key: RSAPrivateKey) -> None:
        self._key = key

    def sign(self, claims: Mapping[str, Any]) -> str:
        """Give the claims as a JWT, signed with RS256."""
        return jwt.encode(dict(claims), self._key, algorithm="RS256")

    def __repr__(self) -> str:
        return "PrivateKey(…)"


def load_key(pem: str) -> PrivateKey:
    r"""Load the App's private key from its PEM text; a line break may be written as \n.

    Raises ValueError with a sentence that a person can act on, and without the text.
    """
    text = pem.replace("\\n", "\n").strip()
    if not text.startswith("-----BEGIN"):
        raise ValueError(
            "The private key is no PEM text: it must begin with -----BEGIN RSA PRIVATE KEY-----, "
            "as in the file that GitHub lets you download on the App's page."
        )
    try:
        key = load_pem_private_key(text.encode(), password=None)
    except TypeError:
        raise ValueError(
            "The private key is locked with a password; give it without one, as GitHub made it."
        ) from None
    except (ValueError, UnsupportedAlgorithm):
        raise ValueError(
            "The private key can't be read: its text is damaged or cut. "
            "Make a new one on the App's page."
        ) from None
    if not isinstance(key, RSAPrivateKey) or key.key_size < _SHORTEST_KEY:
        raise ValueError(
            f"The private key is not an RSA key of {_SHORTEST_KEY} bits or more, as GitHub's are."
        )
    return PrivateKey(key)


@dataclass(slots=True)
class Token:
    """A bearer token. `minted_at` None: it needs no time to become known to GitHub.

    `worked`: GitHub has accepted it at least once.
    """

    value: str = field(repr=False)
    expires_at: datetime | None = None
    minted_at: datetime | None = None
    worked: bool = False


class Credentials(Protocol):
    """What an asker proves itself with."""

    async def token(self) -> Token:
        """Give a token that is good for some minutes."""
        ...

    def drop(self, token: Token) -> bool:
        """Forget this token, which GitHub refused; False if there can't be another."""
        ...


class AppCredentials:
    """The App itself: a JWT, signed anew every few minutes."""

    def __init__(self, app_id: int, key: PrivateKey, clock: Clock) -> None:
        self._app_id = app_id
        self._key = key
        self._clock = clock
        self._token: Token | None = None
        self._renew_at = clock.now()

    async def token(self) -> Token:
        """Give the JWT; exp is at most 10 minutes away, iat in the past, or GitHub says 401."""
        now = self._clock.now()
        token = self._token
        if token is None or now >= self._renew_at:
            issued, expires = now - _BACKDATED, now + _JWT_LASTS
            claims = {
                "iat": int(issued.timestamp()),
                "exp": int(expires.timestamp()),
                "iss": str(self._app_id),
            }
            token = self._token = Token(self._key.sign(claims), expires)
            self._renew_at = now + _JWT_REUSED
        return token

    def drop(self, token: Token) -> bool:
        """Forget this JWT, so that the next one is signed anew."""
        if self._token is token:
            self._token = None
        return True


class PersonalCredentials:
    """A person's own token (GITHUB_TOKEN), as it was given."""

    def __init__(self, token: str) -> None:
        self._token = Token(token)

    async def token(self) -> Token:
        """Give the token."""
        return self._token

    def drop(self, token: Token) -> bool:
        """Say that there is no other."""
        return token is not self._token


@dataclass(frozen=True, slots=True)
class Grant:
    """What a token is minted for; no repositories named: all that the installation has."""

    installation_id: int
    repository_ids: tuple[int, ...]
    permissions: tuple[tuple[str, str], ...]

    @classmethod
    def of(
        cls, installation_id: int, repository_ids: tuple[int, ...], permissions: Mapping[str, str]
    ) -> "Grant":
        """Give the grant in one form, whatever order things were named in."""
        if len(repository_ids) > MOST_REPOSITORIES:
            raise ValueError(f"GitHub mints a token for at most {MOST_REPOSITORIES} repositories.")
        if not permissions:
            raise ValueError("A token is minted for named permissions, never for all there are.")
        ids = tuple(sorted(set(repository_ids)))
        return cls(installation_id, ids, tuple(sorted(permissions.items())))

    def body(self) -> dict[str, Any]:
        """Give what is posted to /app/installations/{installation_id}/access_tokens."""
        named = {"repository_ids": list(self.repository_ids)} if self.repository_ids else {}
        return {**named, "permissions": dict(self.permissions)}


Mint = Callable[[Grant], Awaitable[Token]]


class TokenShelf:
    """The installation tokens of one process: minted once per grant, kept until near expiry."""

    def __init__(self, mint: Mint, clock: Clock) -> None:
        self._mint = mint
        self._clock = clock
        self._tokens: dict[Grant, Token] = {}
        self._minting: dict[Grant, asyncio.Lock] = {}

    async def token(self, grant: Grant) -> Token:
        """Give the token of this grant; of those who ask at once, one mints and all get it."""
        if (token := self._good(grant)) is not None:
            return token
        async with self._minting.setdefault(grant, asyncio.Lock()):
            if (token := self._good(grant)) is None:
                self._sweep()
                token = self._tokens[grant] = await self._mint(grant)
        return token

    def drop(self, grant: Grant, token: Token) -> None:
        """Forget a token that GitHub refused, unless another has taken its place already."""
        if self._tokens.get(grant) is token:
            del self._tokens[grant]

    def _good(self, grant: Grant) -> Token | None:
        token = self._tokens.get(grant)
        if token is None or token.expires_at is None:
            return None
        return token if self._clock.now() < token.expires_at - _RENEW_BEFORE else None

    def _sweep(self) -> None:
        for grant in [known for known in self._tokens if self._good(known) is None]:
            del self._tokens[grant]
        for grant in [known for known, lock in self._minting.items() if not lock.locked()]:
            del self._minting[grant]


@dataclass(frozen=True, slots=True)
class InstallationCredentials:
    """One grant of an installation; its tokens stand on the shelf that all askers share."""

    grant: Grant
    shelf: TokenShelf

    async def token(self) -> Token:
        """Give a token of this grant."""
        return await self.shelf.token(self.grant)

    def drop(self, token: Token) -> bool:
        """Forget this token, so that the next one is minted anew."""
        self.shelf.drop(self.grant, token)
        return True
