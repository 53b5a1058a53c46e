"""The versions of the database's tables, and how one becomes the next."""

VERSIONS = ("queue", "tables", "outages", "turns", "bodies", "apart")
"""From the oldest to the newest, as the files say: known so without Alembic, which takes memory."""
