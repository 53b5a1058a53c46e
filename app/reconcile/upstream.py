"""An upstream item: gather, decide, record, plan, perform."""

from dataclasses import replace

from app.github.errors import NotFound
from app.github.finding import NotThere
from app.github.follow import with_items
from app.github.gather import Gathered, gather_subject
from app.policy.evidence import to_follow
from app.policy.model import Facts, Item, ItemRef, Visibility
from app.publish import Action, AddLabel, RemoveLabel, Served, Situation, asked, plan
from app.reconcile.access import Access
from app.reconcile.answering import answer_comments
from app.reconcile.hearing import Ears, hear_comments, pass_over
from app.reconcile.newcomers import tell_newcomers
from app.reconcile.recording import Judgement, judge, record
from app.reconcile.served import state_of
from app.reconcile.upstream_file import upstream_asks
from app.reconcile.writing import may_write, note_dry, write
from app.store import mentions
from app.store.known import Known
from app.store.ledger import Verdict
from app.store.subjects import Leased
from app.store.writes import Write


async def reconcile_upstream(
    access: Access, held: Leased, ref: ItemRef, known: Known
) -> tuple[Write, ...] | None:
    """Make GitHub and the ledger agree with what we believe about one upstream item.

    What is said or recorded from now on marks the subject anew, so `known` need not be asked again.
    Gives what is to be noted when it settles; see `write`.
    """
    installation = known.installation_id if known.works else None
    kept = await _mentions(access, held, ref) if known.mentioned else ()
    gathered = await _gather(access, held, ref, installation, kept)
    ask = (await access.reading(installation, gathered.repository_id)).graphql
    (told,) = await tell_newcomers(access, ask, [(held.id, gathered.facts)])
    facts, target = await _follow(access, told), gathered.target
    asks = (
        await upstream_asks(access, installation, gathered.repository_id, facts.subject.ref.repo)
        if target
        else None
    )
    situation = Situation(access.tenant.facts, (await access.us()).app_id, upstream_asks=asks)
    ears = Ears(access, held, target, facts, asks=asked(situation)) if target else None
    understood = await hear_comments(ears) if ears and known.spoken_of else ()
    judgement = await judge(access, held.id if known.spoken_of or known.recorded else None, facts)
    if not judgement.is_silent:
        active_at = target.updated_at if target else facts.fetched_at
        await record(access, held, judgement, active_at, known)
    if ears is None:
        await pass_over(access, held)
        return None
    served = tuple(_served(verdict, judgement) for verdict in judgement.verdicts)
    seen, muted = _seen(judgement.facts), judgement.said.muted
    await answer_comments(ears, understood, served, seen=seen, muted=muted)
    situation = replace(situation, seen=seen, muted=muted)
    return await _write(ears, plan(ears.target, served, situation), judgement)


async def _write(
    ears: Ears, actions: tuple[Action, ...], judgement: Judgement
) -> tuple[Write, ...] | None:
    access, held, target = ears.access, ears.held, ears.target
    if not may_write(access.tenant, target.updated_at):
        if access.tenant.writing_since is None:
            await note_dry(access, held, actions)
        return None
    if _would_fight(judgement):
        actions = tuple(one for one in actions if not isinstance(one, AddLabel | RemoveLabel))
    return await write(access, held, target, actions)


def _would_fight(judgement: Judgement) -> bool:
    """Tell whether people who may not have changed a label of ours more than once.

    Once is a mistake that we set back, twice is a dispute, settled by a member's later word.
    """
    refused, word = judgement.refused, judgement.said.item
    if len(refused) <= 1:
        return False
    return word is None or word.at <= refused[-1].said_at


async def _mentions(access: Access, held: Leased, ref: ItemRef) -> tuple[Item, ...]:
    tenant = access.tenant
    async with access.reader.connect() as connection:
        return tuple(
            await mentions.mentions_of(
                connection,
                tenant.id,
                tenant.host,
                names=[ref.repo],
                repository_id=held.key.repository_id,
                number=held.key.number,
            )
        )


async def _gather(
    access: Access, held: Leased, ref: ItemRef, installation: int | None, kept: tuple[Item, ...]
) -> Gathered:
    tenant = access.tenant
    gathered = await gather_subject(
        await access.reading(installation, held.key.repository_id),
        ref,
        home=tenant.facts,
        us=await access.us(),
        now=access.clock.now(),
        repository_id=held.key.repository_id,
        mentions=kept,
        installed=installation is not None,
    )
    if isinstance(gathered, NotThere):
        raise NotFound(gathered.says)
    return gathered


async def _follow(access: Access, facts: Facts) -> Facts:
    """Read the home's own items that the subject's texts lead to or that mention it."""
    refs = to_follow(facts, access.tenant.facts)
    return with_items(facts, await access.follow(refs)) if refs else facts


def _served(verdict: Verdict, judgement: Judgement) -> Served:
    subject = judgement.facts.subject
    return Served(
        who=verdict.person,
        act=verdict.act,
        subject=subject.ref,
        decision=verdict.decision,
        title=subject.title,
        state=state_of(judgement.facts),
        visibility=subject.visibility,
        draft=subject.draft,
        about_item=verdict.decision.by_word and judgement.said.is_about_item(verdict.person),
    )


def _seen(facts: Facts) -> dict[tuple[str, str, int | str | None], Visibility]:
    """Give who can read what this run has looked at."""
    items = (*facts.linked, *facts.backlinks)
    return {item.ref.key: item.visibility for item in items} | {
        facts.subject.ref.key: facts.subject.visibility
    }
