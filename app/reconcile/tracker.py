"""An item of the home's tracker: what it mentions upstream, and our one comment on it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from app.commands.overrules import standing
from app.github.errors import NotFound
from app.github.finding import NotThere
from app.github.follow import Followed, TrackerItem
from app.policy.home import Home
from app.policy.iterations import is_tracking_issue
from app.policy.links import mentions
from app.policy.model import Comment, Item, ItemRef
from app.policy.scope import is_bot, is_upstream, tracker_of
from app.publish import Asks, Seen, Served, Situation, plan
from app.reconcile.access import Access
from app.reconcile.answering import answer_comments
from app.reconcile.hearing import Ears, hear_comments
from app.reconcile.served import served
from app.reconcile.writing import may_write, note_dry, write_and_note
from app.store import subjects
from app.store.mentions import Mentioned, replace_mentions
from app.store.serving import serving
from app.store.subjects import Key, Leased
from app.store.words import spoken_about


async def reconcile_tracker(access: Access, held: Leased, ref: ItemRef) -> None:
    """Read the item, keep what it mentions, mark what that concerns, answer, write our comment."""
    read = await access.tracker_item(ref, held.key.repository_id)
    if isinstance(read, NotThere):
        raise NotFound(read.says)
    held = replace(held, installation_id=await access.home_installation())
    await _keep_mentions(access, held, read)
    tenant = access.tenant
    async with access.reader.connect() as connection:
        records = await serving(
            connection, tenant.id, tenant.host, _names(ref, access), ref.number or 0
        )
    refs = {record.facts.subject.ref.key: record.facts.subject.ref for record in records}
    followed = await access.follow(tuple(refs.values()))
    seen = {key: item.visibility for key, item in followed.items.items()}
    here = tuple(served(record) for record in records)
    only = next(iter(refs.values())) if len(refs) == 1 else None
    asks: Asks = "off" if tenant.facts.publish.tracker == "off" else "label+comment"
    muted = await _listen(Ears(access, held, read.target, None, only, asks), here, seen)
    situation = Situation(tenant.facts, (await access.us()).app_id, seen, muted)
    actions = plan(read.target, here, situation)
    if may_write(tenant, read.target.updated_at, *(record.active_at for record in records)):
        await write_and_note(access, held, read.target, actions)
    elif tenant.writing_since is None:
        await note_dry(access, held, actions)


async def _listen(ears: Ears, here: tuple[Served, ...], seen: Seen) -> bool:
    """Hear and answer what people say on the item; tell whether it is muted by now."""
    understood = await hear_comments(ears)
    async with ears.access.reader.connect() as connection:
        muted = standing(await spoken_about(connection, ears.held.id)).muted
    await answer_comments(ears, understood, here, seen=seen, muted=muted)
    return muted


def _names(ref: ItemRef, access: Access) -> list[str]:
    tracker = tracker_of(ref.repo, access.tenant.facts)
    return [ref.repo, *((tracker.repo, *tracker.aliases) if tracker else ())]


@dataclass(frozen=True, slots=True)
class FoundMention:
    """One mention: `within` is the tracker item as evidence, its body the text that mentions."""

    place: str
    within: Item
    to: ItemRef
    verb: str | None

    def row(self, name: str, repository_id: int | None) -> Mentioned:
        """Give what is kept of it; `name` is the mentioned repository's present one."""
        return Mentioned(
            place=self.place,
            to_name=name,
            to_number=self.to.number or 0,
            item=self.within,
            verb=self.verb,
            to_repository_id=repository_id,
        )


async def _keep_mentions(access: Access, held: Leased, read: TrackerItem) -> None:
    """Keep the backlinks that stand in the item; mark the upstream items whose changed."""
    tenant = access.tenant
    found = tuple(mentioned_in(read.item, tenant.facts))
    known = await access.follow(tuple({one.to.key: one.to for one in found}.values()))
    ids = await access.repository_ids(frozenset(item.ref.repo for item in known.items.values()))
    rows = [one.row(name := _present_name(one, known), ids.get(name.casefold())) for one in found]
    async with access.engine.begin() as connection:
        await subjects.touch(connection, held, read.item.title, read.target.updated_at)
        here = (held.key.repository_id, held.key.number)
        moved = await replace_mentions(connection, tenant.id, tenant.host, {here: rows})
        changed = moved.get(here, set())
        await subjects.mark_stale(
            connection,
            tenant.id,
            [
                Key(tenant.host, row.to_repository_id, row.to_number)
                for row in rows
                if (row.to_name.casefold(), row.to_number) in changed
                and row.to_repository_id is not None
            ],
        )


def mentioned_in(item: Item, home: Home) -> Iterator[FoundMention]:
    """Give the upstream items that a tracker item's texts mention, where people wrote them."""
    if is_tracking_issue(item, home):
        return
    texts = [("body", Comment(item.by, f"{item.title or ''}\n\n{item.body or ''}", item.at))]
    texts += [(f"comment:{one.id}", one) for one in item.comments]
    for place, said in texts:
        if said.by is not None and is_bot(said.by, home):
            continue
        within = replace(item, body=said.body, by=said.by, at=said.at, comments=())
        for mention in mentions(said.body, item.ref):
            if mention.item.number is not None and is_upstream(mention.item.repo, home):
                yield FoundMention(place, within, mention.item, mention.verb)


def _present_name(one: FoundMention, known: Followed) -> str:
    now = known.items.get(one.to.key)
    return now.ref.repo if now else one.to.repo
