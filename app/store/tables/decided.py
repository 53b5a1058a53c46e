"""What was read and decided, and the ledger's lines made from it."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import SQLModel

from app.store.columns import big, document, instant, row_id


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

    __table_args__ = (
        UniqueConstraint("home_id", "subject_id", "account_key", "act"),
        Index("ix_contribution_when", "home_id", "acted_at"),
    )

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
        # With the column that is NULL in all of it: SQLite would look it up in the table.
        Index("ix_ledgerline_stands", "home_id", "sort_id", "account_key", "from_at", "until_at",
              sqlite_where=text("until_at IS NULL"), postgresql_where=text("until_at IS NULL")),
        Index("ix_ledgerline_ended", "home_id", "until_at", "from_at", "sort_id", "account_key",
              sqlite_where=text("until_at IS NOT NULL"),
              postgresql_where=text("until_at IS NOT NULL")),
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
