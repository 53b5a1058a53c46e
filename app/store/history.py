"""What is recorded, as it was read: facts and words of the latest contributions."""

from collections import defaultdict
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from app.commands.overrules import Spoken
from app.policy.model import Facts
from app.store.ledger import FACTS
from app.store.tables import Contribution, Decision, Snapshot, Word
from app.store.words import SAID, spoken


@dataclass(frozen=True, slots=True)
class Recorded:
    """A subject with its latest facts, all that was said of it, and (account_key, act) of each act.

    `acts` are those among the contributions that were asked for.
    """

    subject_id: int
    facts: dict[str, object]
    said: tuple[Spoken, ...]
    acts: frozenset[tuple[str, str]]

    def read_facts(self) -> Facts:
        """Read the facts, which takes time enough not to be done while connected."""
        return FACTS.validate_python(self.facts)


async def latest_recorded(connection: AsyncConnection, home_id: int, most: int) -> list[Recorded]:
    """Give the subjects of the `most` latest contributions that are decided, newest first."""
    rows = await connection.execute(
        select(col(Contribution.subject_id), col(Contribution.account_key), col(Contribution.act))
        .join(Decision, col(Decision.contribution_id) == col(Contribution.id))
        .where(col(Contribution.home_id) == home_id, col(Decision.superseded_at).is_(None))
        .order_by(col(Contribution.acted_at).desc().nulls_last(), col(Contribution.id).desc())
        .limit(most)
    )
    acts: dict[int, set[tuple[str, str]]] = defaultdict(set)
    for row in rows:
        acts[row.subject_id].add((row.account_key, row.act))
    facts = await _facts(connection, list(acts))
    said = await _said(connection, list(acts))
    return [
        Recorded(subject_id, facts[subject_id], tuple(said[subject_id]), frozenset(found))
        for subject_id, found in acts.items()
        if subject_id in facts
    ]


async def _facts(
    connection: AsyncConnection, subject_ids: list[int]
) -> dict[int, dict[str, object]]:
    newest = (
        select(func.max(col(Snapshot.id)).label("id"))
        .where(col(Snapshot.subject_id).in_(subject_ids))
        .group_by(col(Snapshot.subject_id))
        .subquery()
    )
    rows = await connection.execute(
        select(col(Snapshot.subject_id), col(Snapshot.facts)).join(
            newest, newest.c.id == col(Snapshot.id)
        )
    )
    return {row.subject_id: row.facts for row in rows}


async def _said(connection: AsyncConnection, subject_ids: list[int]) -> dict[int, list[Spoken]]:
    rows = await connection.execute(
        select(Word)
        .where(col(Word.subject_id).in_(subject_ids), col(Word.state) == SAID)
        .order_by(col(Word.said_at), col(Word.id))
    )
    found: dict[int, list[Spoken]] = defaultdict(list)
    for row in rows:
        word = Word.model_validate(row._mapping)  # noqa: SLF001  # Row's API
        found[word.subject_id].append(spoken(word))
    return found
