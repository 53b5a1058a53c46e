"""What the demo GitHub holds: accounts, repositories, items and what happened to them.

These are mutable records, changed only by items.py and people.py. Ids are of the size GitHub's
are today: items, comments, labels and events need 64 bits.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeAlias

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

Permissions: TypeAlias = dict[str, str]
"""Permission name to "read" or "write", as GitHub's app-permissions."""


@dataclass(slots=True, eq=False)
class Account:
    """A user, bot, mannequin or organisation; `members` (of an organisation) is id to role."""

    id: int
    login: str
    type: str
    created_at: datetime
    name: str | None = None
    members: dict[int, str] = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class Label:
    """A label of one repository; names are compared without case."""

    id: int
    repo: "Repo"
    name: str
    color: str
    description: str | None
    created_at: datetime


@dataclass(slots=True, eq=False)
class Commit:
    """One commit; `author` is None where the e-mail belongs to nobody on GitHub."""

    sha: str
    repo: "Repo"
    message: str
    author: Account | None
    author_name: str
    author_email: str
    at: datetime


@dataclass(slots=True, frozen=True)
class File:
    """One path that a pull request changes; `content` is what it says then, if that matters."""

    path: str
    additions: int = 1
    deletions: int = 0
    status: str = "modified"
    content: str | None = None


@dataclass(slots=True, eq=False)
class Repo:
    """A repository with everything in it."""

    id: int
    owner: Account
    name: str
    private: bool
    created_at: datetime
    updated_at: datetime
    description: str | None = None
    archived: bool = False
    parent: "Repo | None" = None
    is_fork: bool = False
    default_branch: str = "main"
    labels: dict[str, Label] = field(default_factory=dict)
    items: dict[int, "Item"] = field(default_factory=dict)
    transferred: dict[int, "Item"] = field(default_factory=dict)
    deleted: set[int] = field(default_factory=set)
    releases: list["Release"] = field(default_factory=list)
    files: dict[str, str] = field(default_factory=dict)
    commits: dict[str, Commit] = field(default_factory=dict)
    roles: dict[int, str] = field(default_factory=dict)
    contributors: set[int] = field(default_factory=set)
    last_number: int = 0

    @property
    def full_name(self) -> str:
        """Give the present "owner/name"."""
        return f"{self.owner.login}/{self.name}"


@dataclass(slots=True, eq=False)
class Item:
    """An issue, or with `pull` a pull request. `author` None is a deleted account."""

    id: int
    repo: Repo
    number: int
    title: str
    body: str
    author: Account | None
    created_at: datetime
    updated_at: datetime
    state: str = "open"
    state_reason: str | None = None
    closed_at: datetime | None = None
    closed_by: Account | None = None
    edited_at: datetime | None = None
    locked: bool = False
    labels: list[Label] = field(default_factory=list)
    assignees: list[Account] = field(default_factory=list)
    comments: list["Comment"] = field(default_factory=list)
    events: list["Event"] = field(default_factory=list)
    board: list["BoardItem"] = field(default_factory=list)
    association: str | None = None
    app: "App | None" = None
    pull: "Pull | None" = None


@dataclass(slots=True, eq=False)
class Pull:
    """What a pull request has beyond an issue; `head_repo` None is a deleted fork."""

    head_ref: str
    head_repo: Repo | None
    base_ref: str
    files: list[File]
    commits: list[Commit]
    draft: bool = False
    changed_files: int | None = None
    closes: list[Item] = field(default_factory=list)
    reviews: list["Review"] = field(default_factory=list)
    merged_at: datetime | None = None
    merged_by: Account | None = None
    merge_commit: Commit | None = None


@dataclass(slots=True, eq=False)
class Comment:
    """A comment on an item; `app` is the app it was written through."""

    id: int
    item: Item
    author: Account | None
    body: str
    created_at: datetime
    updated_at: datetime
    edited_at: datetime | None = None
    editor: Account | None = None
    app: "App | None" = None
    reactions: list["Reaction"] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Reaction:
    """One person's +1, eyes, rocket … on a comment."""

    id: int
    user: Account
    content: str
    created_at: datetime


@dataclass(slots=True, eq=False)
class Review:
    """A review; `state` as in REST: APPROVED, CHANGES_REQUESTED, COMMENTED, DISMISSED."""

    id: int
    item: Item
    author: Account | None
    state: str
    body: str
    submitted_at: datetime
    commit: Commit | None


@dataclass(slots=True, eq=False)
class Release:
    """A release of a repository."""

    id: int
    repo: Repo
    tag: str
    name: str | None
    body: str
    author: Account
    created_at: datetime
    published_at: datetime | None
    draft: bool = False
    prerelease: bool = False


@dataclass(slots=True, eq=False)
class Event:
    """One line of a timeline; `kind` as in REST: labeled, cross-referenced and so on."""

    id: int
    kind: str
    item: Item
    actor: Account | None
    at: datetime
    label: Label | None = None
    source: Item | None = None
    commit: Commit | None = None
    app: "App | None" = None


@dataclass(slots=True, eq=False)
class Project:
    """A board of an organisation."""

    id: int
    owner: Account
    number: int
    title: str
    public: bool = False


@dataclass(slots=True, eq=False)
class BoardItem:
    """An item's card on a board with the options chosen in its single-select fields."""

    id: int
    project: Project
    item: Item
    created_at: datetime
    fields: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class App:
    """A GitHub App as registered; its bot account is `slug[bot]`."""

    id: int
    slug: str
    name: str
    owner: Account
    bot: Account
    public_key: RSAPublicKey
    webhook_url: str
    webhook_secret: str
    permissions: Permissions
    events: tuple[str, ...]
    single_files: tuple[str, ...]
    created_at: datetime


@dataclass(slots=True, eq=False)
class Installation:
    """An app on an account; `repos` None means all of the account's repositories."""

    id: int
    app: App
    account: Account
    repos: set[int] | None
    permissions: Permissions
    events: tuple[str, ...]
    created_at: datetime
    updated_at: datetime
    suspended_at: datetime | None = None

    def covers(self, repo: Repo) -> bool:
        """Tell whether the installation reaches `repo`."""
        if self.repos is None:
            return repo.owner is self.account
        return repo.id in self.repos


@dataclass(slots=True, frozen=True, eq=False)
class Token:
    """An installation token; `repos` None means all that the installation covers."""

    value: str
    installation: Installation
    repos: frozenset[int] | None
    permissions: Permissions
    minted_at: datetime
    expires_at: datetime

    def covers(self, repo: Repo) -> bool:
        """Tell whether the token reaches `repo` (reading what is public needs no token)."""
        scoped = self.repos is None or repo.id in self.repos
        return scoped and self.installation.covers(repo)

    def may(self, permission: str, access: str) -> bool:
        """Tell whether the token was given `permission` with at least `access`."""
        given = self.permissions.get(permission)
        return given == access or (access == "read" and given is not None)


TOKEN_LIFE = timedelta(hours=1)
