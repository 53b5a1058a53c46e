"""Every table of the app, and of no library.

GitHub's things are keyed by (host, GitHub's numeric id), because names change hands; a name in a
row is for display. Ids are BIGINT on PostgreSQL. Every row that belongs to a home carries it.
Instants are stored as UTC without an offset on SQLite and read back with one on both databases.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, LargeBinary, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from app.store.columns import big, document, instant, row_id


class Delivery(SQLModel, table=True):
    """One webhook delivery. `body` is dropped after a documented number of days, the GUID kept.

    state: pending (until all it concerns is settled) → done | ignored | buried.
    """

    __table_args__ = (
        UniqueConstraint("app_id", "guid"),
        Index("ix_delivery_unpumped", "id", sqlite_where=text("pumped_at IS NULL"),
              postgresql_where=text("pumped_at IS NULL")),
        Index("ix_delivery_state", "state", "received_at"),
    )  # fmt: skip

    id: int | None = row_id()
    app_id: int = big()
    guid: str
    event: str
    received_at: datetime = instant()
    state: str = "pending"
    reason: str | None = None
    attempts: int = 0
    next_try_at: datetime | None = instant(nullable=True)
    pumped_at: datetime | None = instant(nullable=True)
    done_at: datetime | None = instant(nullable=True)
    body: bytes | None = Field(default=None, sa_type=LargeBinary, nullable=True)
    """Last, because SQLite reads through it to whatever stands behind it."""


class Home(SQLModel, table=True):
    """The organisation whose time it is. Writes go only to items active since `writing_since`."""

    __table_args__ = (UniqueConstraint("host", "name"),)

    id: int | None = row_id()
    host: str
    name: str
    config_digest: str = ""
    config: str = ""
    config_refused: str = ""
    """The digest of a newer version that can't be used, once people were told of it."""
    writing_since: datetime | None = instant(nullable=True)
    created_at: datetime = instant()


class Installation(SQLModel, table=True):
    """Where the app is installed, with the budget of writes and the limit GitHub says is left."""

    host: str = Field(primary_key=True)
    id: int = big(primary_key=True)
    account_id: int | None = big(nullable=True)
    account_login: str | None = None
    home_id: int | None = big(nullable=True)
    suspended_at: datetime | None = instant(nullable=True)
    removed_at: datetime | None = instant(nullable=True)
    recent_writes: list[float] = document()
    limit_remaining: int | None = None
    limit_resets_at: datetime | None = instant(nullable=True)
    blocked_until: datetime | None = instant(nullable=True)


class Repository(SQLModel, table=True):
    """A repository by its numeric id; `full_name` is its present name."""

    __table_args__ = (Index("ix_repository_full_name", "host", "full_name_key"),)

    host: str = Field(primary_key=True)
    id: int = big(primary_key=True)
    full_name: str
    full_name_key: str
    private: bool | None = None
    archived: bool | None = None
    fork: bool | None = None
    installation_id: int | None = big(nullable=True)
    seen_at: datetime = instant()


class Account(SQLModel, table=True):
    """A person, bot or organisation by numeric id; `login` is the present one."""

    __table_args__ = (Index("ix_account_login", "host", "login_key"),)

    host: str = Field(primary_key=True)
    id: int = big(primary_key=True)
    login: str
    login_key: str
    type: str | None = None
    seen_at: datetime = instant()


class Subject(SQLModel, table=True):
    """The unit of work. It is stale while `mark` > `settled`; a lease keeps its effects single.

    `space` says what `number` counts: "item" (issues and pull requests share their numbers; an
    event about a pull request's comment carries the issue's id, another its own, and a mention
    none), "release" (GitHub's id of it) or "repository" (0).
    """

    __table_args__ = (
        UniqueConstraint("home_id", "host", "repository_id", "space", "number"),
        Index("ix_subject_stale", "next_try_at", sqlite_where=text("mark > settled"),
              postgresql_where=text("mark > settled")),
    )  # fmt: skip

    id: int | None = row_id()
    home_id: int = big(foreign_key="home.id")
    host: str
    repository_id: int = big()
    space: str
    number: int = big()
    mark: int = big(default=0)
    settled: int = big(default=0)
    installation_id: int | None = big(nullable=True)
    lease_by: str | None = None
    lease_until: datetime | None = instant(nullable=True)
    attempts: int = 0
    first_failed_at: datetime | None = instant(nullable=True)
    next_try_at: datetime | None = instant(nullable=True)
    buried_at: datetime | None = instant(nullable=True)
    reason: str | None = None
    title: str | None = None
    active_at: datetime | None = instant(nullable=True)


