from collections.abc import Iterator
from datetime import timedelta

from graphql import (
    GraphQLAbstractType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLUnionType,
    get_named_type,
    is_required_argument,
)

from app.demo.github.graph.connections import CONNECTION
from app.demo.github.graph.schema import FIELDS, load
from tests.demo.world import HOME, UPSTREAM, World


def test_every_field_of_the_schema_is_resolved() -> None:
    for name, kind in load().type_map.items():
        if isinstance(kind, GraphQLObjectType) and not name.startswith("__"):
            assert kind.fields.keys() <= FIELDS.get(name, CONNECTION).keys(), name


def selection(kind: object, depth: int) -> str:
    """Everything that can be read of a type without required arguments, `depth` levels down."""
    if isinstance(kind, GraphQLUnionType | GraphQLInterfaceType):
        abstract: GraphQLAbstractType = kind
        inner = "".join(
            f" ... on {possible.name} {{ {fields(possible, depth)} }}"
            for possible in load().get_possible_types(abstract)
        )
        return f"{{ __typename{inner} }}"
    return f"{{ __typename {fields(kind, depth)} }}" if isinstance(kind, GraphQLObjectType) else ""


def fields(kind: GraphQLObjectType, depth: int) -> str:
    return " ".join(_fields(kind, depth))


def _fields(kind: GraphQLObjectType, depth: int) -> Iterator[str]:
    for name, field in kind.fields.items():
        if any(is_required_argument(argument) for argument in field.args.values()):
            continue
        inner = get_named_type(field.type)
        leads_on = isinstance(inner, GraphQLObjectType | GraphQLUnionType | GraphQLInterfaceType)
        if leads_on and depth == 0:
            continue
        bounds = "(first: 3)" if inner.name.endswith("Connection") else ""
        # Types of one union give the same field different types: each gets a name of its own.
        alias = f"{kind.name}_{name}"
        yield f"{alias}: {name}{bounds} {selection(inner, depth - 1)}"


def lived_in() -> World:
    world = World()
    people = world.people
    world.places.repo("jnywong/oauthenticator", fork_of=UPSTREAM)
    asked = people.open_issue(UPSTREAM, "consideRatio", "Asked for")
    pull = people.open_pull_request(
        UPSTREAM,
        "jnywong",
        "Answer",
        f"Fixes #{asked.number}",
        files=["a.py"],
        head_repo="jnywong/oauthenticator",
    )
    people.edit(pull, "jnywong", title="Answered")
    comment = people.comment(asked, "dependabot[bot]", f"See {HOME}#5")
    people.edit_comment(comment, "dependabot[bot]", f"Look at {HOME}#5")
    people.comment(pull, None, "From a deleted account")
    people.review(pull, "consideRatio", "COMMENTED", f"For {HOME}#5")
    people.commit(UPSTREAM, "consideRatio", f"Mention #{asked.number} and {HOME}#5")
    people.label(asked, "consideRatio", "bug")
    people.unlabel(asked, "consideRatio", "bug")
    people.close(asked, "consideRatio")
    people.reopen(asked, "consideRatio")
    world.clock.at += timedelta(minutes=1)
    people.merge(pull, "consideRatio")
    people.release(UPSTREAM, "consideRatio", "16.1.0")
    people.put_on_board(world.issue, "Engineering", Bucket="product-dev")
    return world


def test_every_field_of_every_type_can_be_read() -> None:
    world = lived_in()
    token = world.as_installation(world.at_home)
    repository = selection(load().type_map["Repository"], 3)
    item = selection(load().type_map["IssueOrPullRequest"], 3)
    upstream = f'{{ repository(owner: "jupyterhub", name: "oauthenticator") {repository} }}'
    home = (
        '{ repository(owner: "example-org", name: "infrastructure") '
        f"{{ issueOrPullRequest(number: 5) {item} }} }}"
    )
    blob = selection(load().type_map["Blob"], 1)
    file = (
        '{ repository(owner: "jupyterhub", name: "oauthenticator") '
        f'{{ object(expression: "HEAD:README.md") {{ ... on Blob {blob} }} }} }}'
    )
    for query in (upstream, home, file):
        answer = token.query(query)
        assert "errors" not in answer, answer["errors"][:3]


def test_search_finds_items_repositories_and_people() -> None:
    token = lived_in().as_installation()
    found = token.query(
        """{ items: search(type: ISSUE, query: "answered", first: 5) { issueCount
               nodes { ... on PullRequest { title } } }
             repos: search(type: REPOSITORY, query: "oauth", first: 5) { repositoryCount
               nodes { ... on Repository { nameWithOwner } } }
             people: search(type: USER, query: "wong", first: 5) { userCount
               nodes { ... on User { login } } }
             unknown: search(type: ISSUE, query: "author:nobody", first: 5) { issueCount } }"""
    )["data"]
    assert found["items"] == {"issueCount": 1, "nodes": [{"title": "Answered"}]}
    assert found["repos"]["repositoryCount"] == 2
    assert found["people"] == {"userCount": 1, "nodes": [{"login": "jnywong"}]}
    assert found["unknown"] == {"issueCount": 0}


def test_the_items_of_a_repository_can_be_filtered() -> None:
    token = lived_in().as_installation()
    found = token.query(
        """{ repository(owner: "jupyterhub", name: "oauthenticator") {
             labels(first: 5, query: "BU") { nodes { name } }
             merged: pullRequests(first: 5, states: MERGED) { nodes { title } }
             open: pullRequests(first: 5, states: OPEN, headRefName: "patch-1", baseRefName: "main",
               orderBy: {field: UPDATED_AT, direction: DESC}) { nodes { title } }
             asked: issues(first: 5, labels: ["bug"]) { totalCount }
             mine: issues(first: 5, filterBy: {createdBy: "CONSIDERATIO",
               since: "2026-03-02T00:00:00Z", states: CLOSED}) { totalCount }
             pullRequest(number: 721) { number reviews(first: 5, author: "consideRatio",
               states: COMMENTED) { totalCount } } } }"""
    )["data"]["repository"]
    assert [label["name"] for label in found["labels"]["nodes"]] == ["bug"]
    assert [pull["title"] for pull in found["merged"]["nodes"]] == ["Answered"]
    assert [pull["title"] for pull in found["open"]["nodes"]] == ["Gate login on granted scopes"]
    assert (found["asked"]["totalCount"], found["mine"]["totalCount"]) == (0, 1)
    assert found["pullRequest"]["reviews"]["totalCount"] == 1
