"""The words of the core as types: what is known about a subject before anything is decided.

Everything here is a frozen value without behaviour that reaches outside. `None` in a field of
facts means *not known*; an empty tuple means *looked, and there is none*.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias


class Kind(StrEnum):
    """Whose time a contribution is on (definitions.md)."""

    TACTICAL = "tactical"
    STRATEGIC = "strategic"
    PERSONAL = "personal"
    UNDECIDED = "undecided"


class Bucket(StrEnum):
    """The four sources of tactical work (definitions.md)."""

    PRODUCT_DEV = "product-dev"
    INTERNAL_ENG = "internal-eng"
    TECH_SUPPORT = "tech-support"
    PARTNERSHIP_SUPPORT = "partnership-support"


class Work(StrEnum):
    """What a change *is*, whoever needs it."""

    FEATURE = "feature"
    BUGFIX = "bugfix"
    DOCUMENTATION = "documentation"
    CI = "ci"
    MAINTENANCE = "maintenance"
    RELEASE = "release"


class Act(StrEnum):
    """What a person did to a subject."""

    AUTHORED = "authored"
    COMMITTED = "committed"
    REVIEWED = "reviewed"
    MERGED = "merged"
    RELEASED = "released"
    TRIAGED = "triaged"
    LOGGED = "logged"


class SubjectType(StrEnum):
    """What kind of thing on GitHub an act is done to, or a link leads to."""

    PULL_REQUEST = "pull_request"
    ISSUE = "issue"
    RELEASE = "release"
    REPOSITORY = "repository"
    COMMIT = "commit"


class Visibility(StrEnum):
    """Who can read an item, as read from GitHub; what was not read is unknown."""

    PUBLIC = "public"
    PRIVATE = "private"
    UNKNOWN = "unknown"


class Strength(StrEnum):
    """How strongly a piece of evidence speaks."""

    STATED = "stated"
    """A person said it in words: "Ref owner/repo#1", a slash command, a label put on by hand."""
    LINKED = "linked"
    """A link stands there without a word that says what it means."""
    INFERRED = "inferred"
    """A name alone: a hint, never firm."""


class Where(StrEnum):
    """The place a piece of evidence was seen in."""

    TITLE = "title"
    BODY = "body"
    COMMIT = "commit"
    COMMENT = "comment"
    CLOSED_ISSUE = "closed issue"
    BACKLINK = "backlink"
    LABEL = "label"
    BOARD = "board"
    BRANCH = "branch"
    FILES = "files"
    ACT = "act"
    WORD = "word"


Activity: TypeAlias = str
"""One of the home's strategic activities ("release", "review", ...): the list is configuration."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody on GitHub. Logins change and are compared without case; the numeric id does not."""

    login: str
    id: int | None = None
    is_bot: bool | None = None


@dataclass(frozen=True, slots=True)
class ItemRef:
    """An item by its present name: `repo` is "owner/name", `number` None for a whole repository.

    A commit carries `sha`, a release `tag`.
    """

    repo: str
    number: int | None = None
    type: SubjectType | None = None
    sha: str | None = None
    tag: str | None = None
    host: str = "github.com"

    def __str__(self) -> str:
        """Give the short form that people write: owner/name#1, owner/name@tag, owner/name@sha."""
        if self.number is not None:
            return f"{self.repo}#{self.number}"
        if self.tag is not None:
            return f"{self.repo}@{self.tag}"
        return f"{self.repo}@{self.sha[:10]}" if self.sha else self.repo

    @property
    def url(self) -> str:
        """Give the address a browser opens."""
        base = f"https://{self.host}/{self.repo}"
        if self.number is not None:
            kind = "pull" if self.type is SubjectType.PULL_REQUEST else "issues"
            return f"{base}/{kind}/{self.number}"
        if self.tag is not None:
            return f"{base}/releases/tag/{self.tag}"
        return f"{base}/commit/{self.sha}" if self.sha else base

    @property
    def key(self) -> tuple[str, str, int | str | None]:
        """Give what two references to the same item share: host and name without case, number."""
        return (self.host.lower(), self.repo.lower(), self.number or self.sha or self.tag)


@dataclass(frozen=True, slots=True)
class ChangedFile:
    """One path that a change touches, with lines added and deleted where known."""

    path: str
    additions: int | None = None
    deletions: int | None = None


@dataclass(frozen=True, slots=True)
class Comment:
    """One comment or review text; `id` is GitHub's numeric id."""

    by: Person | None
    body: str
    at: datetime | None = None
    id: int | None = None


@dataclass(frozen=True, slots=True)
class Commit:
    """One commit of a pull request: full message, and who wrote it where GitHub knows."""

    message: str
    by: Person | None = None
    at: datetime | None = None
    sha: str | None = None
    co_authors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Subject:
    """The upstream item that acts are done to, as last read."""

    ref: ItemRef
    type: SubjectType
    title: str | None = None
    body: str | None = None
    labels: tuple[str, ...] | None = None
    branch: str | None = None
    draft: bool | None = None
    author: Person | None = None
    author_first_time: bool | None = None
    files: tuple[ChangedFile, ...] | None = None
    n_files: int | None = None
    commits: tuple[Commit, ...] | None = None
    closes: tuple[ItemRef, ...] = ()
    created_at: datetime | None = None
    merged_at: datetime | None = None
    closed_at: datetime | None = None
    visibility: Visibility = Visibility.UNKNOWN
    is_fork: bool | None = None
    is_new_repository: bool = False


@dataclass(frozen=True, slots=True)
class Item:
    """What a link leads to, or the tracker item, comment or commit that mentions the subject.

    `hop` is 1 for a link in the subject's own text and 2 over another item (`via`); `body` of a
    backlink is the text the mention stands in. `bucket` is the board field's value.
    """

    ref: ItemRef
    title: str | None = None
    body: str | None = None
    labels: tuple[str, ...] = ()
    bucket: str | None = None
    by: Person | None = None
    at: datetime | None = None
    comments: tuple[Comment, ...] = ()
    visibility: Visibility = Visibility.UNKNOWN
    hop: int = 1
    via: ItemRef | None = None
    url: str | None = None
    """The address as written, where it is no GitHub item (a ticket, a Slack permalink)."""


@dataclass(frozen=True, slots=True)
class Performed:
    """One act as GitHub shows it: who did what, when (UTC)."""

    act: Act
    by: Person
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything known about one subject at one moment: what a decision is made from."""

    subject: Subject
    acts: tuple[Performed, ...] = ()
    comments: tuple[Comment, ...] = ()
    linked: tuple[Item, ...] = ()
    backlinks: tuple[Item, ...] = ()
    could_not_read: frozenset[str] = frozenset()
    """Names of sources that are configured and were looked for, but not readable just now."""
    fetched_at: datetime | None = None
