"""Decisions that stand in the ledger, as texts about them read them."""

from collections.abc import Collection, Mapping

from app.policy.model import Facts, Person
from app.publish import Seen, Served, State
from app.reconcile.access import Access
from app.store.serving import Served as Record
from app.store.serving import decided_about


def served(record: Record) -> Served:
    """Give a standing decision with what was last read of its subject."""
    subject = record.facts.subject
    return Served(
        who=Person(record.login),
        act=record.act,
        subject=subject.ref,
        decision=record.decision,
        title=subject.title,
        state=state_of(record.facts),
        visibility=subject.visibility,
        draft=subject.draft,
    )


def state_of(facts: Facts) -> State:
    """Say whether a subject is open, closed or merged, as last read."""
    if facts.subject.merged_at:
        return "merged"
    return "closed" if facts.subject.closed_at else "open"


async def served_elsewhere(
    access: Access, subject_ids: Collection[int]
) -> tuple[Mapping[int, tuple[Served, ...]], Seen]:
    """Give what is decided about other subjects, by their rows, and who can read those now."""
    if not subject_ids:
        return {}, {}
    found = {}
    async with access.reader.connect() as connection:
        for subject_id in subject_ids:
            records = await decided_about(connection, subject_id)
            found[subject_id] = tuple(served(record) for record in records)
    refs = {one.subject.key: one.subject for several in found.values() for one in several}
    if not refs:
        return found, {}
    known = await access.follow(tuple(refs.values()))
    return found, {key: item.visibility for key, item in known.items.items()}
