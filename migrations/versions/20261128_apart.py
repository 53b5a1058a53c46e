"""bodies of deliveries stand apart from their states

SQLite writes a row anew whenever one of its columns changes, and with it the 24 KB of a body.
"""

import sqlalchemy as sa
from alembic import op

revision = "apart"
down_revision = "bodies"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "body",
        sa.Column("delivery_id", BIG, nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["delivery_id"], ["delivery.id"]),
        sa.PrimaryKeyConstraint("delivery_id"),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE body ALTER raw SET STORAGE EXTERNAL")
    op.execute(
        "INSERT INTO body (delivery_id, raw) SELECT id, body FROM delivery WHERE body IS NOT NULL"
    )
    if op.get_bind().dialect.name == "postgresql":
        # A dropped column keeps its bytes until its row is written again.
        op.execute("UPDATE delivery SET body = NULL WHERE body IS NOT NULL")
    op.drop_column("delivery", "body")
