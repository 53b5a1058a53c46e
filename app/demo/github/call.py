"""One REST call: what was asked, by whom, and the answers in GitHub's forms."""

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias, TypeVar
from urllib.parse import quote, urlencode

from app.demo.github import access
from app.demo.github.hooks import Hooks
from app.demo.github.limits import Meter
from app.demo.github.model import Account, App, Comment, Item, Repo, Token
from app.demo.github.state import Rejected, State, not_found

T = TypeVar("T")

PER_PAGE = 30
MOST_PER_PAGE = 100


@dataclass(slots=True)
class Answer:
    """What goes back: a status, JSON (nothing if `body` is None), headers."""

    status: int
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)

    def raw(self) -> bytes:
        """Give the bytes of the body."""
        if self.body is None:
            return b""
        return json.dumps(self.body, separators=(",", ":"), ensure_ascii=False).encode()


@dataclass(slots=True)
class Call:
    """A request after its credentials were checked."""

    state: State
    hooks: Hooks
    meter: Meter
    actor: access.Actor
    method: str
    path: str
    params: dict[str, str]
    query: dict[str, str]
    content: bytes

    def repo(self, permission: str = "metadata") -> Repo:
        """Find the repository of the path: 404 if not to be seen, 301 by id under an old name."""
        name = f"{self.params['owner']}/{self.params['repo']}"
        repo = self.state.repo(name)
        if repo is None:
            raise not_found()
        access.check_read(self.actor, repo, permission)
        if repo.full_name.lower() != name.lower():
            rest = self.path.split("/", 4)[4:]
            status = 301 if self.method in {"GET", "HEAD"} else 307
            raise self.moved("/".join([f"/repositories/{repo.id}", *rest]), status)
        return repo

    def item(self, repo: Repo, key: str = "issue_number") -> Item:
        """Find the item of the path: 301 where transferred, 410 where deleted, 404 otherwise."""
        number = self.number(key)
        if moved := repo.transferred.get(number):
            if not access.sees(self.actor, moved.repo):
                raise not_found()
            rest = self.path.split("/issues/", 1)[1].split("/", 1)[1:]
            parts = [f"/repositories/{moved.repo.id}/issues/{moved.number}", *rest]
            raise self.moved("/".join(parts))
        if number in repo.deleted:
            raise Rejected(410, "This issue was deleted")
        item = repo.items.get(number)
        if item is None:
            raise not_found()
        access.check_read(self.actor, repo, *access.guards(item))
        return item

    def pull(self, repo: Repo) -> Item:
        """Find the pull request of the path."""
        item = self.item(repo, "pull_number")
        if item.pull is None:
            raise not_found()
        access.check_read(self.actor, repo, "pull_requests")
        return item

    def comment(self, repo: Repo) -> Comment:
        """Find the comment of the path, in `repo`."""
        comment = self.state.comments.get(self.number("comment_id"))
        if comment is None or comment.item.repo is not repo:
            raise not_found()
        return comment

    def writer(self, repo: Repo, permissions: Iterable[str]) -> tuple[Account, App]:
        """Give the bot and the app that a write is done by, if it may be done and not too fast."""
        token = access.check_write(self.actor, repo, permissions)
        self.meter.check_write(self.actor.name)
        return token.installation.app.bot, token.installation.app

    def app(self) -> App:
        """Give the app whose JWT was shown; 401 for everybody else."""
        if not isinstance(self.actor, access.AsApp):
            raise Rejected(401, "A JSON web token could not be decoded")
        return self.actor.app

    def token(self) -> Token:
        """Give the installation token that was shown; 401 or 403 for everybody else."""
        if isinstance(self.actor, access.Nobody):
            raise Rejected(401, "Requires authentication")
        if isinstance(self.actor, access.AsApp):
            raise Rejected(403, "You must authenticate with an installation access token")
        return self.actor.token

    def account(self, key: str) -> Account:
        """Find the account of the path; 404 if there is none."""
        account = self.state.account(self.params[key])
        if account is None:
            raise not_found()
        return account

    def number(self, key: str) -> int:
        """Read a number of the path; what is none leads nowhere."""
        text = self.params[key]
        if not text.isascii() or not text.isdigit() or len(text) > 18:  # noqa: PLR2004 - 64 bits
            raise not_found()
        return int(text)

    def json(self) -> Any:  # noqa: ANN401 - JSON is anything
        """Read the body; 400 if it is no JSON, {} if there is none."""
        if not self.content:
            return {}
        try:
            return json.loads(self.content)
        except ValueError as error:
            raise Rejected(400, "Problems parsing JSON") from error

    def fields(self) -> dict[str, Any]:
        """Read a body that has to be an object."""
        body = self.json()
        if not isinstance(body, dict):
            raise Rejected(400, "Body should be a JSON object")
        return body

    def text(self, fields: dict[str, Any], key: str, default: str | None = None) -> str:
        """Read a field that has to be text; 422 if it isn't, or is missing without `default`."""
        value = fields.get(key, default)
        if not isinstance(value, str):
            sentence = "wasn't supplied" if value is None else "is not a string"
            raise Rejected(422, f'Invalid request.\n\n"{key}" {sentence}.')
        return value

    def page(self, things: Sequence[T], shape: Callable[[T], Any]) -> Answer:
        """Answer one page of `things`, with links to the others."""
        body, headers = self.slice(things)
        return Answer(200, [shape(thing) for thing in body], headers)

    def slice(self, things: Sequence[T]) -> tuple[Sequence[T], dict[str, str]]:
        """Cut one page out of `things`; gives the Link header that leads on."""
        size = min(max(self._positive("per_page", PER_PAGE), 1), MOST_PER_PAGE)
        page = max(self._positive("page", 1), 1)
        last = max(-(-len(things) // size), 1)
        links: dict[str, int] = {}
        if page > 1:
            links |= {"prev": page - 1, "first": 1}
        if page < last:
            links |= {"next": page + 1, "last": last}
        at = [f'<{self.url(page=number)}>; rel="{rel}"' for rel, number in links.items()]
        return things[(page - 1) * size : page * size], {"Link": ", ".join(at)} if at else {}

    def url(self, **query: object) -> str:
        """Give the address of this call with other query parameters."""
        return f"{self.state.api_url}{quote(self.path)}?{urlencode(self.query | query)}"

    def moved(self, path: str, status: int = 301) -> Rejected:
        """Give the redirect to `path`, by id."""
        query = f"?{urlencode(self.query)}" if self.query else ""
        headers = {"Location": f"{self.state.api_url}{quote(path)}{query}"}
        return Rejected(status, "Moved Permanently", headers=headers)

    def _positive(self, key: str, default: int) -> int:
        text = self.query.get(key, "")
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else default  # noqa: PLR2004 - no sane page is longer


Handler: TypeAlias = Callable[[Call], Answer]


def etag(raw: bytes) -> str:
    """Give the weak validator of an answer's bytes."""
    return f'W/"{hashlib.sha256(raw).hexdigest()}"'
