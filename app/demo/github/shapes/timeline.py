"""The timeline of an item: everything that happened to it, oldest first."""

from app.demo.github.ids import node_id, sha
from app.demo.github.model import Commit, Event, Item
from app.demo.github.shapes.accounts import app
from app.demo.github.shapes.common import Json, when
from app.demo.github.shapes.items import comment, issue, maybe_user
from app.demo.github.shapes.pulls import UNSIGNED, review
from app.demo.github.shapes.repos import repo_url, repository
from app.demo.github.state import State


def timeline(state: State, item: Item, events: list[Event]) -> list[Json]:
    """Give the timeline made of `events` (those the asker may see), comments, reviews, commits."""
    lines = [(e.at, _event(state, e)) for e in events]
    for said in item.comments:
        shape = comment(state, said)
        about = {"event": "commented", "actor": shape["user"]}
        lines.append((said.created_at, shape | about))
    if item.pull:
        lines += [
            (r.submitted_at, review(state, r) | {"event": "reviewed", "state": r.state.lower()})
            for r in item.pull.reviews
        ]
        lines += [(c.at, _committed(state, c)) for c in item.pull.commits]
    return [line for _, line in sorted(lines, key=lambda pair: pair[0])]


def _event(state: State, event: Event) -> Json:
    if event.kind == "cross-referenced" and event.source:
        source = issue(state, event.source) | {"repository": repository(state, event.source.repo)}
        return {
            "event": event.kind,
            "actor": maybe_user(state, event.actor),
            "created_at": when(event.at),
            "updated_at": when(event.at),
            "source": {"type": "issue", "issue": source},
        }
    commit = event.commit
    shape: Json = {
        "id": event.id,
        "node_id": node_id(event),
        "url": f"{repo_url(state, event.item.repo)}/issues/events/{event.id}",
        "actor": maybe_user(state, event.actor),
        "event": event.kind,
        "commit_id": commit.sha if commit else None,
        "commit_url": f"{repo_url(state, commit.repo)}/commits/{commit.sha}" if commit else None,
        "created_at": when(event.at),
        "performed_via_github_app": app(state, event.app) if event.app else None,
    }
    if event.label:
        shape["label"] = {"name": event.label.name, "color": event.label.color}
    return shape


def _committed(state: State, commit: Commit) -> Json:
    repo = repo_url(state, commit.repo)
    person = {"name": commit.author_name, "email": commit.author_email, "date": when(commit.at)}
    tree = sha("tree", commit.sha)
    return {
        "event": "committed",
        "sha": commit.sha,
        "node_id": node_id(commit),
        "url": f"{repo}/git/commits/{commit.sha}",
        "html_url": f"{state.html_url}/{commit.repo.full_name}/commit/{commit.sha}",
        "author": person,
        "committer": person,
        "message": commit.message,
        "tree": {"sha": tree, "url": f"{repo}/git/trees/{tree}"},
        "parents": [],
        "verification": UNSIGNED,
    }
