"""Forgetting a person: what is theirs is deleted or loses its name, and what is kept is said.

One transaction; a preview is the same, rolled back. People are found by GitHub's numeric id under
all logins that the rows know. It is about the whole database, whichever home's rows it holds.
"""

import secrets
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field, replace

from sqlalchemy import ColumnElement, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from app.policy.model import Kind
from app.store import forgotten_texts, forgotten_words
from app.store.scrubbing import SOMEBODY, Who
from app.store.tables import (
    Account,
    Contribution,
    Decision,
    LedgerLine,
    Serving,
    SweepCursor,
    Word,
)

_SOURCES = ("author", "reviewed-by", "commenter")


class SeveralPeopleError(Exception):
    """A login that more than one person has had; the text names their numbers."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What stays, and why."""

    what: str
    why: str


@dataclass(slots=True)
class Forgotten:
    """What was done: rows deleted and rows that lost a name, by what they are; what was kept.

    `write_again`: subjects where a comment of ours names them, to be looked at again.
    """

    deleted: Counter[str] = field(default_factory=Counter)
    changed: Counter[str] = field(default_factory=Counter)
    kept: list[Kept] = field(default_factory=list)
    write_again: set[int] = field(default_factory=set)

    @property
    def is_nothing(self) -> bool:
        """Say whether nothing of theirs was there."""
        return not +self.deleted and not +self.changed


async def find_person(
    connection: AsyncConnection, host: str, called: str, *, ids: Collection[int] = ()
) -> Who:
    """Give somebody by a login, present or former, or by their number.

    `ids`: numbers that the home file has for the login. Raises SeveralPeopleError where it was
    more than one person's.
    """
    login = called.removeprefix("@").casefold()
    found = set(ids)
    if login.isdecimal():
        found.add(int(login))
    else:
        found |= await _ids_called(connection, host, login)
    if len(found) > 1:
        numbers = ", ".join(map(str, sorted(found)))
        raise SeveralPeopleError(
            f"{called} was the login of several people: say which by number, one of {numbers}."
        )
    logins = {login} if not login.isdecimal() else set()
    who = Who(frozenset(found), frozenset(logins))
    if found:
        logins |= await _logins_of(connection, host, found)
        who = replace(who, logins=frozenset(logins))
        logins |= await forgotten_texts.logins_in_facts(connection, who)
    return replace(who, logins=frozenset(logins))


async def forget_person(connection: AsyncConnection, host: str, who: Who) -> Forgotten:
    """Delete what is theirs alone, and take their name off everything else."""
    done = Forgotten()
    await _forget_own_time(connection, who, done)
    await _forget_acts(connection, who, done)
    (
        done.deleted["words about their own time"],
        done.changed["words"],
    ) = await forgotten_words.forget_words(connection, who)
    for what, changed in await forgotten_texts.scrub_documents(connection, who):
        done.changed[what] += changed
    done.write_again = await forgotten_texts.scrub_written(connection, who)
    done.changed["comments of ours"] += len(done.write_again)
    dropped, left = await forgotten_texts.drop_bodies(connection, who)
    done.deleted["bodies of deliveries"] += dropped
    done.deleted["cached answers of GitHub"] += await forgotten_texts.drop_answers(connection, who)
    await _forget_account(connection, host, who, done)
    done.kept += _kept(done, left)
    return done


def _theirs(who: Who) -> ColumnElement[bool]:
    keys = {str(id_) for id_ in who.ids} | {f"login:{login.casefold()}" for login in who.logins}
    return col(Contribution.account_key).in_(keys)


async def _forget_own_time(connection: AsyncConnection, who: Who, done: Forgotten) -> None:
    """Delete what they did on their own time: it never was anybody else's."""
    personal = (
        select(col(Contribution.id))
        .join(Decision, col(Decision.contribution_id) == col(Contribution.id))
        .where(
            _theirs(who),
            col(Decision.kind) == Kind.PERSONAL.value,
            col(Decision.superseded_at).is_(None),
        )
    )
    ids = list(await connection.scalars(personal))
    for table, column in (
        (LedgerLine, col(LedgerLine.contribution_id)),
        (Serving, col(Serving.contribution_id)),
        (Decision, col(Decision.contribution_id)),
        (Contribution, col(Contribution.id)),
    ):
        gone = await connection.execute(delete(table).where(column.in_(ids)))
        if table is Contribution:
            done.deleted["personal acts, with their decisions"] += gone.rowcount
    await _forget_that_it_was_personal(connection, who, done)