class Concern(SQLModel, table=True):
    """A delivery waits for a subject to be settled up to `mark`; gone when it is."""

    delivery_id: int = big(primary_key=True, foreign_key="delivery.id")
    subject_id: int = big(primary_key=True, foreign_key="subject.id", index=True)
    mark: int = big()


class Word(SQLModel, table=True):
    """What a person said: a slash command, or a label of ours put on or taken off by hand.

    `source` makes it happen once: "comment:ID:HASH:OCCURRENCE" or "label:…". state: asked (a line
    that nobody has looked at yet) → said | refused. `line` is the command as typed, in its comment
    `comment_id`; `answered_at` when we reacted to it. A word is never edited: `undone_at` tells
    when somebody took it back.
    """

    __table_args__ = (
        UniqueConstraint("home_id", "host", "source"),
        Index("ix_word_log", "home_id", "said_at", sqlite_where=text("verb = 'log'"),
              postgresql_where=text("verb = 'log'")),
    )  # fmt: skip

    id: int | None = row_id()
    home_id: int = big(foreign_key="home.id")
    host: str
    subject_id: int = big(foreign_key="subject.id", index=True)
    source: str
    verb: str
    by_id: int = big()
    by_login: str
    said_at: datetime = instant()
    payload: dict[str, Any] = document()
    state: str = "said"
    reason: str | None = None
    line: str | None = None
    comment_id: int | None = big(nullable=True)
    heard_on: int | None = big(nullable=True)
    """The subject whose comment it stands in, where it speaks of another one."""
    answered_at: datetime | None = instant(nullable=True)
    undone_at: datetime | None = instant(nullable=True)


class Mention(SQLModel, table=True):
    """A tracker's item, comment or commit that mentions an item elsewhere: a backlink kept.

    `place` names the text that carries it ("body", "comment:ID", "commit:SHA"); the mentioned
    item is kept by the name it was written with, and by id once that is known.
    """

    __table_args__ = (
        UniqueConstraint("home_id", "host", "from_repository_id", "from_number", "place",
                         "to_name_key", "to_number"),
        Index("ix_mention_to", "home_id", "to_name_key", "to_number"),
    )  # fmt: skip

    id: int | None = row_id()
    home_id: int = big(foreign_key="home.id")
    host: str
    from_repository_id: int = big()
    from_number: int = big()
    place: str
    to_name: str
    to_name_key: str
    to_number: int = big()
    to_repository_id: int | None = big(nullable=True)
    verb: str | None = None
    by_id: int | None = big(nullable=True)
    at: datetime | None = instant(nullable=True)
    item: dict[str, Any] = document()


class Snapshot(SQLModel, table=True):
    """The facts that decisions were made from: when fetched, what could not be read."""

    __table_args__ = (
        Index("ix_snapshot_subject", "subject_id", "fetched_at"),
        Index("ix_snapshot_replaces", "home_id", "replaces",
              sqlite_where=text("replaces IS NOT NULL"),
              postgresql_where=text("replaces IS NOT NULL")),
        Index("ix_snapshot_unread", "home_id", "id", sqlite_where=text("standing IS NULL"),
              postgresql_where=text("standing IS NULL")),
    )  # fmt: skip

    id: int | None = row_id()
    home_id: int = big(foreign_key="home.id")
    subject_id: int = big(foreign_key="subject.id")
    fetched_at: datetime = instant()
    digest: str
    facts: dict[str, Any] = document()
    standing: str | None = None
    """What the ledger counts it as (reports/standing.py), read out of the facts afterwards."""
    replaces: int | None = big(nullable=True)
    """The number of the pull request that its text says it replaces, read out likewise."""


class Contribution(SQLModel, table=True):
    """(person, act, subject): what a decision is about."""

    __table_args__ = (UniqueConstraint("home_id", "subject_id", "account_key", "act"),)

    id: int | None = row_id()
    home_id: int = big(foreign_key="home.id")
    subject_id: int = big(foreign_key="subject.id")
    account_key: str
    """GitHub's numeric id as text, or "login:NAME" while only the login is known."""
    login: str
    act: str
    acted_at: datetime | None = instant(nullable=True)


