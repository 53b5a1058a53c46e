"""The ledger's query: which acts answer a question, as they were known at a moment.

Reads the ledger's lines (tables.LedgerLine), which are narrow and indexed for this; what is wide
is read by report_details.py for the lines that are shown.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BindParameter,
    Select,
    SelectBase,
    bindparam,
    false,
    func,
    or_,
    select,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from app.policy.globs import matches_name
from app.policy.model import Act, Kind
from app.reports.model import Group, Question
from app.reports.standing import Standing
from app.store.tables import Account, Contribution, Home, LedgerLine, LedgerSort, Repository

Found = Select[*tuple[Any, ...]]
_KINDS = {kind.value: kind for kind in Kind}
_ACTS = {act.value: act for act in Act}


@dataclass(frozen=True, slots=True)
class Asked:
    """A question to one home's ledger.

    `repositories` are those that its glob matches, `sorts` those that are of the kind, bucket,
    activity and community asked for; None: all.
    """

    home_id: int
    host: str
    question: Question
    repositories: tuple[int, ...] | None = None
    sorts: tuple[int, ...] | None = None

    @property
    def is_narrow(self) -> bool:
        """Say whether days, people or repositories leave a part of the ledger."""
        question = self.question
        narrowing = (question.since, question.until, question.people, self.repositories)
        return any(one is not None for one in narrowing)


async def find_home(connection: AsyncConnection, host: str, name: str) -> int | None:
    """Give the row's id of a home, None if nothing was ever recorded for it."""
    return await connection.scalar(
        select(col(Home.id)).where(col(Home.host) == host, col(Home.name) == name)
    )


async def ask(connection: AsyncConnection, home_id: int, host: str, question: Question) -> Asked:
    """Look up what the question names, so that it can be answered."""
    repositories, sorts = None, None
    if (glob := question.upstream) is not None:
        rows = await connection.execute(
            select(col(Repository.id), col(Repository.full_name)).where(
                col(Repository.host) == host
            )
        )
        repositories = tuple(row.id for row in rows if matches_name(glob, row.full_name))
    told = {
        "kind": question.kind.value if question.kind else None,
        "bucket": question.bucket,
        "activity": question.activity,
        "community": question.community,
    }
    if any(told.values()):
        wanted = [
            LedgerSort.__table__.c[name] == value  # type: ignore[attr-defined]
            for name, value in told.items()
            if value
        ]
        ids = await connection.scalars(
            select(col(LedgerSort.id)).where(col(LedgerSort.home_id) == home_id, *wanted)
        )
        sorts = tuple(id_ for id_ in ids if id_ is not None)
    return Asked(home_id, host, question, repositories, sorts)


async def groups(connection: AsyncConnection, asked: Asked) -> list[Group]:
    """Count the acts that answer the question, those alike together (reports/counting.py)."""
    items: dict[int, set[int]] = defaultdict(set)
    for row in await connection.execute(items_counted(asked)):
        items[row.sort_id].add(row.subject_id)
    found = await connection.execute(grouped(asked))
    return [
        Group(
            _KINDS[kind],
            _ACTS[act],
            int(n),
            bucket,
            activity,
            community,
            is_release,
            Standing.read(standing) if standing else None,
            frozenset(people.split(",")),
            frozenset(items.get(sort_id, ())),
        )
        for (
            sort_id,
            kind,
            act,
            bucket,
            activity,
            community,
            standing,
            is_release,
            n,
            people,
        ) in found
    ]


async def lines(
    connection: AsyncConnection, asked: Asked, limit: int | None = None
) -> list[tuple[int, int]]:
    """Give (contribution id, decision id) of the acts that may be shown, the newest first.

    Personal ones are among them for the operator alone. Without a span of days, acts of which no
    time is known stand at one end.
    """
    ids = listed(asked, limit).subquery()
    rows = await connection.execute(
        select(col(LedgerLine.contribution_id), col(LedgerLine.decision_id))
        .join(ids, ids.c.id == col(LedgerLine.id))
        .order_by(ids.c.acted_at.desc(), ids.c.id.desc())
    )
    return [(row.contribution_id, row.decision_id) for row in rows]


def grouped(asked: Asked) -> Found:
    """Give the statement of `groups`.

    Grouped by person within, and their keys put together outside: so the groups stay few, and it
    is still known who is in which.
    """
    each = _by_person(asked).subquery()
    people = func.aggregate_strings(each.c.account_key, ",").label("people")
    sums: tuple[Any, ...] = (each.c.sort_id, func.sum(each.c.n).label("n"), people)
    sort = select(*sums).group_by(each.c.sort_id).subquery()
    told: tuple[Any, ...] = (
        col(LedgerSort.id),
        col(LedgerSort.kind),
        col(LedgerSort.act),
        col(LedgerSort.bucket),
        col(LedgerSort.activity),
        col(LedgerSort.community),
        col(LedgerSort.standing),
        col(LedgerSort.is_release),
        sort.c.n,
        sort.c.people,
    )
    return select(*told).join(sort, sort.c.sort_id == col(LedgerSort.id))


