"""From facts to the ledger: decide what each member's act is, and keep it. Used by every finder.

A job judges and keeps one subject that it holds; the sweep and the import do the same for many, in
one transaction for all.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from app.commands.overrules import Spoken, Standing
from app.commands.overrules import standing as words_standing
from app.policy.answers import Decision
from app.policy.decision import decide, what_changed
from app.policy.model import Act, Facts, ItemRef, Kind, Performed, Person, Subject, Visibility
from app.policy.scope import contributions
from app.reconcile.access import Access
from app.store import ledger, places, subjects, words
from app.store.known import Known
from app.store.ledger import Verdict
from app.store.places import Tenant
from app.store.subjects import Key, Leased
from app.store.tables import Word

SEEN_ANEW = timedelta(minutes=1)
"""A repository is written down again after so long, though nothing about it changed: the one that
was seen last is meant by a name."""
log = structlog.get_logger("recording")


@dataclass(frozen=True, slots=True)
class Judgement:
    """What was decided from `facts` about each member's act, what people say, what stood before."""

    facts: Facts
    verdicts: tuple[Verdict, ...]
    standing: Mapping[tuple[str, str], Decision]
    said: Standing = field(default_factory=Standing)
    refused: tuple[Word, ...] = ()
    """Changes of our labels by people who may not."""

    @property
    def is_silent(self) -> bool:
        """Say whether nobody of the home has, or had, a part in it: nothing is kept of it."""
        return not self.verdicts and not self.standing

    @property
    def serves(self) -> tuple[ItemRef, ...]:
        """Give the tracker items that it serves or served."""
        decisions = (*self.standing.values(), *(one.decision for one in self.verdicts))
        found = {item.key: item for one in decisions if (item := ledger.serves(one))}
        return tuple(found.values())


async def judge(access: Access, subject_id: int | None, facts: Facts) -> Judgement:
    """Decide, with what people said and what was known before; None: nothing is known yet."""
    if subject_id is None:
        return judged(access.tenant, facts, (), {})
    async with access.reader.connect() as connection:
        about = await words.all_about(connection, subject_id)
        standing = await ledger.current(connection, subject_id)
        before = await ledger.last_facts(connection, subject_id)
    facts = created(remembering(facts, before), about.creator)
    return replace(judged(access.tenant, facts, about.said, standing), refused=tuple(about.refused))


def judged(
    tenant: Tenant,
    facts: Facts,
    said: Sequence[Spoken],
    standing: Mapping[tuple[str, str], Decision],
) -> Judgement:
    """Decide each member's act; pure."""
    stands = words_standing(said)
    found = contributions(facts, tenant.facts)
    # A word about an item speaks of who wrote it; of a review only where an outsider did.
    spoken_of = {one.act.act for one in found if one.act.act is Act.AUTHORED} or set(Act)
    verdicts = []
    for one in found:
        person = Person(one.act.by.login, one.act.by.id)
        words_on_it = stands.words_on(person)
        if one.act.act not in spoken_of and stands.is_about_item(person):
            words_on_it = ()
        decision = decide(one, words=words_on_it, now=facts.fetched_at)
        before = standing.get((ledger.account_key(person), one.act.act.value))
        changed = what_changed(before, decision) if before else None
        verdicts.append(
            Verdict(
                person,
                one.act.act,
                one.act.at,
                decision,
                changed_because=str(changed.answer.says) if changed else None,
            )
        )
    return Judgement(facts, tuple(verdicts), standing, stands)


def remembering(facts: Facts, before: Facts | None) -> Facts:
    """Keep that it was its author's first: GitHub stops telling once it is merged."""
    subject = facts.subject
    if subject.author_first_time is not None or before is None:
        return facts
    first = before.subject.author_first_time
    return replace(facts, subject=replace(subject, author_first_time=first))


def created(facts: Facts, creator: Performed | None) -> Facts:
    """Add who created a repository: of an organisation's GitHub tells it in the event alone."""
    if creator is None or facts.acts:
        return facts
    act = replace(creator, at=facts.subject.created_at or creator.at)
    return replace(facts, acts=(act,), subject=replace(facts.subject, author=creator.by))


async def record(
    access: Access, held: Leased, judgement: Judgement, active_at: datetime | None, known: Known
) -> None:
    """Keep facts and decisions about one subject; `active_at` is when GitHub last saw it change."""
    names = frozenset(item.repo for item in judgement.serves)
    ids = await access.repository_ids(names) if names else {}
    async with access.engine.begin() as connection:
        await keep(connection, access, held, judgement, ids=ids, active_at=active_at, known=known)
    for one in judgement.verdicts:
        if judgement.standing.get((one.account_key, one.act.value)) != one.decision:
            _log_decision(held, one)


def _log_decision(held: Leased, verdict: Verdict) -> None:
    """Say what was decided; personal and undecided look alike: no log names a personal act."""
    decision = verdict.decision
    told: dict[str, object] = {"kind": "other"}
    if decision.kind in {Kind.TACTICAL, Kind.STRATEGIC}:
        told = {
            "kind": decision.kind.value,
            "rule": decision.rule,
            "sure": not decision.provisional,
        }
    log.info("decided", subject=held.id, act=verdict.act.value, **told)


async def keep(
    connection: AsyncConnection,
    access: Access,
    held: Leased,
    judgement: Judgement,
    *,
    ids: Mapping[str, int],
    active_at: datetime | None,
    known: Known | None = None,
) -> set[ItemRef]:
    """Keep facts and decisions, and mark the tracker items that have to say something else now.

    `ids` maps the repositories of `judgement.serves` ("owner/name", casefolded) to their ids.
    `known` is what was known since the subject is held: what it says already is not said again.
    Gives the items marked.
    """
    tenant, now, facts = access.tenant, access.clock.now(), judgement.facts
    first = known is not None and not known.recorded
    if known is None or not _was_seen(known, facts.subject, now):
        await _see(connection, held, facts.subject, now)
    await subjects.touch(connection, held, facts.subject.title, active_at)
    await words.taken_back(connection, judgement.said.undone, now)
    snapshot, is_new = await ledger.keep_snapshot(
        connection, held.home_id, held.id, facts, now, first=first
    )
    changed = await ledger.record(
        connection,
        held,
        judgement.verdicts,
        snapshot_id=snapshot,
        config_digest=tenant.facts.digest,
        now=now,
        first=first,
    )
    concerned = {
        item
        for item in (judgement.serves if is_new else changed)
        if item.number is not None and item.repo.casefold() in ids
    }
    await subjects.mark_stale(
        connection,
        tenant.id,
        [Key(tenant.host, ids[item.repo.casefold()], item.number or 0) for item in concerned],
    )
    return concerned


def _was_seen(known: Known, subject: Subject, now: datetime) -> bool:
    """Tell whether its repository was just seen as it is: the pump did with the event."""
    private = _private(subject.visibility)
    return (
        now - known.seen_at < SEEN_ANEW
        and known.full_name == subject.ref.repo
        and known.fork == subject.is_fork
        and private in {None, known.private}
    )


async def _see(connection: AsyncConnection, held: Leased, subject: Subject, now: datetime) -> None:
    await places.see_repository(
        connection,
        held.key.host,
        held.key.repository_id,
        subject.ref.repo,
        now,
        private=_private(subject.visibility),
        fork=subject.is_fork,
    )


def _private(visibility: Visibility) -> bool | None:
    return None if visibility is Visibility.UNKNOWN else visibility is Visibility.PRIVATE