class Decision(SQLModel, table=True):
    """What a contribution was decided to be. The current one has no `superseded_at`."""

    __table_args__ = (
        Index("ix_decision_current", "contribution_id", unique=True,
              sqlite_where=text("superseded_at IS NULL"),
              postgresql_where=text("superseded_at IS NULL")),
        Index("ix_decision_history", "contribution_id", "decided_at"),
        Index("ix_decision_unlisted", "home_id", "id", sqlite_where=text("listed_at IS NULL"),
              postgresql_where=text("listed_at IS NULL")),
    )  # fmt: skip

    id: int | None = row_id()
    home_id: int = big(foreign_key="home.id")
    contribution_id: int = big(foreign_key="contribution.id")
    snapshot_id: int | None = big(nullable=True, foreign_key="snapshot.id")
    kind: str
    bucket: str | None = None
    activity: str | None = None
    community: str | None = None
    work: str | None = None
    need: str | None = None
    provisional: bool = False
    by_word: bool = False
    because: str
    decision: dict[str, Any] = document()
    policy_version: str
    config_digest: str
    decided_at: datetime = instant()
    superseded_at: datetime | None = instant(nullable=True)
    changed_because: str | None = None
    listed_at: datetime | None = instant(nullable=True)
    """When the ledger's lines were made of it; None: not yet, or again (store/ledger_lines.py)."""


class Serving(SQLModel, table=True):
    """Which tracker item a contribution's current decision serves: what that item's job renders."""

    __table_args__ = (Index("ix_serving_item", "home_id", "host", "repo_key", "number"),)

    contribution_id: int = big(primary_key=True, foreign_key="contribution.id")
    home_id: int = big(foreign_key="home.id")
    host: str
    repo_key: str
    number: int = big()


class Written(SQLModel, table=True):
    """What the app last wrote to an item: one row per target and sort of action.

    `dry`: it was planned in a dry run and not sent.
    """

    __table_args__ = (UniqueConstraint("subject_id", "action", "detail"),)

    id: int | None = row_id()
    home_id: int = big(foreign_key="home.id")
    subject_id: int = big(foreign_key="subject.id")
    action: str
    detail: str
    text: str | None = None
    comment_id: int | None = big(nullable=True)
    why: str | None = None
    dry: bool = False
    at: datetime = instant()


class Worker(SQLModel, table=True):
    """A worker process that says it is alive."""

    name: str = Field(primary_key=True)
    seen_at: datetime = instant()


class CallCount(SQLModel, table=True):
    """How often the worker processes called GitHub, and what came of it; it only grows."""

    operation: str = Field(primary_key=True)
    outcome: str = Field(primary_key=True)
    count: int = big(default=0)


class Sweep(SQLModel, table=True):
    """A home's sweep: who sweeps now (one process at a time), when it began and ended last.

    It is to go on where it was while `started_at` is later than `finished_at`.
    """

    home_id: int = big(primary_key=True, foreign_key="home.id")
    lease_by: str | None = None
    lease_until: datetime | None = instant(nullable=True)
    started_at: datetime | None = instant(nullable=True)
    finished_at: datetime | None = instant(nullable=True)
    figures: dict[str, Any] | None = document(nullable=True)


class SweepCursor(SQLModel, table=True):
    """How far one source was swept: all up to `swept_until`, and what is left of the present turn.

    `source`: "author:ID", "reviewed-by:ID", "commenter:ID" of a person, or "pulls:ID", "issues:ID",
    "releases:ID" of a repository; "member:LOGIN" keeps the id behind a login of the home file.
    """

    home_id: int = big(primary_key=True, foreign_key="home.id")
    source: str = Field(primary_key=True)
    swept_until: datetime | None = instant(nullable=True)
    state: dict[str, Any] | None = document(nullable=True)


class Sighting(SQLModel, table=True):
    """An item that the sweep has read: not again before it changes, or before the roster does.

    `number` as in Subject, the release's id in the space "release"; `under` names config and
    roster that it was looked at with.
    """

    home_id: int = big(primary_key=True, foreign_key="home.id")
    host: str = Field(primary_key=True)
    repository_id: int = big(primary_key=True)
    space: str = Field(primary_key=True)
    number: int = big(primary_key=True)
    updated_at: datetime = instant()
    under: str


class Etag(SQLModel, table=True):
    """An answer of GitHub kept with its ETag; `key` is a hash of asker and address."""

    __table_args__ = (Index("ix_etag_kept", "kept_at"),)

    key: str = Field(primary_key=True)
    etag: str
    link: str | None = None
    kept_at: datetime = instant()
    body: bytes = Field(sa_type=LargeBinary)
    """Last, because SQLite reads through it to whatever stands behind it."""


