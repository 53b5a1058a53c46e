"""A GitHub that answers GraphQL from hand-written items, by GitHub's own schema.

Queries are validated and executed by graphql-core, so an answer has exactly the shape GitHub's
has; what is null here is what GitHub may leave null. REST answers are looked up by method and path.
"""

import json
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

import httpx2
from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    build_schema,
    execute_sync,
    parse,
    validate,
)

import app.demo
from app.github.auth import PrivateKey, load_key
from app.github.client import GitHub, Session
from app.github.limits import MemoryBudgets, WriteRules
from tests.contracts.contract import ContractTransport, github_contract
from tests.github.small_github import pem

Json: TypeAlias = Any
_JSON = "application/json; charset=utf-8"
WHEN = "2024-01-15T10:00:00Z"
US = {"__typename": "Bot", "login": "good-citizen", "databaseId": 99}


@cache
def github_schema() -> GraphQLSchema:
    return build_schema((Path(next(iter(app.demo.__path__))) / "github.graphql").read_text("utf-8"))


@cache
def valid(query: str) -> DocumentNode:
    document = parse(query)
    assert validate(github_schema(), document) == []
    return document


class Answering(httpx2.AsyncBaseTransport):
    """Answers from `repos` (by "owner/name" in lower case); `asked` keeps what was asked for."""

    def __init__(
        self,
        *repos: Json,
        rest: Mapping[tuple[str, str], tuple[int, Json]] | None = None,
        breaks: Callable[[str], GraphQLError | None] = lambda _: None,
    ) -> None:
        self.repos = {repo["nameWithOwner"].lower(): repo for repo in repos}
        self.rest = dict(rest or {})
        self.breaks = breaks
        self.asked: list[str] = []

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        if request.url.path == "/graphql":
            said = json.loads(await request.aread())
            self.asked.append(said["query"].split()[1].partition("(")[0])
            answer = json.dumps(self._execute(said["query"], said["variables"])).encode()
            return httpx2.Response(200, content=answer, headers={"content-type": _JSON})
        self.asked.append(f"{request.method} {request.url.path}")
        status, body = self.rest.get(
            (request.method, request.url.path), (404, {"message": "Not Found"})
        )
        return httpx2.Response(status, json=body)

    def _execute(self, query: str, variables: dict[str, Any]) -> Json:
        document = valid(query)
        root = {"rateLimit": {"cost": 1}, "repository": self._repository, "node": self._node}
        done = execute_sync(github_schema(), document, root, variable_values=variables)
        assert done.data is not None, done.errors
        errors = [
            {
                "message": error.message,
                "path": error.path,
                **({"type": t} if (t := (error.extensions or {}).get("type")) else {}),
            }
            for error in done.errors or ()
        ]
        return {"data": done.data} | ({"errors": errors} if errors else {})

    def _repository(self, _info: object, owner: str, name: str, **_: object) -> Json:
        full_name = f"{owner}/{name}".lower()
        if (broken := self.breaks(full_name)) is not None:
            raise broken
        if full_name not in self.repos:
            raise missing(f"Repository with the name '{owner}/{name}'")
        return self.repos[full_name]

    def _node(self, _info: object, id: str) -> Json:  # noqa: A002 - GraphQL's own word
        items = (item for repo in self.repos.values() for item in repo["items"])
        return next((item for item in items if item["id"] == id), None)


def missing(what: str) -> GraphQLError:
    return GraphQLError(f"Could not resolve to a {what}.", extensions={"type": "NOT_FOUND"})


def forbidden() -> GraphQLError:
    return GraphQLError("Resource not accessible by integration", extensions={"type": "FORBIDDEN"})


def failing(error: GraphQLError) -> Callable[..., Json]:
    def field(_info: object, **_: object) -> Json:
        raise error

    return field


