"""The lines of a report in full: what a decision says, what the item is called, what was said."""

from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Row as DbRow
from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from app.policy.decision import WORD
from app.policy.model import Act, ItemRef, Kind, Strength, Where, Work
from app.reports.model import Decided, Row, Seen
from app.reports.standing import Standing
from app.store.report_rows import Asked, lines
from app.store.report_words import logged, values_said
from app.store.tables import Account, Contribution, Decision, Repository, Snapshot, Subject

CHUNK = 400
"""Lines that are read at a time."""
_REF = TypeAdapter(ItemRef)


async def rows(
    connection: AsyncConnection, asked: Asked, *, limit: int | None = None, history: bool = False
) -> AsyncIterator[list[Row]]:
    """Give the lines that answer the question, the newest first, in lists; at most `limit`.

    `history`: with the decisions that came before. Read in one transaction, so that all of it is
    of one moment.
    """
    found = await lines(connection, asked, limit)
    logs, left = await logged(connection, asked), limit
    for at in range(0, len(found), CHUNK):
        told = await _told(connection, asked, found[at : at + CHUNK], history=history)
        is_last = at + CHUNK >= len(found)
        newer = [log for log in logs if is_last or _when(log) >= _when(told[-1])]
        logs = logs[len(newer) :]
        merged = sorted((*told, *newer), key=_when, reverse=True)[:left]
        left = None if left is None else left - len(merged)
        yield merged
    if not found and logs:
        yield logs[:limit]


def _when(row: Row) -> float:
    return row.at.timestamp() if row.at else float("-inf")


async def _told(
    connection: AsyncConnection, asked: Asked, ids: Sequence[tuple[int, int]], *, history: bool
) -> list[Row]:
    found = (await connection.execute(_wide([id_ for _, id_ in ids]))).all()
    by_decision = {row.decision_id: row for row in found}
    subjects = {row.subject_id for row in found}
    facts = await _facts(connection, asked, subjects)
    values = await values_said(connection, asked, subjects)
    logins = await _logins(connection, asked, found)
    earlier = await _earlier(connection, asked, ids) if history else {}
    return [
        _row(
            by_decision[decision_id],
            asked,
            facts.get(by_decision[decision_id].subject_id),
            login=logins.get(by_decision[decision_id].account_key),
            value=values.get(by_decision[decision_id].subject_id, ()),
            earlier=tuple(earlier.get(contribution_id, ())),
        )
        for contribution_id, decision_id in ids
    ]


def _wide(decision_ids: Sequence[int]) -> Select[*tuple[Any, ...]]:
    return (
        select(
            *_DECIDED,
            col(Contribution.subject_id),
            col(Contribution.act),
            col(Contribution.acted_at),
            col(Contribution.account_key),
            col(Contribution.login),
            col(Subject.repository_id),
            col(Subject.number),
            col(Subject.space),
            col(Subject.title),
            col(Repository.full_name),
        )
        .join(Contribution, col(Contribution.id) == col(Decision.contribution_id))
        .join(Subject, col(Subject.id) == col(Contribution.subject_id))
        .outerjoin(
            Repository,
            (col(Repository.id) == col(Subject.repository_id))
            & (col(Repository.host) == col(Subject.host)),
        )
        .where(col(Decision.id).in_(decision_ids))
    )


_DECIDED: tuple[Any, ...] = (
    col(Decision.id).label("decision_id"),
    col(Decision.contribution_id),
    col(Decision.kind),
    col(Decision.bucket),
    col(Decision.activity),
    col(Decision.community),
    col(Decision.work),
    col(Decision.provisional),
    col(Decision.by_word),
    col(Decision.because),
    col(Decision.decision),
    col(Decision.policy_version),
    col(Decision.decided_at),
    col(Decision.superseded_at),
    col(Decision.changed_because),
)


async def _facts(
    connection: AsyncConnection, asked: Asked, subject_ids: set[int]
) -> dict[int, DbRow[Any]]:
    """Give the latest facts that were read about subjects by the question's moment."""
    latest = (
        select(col(Snapshot.id))
        .where(
            col(Snapshot.subject_id) == col(Subject.id),
            col(Snapshot.fetched_at) <= asked.question.as_of,
        )
        .order_by(col(Snapshot.fetched_at).desc(), col(Snapshot.id).desc())
        .limit(1)
        .correlate(Subject)
        .scalar_subquery()
    )
    newest = select(latest.label("id")).where(col(Subject.id).in_(subject_ids)).subquery()
    found = await connection.execute(
        select(col(Snapshot.subject_id), col(Snapshot.facts), col(Snapshot.standing)).join(
            newest, newest.c.id == col(Snapshot.id)
        )
    )
    return {row.subject_id: row for row in found}


