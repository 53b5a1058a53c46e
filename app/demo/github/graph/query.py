"""The entries of a query: by name, by id, by address, by search; and what is left of the limit."""

import re
from datetime import UTC, datetime
from typing import Any

from app.demo.github.graph.accounts import find_organization, find_repository
from app.demo.github.graph.connections import connect
from app.demo.github.graph.context import Args, Connection, Context, Fields, refused
from app.demo.github.model import Account, Comment, Commit, Item, Release, Repo, Review
from app.demo.github.search import MOST_RESULTS, search
from app.demo.github.state import Rejected

_ADDRESS = re.compile(
    r"(?:https?://[^/]+)?/(?P<owner>[^/]+)(?:/(?P<name>[^/#?]+)"
    r"(?:/(?:issues|pull)/(?P<number>\d+)|/commit/(?P<sha>[0-9a-f]{40})"
    r"|/releases/tag/(?P<tag>[^/]+))?)?/?(?:[#?].*)?"
)


def _node(context: Context, opaque: str) -> Any:  # noqa: ANN401 - a node is anything with an id
    node = context.state.node(opaque)
    repo = _repo_of(node)
    if node is None or (repo is not None and not context.sees(repo)):
        message = f"Could not resolve to a node with the global id of '{opaque}'."
        raise refused("NOT_FOUND", message)
    return context.readable(node) if isinstance(node, Item) else node


def _repo_of(node: object) -> Repo | None:
    if isinstance(node, Repo):
        return node
    if isinstance(node, Comment | Review):
        return node.item.repo
    return node.repo if isinstance(node, Item | Commit) else None


def _nodes(_: None, context: Context, args: Args) -> list[Any]:
    def found(opaque: str) -> Any:  # noqa: ANN401 - a node, or the error in its place
        try:
            return _node(context, opaque)
        except Exception as error:  # noqa: BLE001 - one missing node leaves the others
            return error

    return [found(opaque) for opaque in args["ids"]]


def _user(_: None, context: Context, args: Args) -> Account:
    account = context.state.account(args["login"])
    if account is None or account.type != "User":
        message = f"Could not resolve to a User with the login of '{args['login']}'."
        raise refused("NOT_FOUND", message)
    return account


def _owner(_: None, context: Context, args: Args) -> Account | None:
    account = context.state.account(args["login"])
    return account if account and account.type in {"User", "Organization"} else None


def _resource(
    _: None, context: Context, args: Args
) -> Account | Repo | Item | Commit | Release | None:
    match = _ADDRESS.fullmatch(args["url"])
    if match is None:
        return None
    if match["name"] is None:
        return context.state.account(match["owner"])
    repo = find_repository(context, match["owner"], {"name": match["name"]})
    if match["number"]:
        item = repo.items.get(int(match["number"])) or repo.transferred.get(int(match["number"]))
        return context.readable(item) if item and context.sees(item.repo) else None
    if match["sha"]:
        return repo.commits.get(match["sha"])
    if match["tag"]:
        return next((r for r in repo.releases if r.tag == match["tag"] and not r.draft), None)
    return repo


def _search(_: None, context: Context, args: Args) -> Connection:
    counts = {"issues": 0, "repositories": 0, "users": 0}
    words = [word.lower() for word in args["query"].split() if ":" not in word]
    if args["type"] == "ISSUE":
        try:
            found: list[Any] = list(search(context.state, context.actor, args["query"]))
        except Rejected:
            found = []
        counts["issues"] = len(found)
    elif args["type"] == "REPOSITORY":
        visible = [repo for repo in context.state.repos.values() if context.sees(repo)]
        found = [r for r in visible if all(word in r.full_name.lower() for word in words)]
        counts["repositories"] = len(found)
    elif args["type"] == "USER":
        accounts = [
            a for a in context.state.accounts.values() if a.type in {"User", "Organization"}
        ]
        found = [a for a in accounts if all(word in a.login.lower() for word in words)]
        counts["users"] = len(found)
    else:
        found = []
    return connect(found, args, most=MOST_RESULTS, **counts)


def _rate_limit(_: None, context: Context, __: Args) -> dict[str, Any] | None:
    if not context.meter.limits.enforced:
        return None
    used, ends = context.meter.window(context.actor.name, "graphql")
    limit = context.meter.limit(context.actor.name, "graphql")
    return {
        "cost": context.cost,
        "limit": limit,
        "nodeCount": context.node_count,
        "used": used,
        "remaining": limit - used,
        "resetAt": datetime.fromtimestamp(ends, UTC),
    }


QUERY: Fields = {
    "id": lambda *_: "Query",
    "node": lambda _, context, args: _node(context, args["id"]),
    "nodes": _nodes,
    "organization": lambda _, context, args: find_organization(context, args["login"]),
    "rateLimit": _rate_limit,
    "repository": lambda _, context, args: find_repository(context, args["owner"], args),
    "repositoryOwner": _owner,
    "resource": _resource,
    "search": _search,
    "user": _user,
}

RATE_LIMIT: Fields = {
    name: (lambda rate, _, __, name=name: rate[name])  # type: ignore[misc]  # mypy takes the default for a parameter
    for name in ("cost", "limit", "nodeCount", "used", "remaining", "resetAt")
}
