"""An upstream item: gather, decide, record, plan, perform."""

from collections.abc import Sequence
from dataclasses import replace

from app.github.errors import NotFound
from app.github.finding import NotThere
from app.github.follow import with_items
from app.github.gather import Gathered, gather_subject
from app.policy.answers import Decision, Overrule
from app.policy.decision import decide, what_changed
from app.policy.evidence import traces
from app.policy.model import Act, Facts, ItemRef, Kind, Person, Visibility
from app.policy.scope import contributions
from app.publish import Served, Situation, plan
from app.reconcile.access import Access
from app.reconcile.tracker import state_of
from app.reconcile.writing import may_write, note_dry, write
from app.store import ledger, mentions, places, subjects, words
from app.store.ledger import Verdict
from app.store.subjects import Key, Leased
from app.store.tables import Word


async def reconcile_upstream(access: Access, held: Leased, ref: ItemRef) -> None:
    """Make GitHub and the ledger agree with what we believe about one upstream item."""
    installation = await access.working(held.installation_id)
    gathered = await _gather(access, held, ref, installation)
    facts = await _follow(access, gathered)
    async with access.reader.connect() as connection:
        said = await words.words_about(connection, held.id)
        standing = await ledger.current(connection, held.id)
        before = await ledger.last_facts(connection, held.id)
    facts = _remembering(facts, before)
    verdicts = _decide(access, facts, said, standing)
    if not verdicts and not standing:
        return
    await _record(access, held, facts, verdicts, standing)
    if gathered.target is None:
        return
    served = [_served(verdict, facts, about_item=verdict.decision.by_word) for verdict in verdicts]
    situation = Situation(
        home=access.tenant.facts, app_id=(await access.us()).app_id, seen=_seen(facts)
    )
    actions = plan(gathered.target, served, situation)
    if may_write(access.tenant, gathered.target.updated_at):
        await write(access, held, gathered.target, actions)
    elif access.tenant.writing_since is None:
        await note_dry(access, held, actions)


async def _gather(access: Access, held: Leased, ref: ItemRef, installation: int | None) -> Gathered:
    tenant = access.tenant
    async with access.reader.connect() as connection:
        kept = await mentions.mentions_of(
            connection,
            tenant.id,
            tenant.host,
            names=[ref.repo],
            repository_id=held.key.repository_id,
            number=held.key.number,
        )
    gathered = await gather_subject(
        await access.reading(installation, held.key.repository_id),
        ref,
        home=tenant.facts,
        us=await access.us(),
        now=access.clock.now(),
        repository_id=held.key.repository_id,
        mentions=tuple(kept),
        installed=installation is not None,
    )
    if isinstance(gathered, NotThere):
        raise NotFound(gathered.says)
    return gathered


async def _follow(access: Access, gathered: Gathered) -> Facts:
    """Read the home's own items that the subject's texts lead to or that mention it."""
    facts = gathered.facts
    led = (
        trace.place.item
        for trace in traces(facts, access.tenant.facts)
        if trace.place.item and trace.place.listed and trace.item is None
    )
    refs = {ref.key: ref for ref in (*led, *gathered.to_follow) if ref.number or ref.sha}
    if not refs:
        return facts
    return with_items(facts, await access.follow(tuple(refs.values())))


def _remembering(facts: Facts, before: Facts | None) -> Facts:
    """Keep that it was its author's first: GitHub stops telling once it is merged."""
    subject = facts.subject
    if subject.author_first_time is not None or before is None:
        return facts
    first = before.subject.author_first_time
    return replace(facts, subject=replace(subject, author_first_time=first))


def _decide(
    access: Access,
    facts: Facts,
    said: Sequence[Word],
    standing: dict[tuple[str, str], Decision],
) -> list[Verdict]:
    overrules = tuple(_overrule(word) for word in said)
    found = contributions(facts, access.tenant.facts)
    # A word about an item speaks of who wrote it; of a review only where an outsider did.
    spoken_of = {one.act.act for one in found if one.act.act is Act.AUTHORED} or set(Act)
    verdicts = []
    for one in found:
        words_on_it = overrules if one.act.act in spoken_of else ()
        decision = decide(one, words=words_on_it, now=facts.fetched_at)
        person = Person(one.act.by.login, one.act.by.id)
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
    return verdicts


def _overrule(word: Word) -> Overrule:
    """Read a label put on or taken off by hand as what its person says about the item."""
    kind = Kind(word.payload["kind"]) if word.verb == "label" else Kind.UNDECIDED
    return Overrule(kind, Person(word.by_login, word.by_id), word.said_at, by_label=True)


async def _record(
    access: Access,
    held: Leased,
    facts: Facts,
    verdicts: Sequence[Verdict],
    standing: dict[tuple[str, str], Decision],
) -> None:
    """Keep facts and decisions, and mark the tracker items that have to say something else now."""
    tenant, now = access.tenant, access.clock.now()
    decisions = [*standing.values(), *(verdict.decision for verdict in verdicts)]
    items = {item.key: item for one in decisions if (item := ledger.serves(one))}
    ids = await access.repository_ids(frozenset(item.repo for item in items.values()))
    async with access.engine.begin() as connection:
        subject = facts.subject
        await places.see_repository(
            connection,
            tenant.host,
            held.key.repository_id,
            subject.ref.repo,
            now,
            private=_private(subject.visibility),
            fork=subject.is_fork,
        )
        await subjects.touch(connection, held, subject.title, facts.fetched_at)
        snapshot, is_new = await ledger.keep_snapshot(connection, held.home_id, held.id, facts, now)
        changed = await ledger.record(
            connection,
            held,
            verdicts,
            snapshot_id=snapshot,
            config_digest=tenant.facts.digest,
            now=now,
        )
        concerned = items.values() if is_new else changed
        await subjects.mark_stale(
            connection,
            tenant.id,
            [
                Key(tenant.host, ids[item.repo.casefold()], item.number)
                for item in concerned
                if item.number is not None and item.repo.casefold() in ids
            ],
        )


def _private(visibility: Visibility) -> bool | None:
    return None if visibility is Visibility.UNKNOWN else visibility is Visibility.PRIVATE


def _served(verdict: Verdict, facts: Facts, *, about_item: bool) -> Served:
    subject = facts.subject
    return Served(
        who=verdict.person,
        act=verdict.act,
        subject=subject.ref,
        decision=verdict.decision,
        title=subject.title,
        state=state_of(facts),
        visibility=subject.visibility,
        draft=subject.draft,
        about_item=about_item,
    )


def _seen(facts: Facts) -> dict[tuple[str, str, int | str | None], Visibility]:
    """Give who can read what this run has looked at."""
    items = (*facts.linked, *facts.backlinks)
    return {item.ref.key: item.visibility for item in items} | {
        facts.subject.ref.key: facts.subject.visibility
    }
