"""When the app is uninstalled: what was held only because somebody had let us in goes with it."""

import re
from dataclasses import dataclass

from sqlalchemy import Select, Table, delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import SQLModel, col

from app.policy.home import Home as HomeFacts
from app.store.forgetting import Forgotten, Kept
from app.store.forgotten_texts import bodies, drop_body
from app.store.tables import (
    Concern,
    Contribution,
    Home,
    Installation,
    Repository,
    Subject,
    Written,
)


class StillThereError(Exception):
    """What can't be forgotten, with the reason as its text."""


@dataclass(frozen=True, slots=True)
class Left:
    """An installation to be forgotten, and whose it is."""

    host: str
    id: int
    account: str | None
    home_id: int | None
    """The home that goes with it; None: an upstream's."""


async def find_left(
    connection: AsyncConnection, host: str, installation_id: int, home: HomeFacts
) -> Left:
    """Give an installation that was removed; raise StillThereError if it wasn't, or is unknown."""
    row = (
        await connection.execute(
            select(Installation).where(
                col(Installation.host) == host, col(Installation.id) == installation_id
            )
        )
    ).one_or_none()
    if row is None:
        raise StillThereError(f"There is no installation {installation_id}.")
    if row.removed_at is None:
        raise StillThereError(
            f"Installation {installation_id} is still there: uninstall the app on "
            f"{row.account_login or 'its account'} first."
        )
    own = {name.casefold() for name in home.organisations}
    if (row.account_login or "").casefold() not in own:
        return Left(host, row.id, row.account_login, None)
    home_id = await connection.scalar(
        select(col(Home.id)).where(col(Home.host) == host, col(Home.name) == home.name)
    )
    return Left(host, row.id, row.account_login, home_id)


async def left_behind(connection: AsyncConnection, host: str) -> list[int]:
    """Give the installations that were removed and are not forgotten yet."""
    return list(
        await connection.scalars(
            select(col(Installation.id)).where(
                col(Installation.host) == host,
                col(Installation.removed_at).is_not(None),
                col(Installation.account_id).is_not(None),
            )
        )
    )


async def forget_installation(connection: AsyncConnection, left: Left) -> Forgotten:
    """Delete what was held only because of an installation.

    The home's own takes everything of the home with it. An upstream's takes what is private there,
    what we wrote and what was delivered; what its members of ours did in public is the home's.
    """
    done = Forgotten()
    if left.home_id is not None:
        await _forget_home(connection, left.home_id, done)
    else:
        await _forget_private(connection, left, done)
        done.kept.append(
            Kept(
                "what the home's people did in public repositories there",
                "it is the home's own record, and anybody can read it on GitHub",
            )
        )
    await _forget_deliveries(connection, left, done)
    installed = (col(Repository.host) == left.host, col(Repository.installation_id) == left.id)
    await connection.execute(update(Repository).where(*installed).values(installation_id=None))
    await connection.execute(
        update(Subject)
        .where(col(Subject.host) == left.host, col(Subject.installation_id) == left.id)
        .values(installation_id=None)
    )
    await connection.execute(
        update(Installation)
        .where(col(Installation.host) == left.host, col(Installation.id) == left.id)
        .values(account_id=None, account_login=None, home_id=None, recent_writes=[])
    )
    done.changed["installations"] += 1
    done.kept.append(
        Kept(
            f"the number {left.id} of the installation, and that it was removed",
            "so that nothing is asked of it again",
        )
    )
    return done


async def _forget_home(connection: AsyncConnection, home_id: int, done: Forgotten) -> None:
    """Delete every row that carries the home, and the home's own."""
    subjects = select(col(Subject.id)).where(col(Subject.home_id) == home_id)
    await connection.execute(delete(Concern).where(col(Concern.subject_id).in_(subjects)))
    for table in reversed(SQLModel.metadata.sorted_tables):
        if "home_id" in table.c and table.name != "installation":
            gone = await connection.execute(table.delete().where(table.c.home_id == home_id))
            done.deleted[table.name] += gone.rowcount
    gone = await connection.execute(delete(Home).where(col(Home.id) == home_id))
    done.deleted["home"] += gone.rowcount


async def _forget_private(connection: AsyncConnection, left: Left, done: Forgotten) -> None:
    """Delete what was recorded of its private repositories, and what we wrote in any."""
    installed = select(col(Repository.id)).where(
        col(Repository.host) == left.host, col(Repository.installation_id) == left.id
    )
    there = or_(
        col(Subject.installation_id) == left.id, col(Subject.repository_id).in_(installed)
    ) & (col(Subject.host) == left.host)
    ours = select(col(Subject.id)).where(there)
    wrote = await connection.execute(delete(Written).where(col(Written.subject_id).in_(ours)))
    done.deleted["what we wrote there"] += wrote.rowcount
    private = list(await connection.scalars(installed.where(col(Repository.private).is_not(False))))
    subjects = list(
        await connection.scalars(
            select(col(Subject.id)).where(there, col(Subject.repository_id).in_(private))
        )
    )
    acts = select(col(Contribution.id)).where(col(Contribution.subject_id).in_(subjects))
    for table in reversed(SQLModel.metadata.sorted_tables):
        await _forget_rows(connection, table, subjects, acts, done)
    gone = await connection.execute(
        delete(Repository).where(col(Repository.host) == left.host, col(Repository.id).in_(private))
    )
    done.deleted["private repositories"] += gone.rowcount


async def _forget_rows(
    connection: AsyncConnection,
    table: Table,
    subjects: list[int | None],
    acts: Select[int | None],
    done: Forgotten,
) -> None:
    if "contribution_id" in table.c:
        about = table.c.contribution_id.in_(acts)
    elif "subject_id" in table.c:
        about = table.c.subject_id.in_(subjects)
    elif table.name == "subject":
        about = table.c.id.in_(subjects)
    else:
        return
    gone = await connection.execute(table.delete().where(about))
    done.deleted[f"{table.name}, of private items"] += gone.rowcount


async def _forget_deliveries(connection: AsyncConnection, left: Left, done: Forgotten) -> None:
    """Drop the bodies that came through the installation; their GUIDs stay."""
    through = re.compile(rb'"installation"\s*:\s*\{\s*"id"\s*:\s*' + str(left.id).encode() + rb"\b")
    unread = 0
    async for id_, body, is_pumped in bodies(connection):
        if through.search(body):
            unread += not is_pumped
            if is_pumped:
                await drop_body(connection, id_)
                done.deleted["bodies of deliveries"] += 1
    if unread:
        done.kept.append(
            Kept(f"{unread} deliveries that nobody has pumped yet", "forget again once they are")
        )
