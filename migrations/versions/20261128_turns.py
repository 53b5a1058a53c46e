"""each installation's line of stale subjects, and the words heard elsewhere, have an index"""

import sqlalchemy as sa
from alembic import op

revision = "turns"
down_revision = "outages"
branch_labels = None
depends_on = None

INDEXES = {
    "ix_subject_line": (
        "subject",
        ["installation_id", "next_try_at", "id"],
        "mark > settled AND buried_at IS NULL",
    ),
    "ix_word_heard_on": ("word", ["heard_on"], "heard_on IS NOT NULL"),
}


def upgrade() -> None:
    op.drop_index("ix_subject_stale", "subject")
    for name, (table, columns, where) in INDEXES.items():
        op.create_index(
            name,
            table,
            columns,
            sqlite_where=sa.text(where),
            postgresql_where=sa.text(where),
        )
