"""Comments: written, edited and deleted, with GitHub's limits; and the reactions to them."""

from datetime import datetime
from typing import Any

from app.demo.github import shapes
from app.demo.github.items import check_length, check_writable
from app.demo.github.model import Account, App, Comment, Item, Reaction
from app.demo.github.references import refer
from app.demo.github.shapes.items import REACTIONS
from app.demo.github.state import State, invalid, not_found


def create(
    state: State,
    item: Item,
    by: Account | None,
    body: str,
    *,
    app: App | None = None,
    at: datetime | None = None,
) -> Comment:
    """Write a comment; its text leaves references at what it mentions."""
    check_writable(item)
    _check(body)
    at = at or state.now()
    comment = Comment(state.ids.next("comment"), item, by, body, at, at, app=app)
    item.comments.append(comment)
    item.updated_at = max(item.updated_at, at)
    state.comments[comment.id] = comment
    if by is not None:
        state.commented[by.id].add(item)
    refer(state, item, body, by, at)
    _tell(state, comment, "created", by or item.repo.owner)
    return comment


def edit(
    state: State, comment: Comment, by: Account, body: str, *, at: datetime | None = None
) -> None:
    """Change a comment's text; a comment that was deleted is a 404."""
    if comment.id not in state.comments:
        raise not_found()
    check_writable(comment.item)
    _check(body)
    before, comment.body = comment.body, body
    if before != body:
        comment.updated_at = comment.edited_at = comment.item.updated_at = at or state.now()
        comment.editor = by
        refer(state, comment.item, body, by, comment.updated_at)
        _tell(state, comment, "edited", by, {"changes": {"body": {"from": before}}})


def delete(state: State, comment: Comment, by: Account) -> None:
    """Delete a comment; one that is gone already is a 404."""
    if comment.id not in state.comments:
        raise not_found()
    check_writable(comment.item)
    del state.comments[comment.id]
    comment.item.comments.remove(comment)
    _tell(state, comment, "deleted", by)


def react(state: State, comment: Comment, by: Account, content: str) -> tuple[Reaction, bool]:
    """React to a comment; gives the reaction and whether it is new."""
    if content not in REACTIONS:
        raise invalid("Reaction", "content", "invalid")
    for reaction in comment.reactions:
        if reaction.user is by and reaction.content == content:
            return reaction, False
    check_writable(comment.item)
    new = Reaction(state.ids.next("reaction"), by, content, state.now())
    comment.reactions.append(new)
    return new, True


def _tell(
    state: State, comment: Comment, action: str, by: Account, extra: dict[str, Any] | None = None
) -> None:
    """Send an issue_comment event."""

    def parts() -> dict[str, Any]:
        about = {
            "issue": shapes.issue(state, comment.item),
            "comment": shapes.comment(state, comment),
        }
        return about | (extra or {})

    state.sink("issue_comment", action, comment.item.repo, by, parts)


def _check(body: str) -> None:
    """Refuse an empty or too long text: 422."""
    if not body.strip():
        raise invalid("IssueComment", "data", "unprocessable", "Body cannot be blank")
    check_length(body, "IssueComment")
