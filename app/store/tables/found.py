"""How far the worker, sweep, redelivery and imports have come."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, LargeBinary, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from app.store.columns import big, document, instant, row_id


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
    "releases:ID" of a repository; "member:LOGIN" keeps the id behind a login of the home file;
    "outage:PART:ID" says up to when people were heard, "said:PART:ID:…" what is under way of that.
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


class Outage(SQLModel, table=True):
    """A time of which deliveries never arrived, and can't be asked for any more.

    What people said in it each home's sweep hears: "outage:PART:ID" in SweepCursor says up
    to when.
    """

    id: int | None = row_id()
    app_id: int = big()
    since: datetime = instant()
    until: datetime = instant()


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