class LedgerSort(SQLModel, table=True):
    """Acts that are alike in everything that the ledger counts by share one of these."""

    __table_args__ = (
        UniqueConstraint("home_id", "key"),
        Index("ix_ledgersort_community", "home_id", "community"),
    )

    id: int | None = row_id()
    home_id: int = big(foreign_key="home.id")
    key: str
    """All columns that follow, as one text: NULLs would make a unique constraint hold nothing."""
    kind: str
    act: str
    bucket: str | None = None
    activity: str | None = None
    community: str | None = None
    standing: str | None = None
    is_release: bool = False


class LedgerLine(SQLModel, table=True):
    """What was believed of an act from a moment until another: made of decisions and snapshots.

    Narrow, and each index holds all that a report counts by, so that one over a million of them
    reads little. Made again whenever what it was made of changes (store/ledger_lines.py). The last
    one of an act has no `until_at`.
    """

    __table_args__ = (
        Index("ix_ledgerline_when", "home_id", "acted_at", "sort_id", "account_key",
              "repository_id", "until_at", "from_at", "personal", "subject_id", "id"),
        Index("ix_ledgerline_sort", "home_id", "sort_id", "acted_at", "account_key",
              "repository_id", "until_at", "from_at", "personal", "subject_id", "id"),
        Index("ix_ledgerline_who", "home_id", "account_key", "acted_at", "sort_id",
              "repository_id", "until_at", "from_at", "personal", "subject_id", "id"),
        Index("ix_ledgerline_where", "home_id", "repository_id", "acted_at", "sort_id",
              "account_key", "until_at", "from_at", "personal", "subject_id", "id"),
    )  # fmt: skip

    id: int | None = row_id()
    home_id: int = big(foreign_key="home.id")
    contribution_id: int = big(foreign_key="contribution.id", index=True)
    decision_id: int = big(foreign_key="decision.id")
    subject_id: int = big(foreign_key="subject.id")
    repository_id: int = big()
    sort_id: int = big(foreign_key="ledgersort.id")
    account_key: str
    acted_at: datetime | None = instant(nullable=True)
    from_at: datetime = instant()
    until_at: datetime | None = instant(nullable=True)
    personal: bool = False


class CatchUp(SQLModel, table=True):
    """How far GitHub's list of the App's deliveries was walked, and who walks it just now.

    What was first delivered before `checked_until` has arrived, or can't be had any more; all that
    GitHub listed before `walked_until` was seen.
    """

    app_id: int = big(primary_key=True)
    walked_until: datetime | None = instant(nullable=True)
    checked_until: datetime | None = instant(nullable=True)
    lease_by: str | None = None
    lease_until: datetime | None = instant(nullable=True)


class Redelivery(SQLModel, table=True):
    """A delivery that GitHub was asked to send again and that has not arrived yet."""

    app_id: int = big(primary_key=True)
    guid: str = Field(primary_key=True)
    asked_at: datetime = instant()
    times: int = 1


class ImportedFile(SQLModel, table=True):
    """A file that was imported, by the hash of its bytes, and how far: `cursor` items are done.

    `under` names the config and roster that it was read with: with others, other acts count.
    `as_of` is the latest moment that the file tells of.
    """

    __table_args__ = (UniqueConstraint("home_id", "digest"),)

    id: int | None = row_id()
    home_id: int = big(foreign_key="home.id")
    digest: str
    name: str
    under: str
    as_of: datetime = instant()
    cursor: int = big(default=0)
    figures: dict[str, Any] = document()
    started_at: datetime = instant()
    finished_at: datetime | None = instant(nullable=True)


class ImportedItem(SQLModel, table=True):
    """What a file brought: the snapshot of an upstream item, or a tracker's item (no snapshot).

    `waiting_at`: it is to be read from GitHub later, what was active last before the rest.
    """

    __table_args__ = (
        Index("ix_importeditem_waiting", "waiting_at",
              sqlite_where=text("waiting_at IS NOT NULL"),
              postgresql_where=text("waiting_at IS NOT NULL")),
    )  # fmt: skip

    file_id: int = big(primary_key=True, foreign_key="importedfile.id")
    repository_id: int = big(primary_key=True)
    number: int = big(primary_key=True)
    snapshot_id: int | None = big(nullable=True)
    waiting_at: datetime | None = instant(nullable=True)
