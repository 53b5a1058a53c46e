"""Homes, installations, repositories, accounts: by numeric id; names are for display."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from app.config.place import HomePlace
from app.policy.home import Home as HomeFacts
from app.store.tables import Account, Home, Installation, Repository
from app.store.upsert import insert_into, upsert


@dataclass(frozen=True, slots=True)
class Tenant:
    """One home as this process serves it: its row's id, its GitHub, what its people wrote down.

    `writing_since` None: a dry run, nothing is written to GitHub. `place`: where its file stands on
    GitHub, None for one that is given to this process. `dry_run`: the operator's own setting, which
    goes before the file's.
    """

    id: int
    host: str
    facts: HomeFacts
    writing_since: datetime | None = None
    place: HomePlace | None = None
    dry_run: bool | None = None


async def enroll(
    connection: AsyncConnection, host: str, facts: HomeFacts, now: datetime, *, dry_run: bool
) -> Tenant:
    """Make sure the home has a row, and remember since when it is written for.

    The first start without dry run sets the moment; a dry run forgets it.
    """
    row = (
        await connection.execute(
            insert_into(connection, Home)
            .values(host=host, name=facts.name, created_at=now, config_digest=facts.digest)
            .on_conflict_do_update(
                index_elements=["host", "name"], set_={"config_digest": facts.digest}
            )
            .returning(col(Home.id), col(Home.writing_since))
        )
    ).one()
    # GitHub tells its times in whole seconds: what happens in this very second counts.
    since = None if dry_run else (row.writing_since or now.replace(microsecond=0))
    if since != row.writing_since:
        await connection.execute(
            update(Home).where(col(Home.id) == row.id).values(writing_since=since)
        )
    return Tenant(row.id, host, facts, since)


async def see_installation(
    connection: AsyncConnection,
    host: str,
    installation_id: int,
    *,
    account_id: int | None = None,
    account_login: str | None = None,
    suspended_at: datetime | None = None,
    removed_at: datetime | None = None,
) -> None:
    """Remember an installation as it is now; an account that is not named stays as it was."""
    fresh = insert_into(connection, Installation).values(
        host=host,
        id=installation_id,
        account_id=account_id,
        account_login=account_login,
        suspended_at=suspended_at,
        removed_at=removed_at,
        recent_writes=[],
    )
    changes: dict[str, object] = {"suspended_at": suspended_at, "removed_at": removed_at}
    if account_login is not None:
        changes |= {"account_id": account_id, "account_login": account_login}
    await connection.execute(
        fresh.on_conflict_do_update(index_elements=["host", "id"], set_=changes)
    )


@dataclass(frozen=True, slots=True)
class Standing:
    """An installation as it is remembered."""

    account_login: str | None
    suspended_at: datetime | None
    removed_at: datetime | None


async def installations(connection: AsyncConnection, host: str) -> dict[int, Standing]:
    """Give every installation that is remembered, by its id."""
    rows = await connection.execute(
        select(
            col(Installation.id),
            col(Installation.account_login),
            col(Installation.suspended_at),
            col(Installation.removed_at),
        ).where(col(Installation.host) == host)
    )
    return {row.id: Standing(row.account_login, row.suspended_at, row.removed_at) for row in rows}


async def installation_of(
    connection: AsyncConnection, host: str, logins: Iterable[str]
) -> int | None:
    """Give a working installation on one of these accounts, the newest if there are several."""
    wanted = {login.casefold() for login in logins}
    rows = await connection.execute(
        select(col(Installation.id), col(Installation.account_login))
        .where(
            col(Installation.host) == host,
            col(Installation.removed_at).is_(None),
            col(Installation.suspended_at).is_(None),
            col(Installation.account_login).is_not(None),
        )
        .order_by(col(Installation.id).desc())
    )
    return next((row.id for row in rows if row.account_login.casefold() in wanted), None)


async def see_repository(
    connection: AsyncConnection,
    host: str,
    repository_id: int,
    full_name: str,
    now: datetime,
    *,
    private: bool | None = None,
    archived: bool | None = None,
    fork: bool | None = None,
    installation_id: int | None = None,
) -> None:
    """Remember a repository under its present name; what is not told stays as it was."""
    optional = {
        "private": private,
        "archived": archived,
        "fork": fork,
        "installation_id": installation_id,
    }
    told: dict[str, object] = {
        "full_name": full_name,
        "full_name_key": full_name.casefold(),
        "seen_at": now,
    } | {name: value for name, value in optional.items() if value is not None}
    await upsert(connection, Repository, {"host": host, "id": repository_id}, told)


async def repository_ids(
    connection: AsyncConnection, host: str, names: Iterable[str]
) -> dict[str, int]:
    """Map present names ("owner/name", without case) to ids, where they are known."""
    keys = {name.casefold() for name in names}
    if not keys:
        return {}
    rows = await connection.execute(
        select(col(Repository.full_name_key), col(Repository.id))
        .where(col(Repository.host) == host, col(Repository.full_name_key).in_(keys))
        .order_by(col(Repository.seen_at))
    )
    return {row.full_name_key: row.id for row in rows}


async def see_account(
    connection: AsyncConnection,
    host: str,
    account_id: int,
    login: str,
    now: datetime,
    *,
    type_: str | None = None,
) -> None:
    """Remember somebody under their present login."""
    told = {"login": login, "login_key": login.casefold(), "type": type_, "seen_at": now}
    await upsert(connection, Account, {"host": host, "id": account_id}, told)
