from typing import Any

import pytest

from app.demo.github import Limits
from tests.demo.world import HOME, World

TOO_MANY = """issues(first: 100) { nodes { timelineItems(first: 100) { nodes {
  ... on IssueComment { pullRequest { commits(first: 100) { nodes { id } } } } } } } }
  labels(first: 1)"""


def test_pages_lead_on_by_cursor_in_both_directions() -> None:
    world = World()
    for number in range(5):
        world.people.comment(world.pull, "yuvipanda", str(number))
    token = world.as_installation()

    def bodies(arguments: str) -> tuple[list[str], dict[str, Any]]:
        page = token.query(
            """{ repository(owner: "jupyterhub", name: "oauthenticator") {
              pullRequest(number: 719) { comments(ARGUMENTS) { nodes { body } pageInfo {
                startCursor endCursor hasNextPage hasPreviousPage } } } } }""".replace(
                "ARGUMENTS", arguments
            )
        )["data"]["repository"]["pullRequest"]["comments"]
        return [node["body"] for node in page["nodes"]], page["pageInfo"]

    first, info = bodies("first: 2")
    assert (first, info["hasNextPage"], info["hasPreviousPage"]) == (["0", "1"], True, False)
    second, info = bodies(f'first: 3, after: "{info["endCursor"]}"')
    assert (second, info["hasNextPage"], info["hasPreviousPage"]) == (["2", "3", "4"], False, True)
    before, _ = bodies(f'last: 1, before: "{info["startCursor"]}"')
    assert before == ["1"]
    newest, _ = bodies("last: 1, orderBy: {field: UPDATED_AT, direction: DESC}")
    assert newest == ["0"]


def test_search_shows_a_thousand_of_what_it_counts() -> None:
    world = World()
    for number in range(1_050):
        world.people.open_issue(HOME, "yuvipanda", f"Many {number}")
    token = world.as_installation()
    query = """query($after: String) { search(type: ISSUE, query: "many in:title", first: 100,
        after: $after) { issueCount nodes { ... on Issue { number } }
        pageInfo { endCursor hasNextPage } } }"""
    after, shown, more = None, 0, True
    while more:
        page = token.query(query, after=after)["data"]["search"]
        assert page["issueCount"] == 1_050
        shown += len(page["nodes"])
        after, more = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]
    assert shown == 1_000


@pytest.mark.parametrize(
    ("labels", "kind"),
    [
        ("labels", "MISSING_PAGINATION_BOUNDARIES"),
        ("labels(first: 101)", "EXCESSIVE_PAGINATION"),
        ("labels(first: 0)", "EXCESSIVE_PAGINATION"),
        (TOO_MANY, "MAX_NODE_LIMIT_EXCEEDED"),
    ],
)
def test_pages_have_bounds(labels: str, kind: str) -> None:
    start = '{ repository(owner: "jupyterhub", name: "oauthenticator") { '
    query = start + labels + " { nodes { name } } } }"
    answer = World().as_installation().query(query)
    assert answer["errors"][0]["type"] == kind
    assert "data" not in answer


def test_a_query_costs_a_point_for_a_hundred_pages() -> None:
    token = World().as_installation()
    query = """{ repository(owner: "jupyterhub", name: "oauthenticator") {
        pullRequests(first: %d) { nodes { comments(first: 50) { nodes { id } }
          labels(first: 50) { nodes { id } } } } } rateLimit { cost remaining nodeCount } }"""
    cheap = token.query(query % 10)["data"]["rateLimit"]
    assert (cheap["cost"], cheap["remaining"], cheap["nodeCount"]) == (1, 4_999, 1_010)
    dear = token.query(query % 100)["data"]["rateLimit"]
    assert (dear["cost"], dear["remaining"]) == (2, 4_997)


def test_a_spent_limit_is_an_answer_with_an_error() -> None:
    world = World(limits=Limits(graphql=1))
    token = world.as_installation()
    assert "data" in token.query("{ rateLimit { cost } }")
    spent = token.post("/graphql", {"query": "{ rateLimit { cost } }"})
    assert spent.status_code == 200
    assert spent.json()["errors"][0]["type"] == "RATE_LIMITED"
    assert spent.headers["x-ratelimit-remaining"] == "0"
    world.clock.forward(hours=1)
    assert "data" in world.as_installation().query("{ rateLimit { cost } }")
