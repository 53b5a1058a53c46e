"""The demo GitHub's memory: what exists, found by id and by name, and the clock it lives by.

Nothing here knows HTTP. Refusals are `Rejected`, with GitHub's status and sentence; rest.py and
graphql.py only give them their form.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from threading import RLock
from typing import Any, TypeAlias

from app.demo.github.ids import Ids, read_node_id
from app.demo.github.model import (
    Account,
    App,
    Comment,
    Commit,
    Installation,
    Item,
    Project,
    Repo,
    Review,
    Token,
)

Node: TypeAlias = Account | Repo | Item | Comment | Review | Commit
Clock: TypeAlias = Callable[[], datetime]
Parts: TypeAlias = Callable[[], dict[str, Any]]
Sink: TypeAlias = Callable[[str, str, Repo | None, Account, Parts], None]
"""Takes event, action, repository, sender and what else the payload carries."""

DOCS = "https://docs.github.com/rest"


class Rejected(Exception):  # noqa: N818 - GitHub says no; it isn't a fault of the program
    """A refusal: HTTP status, GitHub's sentence and, for 422, the list of errors."""

    def __init__(
        self,
        status: int,
        message: str,
        errors: list[dict[str, Any]] | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.errors = errors
        self.headers = headers or {}

    def body(self) -> dict[str, Any]:
        """Give the JSON that GitHub answers with."""
        body: dict[str, Any] = {"message": self.message, "documentation_url": DOCS}
        if self.errors is not None:
            body["errors"] = self.errors
        elif self.status != 422:  # noqa: PLR2004 - the description gives a 422 no status key
            body["status"] = str(self.status)
        return body | ({"url": self.headers["Location"]} if "Location" in self.headers else {})


def not_found() -> Rejected:
    """Give what GitHub says of everything that is not there or not to be seen."""
    return Rejected(404, "Not Found")


def invalid(resource: str, field: str, code: str, message: str | None = None) -> Rejected:
    """Give a 422 with one error, its code as GitHub documents them (missing, custom, …)."""
    error = {"resource": resource, "field": field, "code": code}
    return Rejected(422, "Validation Failed", [error | ({"message": message} if message else {})])


class State:
    """Everything the demo GitHub knows. Hold `lock` to read or change it from another thread."""

    def __init__(self, clock: Clock | None = None) -> None:
        self.lock = RLock()
        self.clock: Clock = clock or (lambda: datetime.now(UTC))
        self.ids = Ids()
        self.sink: Sink = lambda *_: None
        self.api_url = "https://api.github.com"
        self.html_url = "https://github.com"
        self.search_incomplete = False
        self.accounts: dict[int, Account] = {}
        self.repos: dict[int, Repo] = {}
        self.items: dict[int, Item] = {}
        self.comments: dict[int, Comment] = {}
        self.reviews: dict[int, Review] = {}
        self.projects: dict[tuple[int, str], Project] = {}
        self.apps: dict[int, App] = {}
        self.installations: dict[int, Installation] = {}
        self.tokens: dict[str, Token] = {}
        self.authored: defaultdict[int, set[Item]] = defaultdict(set)
        self.commented: defaultdict[int, set[Item]] = defaultdict(set)
        self.reviewed: defaultdict[int, set[Item]] = defaultdict(set)
        self._logins: dict[str, Account] = {}
        self._emails: dict[str, Account] = {}
        self._names: dict[str, Repo] = {}

    def now(self) -> datetime:
        """Give the present moment in UTC, in whole seconds as GitHub's times are."""
        return self.clock().astimezone(UTC).replace(microsecond=0)

    def add_account(
        self,
        login: str,
        kind: str = "User",
        *,
        name: str | None = None,
        github_id: int | None = None,
    ) -> Account:
        """Add an account; `kind` is User, Bot, Mannequin or Organization."""
        new_id = github_id if github_id is not None else self.ids.next("account")
        account = Account(new_id, login, kind, self.now(), name)
        self.accounts[account.id] = self._logins[login.lower()] = account
        self._emails[email_of(account)] = account
        return account

    def rename_account(self, account: Account, login: str) -> None:
        """Give `account` another login; the old one is free again, its repositories move along."""
        del self._logins[account.login.lower()]
        account.login = login
        self._logins[login.lower()] = account
        for repo in self.repos.values():
            if repo.owner is account:
                self.name_repo(repo)

    def account(self, login: str) -> Account | None:
        """Find an account by its present login, without case."""
        return self._logins.get(login.lower())

    def account_by_email(self, email: str) -> Account | None:
        """Find the account a commit's e-mail belongs to."""
        return self._emails.get(email.lower())

    def name_repo(self, repo: Repo) -> None:
        """Let `repo` be found by its present name; its former names go on leading to it."""
        self._names[repo.full_name.lower()] = repo

    def repo(self, full_name: str) -> Repo | None:
        """Find a repository by a present or former "owner/name", without case."""
        return self._names.get(full_name.lower())

    def node(self, opaque: str) -> Node | None:
        """Find what a node id names, or None."""
        try:
            prefix, name = read_node_id(opaque)
            if prefix == "C":
                repo = self.repos.get(int(name.split(":")[0]))
                return repo.commits.get(name.split(":")[1]) if repo else None
            number = int(name)
        except (ValueError, IndexError):
            return None
        kept: dict[str, Mapping[int, Node]] = {
            **dict.fromkeys(("U", "O", "BOT", "M"), self.accounts),
            **dict.fromkeys(("I", "PR"), self.items),
            "R": self.repos,
            "IC": self.comments,
            "PRR": self.reviews,
        }
        return kept.get(prefix, {}).get(number)

    def installation_on(self, app: App, repo: Repo) -> Installation | None:
        """Find the installation of `app` that reaches `repo`."""
        for installation in self.installations.values():
            if installation.app is app and installation.covers(repo):
                return installation
        return None


def email_of(account: Account) -> str:
    """Give the no-reply address that GitHub gives everybody."""
    return f"{account.id}+{account.login}@users.noreply.github.com".lower()


def association(item: Item, author: Account | None) -> str:
    """Tell what `author` is to the repository of `item` (CommentAuthorAssociation)."""
    if author is None:
        return "NONE"
    own, repo = author is item.author, item.repo
    if own and item.association is not None:
        return item.association
    known = {
        "OWNER": repo.owner is author,
        "MEMBER": author.id in repo.owner.members,
        "COLLABORATOR": author.id in repo.roles,
        "CONTRIBUTOR": author.id in repo.contributors,
        "FIRST_TIME_CONTRIBUTOR": own and item.pull is not None,
    }
    return next((name for name, holds in known.items() if holds), "NONE")


_RANK = ("none", "read", "triage", "write", "maintain", "admin")


def role_of(repo: Repo, account: Account) -> str:
    """Tell an account's role in `repo`: none, read, triage, write, maintain or admin."""
    if repo.owner is account or repo.owner.members.get(account.id) == "admin":
        return "admin"
    role = repo.roles.get(account.id, "none")
    base = "read" if account.id in repo.owner.members or not repo.private else "none"
    return max(role, base, key=_RANK.index)
