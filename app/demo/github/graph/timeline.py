"""What happened to an item, as GraphQL's timeline items."""

from datetime import datetime
from typing import Any

from app.demo.github.graph.connections import connect
from app.demo.github.graph.context import Args, Connection, Context, Fields, PullCommit
from app.demo.github.ids import node_id
from app.demo.github.model import Comment, Event, Item, Review
from app.demo.github.shapes.items import item_page
from app.demo.github.state import State

KINDS = {
    "cross-referenced": "CrossReferencedEvent",
    "referenced": "ReferencedEvent",
    "labeled": "LabeledEvent",
    "unlabeled": "UnlabeledEvent",
    "merged": "MergedEvent",
    "closed": "ClosedEvent",
    "reopened": "ReopenedEvent",
}
"""REST's name of an event to its GraphQL type; others are not in the schema's cut."""


def timeline(item: Item, context: Context, args: Args) -> Connection:
    """List what happened, oldest first, without what comes from where the asker may not look."""
    every = sorted(
        ((at, kind, thing) for at, kind, thing in _entries(item) if _shown(thing, context)),
        key=lambda entry: entry[0],
    )
    wanted, since = args.get("itemTypes"), args.get("since")
    chosen = [
        thing
        for at, kind, thing in every
        if (wanted is None or kind in wanted)
        and (since is None or f"{at:%Y-%m-%dT%H:%M:%SZ}" >= since)
    ]
    return connect(chosen[args.get("skip") or 0 :], args, updated=item.updated_at)


def _entries(item: Item) -> list[tuple[datetime, str, Any]]:
    entries: list[tuple[datetime, str, Any]] = [
        (event.at, f"{event.kind.replace('-', '_').upper()}_EVENT", event)
        for event in item.events
        if event.kind in KINDS
    ]
    entries += [(comment.created_at, "ISSUE_COMMENT", comment) for comment in item.comments]
    if item.pull:
        entries += [(r.submitted_at, "PULL_REQUEST_REVIEW", r) for r in item.pull.reviews]
        entries += [
            (commit.at, "PULL_REQUEST_COMMIT", PullCommit(item, commit))
            for commit in item.pull.commits
        ]
    return entries


def _shown(thing: Event | Comment | Review | PullCommit, context: Context) -> bool:
    if not isinstance(thing, Event):
        return True
    origin = thing.source or thing.commit
    return origin is None or context.sees(origin.repo)


def _closes(event: Event, _: Context, __: Args) -> bool:
    source = event.source
    return bool(source and source.pull and event.item in source.pull.closes)


def _crosses(event: Event, _: Context, __: Args) -> bool:
    origin = event.source or event.commit
    return origin is not None and origin.repo is not event.item.repo


def _reason(event: Event, _: Context, __: Args) -> str | None:
    reason = event.item.state_reason
    return reason.upper() if reason and not event.item.pull else None


def _page(state: State, event: Event) -> str:
    return f"{item_page(state, event.item)}#event-{event.id}"


EVENT: Fields = {
    "id": lambda event, _, __: node_id(event),
    "actor": "actor",
    "createdAt": "at",
    "referencedAt": "at",
    "source": "source",
    "target": "item",
    "isCrossRepository": _crosses,
    "willCloseTarget": _closes,
    "commit": "commit",
    "commitRepository": "commit.repo",
    "isDirectReference": lambda *_: True,
    "subject": "item",
    "label": "label",
    "labelable": "item",
    "closable": "item",
    "pullRequest": "item",
    "mergeRefName": "item.pull.base_ref",
    "stateReason": _reason,
    "url": lambda event, context, _: _page(context.state, event),
    "resourcePath": lambda event, context, _: _page(context.state, event).removeprefix(
        context.state.html_url
    ),
}
