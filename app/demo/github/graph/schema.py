"""The cut of GitHub's schema with a resolver on every field."""

from datetime import datetime
from functools import cache
from importlib.resources import files
from operator import attrgetter
from typing import Any

from graphql import GraphQLObjectType, GraphQLSchema, build_schema

from app.demo.github.graph import accounts, boards, connections, items, query, repos, timeline
from app.demo.github.graph.context import Blob, Fields, FieldValue, PullCommit, Resolver
from app.demo.github.model import Account, Comment, Commit, Event, Item, Release, Repo, Review
from app.demo.github.shapes.common import when

FIELDS: dict[str, Fields] = {
    "Query": query.QUERY,
    "RateLimit": query.RATE_LIMIT,
    "PageInfo": connections.PAGE_INFO,
    "SearchResultItemConnection": connections.SEARCH,
    "IssueTimelineItemsConnection": connections.TIMELINE,
    "PullRequestTimelineItemsConnection": connections.TIMELINE,
    "User": accounts.ACTOR,
    "Bot": accounts.ACTOR,
    "Mannequin": accounts.ACTOR,
    "Organization": accounts.ACTOR,
    "Issue": items.ITEM,
    "PullRequest": items.PULL,
    "PullRequestChangedFile": items.FILE,
    "IssueComment": items.COMMENT,
    "PullRequestReview": items.REVIEW,
    "Repository": repos.REPOSITORY,
    "Label": repos.LABEL,
    "Ref": repos.REF,
    "Blob": repos.BLOB,
    "Commit": repos.COMMIT,
    "GitActor": repos.GIT_ACTOR,
    "PullRequestCommit": repos.PULL_COMMIT,
    "Release": repos.RELEASE,
    "ProjectV2": boards.PROJECT,
    "ProjectV2Item": boards.CARD,
    "ProjectV2ItemFieldSingleSelectValue": boards.FIELD_VALUE,
    "ProjectV2ItemFieldTextValue": boards.FIELD_VALUE,
    **dict.fromkeys(timeline.KINDS.values(), timeline.EVENT),
}

_TYPES: dict[type, str] = {
    Repo: "Repository",
    Commit: "Commit",
    Blob: "Blob",
    Comment: "IssueComment",
    Review: "PullRequestReview",
    Release: "Release",
    PullCommit: "PullRequestCommit",
    FieldValue: "ProjectV2ItemFieldSingleSelectValue",
}


@cache
def load() -> GraphQLSchema:
    """Build the schema; KeyError for a field without a resolver."""
    schema = build_schema(files("app.demo").joinpath("github.graphql").read_text("utf-8"))
    for name, kind in schema.type_map.items():
        if isinstance(kind, GraphQLObjectType) and not name.startswith("__"):
            fields = FIELDS.get(name, connections.CONNECTION)
            for key, field in kind.fields.items():
                field.resolve = _resolver(fields[key])
    return schema


def type_of(value: object, *_: object) -> str:
    """Name the GraphQL type of a record where the schema leaves it open."""
    if isinstance(value, Item):
        return "PullRequest" if value.pull else "Issue"
    if isinstance(value, Account):
        return value.type
    if isinstance(value, Event):
        return timeline.KINDS[value.kind]
    return _TYPES[type(value)]


def _resolver(how: str | Resolver) -> Any:  # noqa: ANN401 - graphql-core's own type is Any
    if isinstance(how, str):
        get = attrgetter(how)
        return lambda thing, _: _plain(get(thing))
    return lambda thing, info, **args: _plain(how(thing, info.context, args))


def _plain(value: Any) -> Any:  # noqa: ANN401 - a value of any field
    return when(value) if isinstance(value, datetime) else value
