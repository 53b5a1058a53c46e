"""Cut GitHub's REST description down to what the app uses and the demo GitHub has.

Usage: `python tests/contracts/cut.py api.github.com.json tests/contracts/github-rest.json`, where
api.github.com.json is generated/api.github.com.json of the npm package @octokit/openapi (MIT, see
LICENSE-octokit). What an operation needs is kept, its prose and examples go. A name in OPERATIONS
that GitHub does not document is a KeyError.
"""

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

OPERATIONS = """
    GET /app
    GET /app/hook/config
    GET /app/hook/deliveries
    GET /app/hook/deliveries/{delivery_id}
    POST /app/hook/deliveries/{delivery_id}/attempts
    GET /app/installations
    GET /app/installations/{installation_id}
    POST /app/installations/{installation_id}/access_tokens
    POST /app-manifests/{code}/conversions
    GET /installation/repositories
    GET /rate_limit
    GET /user
    GET /user/{account_id}
    GET /user/memberships/orgs/{org}
    GET /orgs/{org}/members
    GET /orgs/{org}/members/{username}
    GET /orgs/{org}/memberships/{username}
    GET /orgs/{org}/teams/{team_slug}/members
    GET /repos/{owner}/{repo}
    GET /repos/{owner}/{repo}/installation
    GET /repos/{owner}/{repo}/labels
    POST /repos/{owner}/{repo}/labels
    PATCH /repos/{owner}/{repo}/labels/{name}
    GET /repos/{owner}/{repo}/issues/{issue_number}
    PATCH /repos/{owner}/{repo}/issues/{issue_number}
    GET /repos/{owner}/{repo}/issues/{issue_number}/labels
    POST /repos/{owner}/{repo}/issues/{issue_number}/labels
    PUT /repos/{owner}/{repo}/issues/{issue_number}/labels
    DELETE /repos/{owner}/{repo}/issues/{issue_number}/labels/{name}
    GET /repos/{owner}/{repo}/issues/{issue_number}/comments
    POST /repos/{owner}/{repo}/issues/{issue_number}/comments
    PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}
    DELETE /repos/{owner}/{repo}/issues/comments/{comment_id}
    GET /repos/{owner}/{repo}/pulls
    GET /repos/{owner}/{repo}/pulls/{pull_number}
    GET /repos/{owner}/{repo}/pulls/{pull_number}/files
    GET /repos/{owner}/{repo}/pulls/{pull_number}/reviews
    GET /repos/{owner}/{repo}/pulls/{pull_number}/commits
    GET /repos/{owner}/{repo}/contents/{path}
    GET /repos/{owner}/{repo}/commits/{ref}/check-runs
    GET /repos/{owner}/{repo}/actions/runs
    GET /repos/{owner}/{repo}/releases/latest
    GET /search/issues
    POST /applications/{client_id}/token
    DELETE /applications/{client_id}/grant
    PATCH /app/hook/config
    GET /orgs/{org}
    GET /orgs/{org}/installation
    GET /repos/{owner}/{repo}/collaborators/{username}/permission
    GET /repos/{owner}/{repo}/issues
    POST /repos/{owner}/{repo}/issues
    GET /repos/{owner}/{repo}/issues/comments
    GET /repos/{owner}/{repo}/issues/comments/{comment_id}
    GET /repos/{owner}/{repo}/issues/comments/{comment_id}/reactions
    POST /repos/{owner}/{repo}/issues/comments/{comment_id}/reactions
    DELETE /repos/{owner}/{repo}/issues/{issue_number}/labels
    GET /repos/{owner}/{repo}/issues/{issue_number}/timeline
    DELETE /repos/{owner}/{repo}/labels/{name}
    GET /repos/{owner}/{repo}/labels/{name}
    GET /repos/{owner}/{repo}/releases
    POST /repos/{owner}/{repo}/releases
    GET /repos/{owner}/{repo}/releases/{release_id}
    GET /users/{username}
    GET /user/{account_id}
"""
_PROSE = frozenset(
    {"description", "summary", "title", "example", "examples", "tags", "externalDocs"}
)
_MAPS_OF_NAMES = frozenset(
    {"properties", "paths", "responses", "content", "headers", "schemas", "parameters"}
)
"""Below these the keys are names that GitHub chose, so a property called "title" stays."""


def cut(whole: Mapping[str, Any], operations: str) -> dict[str, Any]:
    """Give the description of these operations ("GET /app" a line) and all that they refer to."""
    paths: dict[str, dict[str, Any]] = {}
    for line in operations.split("\n"):
        if line.strip():
            method, path = line.split()
            paths.setdefault(path, {})[method.lower()] = whole["paths"][path][method.lower()]
    plain = without_prose(paths, names=True)
    info = {key: whole["info"][key] for key in ("title", "version", "license")}
    return {
        "openapi": whole["openapi"],
        "info": info,
        "paths": plain,
        "components": _components(whole["components"], plain),
    }


def without_prose(node: Any, *, names: bool = False) -> Any:
    """Give the JSON without what is written for people."""
    if isinstance(node, list):
        return [without_prose(item) for item in node]
    if not isinstance(node, dict):
        return node
    return {
        key: without_prose(value, names=not names and key in _MAPS_OF_NAMES)
        for key, value in node.items()
        if names or (key not in _PROSE and not key.startswith("x-"))
    }


def _components(whole: Mapping[str, Any], paths: Any) -> dict[str, dict[str, Any]]:
    kept: dict[str, dict[str, Any]] = {}
    todo = list(_references(paths))
    while todo:
        kind, name = todo.pop().removeprefix("#/components/").split("/")
        if name not in kept.setdefault(kind, {}):
            kept[kind][name] = without_prose(whole[kind][name])
            todo.extend(_references(kept[kind][name]))
    return {kind: dict(sorted(named.items())) for kind, named in sorted(kept.items())}


def _references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(target := node.get("$ref"), str):
            yield target
        node = list(node.values())
    if isinstance(node, list):
        for item in node:
            yield from _references(item)


if __name__ == "__main__":
    description = cut(json.loads(Path(sys.argv[1]).read_text()), OPERATIONS)
    text = json.dumps(description, ensure_ascii=False, separators=(",", ":"))
    Path(sys.argv[2]).write_text(text + "\n")
