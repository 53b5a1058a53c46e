"""What can be done to an issue or pull request, and what GitHub says to whom it refuses.

Each function changes the state, writes the timeline and lets the apps installed there know. `by`
is the acting account, `app` the app it acts through, `at` the moment (now, if not given).
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.demo.github import shapes
from app.demo.github.labels import find_or_create
from app.demo.github.model import Account, App, Event, Item, Label, Pull, Repo
from app.demo.github.references import refer
from app.demo.github.state import Rejected, State, invalid

MAX_TEXT = 65_536
MAX_LABELS = 100


@dataclass(slots=True)
class Draft:
    """What a new item is made from."""

    title: str
    body: str = ""
    labels: Iterable[str] = ()
    pull: Pull | None = None
    number: int | None = None
    github_id: int | None = None
    assignees: list[Account] = field(default_factory=list)
    association: str | None = None


def tell(
    state: State, item: Item, action: str, by: Account, extra: dict[str, Any] | None = None
) -> None:
    """Send the event `action` about `item` to the apps that listen there."""
    event = "pull_request" if item.pull else "issues"

    def parts() -> dict[str, Any]:
        about: dict[str, Any] = (
            {"number": item.number, "pull_request": shapes.pull_request(state, item)}
            if item.pull
            else {"issue": shapes.issue(state, item)}
        )
        return about | (extra or {})

    state.sink(event, action, item.repo, by, parts)


def record(
    state: State,
    item: Item,
    kind: str,
    by: Account | None,
    at: datetime,
    *,
    label: Label | None = None,
    app: App | None = None,
) -> None:
    """Write one line into the timeline of `item`."""
    event = Event(state.ids.next("event"), kind, item, by, at, label=label, app=app)
    item.events.append(event)
    item.updated_at = max(item.updated_at, at)


def check_writable(item: Item) -> None:
    """Refuse a write to what is archived or locked: 403, final."""
    if item.repo.archived:
        raise Rejected(403, "Repository was archived so is read-only.")
    if item.locked:
        raise Rejected(403, "Unable to write because the conversation is locked.")


def create(
    state: State,
    repo: Repo,
    by: Account | None,
    draft: Draft,
    *,
    app: App | None = None,
    at: datetime | None = None,
) -> Item:
    """Open an issue or pull request; its text leaves references at what it mentions."""
    if repo.archived:
        raise Rejected(403, "Repository was archived so is read-only.")
    if not draft.title.strip():
        raise invalid("Issue", "title", "missing_field")
    check_length(draft.body, "Issue")
    at = at or state.now()
    number = draft.number or repo.last_number + 1
    if number in repo.items:
        raise ValueError(f"{repo.full_name}#{number} exists")
    repo.last_number = max(repo.last_number, number)
    new_id = draft.github_id or state.ids.next("item")
    item = Item(new_id, repo, number, draft.title, draft.body, by, at, at)
    item.pull, item.app, item.association = draft.pull, app, draft.association
    item.assignees = draft.assignees
    repo.items[number] = state.items[item.id] = item
    if by is not None:
        state.authored[by.id].add(item)
    refer(state, item, f"{draft.title}\n{draft.body}", by, at)
    wanted = {label.id: label for label in (find_or_create(state, repo, n) for n in draft.labels)}
    _put_on(state, item, wanted.values(), by, app=app, at=at)
    sender = by or repo.owner
    tell(state, item, "opened", sender)
    for label in item.labels:
        tell(state, item, "labeled", sender, {"label": shapes.label(state, label)})
    return item


def edit(
    state: State,
    item: Item,
    by: Account,
    *,
    title: str | None = None,
    body: str | None = None,
    at: datetime | None = None,
) -> None:
    """Change title or body; nothing happens where both stay."""
    check_writable(item)
    check_length(body or "", "Issue")
    at = at or state.now()
    changes: dict[str, Any] = {}
    if title is not None and title != item.title:
        changes["title"], item.title = {"from": item.title}, title
    if body is not None and body != item.body:
        changes["body"], item.body = {"from": item.body}, body
    if changes:
        item.edited_at = item.updated_at = at
        refer(state, item, f"{item.title}\n{item.body}", by, at)
        tell(state, item, "edited", by, {"changes": changes})


def set_state(
    state: State,
    item: Item,
    by: Account,
    new: str,
    *,
    reason: str | None = None,
    at: datetime | None = None,
) -> None:
    """Close ("closed") or reopen ("open") an item."""
    check_writable(item)
    if item.state == new:
        return
    at = at or state.now()
    closed = new == "closed"
    item.state = new
    item.closed_at, item.closed_by = (at, by) if closed else (None, None)
    if not item.pull:
        item.state_reason = (reason or "completed") if closed else "reopened"
    record(state, item, "closed" if closed else "reopened", by, at)
    tell(state, item, "closed" if closed else "reopened", by)


def add_labels(
    state: State,
    item: Item,
    names: Iterable[str],
    by: Account,
    *,
    app: App | None = None,
    at: datetime | None = None,
) -> None:
    """Put labels on; one that the repository doesn't have is created grey, as GitHub does."""
    check_writable(item)
    wanted = {label.id: label for label in (find_or_create(state, item.repo, n) for n in names)}
    for label in _put_on(state, item, wanted.values(), by, app=app, at=at or state.now()):
        tell(state, item, "labeled", by, {"label": shapes.label(state, label)})


def remove_label(
    state: State,
    item: Item,
    name: str,
    by: Account,
    *,
    app: App | None = None,
    at: datetime | None = None,
) -> None:
    """Take a label off; one that isn't on is a 404."""
    check_writable(item)
    label = next((x for x in item.labels if x.name.lower() == name.lower()), None)
    if label is None:
        raise Rejected(404, "Label does not exist")
    item.labels.remove(label)
    record(state, item, "unlabeled", by, at or state.now(), label=label, app=app)
    tell(state, item, "unlabeled", by, {"label": shapes.label(state, label)})


def set_labels(
    state: State, item: Item, names: list[str], by: Account, *, app: App | None = None
) -> None:
    """Make `names` the labels of the item, no others."""
    check_writable(item)
    keep = {name.lower() for name in names}
    for label in [x for x in item.labels if x.name.lower() not in keep]:
        remove_label(state, item, label.name, by, app=app)
    add_labels(state, item, names, by, app=app)


def check_length(body: str, resource: str) -> None:
    """Refuse a body of more than 65,536 characters: 422."""
    if len(body) > MAX_TEXT:
        message = "body is too long (maximum is 65536 characters)"
        raise invalid(resource, "body", "custom", message)


def _put_on(
    state: State,
    item: Item,
    labels: Iterable[Label],
    by: Account | None,
    *,
    app: App | None,
    at: datetime,
) -> list[Label]:
    new = [label for label in labels if label not in item.labels]
    if len(item.labels) + len(new) > MAX_LABELS:
        raise invalid("Issue", "labels", "custom", "cannot have more than 100 labels")
    for label in new:
        item.labels.append(label)
        record(state, item, "labeled", by, at, label=label, app=app)
    return new
