"""Who is behind a login, as GitHub last said: learnt ids outlive the names."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from app.policy.model import Person
from app.store.tables import Account


async def numbered(connection: AsyncConnection, host: str, ids: Iterable[int]) -> dict[int, Person]:
    """Give the accounts with these ids under the login they were last seen with."""
    rows = await connection.execute(
        select(col(Account.id), col(Account.login)).where(
            col(Account.host) == host, col(Account.id).in_(set(ids))
        )
    )
    return {row.id: Person(row.login, row.id) for row in rows}
