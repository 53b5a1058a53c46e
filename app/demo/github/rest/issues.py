"""Issues (pull requests are issues too), what is written on them, and what happened to them."""

from typing import Any

from app.demo.github import access, comments, items, shapes
from app.demo.github.call import Answer, Call
from app.demo.github.model import Comment, Item
from app.demo.github.search import moment
from app.demo.github.state import Rejected, invalid


def list_issues(call: Call) -> Answer:
    """GET /repos/{owner}/{repo}/issues: newest first, pull requests among them."""
    repo, query = call.repo("issues"), call.query
    wanted, labels = query.get("state", "open"), query.get("labels", "").lower().split(",")
    found = [item for item in repo.items.values() if wanted in {"all", item.state}]
    if labels != [""]:
        found = [i for i in found if {x.name.lower() for x in i.labels} >= set(labels)]
    if creator := query.get("creator"):
        found = [i for i in found if i.author and i.author.login.lower() == creator.lower()]
    if since := query.get("since"):
        found = [i for i in found if i.updated_at >= moment(since)]
    return call.page(ordered(call, found), lambda item: shapes.issue(call.state, item))


def ordered(call: Call, found: list[Item]) -> list[Item]:
    """Sort as `sort` (created, updated, comments) and `direction` say; newest first by default."""
    up = call.query.get("direction", "desc") == "asc"
    key = call.query.get("sort", "created")
    if key == "comments":
        return sorted(found, key=lambda item: len(item.comments), reverse=not up)
    if key == "updated":
        return sorted(found, key=lambda item: (item.updated_at, item.id), reverse=not up)
    return sorted(found, key=lambda item: (item.created_at, item.id), reverse=not up)


def get_issue(call: Call) -> Answer:
    """GET /repos/{owner}/{repo}/issues/{issue_number}."""
    return Answer(200, shapes.issue(call.state, call.item(call.repo())))


def create_issue(call: Call) -> Answer:
    """POST /repos/{owner}/{repo}/issues."""
    repo = call.repo()
    bot, app = call.writer(repo, ("issues",))
    fields = call.fields()
    draft = items.Draft(
        call.text(fields, "title"),
        call.text(fields, "body", "") if fields.get("body") is not None else "",
        _names(fields.get("labels", [])),
        assignees=[a for name in fields.get("assignees", []) if (a := call.state.account(name))],
    )
    shape = shapes.issue(call.state, items.create(call.state, repo, bot, draft, app=app))
    return Answer(201, shape, {"Location": shape["url"]})


def update_issue(call: Call) -> Answer:
    """PATCH /repos/{owner}/{repo}/issues/{issue_number}."""
    repo = call.repo()
    item = call.item(repo)
    bot, app = call.writer(repo, access.guards(item))
    fields, state = call.fields(), call.state
    title = call.text(fields, "title") if fields.get("title") is not None else None
    body = call.text(fields, "body") if fields.get("body") is not None else None
    items.edit(state, item, bot, title=title, body=body)
    if "labels" in fields:
        items.set_labels(state, item, _names(fields["labels"]), bot, app=app)
    if "state" in fields:
        if fields["state"] not in {"open", "closed"}:
            raise invalid("Issue", "state", "invalid")
        items.set_state(state, item, bot, fields["state"], reason=fields.get("state_reason"))
    return Answer(200, shapes.issue(state, item))


def list_item_labels(call: Call) -> Answer:
    """GET /repos/{owner}/{repo}/issues/{issue_number}/labels."""
    item = call.item(call.repo())
    return call.page(item.labels, lambda label: shapes.label(call.state, label))


def add_labels(call: Call) -> Answer:
    """POST /repos/{owner}/{repo}/issues/{issue_number}/labels."""
    repo = call.repo()
    item = call.item(repo)
    bot, app = call.writer(repo, access.guards(item))
    items.add_labels(call.state, item, _labels_of(call), bot, app=app)
    return _labels(call, item)


def set_labels(call: Call) -> Answer:
    """PUT /repos/{owner}/{repo}/issues/{issue_number}/labels."""
    repo = call.repo()
    item = call.item(repo)
    bot, app = call.writer(repo, access.guards(item))
    items.set_labels(call.state, item, _labels_of(call), bot, app=app)
    return _labels(call, item)


def remove_label(call: Call) -> Answer:
    """DELETE /repos/{owner}/{repo}/issues/{issue_number}/labels/{name}."""
    repo = call.repo()
    item = call.item(repo)
    bot, app = call.writer(repo, access.guards(item))
    items.remove_label(call.state, item, call.params["name"], bot, app=app)
    return _labels(call, item)


