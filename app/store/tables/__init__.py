"""Every table of the app, and of no library.

GitHub's things are keyed by (host, GitHub's numeric id), because names change hands; a name in a
row is for display. Ids are BIGINT on PostgreSQL. Every row that belongs to a home carries it.
Instants are stored as UTC without an offset on SQLite and read back with one on both databases.
"""

from app.store.tables.decided import (
    Contribution,
    Decision,
    LedgerLine,
    LedgerSort,
    Serving,
    Snapshot,
)
from app.store.tables.found import (
    CallCount,
    CatchUp,
    Etag,
    ImportedFile,
    ImportedItem,
    Outage,
    Redelivery,
    Sighting,
    Sweep,
    SweepCursor,
    Worker,
)
from app.store.tables.work import (
    Account,
    Body,
    Concern,
    Delivery,
    Home,
    Installation,
    Mention,
    Repository,
    Subject,
    Word,
    Written,
)

__all__ = [
    "Account",
    "Body",
    "CallCount",
    "CatchUp",
    "Concern",
    "Contribution",
    "Decision",
    "Delivery",
    "Etag",
    "Home",
    "ImportedFile",
    "ImportedItem",
    "Installation",
    "LedgerLine",
    "LedgerSort",
    "Mention",
    "Outage",
    "Redelivery",
    "Repository",
    "Serving",
    "Sighting",
    "Snapshot",
    "Subject",
    "Sweep",
    "SweepCursor",
    "Word",
    "Worker",
    "Written",
]
