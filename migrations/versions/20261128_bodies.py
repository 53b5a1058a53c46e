"""bodies of deliveries are stored as they come, on PostgreSQL

To compress 24 KB took its server as long as all the rest of storing them. SQLite never did; they
are dropped after some days.
"""

from alembic import op

revision = "bodies"
down_revision = "turns"
branch_labels = None
depends_on = None


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE delivery ALTER body SET STORAGE EXTERNAL")
