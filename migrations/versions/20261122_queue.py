"""the queue library's own tables, on PostgreSQL

The library can also make them by itself; they are installed here so that the database's version
says what is in it. On SQLite the queue is in memory.
"""

from pathlib import Path

from alembic import op

revision = "queue"
down_revision = None
branch_labels = None
depends_on = None

STATEMENTS = Path(__file__).parent.parent / "pgqueuer_1_6.sql"


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        _, *statements = STATEMENTS.read_text(encoding="utf-8").split("--------\n")
        for statement in statements:
            op.get_bind().exec_driver_sql(statement)
