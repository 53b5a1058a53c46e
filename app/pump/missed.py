"""The events that never came, told from what GitHub shows afterwards. Pure.

Commands in comments, and labels put on and taken off, as their webhooks would have said it: with
the same names and moments, so that the same word comes of both.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from app.github.payloads import CommentNode, ItemNode, Who, person
from app.policy.model import SubjectType
from app.pump.payload import Actor, Comment, Installation, Item, Label, Payload, Repository

ACTIONS = {"LabeledEvent": "labeled", "UnlabeledEvent": "unlabeled"}

Event: TypeAlias = tuple[str, Payload]
"""Its name and what it says."""


@dataclass(frozen=True, slots=True)
class Heard:
    """A repository whose webhooks we would have got from `since` to `until`."""

    repository: Repository
    installation: Installation
    since: datetime
    until: datetime


def missed(node: ItemNode, where: Heard) -> Iterator[Event]:
    """Give what was said on an item in that time, comments first."""
    for comment in node.comments.seen if node.comments else ():
        at = _said_at(comment, where)
        by = _actor(comment.author)
        if at is None or by is None or comment.full_database_id is None:
            continue
        said = Comment(id=comment.full_database_id, body=comment.body, user=by, created_at=at)
        item = _item(node, None)
        yield "issue_comment", _payload(where, "created", by, issue=item, comment=said)
    is_pull = node.type is SubjectType.PULL_REQUEST
    for event in node.timeline_items.seen if node.timeline_items else ():
        at, by = event.created_at, _actor(event.actor)
        if by is None or event.label is None or not _is_within(at, where):
            continue
        item, label = _item(node, at), Label(name=event.label.name)
        action = ACTIONS[event.typename]
        if is_pull:
            yield "pull_request", _payload(where, action, by, pull_request=item, label=label)
        else:
            yield "issues", _payload(where, action, by, issue=item, label=label)


def _said_at(comment: CommentNode, where: Heard) -> datetime | None:
    """Tell when the author said what stands in the comment; None: it can't be told, or not then.

    An edit says what is new in it, and the former text is not known: what was heard of it before
    has the same source, and is not said again. What somebody else has edited is nobody's.
    """
    edited = comment.last_edited_at
    if edited is not None and not _is_same(comment.editor, comment.author):
        return None
    if _is_within(edited, where):
        return edited
    return comment.created_at if _is_within(comment.created_at, where) else None


def _is_within(at: datetime | None, where: Heard) -> bool:
    return at is not None and where.since <= at <= where.until


def _is_same(one: Who | None, other: Who | None) -> bool:
    return one is not None and other is not None and one.database_id == other.database_id


def _actor(who: Who | None) -> Actor | None:
    named = person(who)
    if who is None or named is None or named.id is None:
        return None
    return Actor(id=named.id, login=named.login, type=who.typename)


def _item(node: ItemNode, at: datetime | None) -> Item:
    by, merged_by = _actor(node.author), _actor(node.merged_by)
    return Item(number=node.number, user=by, merged_by=merged_by, updated_at=at)


def _payload(where: Heard, action: str, by: Actor, **about: Item | Comment | Label) -> Payload:
    told = {"action": action, "sender": by, **about}
    return Payload(repository=where.repository, installation=where.installation, **told)
