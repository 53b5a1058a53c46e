"""What comes in and what it is about: deliveries, homes, subjects, words, mentions, writes."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, LargeBinary, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from app.store.columns import big, document, instant, row_id


class Delivery(SQLModel, table=True):
    """One webhook delivery: kept for good, so that its GUID is known.

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


class Body(SQLModel, table=True):
    """The bytes of a delivery as they were signed; gone after a documented number of days.

    A row of its own, because a delivery's state changes and SQLite writes whole rows.
    """

    delivery_id: int = big(primary_key=True, foreign_key="delivery.id")
    raw: bytes = Field(sa_type=LargeBinary)


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
        Index("ix_subject_line", "installation_id", "next_try_at", "id",
              sqlite_where=text("mark > settled AND buried_at IS NULL"),
              postgresql_where=text("mark > settled AND buried_at IS NULL")),
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
        Index("ix_word_heard_on", "heard_on", sqlite_where=text("heard_on IS NOT NULL"),
              postgresql_where=text("heard_on IS NOT NULL")),
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
