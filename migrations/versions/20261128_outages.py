"""outages are remembered until what people said in them was heard; the ledger counts by indexes"""

import sqlalchemy as sa
from alembic import op

revision = "outages"
down_revision = "tables"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "outage",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("app_id", BIG, nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_contribution_when", "contribution", ["home_id", "acted_at"])
    op.create_index(
        "ix_ledgerline_stands",
        "ledgerline",
        ["home_id", "sort_id", "account_key", "from_at", "until_at"],
        sqlite_where=sa.text("until_at IS NULL"),
        postgresql_where=sa.text("until_at IS NULL"),
    )
    op.create_index(
        "ix_ledgerline_ended",
        "ledgerline",
        ["home_id", "until_at", "from_at", "sort_id", "account_key"],
        sqlite_where=sa.text("until_at IS NOT NULL"),
        postgresql_where=sa.text("until_at IS NOT NULL"),
    )