def remove_labels(call: Call) -> Answer:
    """DELETE /repos/{owner}/{repo}/issues/{issue_number}/labels."""
    repo = call.repo()
    item = call.item(repo)
    bot, app = call.writer(repo, access.guards(item))
    items.set_labels(call.state, item, [], bot, app=app)
    return Answer(204)


def list_comments(call: Call) -> Answer:
    """GET /repos/{owner}/{repo}/issues/{issue_number}/comments, oldest first."""
    return _comments(call, call.item(call.repo()).comments)


def list_repo_comments(call: Call) -> Answer:
    """GET /repos/{owner}/{repo}/issues/comments, oldest first."""
    repo = call.repo("issues")
    every = [comment for item in repo.items.values() for comment in item.comments]
    updated = call.query.get("sort") == "updated"
    every.sort(key=lambda comment: comment.updated_at if updated else comment.created_at)
    return _comments(call, every[::-1] if call.query.get("direction") == "desc" else every)


def create_comment(call: Call) -> Answer:
    """POST /repos/{owner}/{repo}/issues/{issue_number}/comments."""
    repo = call.repo()
    item = call.item(repo)
    bot, app = call.writer(repo, access.guards(item))
    body = call.text(call.fields(), "body")
    shape = shapes.comment(call.state, comments.create(call.state, item, bot, body, app=app))
    return Answer(201, shape, {"Location": shape["url"]})


def get_comment(call: Call) -> Answer:
    """GET /repos/{owner}/{repo}/issues/comments/{comment_id}."""
    return Answer(200, shapes.comment(call.state, _readable(call)))


def update_comment(call: Call) -> Answer:
    """PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}: its own comments alone."""
    comment = _readable(call)
    bot, _ = call.writer(comment.item.repo, access.guards(comment.item))
    if comment.author is not bot:
        raise access.forbidden(*(f"{name}=write" for name in access.guards(comment.item)))
    comments.edit(call.state, comment, bot, call.text(call.fields(), "body"))
    return Answer(200, shapes.comment(call.state, comment))


def delete_comment(call: Call) -> Answer:
    """DELETE /repos/{owner}/{repo}/issues/comments/{comment_id}."""
    comment = _readable(call)
    bot, _ = call.writer(comment.item.repo, access.guards(comment.item))
    comments.delete(call.state, comment, bot)
    return Answer(204)


def list_reactions(call: Call) -> Answer:
    """GET /repos/{owner}/{repo}/issues/comments/{comment_id}/reactions."""
    comment, wanted = _readable(call), call.query.get("content")
    given = [r for r in comment.reactions if wanted in {None, r.content}]
    return call.page(given, lambda reaction: shapes.reaction(call.state, reaction))


def create_reaction(call: Call) -> Answer:
    """POST /repos/{owner}/{repo}/issues/comments/{comment_id}/reactions: 200 if it was there."""
    comment = _readable(call)
    bot, _ = call.writer(comment.item.repo, access.guards(comment.item))
    reaction, new = comments.react(call.state, comment, bot, call.text(call.fields(), "content"))
    return Answer(201 if new else 200, shapes.reaction(call.state, reaction))


def get_timeline(call: Call) -> Answer:
    """GET /repos/{owner}/{repo}/issues/{issue_number}/timeline, without what may not be seen."""
    item = call.item(call.repo())
    events = [
        event
        for event in item.events
        if (event.source is None or access.sees(call.actor, event.source.repo))
        and (event.commit is None or access.sees(call.actor, event.commit.repo))
    ]
    return call.page(shapes.timeline(call.state, item, events), lambda line: line)


def _readable(call: Call) -> Comment:
    comment = call.comment(call.repo())
    access.check_read(call.actor, comment.item.repo, *access.guards(comment.item))
    return comment


def _comments(call: Call, written: list[Comment]) -> Answer:
    if since := call.query.get("since"):
        written = [c for c in written if c.updated_at >= moment(since)]
    return call.page(written, lambda comment: shapes.comment(call.state, comment))


def _labels(call: Call, item: Item) -> Answer:
    return Answer(200, [shapes.label(call.state, label) for label in item.labels])


def _labels_of(call: Call) -> list[str]:
    body = call.json()
    return _names(body.get("labels") if isinstance(body, dict) else body)


def _names(labels: Any) -> list[str]:  # noqa: ANN401 - whatever was sent
    """Read names, given as text or as objects with a name; 422 for anything else."""
    if not isinstance(labels, list):
        raise Rejected(422, "Invalid request.\n\nFor 'properties/labels', it is not an array.")
    names = [label.get("name") if isinstance(label, dict) else label for label in labels]
    texts = [name for name in names if isinstance(name, str)]
    if len(texts) != len(names):
        raise Rejected(422, "Invalid request.\n\nFor 'labels/items', it is not a string.")
    return texts
