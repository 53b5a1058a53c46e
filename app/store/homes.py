"""The last good version of a home's file, kept in its row: what all processes go by.

The row is written together with the marks on what has to be looked at again, so whoever finds such
a mark finds the file too.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Select, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from app.policy.home import Home as HomeFacts
from app.store.places import Tenant
from app.store.tables import Home, Written

ISSUE = "open issue"
"""What is written down of the file's subject while an issue of ours is open: its number."""


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A home's row: the text of its file, "" if the file is given to the process instead."""

    home_id: int
    text: str
    digest: str
    writing_since: datetime | None


async def kept_file(connection: AsyncConnection, home_id: int) -> KeptFile | None:
    """Give what is kept for a home."""
    row = (await connection.execute(_kept().where(col(Home.id) == home_id))).one_or_none()
    return KeptFile(row.id, row.config, row.config_digest, row.writing_since) if row else None


async def kept_digest(connection: AsyncConnection, home_id: int) -> str | None:
    """Give the digest of the file that a home goes by."""
    return await connection.scalar(select(col(Home.config_digest)).where(col(Home.id) == home_id))


async def kept_files(connection: AsyncConnection, host: str) -> list[KeptFile]:
    """Give every home of a host whose file is kept, the latest made first."""
    rows = await connection.execute(
        _kept().where(col(Home.host) == host, col(Home.config) != "").order_by(col(Home.id).desc())
    )
    return [KeptFile(row.id, row.config, row.config_digest, row.writing_since) for row in rows]


async def adopt(
    connection: AsyncConnection, tenant: Tenant, facts: HomeFacts, text: str, now: datetime
) -> Tenant:
    """Let a home go by another version of its file from now on; give it as it then is.

    Writing begins with the first version that switches the dry run off.
    """
    before = await kept_file(connection, tenant.id)
    dry = facts.publish.dry_run if tenant.dry_run is None else tenant.dry_run
    since = None if dry else ((before.writing_since if before else None) or now)
    told: dict[str, object] = {
        "name": facts.name,
        "config": text,
        "config_digest": facts.digest,
        "writing_since": since,
    }
    if before is None or before.digest != facts.digest:
        told["config_refused"] = ""
    await connection.execute(update(Home).where(col(Home.id) == tenant.id).values(**told))
    return replace(tenant, facts=facts, writing_since=since)


async def issue_of(connection: AsyncConnection, subject_id: int) -> int | None:
    """Give the number of the open issue that tells of a file that can't be used."""
    return await connection.scalar(
        select(col(Written.comment_id)).where(
            col(Written.subject_id) == subject_id, col(Written.action) == ISSUE
        )
    )


async def was_refused(connection: AsyncConnection, home_id: int, digest: str) -> bool:
    """Tell whether people were told that this version can't be used."""
    told = await connection.scalar(select(col(Home.config_refused)).where(col(Home.id) == home_id))
    return told == digest


async def note_refused(connection: AsyncConnection, home_id: int, digest: str) -> None:
    """Remember that people were told that this version can't be used."""
    await connection.execute(
        update(Home).where(col(Home.id) == home_id).values(config_refused=digest)
    )


def _kept() -> Select[int | None, str, str, datetime | None]:
    return select(col(Home.id), col(Home.config), col(Home.config_digest), col(Home.writing_since))