async def _forget_that_it_was_personal(
    connection: AsyncConnection, who: Who, done: Forgotten
) -> None:
    """Delete decisions of the past that called personal what is something else by now."""
    rows = await connection.execute(
        select(col(Decision.id), col(Decision.contribution_id))
        .join(Contribution, col(Contribution.id) == col(Decision.contribution_id))
        .where(_theirs(who), col(Decision.kind) == Kind.PERSONAL.value)
    )
    past = [(row.id, row.contribution_id) for row in rows]
    ids = [id_ for id_, _ in past]
    await connection.execute(delete(LedgerLine).where(col(LedgerLine.decision_id).in_(ids)))
    gone = await connection.execute(delete(Decision).where(col(Decision.id).in_(ids)))
    await connection.execute(
        update(Decision)
        .where(col(Decision.contribution_id).in_([contribution for _, contribution in past]))
        .values(listed_at=None)
    )
    done.deleted["personal decisions of the past"] += gone.rowcount


async def _forget_acts(connection: AsyncConnection, who: Who, done: Forgotten) -> None:
    """Put one new key that leads nowhere in the place of theirs: sums and heads still add up."""
    key = f"forgotten:{secrets.token_hex(8)}"
    ids = list(await connection.scalars(select(col(Contribution.id)).where(_theirs(who))))
    for at in range(0, len(ids), 1_000):
        some = ids[at : at + 1_000]
        await connection.execute(
            update(Contribution)
            .where(col(Contribution.id).in_(some))
            .values(account_key=key, login=SOMEBODY)
        )
        await connection.execute(
            update(LedgerLine)
            .where(col(LedgerLine.contribution_id).in_(some))
            .values(account_key=key)
        )
    done.changed["acts, with item, day and kind"] += len(ids)


async def _forget_account(
    connection: AsyncConnection, host: str, who: Who, done: Forgotten
) -> None:
    sources = {f"{source}:{id_}" for source in _SOURCES for id_ in who.ids}
    sources |= {f"member:{login.casefold()}" for login in who.logins}
    swept = await connection.execute(
        delete(SweepCursor).where(func.lower(col(SweepCursor.source)).in_(sources))
    )
    done.deleted["cursors of the sweep"] += swept.rowcount
    gone = await connection.execute(
        delete(Account).where(
            col(Account.host) == host,
            or_(
                col(Account.id).in_(who.ids),
                col(Account.login_key).in_([login.casefold() for login in who.logins]),
            ),
        )
    )
    done.deleted["accounts"] += gone.rowcount


def _kept(done: Forgotten, unread: int) -> list[Kept]:
    kept = []
    if acts := done.changed["acts, with item, day and kind"]:
        kept.append(
            Kept(
                f"{acts} acts without a name, with item, day and kind",
                "reports that were given have to add up; the items are GitHub's, and show there "
                "who did what to them",
            )
        )
    if done.changed["words"]:
        kept.append(
            Kept(
                "what they said of the team's work, and of its value, without their name",
                "decisions rest on it, and reports quote it",
            )
        )
    if done.changed["mentions"] or done.changed["readings of items"]:
        kept.append(
            Kept(
                "what they wrote in the home's own tracker, without their name",
                "it is the home's, and says why something was done",
            )
        )
    if unread:
        kept.append(
            Kept(
                f"{unread} deliveries that nobody has pumped yet",
                "what they tell is not recorded yet: forget again once it is",
            )
        )
    return kept


async def _ids_called(connection: AsyncConnection, host: str, login: str) -> set[int]:
    accounts = await connection.scalars(
        select(col(Account.id)).where(col(Account.host) == host, col(Account.login_key) == login)
    )
    keys = await connection.scalars(
        select(col(Contribution.account_key))
        .where(func.lower(col(Contribution.login)) == login)
        .distinct()
    )
    speakers = await connection.scalars(
        select(col(Word.by_id)).where(func.lower(col(Word.by_login)) == login).distinct()
    )
    acted = {int(key) for key in keys if key.isdecimal()}
    return {*accounts, *speakers} | acted


async def _logins_of(connection: AsyncConnection, host: str, ids: Collection[int]) -> set[str]:
    accounts = await connection.scalars(
        select(col(Account.login)).where(col(Account.host) == host, col(Account.id).in_(ids))
    )
    acted = await connection.scalars(
        select(col(Contribution.login))
        .where(col(Contribution.account_key).in_([str(id_) for id_ in ids]))
        .distinct()
    )
    spoke = await connection.scalars(
        select(col(Word.by_login)).where(col(Word.by_id).in_(ids)).distinct()
    )
    return {login.casefold() for login in (*accounts, *acted, *spoke)}