def _by_person(asked: Asked) -> SelectBase:
    """Give the statement that counts acts by sort and person."""
    who = col(LedgerLine.account_key)
    if asked.is_narrow:
        # Plus nothing, or SQLite reads a whole index for the sake of its order and not the rows
        # asked for: sqlite.org/optoverview.html#disqualifying_where_clause_terms_using_unary_
        sort_id = (col(LedgerLine.sort_id) + 0).label("sort_id")
        each = select(sort_id, who, func.count().label("n"))
        return _matching(asked, each).group_by(sort_id, who)
    # Over all of the ledger an index that has the groups in their order saves sorting a million
    # lines; it holds those that stand, the few that were replaced since are added.
    line: tuple[Any, ...] = (col(LedgerLine.sort_id), who)
    stands, ended_since = (
        col(LedgerLine.until_at).is_(None),
        col(LedgerLine.until_at) > asked.question.as_of,
    )
    return union_all(
        *(
            _asked_for(asked, select(*line, func.count().label("n"))).where(when).group_by(*line)
            for when in (stands, ended_since)
        )
    )


def items_counted(asked: Asked) -> Found:
    """Give the statement for the items of acts whose items are counted: releases."""
    releases = select(col(LedgerSort.id)).where(
        col(LedgerSort.home_id) == asked.home_id,
        or_(col(LedgerSort.is_release), col(LedgerSort.act) == Act.RELEASED.value),
    )
    told: tuple[Any, ...] = (col(LedgerLine.sort_id), col(LedgerLine.subject_id))
    return _matching(asked, select(*told)).where(col(LedgerLine.sort_id).in_(releases)).distinct()


def listed(asked: Asked, limit: int | None) -> Found:
    """Give the statement that chooses the lines to show."""
    told: tuple[Any, ...] = (col(LedgerLine.id), col(LedgerLine.acted_at))
    found = _matching(asked, select(*told))
    if not asked.question.personal:
        found = found.where(col(LedgerLine.personal).is_(False))
    when = (col(LedgerLine.acted_at).desc(), col(LedgerLine.id).desc())
    return found.order_by(*when).limit(limit)


def _matching(asked: Asked, found: Found) -> Found:
    until = col(LedgerLine.until_at)
    return _asked_for(asked, found).where(or_(until.is_(None), until > asked.question.as_of))


def _asked_for(asked: Asked, found: Found) -> Found:
    """Add all that is asked but that it still stood then."""
    question = asked.question
    found = found.where(
        col(LedgerLine.home_id) == asked.home_id, col(LedgerLine.from_at) <= question.as_of
    )
    if question.since is not None:
        found = found.where(col(LedgerLine.acted_at) >= question.since)
    if question.until is not None:
        found = found.where(col(LedgerLine.acted_at) < question.until)
    if question.people is not None:
        found = found.where(col(LedgerLine.account_key).in_(question.people))
    for column, ids in (
        (col(LedgerLine.repository_id), asked.repositories),
        (col(LedgerLine.sort_id), asked.sorts),
    ):
        if ids is not None:
            found = found.where(column.in_(_written(ids)) if ids else false())
    return found


def _written(ids: Sequence[int]) -> BindParameter[Any]:
    """Write ids into the statement, because SQLite takes no more than 32,766 parameters."""
    return bindparam(None, ids, expanding=True, literal_execute=True, unique=True)


async def people_called(
    connection: AsyncConnection,
    home_id: int,
    host: str,
    logins: Collection[str],
    ids: Collection[int] = (),
) -> frozenset[str]:
    """Give the account keys of whoever is or was called so (without case), or has these ids."""
    names = {login.casefold() for login in logins}
    known = await connection.scalars(
        select(col(Account.id)).where(col(Account.host) == host, col(Account.login_key).in_(names))
    )
    keys = {str(id_) for id_ in (*known, *ids)}
    if not keys:
        written = await connection.scalars(
            select(col(Contribution.account_key))
            .where(
                col(Contribution.home_id) == home_id,
                func.lower(col(Contribution.login)).in_(names),
            )
            .distinct()
        )
        keys |= set(written)
    return frozenset(keys | {f"login:{name}" for name in names})
