"""Backlinks kept: which tracker item mentions which item elsewhere, found again years later."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from pydantic import TypeAdapter
from sqlalchemy import bindparam, delete, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from app.policy.model import Item
from app.store.tables import Mention
from app.store.upsert import insert_into

ITEM = TypeAdapter(Item)
CHUNK = 1_000
"""Rows named in one statement: SQLite takes no more than 32,766 parameters."""
_Told: TypeAlias = tuple[str, str, int]
"""Where a tracker item mentions what: place, name key, number."""


@dataclass(frozen=True, slots=True)
class Mentioned:
    """One mention: the text at `place` of a tracker item names `to_name`#`to_number`.

    `item` is that tracker item as evidence: its title and labels, and as body the text itself.
    """

    place: str
    to_name: str
    to_number: int
    item: Item
    verb: str | None = None
    to_repository_id: int | None = None


async def replace_mentions(
    connection: AsyncConnection,
    home_id: int,
    host: str,
    found: Mapping[tuple[int, int], Sequence[Mentioned]],
) -> dict[tuple[int, int], set[tuple[str, int]]]:
    """Write down what tracker items, by (repository id, number), mention now.

    Gives for each item whose mentions changed the (name key, number) of those that did.
    """
    before, ids = await _before(connection, home_id, host, found)
    after = {
        key: {(one.place, one.to_name.casefold(), one.to_number): _columns(one) for one in some}
        for key, some in found.items()
    }
    changed = {key: _changed(before[key], after[key]) for key in found}
    changed = {key: names for key, names in changed.items() if names}
    gone = [id_ for key in changed for id_ in ids[key]]
    for at in range(0, len(gone), CHUNK):
        some = gone[at : at + CHUNK]
        await connection.execute(delete(Mention).where(col(Mention.id).in_(some)))
    rows = [
        {"home_id": home_id, "host": host, "from_repository_id": key[0], "from_number": key[1]}
        | row
        for key in changed
        for row in after[key].values()
    ]
    if rows:
        await connection.execute(insert_into(connection, Mention), rows)
    return changed


async def _before(
    connection: AsyncConnection,
    home_id: int,
    host: str,
    found: Collection[tuple[int, int]],
) -> tuple[dict[tuple[int, int], dict[_Told, Any]], dict[tuple[int, int], list[int]]]:
    """Give what is kept of tracker items: the evidence by what it tells, and the rows' ids."""
    told: dict[tuple[int, int], dict[_Told, Any]] = {key: {} for key in found}
    ids: dict[tuple[int, int], list[int]] = {key: [] for key in found}
    rows = await connection.execute(
        select(
            col(Mention.id), col(Mention.from_repository_id), col(Mention.from_number),
            col(Mention.place), col(Mention.to_name_key), col(Mention.to_number),
            col(Mention.item),
        ).where(
            col(Mention.home_id) == home_id,
            col(Mention.host) == host,
            col(Mention.from_repository_id).in_({repository for repository, _ in found}),
            col(Mention.from_number).in_({number for _, number in found}),
        )
    )  # fmt: skip
    for row in rows:
        if (key := (row.from_repository_id, row.from_number)) in told:
            told[key][row.place, row.to_name_key, row.to_number] = row.item
            ids[key].append(row.id)
    return told, ids


def _changed(
    before: Mapping[_Told, Any], after: Mapping[_Told, Mapping[str, Any]]
) -> set[tuple[str, int]]:
    return {
        (name, number)
        for place, name, number in before.keys() | after.keys()
        if before.get((place, name, number)) != after.get((place, name, number), {}).get("item")
    }


def _columns(one: Mentioned) -> dict[str, Any]:
    return {
        "place": one.place,
        "to_name": one.to_name,
        "to_name_key": one.to_name.casefold(),
        "to_number": one.to_number,
        "to_repository_id": one.to_repository_id,
        "verb": one.verb,
        "by_id": one.item.by.id if one.item.by else None,
        "at": one.item.at,
        "item": ITEM.dump_python(one.item, mode="json"),
    }


_MENTIONS = (
    select(col(Mention.item))
    .where(
        col(Mention.home_id) == bindparam("home_id"),
        col(Mention.host) == bindparam("host"),
        col(Mention.to_number) == bindparam("number"),
        or_(
            col(Mention.to_name_key).in_(bindparam("names", expanding=True)),
            col(Mention.to_repository_id) == bindparam("repository_id"),
        ),
    )
    .order_by(col(Mention.at), col(Mention.id))
)


async def mentions_of(
    connection: AsyncConnection,
    home_id: int,
    host: str,
    *,
    names: Sequence[str],
    repository_id: int,
    number: int,
) -> list[Item]:
    """Give the tracker items that mention an item, by its present or former names or its id."""
    asked = {
        "home_id": home_id,
        "host": host,
        "number": number,
        "names": [name.casefold() for name in names],
        "repository_id": repository_id,
    }
    rows = await connection.scalars(_MENTIONS, asked)
    return [ITEM.validate_python(item) for item in rows]


async def mentions_of_many(
    connection: AsyncConnection, home_id: int, host: str, asked: Mapping[tuple[int, int], str]
) -> dict[tuple[int, int], list[Item]]:
    """Give what mentions each of several items: (repository id, number) → its present name.

    The same for each as `mentions_of` gives.
    """
    numbers = sorted({number for _, number in asked})
    if not numbers:
        return {}
    rows = await connection.execute(
        select(
            col(Mention.to_repository_id),
            col(Mention.to_name_key),
            col(Mention.to_number),
            col(Mention.item),
        )
        .where(
            col(Mention.home_id) == home_id,
            col(Mention.host) == host,
            col(Mention.to_number).in_(numbers),
            or_(
                col(Mention.to_name_key).in_({name.casefold() for name in asked.values()}),
                col(Mention.to_repository_id).in_({repository for repository, _ in asked}),
            ),
        )
        .order_by(col(Mention.at), col(Mention.id))
    )
    found: dict[tuple[int, int], list[Item]] = {}
    named = {(name.casefold(), number): (id_, number) for (id_, number), name in asked.items()}
    for row in rows:
        keys = {
            (row.to_repository_id, row.to_number),
            named.get((row.to_name_key, row.to_number)),
        }
        for key in asked.keys() & keys:
            found.setdefault(key, []).append(ITEM.validate_python(row.item))
    return found
