"""Who asks: an app with its JWT, an installation with its token, or nobody; and what they may."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeAlias

import jwt

from app.demo.github.model import (
    TOKEN_LIFE,
    App,
    Installation,
    Item,
    Permissions,
    Repo,
    Token,
)
from app.demo.github.state import Rejected, State, not_found

MAX_REPOSITORIES = 500
_MAX_LIFE = timedelta(minutes=10)


@dataclass(slots=True, frozen=True)
class Nobody:
    """A request without credentials: it reads what is public."""

    name: str = "anonymous"


@dataclass(slots=True, frozen=True)
class AsApp:
    """A request with an app's JWT."""

    app: App

    @property
    def name(self) -> str:
        """Give the name that logs use."""
        return f"app {self.app.slug}"


@dataclass(slots=True, frozen=True)
class AsInstallation:
    """A request with an installation token."""

    token: Token

    @property
    def name(self) -> str:
        """Give the name that logs use."""
        return f"installation {self.token.installation.id}"


Actor: TypeAlias = Nobody | AsApp | AsInstallation


def authenticate(state: State, authorization: str | None) -> Actor:
    """Read the Authorization header; 401 for what is wrong, expired or unknown."""
    if authorization is None:
        return Nobody()
    scheme, _, credential = authorization.partition(" ")
    if scheme.lower() not in {"bearer", "token"}:
        raise Rejected(401, "Bad credentials")
    if credential.count(".") == 2 and not credential.startswith("ghs_"):  # noqa: PLR2004 - a JWT has two dots
        return AsApp(_app_of(state, credential))
    token = state.tokens.get(credential)
    if token is None or token.expires_at <= state.now():
        raise Rejected(401, "Bad credentials")
    if token.installation.id not in state.installations:
        raise Rejected(401, "Bad credentials")
    if token.installation.suspended_at:
        raise Rejected(403, "This installation has been suspended")
    return AsInstallation(token)


def _app_of(state: State, credential: str) -> App:
    try:
        claims = jwt.decode(credential, options={"verify_signature": False})
        app = _issuer(state, claims.get("iss"))
        options: Any = {"verify_exp": False, "verify_iat": False, "verify_nbf": False}
        jwt.decode(credential, app.public_key, algorithms=["RS256"], options=options)
    except jwt.PyJWTError as error:
        raise Rejected(401, "A JSON web token could not be decoded") from error
    now = state.now().timestamp()
    expires, issued = claims.get("exp"), claims.get("iat")
    if not isinstance(expires, int) or expires <= now:
        raise Rejected(401, _claim("'Expiration time' claim ('exp')", "is in the past"))
    if expires > now + _MAX_LIFE.total_seconds():
        raise Rejected(401, "'Expiration time' claim ('exp') is too far in the future")
    if not isinstance(issued, int) or issued > now:
        raise Rejected(401, _claim("'Issued at' claim ('iat')", "is in the future"))
    return app


def _claim(name: str, wrong: str) -> str:
    return f"{name} must be an Integer that fits the assertion: it {wrong} or missing"


def _issuer(state: State, issuer: object) -> App:
    for app in state.apps.values():
        if str(issuer) in {str(app.id), f"Iv23li{app.id:014d}"}:
            return app
    raise Rejected(401, "'Issuer' claim ('iss') must be an Integer")


def mint(state: State, installation: Installation, wanted: dict[str, Any]) -> Token:
    """Mint an installation token, scoped as `wanted` (repositories, repository_ids, permissions).

    403 where the installation is suspended, 422 for what it doesn't have.
    """
    if installation.suspended_at:
        raise Rejected(403, "This installation has been suspended")
    permissions = _narrowed(installation, wanted.get("permissions"))
    now = state.now()
    seed = f"{installation.id}:{len(state.tokens)}".encode()
    # Longer than the 40 characters of old, as GitHub's are now: nobody may count on a length.
    value = f"ghs_{installation.id}_{hashlib.sha256(seed).hexdigest()}"
    token = Token(
        value, installation, _scope(state, installation, wanted), permissions, now, now + TOKEN_LIFE
    )
    state.tokens[value] = token
    return token


def _narrowed(installation: Installation, wanted: Permissions | None) -> Permissions:
    if not wanted:  # PyGithub sends {} for all that there are
        return dict(installation.permissions)
    for name, access in wanted.items():
        given = installation.permissions.get(name)
        if given is None or (access == "write" and given == "read"):
            message = "The permissions requested are not granted to this installation."
            raise Rejected(422, message)
    return {"metadata": "read"} | wanted


def _scope(
    state: State, installation: Installation, wanted: dict[str, Any]
) -> frozenset[int] | None:
    names, ids = wanted.get("repositories"), wanted.get("repository_ids")
    if names is None and ids is None:
        return None
    login = installation.account.login
    found = [state.repo(f"{login}/{name}") for name in names or ()]
    found += [state.repos.get(number) for number in ids or ()]
    reached = [repo for repo in found if repo is not None and installation.covers(repo)]
    if len(found) > MAX_REPOSITORIES:
        raise Rejected(422, "You may specify at most 500 repositories.")
    if len(reached) != len(found):
        message = (
            "There is at least one repository that does not exist or is not accessible to the "
            "parent installation."
        )
        raise Rejected(422, message)
    return frozenset(repo.id for repo in reached)


def sees(actor: Actor, repo: Repo) -> bool:
    """Tell whether `actor` may know that `repo` is there."""
    if not repo.private:
        return True
    return isinstance(actor, AsInstallation) and actor.token.covers(repo)


def check_read(actor: Actor, repo: Repo, *permissions: str) -> None:
    """Refuse reading of what is private: 404 if not to be seen, 403 without a permission."""
    if not sees(actor, repo):
        raise not_found()
    if not repo.private:
        return
    if not any(
        isinstance(actor, AsInstallation) and actor.token.may(name, "read") for name in permissions
    ):
        raise forbidden(*(f"{name}=read" for name in permissions))


def check_write(actor: Actor, repo: Repo, permissions: Iterable[str]) -> Token:
    """Refuse a write without one of `permissions`; gives the token it is done with."""
    accepted = [f"{name}=write" for name in permissions]
    if not sees(actor, repo):
        raise not_found()
    if isinstance(actor, Nobody):
        raise Rejected(401, "Requires authentication")
    if isinstance(actor, AsApp):
        raise forbidden(*accepted)
    token = actor.token
    if not token.covers(repo) or not any(token.may(name, "write") for name in permissions):
        raise forbidden(*accepted)
    return token


def guards(item: Item) -> tuple[str, ...]:
    """Name the permissions of which one is enough to read, label and comment on `item`."""
    return ("issues", "pull_requests") if item.pull else ("issues",)


def forbidden(*accepted: str) -> Rejected:
    """Give the 403 of a missing permission; the header names those that would do."""
    headers = {"X-Accepted-GitHub-Permissions": "; ".join(accepted)}
    return Rejected(403, "Resource not accessible by integration", headers=headers)
