"""The ledger as values for JSON: everything, word for word, with the history. Pure."""

from app.policy.model import ItemRef
from app.reports.columns import evidence
from app.reports.model import Count, Decided, Head, Row, Totals


def head_values(head: Head) -> dict[str, object]:
    """Give what stands above the report."""
    return {
        "home": head.home,
        "as_of": head.as_of.isoformat(),
        "made_at": head.made_at.isoformat(),
        "asked": dict(head.asked),
    }


def totals_values(totals: Totals) -> dict[str, object]:
    """Give the totals; `people` null where it is about personal time."""
    return {
        "kinds": {kind.value: _count(count) for kind, count in totals.kinds.items()},
        "buckets": {name: _count(count) for name, count in totals.buckets.items()},
        "activities": {name: _count(count) for name, count in totals.activities.items()},
        "communities": {name: _count(count) for name, count in totals.communities.items()},
        "apart": dict(totals.apart),
    }


def row_values(row: Row, head: Head) -> dict[str, object]:
    """Give one row."""
    return {
        "act": row.act.value,
        "acted_at": row.at.isoformat() if row.at else None,
        "subject": _item(row.item, row.title),
        "standing": _standing(row),
        "person": {"login": row.person, "id": person_id(row.person_key)},
        **_decided(row.decided),
        "value": list(row.value),
        "minutes": row.minutes,
        "links": list(evidence(row)),
        "earlier": [_decided(one) for one in row.earlier],
        "as_of": head.as_of.isoformat(),
    }


def person_id(key: str) -> int | None:
    """Give GitHub's numeric id out of an account key, None while only a login is known."""
    return int(key) if key.isdecimal() else None


def _item(item: ItemRef, title: str) -> dict[str, object]:
    return {
        "repo": item.repo,
        "number": item.number,
        "tag": item.tag,
        "type": item.type.value if item.type else None,
        "title": title,
        "url": item.url,
    }


def _standing(row: Row) -> dict[str, object] | None:
    if row.standing is None:
        return None
    return {"state": row.standing.state.value, "author": row.standing.author.value}


def _decided(one: Decided) -> dict[str, object]:
    need = {"name": one.need, "url": one.need_url} if one.need or one.need_url else None
    return {
        "kind": one.kind.value,
        "bucket": one.bucket,
        "activity": one.activity,
        "community": one.community,
        "work": one.work.value if one.work else None,
        "need": need,
        "because": one.because,
        "decided_by": {"person" if one.by_person else "rule": one.decided_by},
        "provisional": one.provisional,
        "policy_version": one.policy_version,
        "decided_at": one.decided_at.isoformat(),
        "superseded_at": one.superseded_at.isoformat() if one.superseded_at else None,
        "changed_because": one.changed_because,
        "evidence": [
            {"where": e.where.value, "strength": e.strength.value, "name": e.name, "url": e.url}
            for e in one.evidence
        ],
    }


def _count(count: Count) -> dict[str, int | None]:
    if count.people is None:
        return {"acts": count.acts, "people": None}
    return {
        "acts": count.acts,
        "people": count.people,
        "changes": count.changes,
        "delivered": count.delivered,
        "minutes": count.minutes,
    }
