"""How the App is registered at GitHub: what it may, where it is installed, its webhook.

Asked as the App itself. Names are GitHub's own (docs.github.com, "REST API endpoints for GitHub
Apps" and "… for GitHub App webhooks"); everything else in an answer is passed over.
"""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, ValidationError

from app.github.client import Session
from app.github.errors import ServerError

LATEST = 20
"""Deliveries that are looked at."""
T = TypeVar("T")


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Owner(_Part):
    """A user or an organisation; an enterprise has neither login nor type."""

    id: int | None = None
    login: str = ""
    type: str = ""


class Registration(_Part):
    """The App as GitHub knows it."""

    id: int
    slug: str
    html_url: str
    owner: Owner | None = None
    permissions: dict[str, str]
    events: tuple[str, ...]

    @property
    def settings_url(self) -> str:
        """Give the address of the App's settings, as far as it can be known."""
        site = urlsplit(self.html_url)
        whose = ""
        if self.owner and self.owner.type == "Organization":
            whose = f"/organizations/{self.owner.login}"
        return f"{site.scheme}://{site.netloc}{whose}/settings/apps/{self.slug}"


class Installed(_Part):
    """The App on one account; `permissions` and `events` are those that its owner accepted."""

    id: int
    account: Owner | None
    html_url: str
    repository_selection: str
    created_at: datetime
    suspended_at: datetime | None
    permissions: dict[str, str]
    events: tuple[str, ...]


class Repository(_Part):
    """A repository that an installation reaches."""

    id: int
    full_name: str
    private: bool
    archived: bool = False
    fork: bool


class Reach(_Part):
    """A page of what an installation reaches, and how much that is in all."""

    total_count: int
    repositories: tuple[Repository, ...]


class Webhook(_Part):
    """Where deliveries go and how; `secret` is masked, None if there is none."""

    url: str | None = None
    content_type: str | None = None
    insecure_ssl: str | float = "0"
    secret: str | None = None


class Attempt(_Part):
    """One try to deliver; `status` in GitHub's words, `status_code` 0 if no answer came."""

    guid: str
    event: str
    delivered_at: datetime
    status: str
    status_code: int

    @property
    def arrived(self) -> bool:
        """Tell whether it was answered with 2xx."""
        return 200 <= self.status_code < 300  # noqa: PLR2004 - what 2xx means


async def read_registration(app: Session) -> Registration:
    """Ask who we are. Errors: app.github.errors, as in all of these."""
    return _read(Registration.model_validate, await app.get("/app"))


async def read_installations(app: Session) -> list[Installed]:
    """Ask where the App is installed."""
    return [
        _read(Installed.model_validate, said) async for said in app.getiter("/app/installations")
    ]


async def read_reach(installation: Session, *, most: int) -> Reach:
    """Ask as an installation what it reaches; of more than `most` the first page is enough."""
    found = list[Repository]()
    total = 0
    async for said in installation.getpages("/installation/repositories"):
        page = _read(Reach.model_validate, said)
        found, total = [*found, *page.repositories], page.total_count
        if total > most:
            break
    return Reach(total_count=total, repositories=tuple(found))


async def read_webhook(app: Session) -> Webhook:
    """Ask for the webhook's address and form."""
    return _read(Webhook.model_validate, await app.get("/app/hook/config"))


async def read_attempts(app: Session) -> list[Attempt]:
    """Ask for the latest deliveries, the newest first."""
    listed = await app.get("/app/hook/deliveries{?per_page}", per_page=LATEST)
    return [_read(Attempt.model_validate, said) for said in listed]


def lacking(has: dict[str, str], wants: dict[str, str]) -> dict[str, str]:
    """Give the permissions in `wants` that `has` doesn't reach: write and admin contain read."""
    order = ("", "read", "write", "admin")
    return {
        name: level
        for name, level in wants.items()
        if order.index(level) > _rank(order, has.get(name, ""))
    }


def _rank(order: tuple[str, ...], level: str) -> int:
    return order.index(level) if level in order else 0


def _read(validate: Callable[[object], T], said: object) -> T:
    try:
        return validate(said)
    except ValidationError:
        raise ServerError("GitHub's answer is in a form that can't be read.") from None
