"""The labels of a repository: created, edited, deleted, with GitHub's limits."""

import re
from typing import Any

from app.demo.github import shapes
from app.demo.github.model import Account, Label, Repo
from app.demo.github.state import Rejected, State, invalid, not_found

GREY = "ededed"
"""The colour of a label that came to be by being put on."""

MAX_NAME = 50
MAX_DESCRIPTION = 100

_COLOR = re.compile(r"[0-9a-fA-F]{6}")


def find(repo: Repo, name: str) -> Label:
    """Find a label without case; a 404 if the repository has none of that name."""
    label = repo.labels.get(name.lower())
    if label is None:
        raise not_found()
    return label


def find_or_create(state: State, repo: Repo, name: str) -> Label:
    """Find a label, or create it grey as GitHub does when an unknown one is put on."""
    return repo.labels.get(name.lower()) or create(state, repo, name)


def create(
    state: State,
    repo: Repo,
    name: str,
    *,
    color: str = GREY,
    description: str | None = None,
    by: Account | None = None,
) -> Label:
    """Create a label; 422 already_exists where one of that name is there, without case."""
    _check_writable(repo)
    if name.lower() in repo.labels:
        raise invalid("Label", "name", "already_exists")
    check(name, color, description)
    new_id = state.ids.next("label")
    label = Label(new_id, repo, name, color.lower(), description, state.now())
    repo.labels[name.lower()] = label
    _tell(state, label, "created", by)
    return label


def edit(
    state: State, label: Label, by: Account, *, name: str, color: str, description: str | None
) -> None:
    """Change a label; it stays on all the items it is on."""
    repo = label.repo
    _check_writable(repo)
    if repo.labels.get(name.lower()) not in (None, label):
        raise invalid("Label", "name", "already_exists")
    check(name, color, description)
    before = {"name": label.name, "color": label.color, "description": label.description}
    del repo.labels[label.name.lower()]
    label.name, label.color, label.description = name, color.lower(), description
    repo.labels[name.lower()] = label
    after = {"name": label.name, "color": label.color, "description": label.description}
    changes = {key: {"from": before[key] or ""} for key in before if before[key] != after[key]}
    if changes:
        _tell(state, label, "edited", by, {"changes": changes})


def delete(state: State, label: Label, by: Account) -> None:
    """Delete a label from its repository and from every item."""
    _check_writable(label.repo)
    del label.repo.labels[label.name.lower()]
    for item in label.repo.items.values():
        if label in item.labels:
            item.labels.remove(label)
    _tell(state, label, "deleted", by)


def check(name: str, color: str, description: str | None) -> None:
    """Refuse what GitHub refuses of a label: 422."""
    if not name.strip():
        raise invalid("Label", "name", "missing_field")
    if len(name) > MAX_NAME:
        raise invalid("Label", "name", "custom", "name is too long (maximum is 50 characters)")
    if not _COLOR.fullmatch(color):
        raise invalid("Label", "color", "invalid")
    if len(description or "") > MAX_DESCRIPTION:
        message = "description is too long (maximum is 100 characters)"
        raise invalid("Label", "description", "custom", message)


def _check_writable(repo: Repo) -> None:
    if repo.archived:
        raise Rejected(403, "Repository was archived so is read-only.")


def _tell(
    state: State,
    label: Label,
    action: str,
    by: Account | None,
    extra: dict[str, Any] | None = None,
) -> None:
    sender = by or label.repo.owner
    shape = shapes.label(state, label)
    state.sink("label", action, label.repo, sender, lambda: {"label": shape} | (extra or {}))