def a_list(nodes: Iterable[Json]) -> Callable[..., Json]:
    """A connection, paged as GitHub pages it."""
    every = list(nodes)

    def field(
        _info: object,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
        **_: object,
    ) -> Json:
        start = int(after) + 1 if after else 0
        end = int(before) if before else len(every)
        if first is not None:
            end = min(end, start + first)
        if last is not None:
            start = max(start, end - last)
        return {
            "nodes": every[start:end],
            "totalCount": len(every),
            "pageInfo": {
                "hasNextPage": end < len(every),
                "endCursor": str(end - 1),
                "hasPreviousPage": start > 0,
                "startCursor": str(start),
            },
        }

    return field


def a_repo(full_name: str, *items: Json, **more: Json) -> Json:
    repo: Json = {
        "databaseId": 1000,
        "nameWithOwner": full_name,
        "name": full_name.partition("/")[2],
        "visibility": "PUBLIC",
        "isArchived": False,
        "isFork": False,
        "createdAt": WHEN,
        "items": items,
        "issueOrPullRequest": _finder(items),
        "label": lambda _info, name: next(
            (one for one in repo.get("own_labels", []) if one["name"].lower() == name.lower()), None
        ),
        **more,
    }
    for item in items:
        item.setdefault("repository", repo)
    return repo


def _finder(items: tuple[Json, ...]) -> Callable[..., Json]:
    def field(_info: object, number: int) -> Json:
        for item in items:
            if item["number"] == number:
                return item
        raise missing(f"issue or pull request with the number of {number}")

    return field


def _an_item(number: int, **more: Json) -> Json:
    return {
        "id": f"I_{number}",
        "number": number,
        "title": f"Item {number}",
        "body": "",
        "state": "OPEN",
        "locked": False,
        "createdAt": WHEN,
        "updatedAt": WHEN,
        "author": user("yuvipanda", 30430),
        "authorAssociation": "CONTRIBUTOR",
        "labels": a_list(labels()),
        "comments": a_list([]),
        "timelineItems": a_list([]),
        "projectItems": a_list([]),
        **more,
    }


def a_pull(number: int, **more: Json) -> Json:
    return {
        "__typename": "PullRequest",
        **_an_item(number),
        "isDraft": False,
        "headRefName": "patch-1",
        "changedFiles": 0,
        "files": a_list([]),
        "commits": a_list([]),
        "reviews": a_list([]),
        "closingIssuesReferences": a_list([]),
        **more,
    }


def an_issue(number: int, **more: Json) -> Json:
    return {"__typename": "Issue", **_an_item(number), **more}


def user(login: str, github_id: int, kind: str = "User") -> Json:
    return {"__typename": kind, "login": login, "databaseId": github_id}


def labels(*names: str) -> list[Json]:
    return [{"name": name} for name in names]


def a_comment(github_id: int, by: Json, body: str, at: str = WHEN) -> Json:
    return {"fullDatabaseId": str(github_id), "author": by, "body": body, "createdAt": at}


def a_review(by: Json, at: str = WHEN, state: str = "APPROVED", body: str = "") -> Json:
    return {**a_comment(5, by, body, at), "state": state, "submittedAt": at}


def a_commit(by: Json, message: str = "Change", at: str = WHEN, oid: str = "a" * 40) -> Json:
    headline, _, rest = message.partition("\n\n")
    return {
        "__typename": "Commit",
        "oid": oid,
        "message": message,
        "messageHeadline": headline,
        "messageBody": rest,
        "authoredDate": at,
        "author": {"name": "Somebody", "user": by},
    }


def an_event(kind: str, **more: Json) -> Json:
    return {"__typename": kind, "id": "E_1", "createdAt": WHEN, **more}


@cache
def loaded_key() -> PrivateKey:
    """The App's key; loading it takes longer than most tests."""
    return load_key(pem())


@asynccontextmanager
async def asking(inner: httpx2.AsyncBaseTransport) -> AsyncIterator[Session]:
    """The real client over `inner`, every REST exchange held against GitHub's description."""
    async with GitHub(
        api_url="https://api.github.com",
        app_id=7,
        private_key=loaded_key(),
        timeout_seconds=5,
        budgets=MemoryBudgets(WriteRules(0, 0, 0)),
        transport=ContractTransport(inner, github_contract()),
    ) as github:
        yield github.token("ghp_0123456789")
