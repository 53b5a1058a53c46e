"""Issues, labels, comments and reactions."""

from collections import Counter

from app.demo.github.ids import node_id
from app.demo.github.model import Account, Comment, Item, Label, Pull, Reaction
from app.demo.github.shapes.accounts import app, user
from app.demo.github.shapes.common import Json, when
from app.demo.github.shapes.repos import repo_url
from app.demo.github.state import State, association

REACTIONS = ("+1", "-1", "laugh", "confused", "heart", "hooray", "eyes", "rocket")


def maybe_user(state: State, account: Account | None) -> Json | None:
    """Give the account, or null for one that was deleted."""
    return None if account is None else user(state, account)


def label(state: State, label: Label) -> Json:
    """Give GitHub's label."""
    return {
        "id": label.id,
        "node_id": node_id(label),
        "url": f"{repo_url(state, label.repo)}/labels/{label.name.replace(' ', '%20')}",
        "name": label.name,
        "color": label.color,
        "default": False,
        "description": label.description,
    }


def item_page(state: State, item: Item) -> str:
    """Give the address a browser opens."""
    kind = "pull" if item.pull else "issues"
    return f"{state.html_url}/{item.repo.full_name}/{kind}/{item.number}"


def issue(state: State, item: Item) -> Json:
    """Give GitHub's issue; a pull request has the key pull_request."""
    repo = repo_url(state, item.repo)
    url = f"{repo}/issues/{item.number}"
    shape: Json = {
        "url": url,
        "repository_url": repo,
        "labels_url": f"{url}/labels{{/name}}",
        **{f"{name}_url": f"{url}/{name}" for name in ("comments", "events", "timeline")},
        "html_url": item_page(state, item),
        "id": item.id,
        "node_id": node_id(item),
        "number": item.number,
        "title": item.title,
        "user": maybe_user(state, item.author),
        "labels": [label(state, x) for x in item.labels],
        "state": item.state,
        "state_reason": item.state_reason,
        "locked": item.locked,
        "active_lock_reason": None,
        "milestone": None,
        **assigned(state, item),
        "comments": len(item.comments),
        "created_at": when(item.created_at),
        "updated_at": when(item.updated_at),
        "closed_at": when(item.closed_at),
        "closed_by": maybe_user(state, item.closed_by),
        "author_association": association(item, item.author),
        "body": item.body or None,
        "reactions": reactions(url, ()),
        "performed_via_github_app": app(state, item.app) if item.app else None,
    }
    if item.pull:
        shape["draft"] = item.pull.draft
        shape["pull_request"] = _pull_request(state, item, item.pull)
    return shape


def _pull_request(state: State, item: Item, pull: Pull) -> Json:
    page = item_page(state, item)
    return {
        "url": f"{repo_url(state, item.repo)}/pulls/{item.number}",
        "html_url": page,
        "diff_url": f"{page}.diff",
        "patch_url": f"{page}.patch",
        "merged_at": when(pull.merged_at),
    }


def assigned(state: State, item: Item) -> Json:
    """Give who is to do it: all, and the first once more."""
    people = [user(state, account) for account in item.assignees]
    return {"assignee": people[0] if people else None, "assignees": people}


def search_result(state: State, item: Item) -> Json:
    """Give GitHub's issue-search-result-item, in which a missing body is a missing key."""
    shape = issue(state, item) | {"score": 1.0}
    del shape["closed_by"]
    if shape["body"] is None:
        del shape["body"]
    return shape


def comment(state: State, comment: Comment) -> Json:
    """Give GitHub's issue-comment."""
    repo = repo_url(state, comment.item.repo)
    url = f"{repo}/issues/comments/{comment.id}"
    return {
        "url": url,
        "html_url": f"{item_page(state, comment.item)}#issuecomment-{comment.id}",
        "issue_url": f"{repo}/issues/{comment.item.number}",
        "id": comment.id,
        "node_id": node_id(comment),
        "user": maybe_user(state, comment.author),
        "created_at": when(comment.created_at),
        "updated_at": when(comment.updated_at),
        "body": comment.body,
        "author_association": association(comment.item, comment.author),
        "reactions": reactions(url, tuple(comment.reactions)),
        "performed_via_github_app": app(state, comment.app) if comment.app else None,
    }


def reaction(state: State, reaction: Reaction) -> Json:
    """Give GitHub's reaction."""
    return {
        "id": reaction.id,
        "node_id": node_id(reaction),
        "user": user(state, reaction.user),
        "content": reaction.content,
        "created_at": when(reaction.created_at),
    }


def reactions(url: str, given: tuple[Reaction, ...]) -> Json:
    """Give GitHub's reaction-rollup."""
    counts = Counter(reaction.content for reaction in given)
    rollup = {content: counts[content] for content in REACTIONS}
    return {"url": f"{url}/reactions", "total_count": len(given), **rollup}