async def _logins(
    connection: AsyncConnection, asked: Asked, found: Sequence[DbRow[Any]]
) -> dict[str, str]:
    """Give the present logins of people, by account key, where they are known."""
    ids = {int(row.account_key) for row in found if row.account_key.isdecimal()}
    accounts = await connection.execute(
        select(col(Account.id), col(Account.login)).where(
            col(Account.host) == asked.host, col(Account.id).in_(ids)
        )
    )
    return {str(row.id): row.login for row in accounts}


async def _earlier(
    connection: AsyncConnection, asked: Asked, ids: Sequence[tuple[int, int]]
) -> dict[int, list[Decided]]:
    """Give the decisions that were replaced by the question's moment, the oldest first."""
    found = await connection.execute(
        select(*_DECIDED)
        .where(
            col(Decision.contribution_id).in_([id_ for id_, _ in ids]),
            col(Decision.superseded_at) <= asked.question.as_of,
        )
        .order_by(col(Decision.decided_at), col(Decision.id))
    )
    history: dict[int, list[Decided]] = defaultdict(list)
    for row in found:
        if asked.question.personal or row.kind != Kind.PERSONAL.value:
            history[row.contribution_id].append(_decided(row, asked))
    return history


def _row(
    found: DbRow[Any],
    asked: Asked,
    facts: DbRow[Any] | None,
    *,
    login: str | None,
    value: tuple[str, ...],
    earlier: tuple[Decided, ...],
) -> Row:
    subject = facts.facts["subject"] if facts else None
    return Row(
        Act(found.act),
        found.acted_at,
        _REF.validate_python(subject["ref"]) if subject else _ref(found, asked.host),
        (subject["title"] if subject else found.title) or "",
        login or found.login,
        found.account_key,
        _decided(found, asked),
        Standing.read(facts.standing) if facts and facts.standing else None,
        value,
        None,
        earlier,
    )


def _ref(found: DbRow[Any], host: str) -> ItemRef:
    repo = found.full_name or f"{found.repository_id}/?"
    return ItemRef(repo, found.number if found.space == "item" else None, host=host)


def _decided(found: DbRow[Any], asked: Asked) -> Decided:
    decision: dict[str, Any] = found.decision
    superseded_at = found.superseded_at
    if superseded_at is not None and superseded_at > asked.question.as_of:
        superseded_at = None
    need = decision.get("need")
    name, url = _named(need["evidence"]) if need else (None, None)
    return Decided(
        Kind(found.kind),
        found.because,
        _decided_by(decision),
        found.decided_at,
        found.bucket,
        found.activity,
        found.community,
        Work(found.work) if found.work else None,
        name,
        url,
        found.provisional,
        found.by_word,
        found.policy_version,
        superseded_at,
        found.changed_because,
        _evidence(decision),
    )


# The stored decision is read as the JSON it is: for a report of thousands of lines, making values
# of every rule's answer (ledger.DECISION) would take longer than all else.


def _decided_by(decision: dict[str, Any]) -> str:
    if not decision.get("by_word"):
        return str(decision.get("rule", ""))
    said = (one for one in decision["findings"] if one["rule"] == WORD)
    people = (e["by"]["login"] for one in said for e in _seen(one) if e.get("by"))
    return next(people, "somebody")


def _evidence(decision: dict[str, Any]) -> tuple[Seen, ...]:
    found = [
        Seen(Where(one["where"]), Strength(one["strength"]), *_named(one))
        for finding in decision["findings"]
        if finding["answer"]["answer"] == "yes"
        for one in _seen(finding)
    ]
    return tuple(dict.fromkeys(found))


def _seen(finding: dict[str, Any]) -> list[dict[str, Any]]:
    return finding["answer"].get("evidence") or []


def _named(evidence: dict[str, Any]) -> tuple[str, str]:
    """Give the name and the address of what a piece of evidence points at."""
    if evidence.get("ref"):
        item = _REF.validate_python(evidence["ref"])
        return str(item), item.url
    url = str(evidence.get("url") or "")
    return url, url
