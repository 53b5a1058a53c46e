"""Repositories and the files in them."""

import base64

from app.demo.github.ids import node_id, sha
from app.demo.github.model import Repo
from app.demo.github.shapes.accounts import user
from app.demo.github.shapes.common import Json, when
from app.demo.github.state import State

_LINKS = {
    "archive_url": "/{archive_format}{/ref}",
    "assignees_url": "/assignees{/user}",
    "blobs_url": "/git/blobs{/sha}",
    "branches_url": "/branches{/branch}",
    "collaborators_url": "/collaborators{/collaborator}",
    "comments_url": "/comments{/number}",
    "commits_url": "/commits{/sha}",
    "compare_url": "/compare/{base}...{head}",
    "contents_url": "/contents/{+path}",
    "contributors_url": "/contributors",
    "deployments_url": "/deployments",
    "downloads_url": "/downloads",
    "events_url": "/events",
    "forks_url": "/forks",
    "git_commits_url": "/git/commits{/sha}",
    "git_refs_url": "/git/refs{/sha}",
    "git_tags_url": "/git/tags{/sha}",
    "issue_comment_url": "/issues/comments{/number}",
    "issue_events_url": "/issues/events{/number}",
    "issues_url": "/issues{/number}",
    "keys_url": "/keys{/key_id}",
    "labels_url": "/labels{/name}",
    "languages_url": "/languages",
    "merges_url": "/merges",
    "milestones_url": "/milestones{/number}",
    "notifications_url": "/notifications{?since,all,participating}",
    "pulls_url": "/pulls{/number}",
    "releases_url": "/releases{/id}",
    "stargazers_url": "/stargazers",
    "statuses_url": "/statuses/{sha}",
    "subscribers_url": "/subscribers",
    "subscription_url": "/subscription",
    "tags_url": "/tags",
    "teams_url": "/teams",
    "trees_url": "/git/trees{/sha}",
    "hooks_url": "/hooks",
}

_ALIKE: Json = {
    "mirror_url": None,
    "homepage": None,
    "language": None,
    "license": None,
    "size": 0,
    **dict.fromkeys(("forks_count", "stargazers_count", "watchers_count", "forks", "watchers"), 0),
    **dict.fromkeys(("has_issues", "has_projects", "has_wiki", "has_downloads"), True),
    **dict.fromkeys(("has_pages", "has_discussions", "is_template", "disabled"), False),
    "allow_forking": True,
    "web_commit_signoff_required": False,
}
"""What is the same of every repository here."""


def repo_url(state: State, repo: Repo) -> str:
    """Give the API's address of a repository."""
    return f"{state.api_url}/repos/{repo.full_name}"


def repository(state: State, repo: Repo) -> Json:
    """Give GitHub's repository."""
    url = repo_url(state, repo)
    page = f"{state.html_url}/{repo.full_name}"
    open_items = sum(item.state == "open" for item in repo.items.values())
    return {
        "id": repo.id,
        "node_id": node_id(repo),
        "name": repo.name,
        "full_name": repo.full_name,
        "owner": user(state, repo.owner),
        "private": repo.private,
        "html_url": page,
        "description": repo.description,
        "fork": repo.is_fork,
        "url": url,
        **{key: url + rest for key, rest in _LINKS.items()},
        "git_url": f"git://github.com/{repo.full_name}.git",
        "ssh_url": f"git@github.com:{repo.full_name}.git",
        "clone_url": f"{page}.git",
        "svn_url": page,
        **_ALIKE,
        "default_branch": repo.default_branch,
        "open_issues_count": open_items,
        "topics": [],
        "archived": repo.archived,
        "visibility": "private" if repo.private else "public",
        "pushed_at": when(repo.updated_at),
        "created_at": when(repo.created_at),
        "updated_at": when(repo.updated_at),
        "open_issues": open_items,
    }


def full_repository(state: State, repo: Repo) -> Json:
    """Give GitHub's full-repository."""
    full = repository(state, repo) | {"subscribers_count": 0, "network_count": 0}
    if repo.owner.type == "Organization":
        full["organization"] = user(state, repo.owner)
    if repo.parent is not None:
        full["parent"] = full["source"] = repository(state, repo.parent)
    return full


def content(state: State, repo: Repo, path: str, text: str, ref: str) -> Json:
    """Give GitHub's content-file, with what the file says at `ref`."""
    raw = text.encode()
    url = f"{repo_url(state, repo)}/contents/{path}?ref={ref}"
    blob = sha("blob", raw)
    git_url = f"{repo_url(state, repo)}/git/blobs/{blob}"
    page = f"{state.html_url}/{repo.full_name}/blob/{ref}/{path}"
    return {
        "type": "file",
        "encoding": "base64",
        "size": len(raw),
        "name": path.rsplit("/", 1)[-1],
        "path": path,
        "content": base64.encodebytes(raw).decode(),
        "sha": blob,
        "url": url,
        "git_url": git_url,
        "html_url": page,
        "download_url": page.replace("/blob/", "/raw/"),
        "_links": {"self": url, "git": git_url, "html": page},
    }
