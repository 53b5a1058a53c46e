"""Who did what to an item, read off what GitHub shows of it.

One act per person and sort, at the first time it was done: that date does not move when more of
the same follows, so a decision about it is not superseded for nothing. Acts are what people did:
a bot's are none, and neither is what nobody is named for any more.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import datetime

from app.github.payloads import ItemNode, person
from app.policy.model import Act, Performed, Person

_MERGE = ("Merge branch ", "Merge remote-tracking branch ", "Merge pull request #")


def acts_of(
    node: ItemNode,
    own_labels: Collection[str] = (),
    co_authors: Callable[[str], Iterable[Person]] = lambda _: (),
) -> tuple[Performed, ...]:
    """Give the acts on an issue or a pull request; `co_authors` reads a commit's message.

    Merging one's own pull request is no act of its own. Triage (labelled, closed) counts only for
    who did nothing else to the item: labels that a reviewer or merger puts on belong to that act,
    and a label of ours (`own_labels`, casefolded) put on by hand is a word about the item.
    """
    author = person(node.author)
    done = [*_first_of_each(_others(_worked(node, co_authors), author))]
    busy = {_key(act.by) for act in done}
    triaged = _first_of_each(_others(_triaged(node, own_labels), author))
    authored = [Performed(Act.AUTHORED, author, node.created_at)] if author else []
    acts = [*authored, *done, *(act for act in triaged if _key(act.by) not in busy)]
    return tuple(act for act in acts if not act.by.is_bot)


def _worked(node: ItemNode, co_authors: Callable[[str], Iterable[Person]]) -> Iterator[Performed]:
    for place in node.commits.seen if node.commits else ():
        change = place.commit
        by = person(change.author.user if change.author else None)
        if _pushed_here(change.message, change.authored_date, node.created_at):
            for who in (*((by,) if by else ()), *co_authors(change.message)):
                yield Performed(Act.COMMITTED, who, change.authored_date)
    for review in node.reviews.seen if node.reviews else ():
        by = person(review.author)
        if by and review.state != "PENDING":
            yield Performed(Act.REVIEWED, by, review.submitted_at or review.created_at)
    if node.merged_at and (by := person(node.merged_by)):
        yield Performed(Act.MERGED, by, node.merged_at)


def _pushed_here(message: str, at: datetime | None, opened: datetime | None) -> bool:
    """Tell whether a commit was made for this pull request.

    What was authored before it was opened is somebody's earlier work that it carries along (a
    backport, a release branch); bringing a branch up to date is no work on the change.
    """
    earlier = at is not None and opened is not None and at < opened
    return not earlier and not message.startswith(_MERGE)


def _triaged(node: ItemNode, own_labels: Collection[str]) -> Iterator[Performed]:
    for event in node.timeline_items.seen if node.timeline_items else ():
        if event.typename not in {"LabeledEvent", "ClosedEvent"}:
            continue
        if event.label and event.label.name.casefold() in own_labels:
            continue
        if by := person(event.actor):
            yield Performed(Act.TRIAGED, by, event.created_at)


def _others(acts: Iterable[Performed], author: Person | None) -> Iterator[Performed]:
    own = _key(author) if author else None
    return (act for act in acts if _key(act.by) != own)


def _first_of_each(acts: Iterable[Performed]) -> list[Performed]:
    first: dict[tuple[Act, int | str], Performed] = {}
    for act in acts:
        known = first.setdefault((act.act, _key(act.by)), act)
        if known.at is None or (act.at is not None and act.at < known.at):
            first[act.act, _key(act.by)] = act
    return list(first.values())


def _key(who: Person) -> int | str:
    return who.login.lower() if who.id is None else who.id
