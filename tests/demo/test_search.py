from urllib.parse import quote

import pytest

from tests.demo.world import HOME, PRIVATE, UPSTREAM, World


@pytest.fixture
def world() -> World:
    world = World()
    people = world.people
    people.review(world.pull, "consideRatio")
    people.comment(world.pull, "yuvipanda", "For EarthScope")
    world.clock.forward(days=10)
    people.open_issue(PRIVATE, "yuvipanda", "Secret plan")
    late = people.open_pull_request(UPSTREAM, "yuvipanda", "Late", labels=["bug"], draft=True)
    people.close(late, "yuvipanda")
    return world


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("is:pr author:yuvipanda", ["Late"]),
        ("reviewed-by:ConsideRatio", ["Gate login on granted scopes"]),
        ("commenter:yuvipanda is:pr", ["Gate login on granted scopes"]),
        ("involves:yuvipanda is:pr", ["Late", "Gate login on granted scopes"]),
        ("is:pr -author:yuvipanda", ["Gate login on granted scopes"]),
        (f"repo:{HOME}", ["Log in by scope"]),
        ("org:example-org is:issue", ["Log in by scope"]),
        ("label:BUG", ["Late"]),
        ("granted SCOPES", ["Gate login on granted scopes"]),
        ("is:open is:pr", ["Gate login on granted scopes"]),
        ("is:pr created:>=2026-03-10", ["Late"]),
        ("is:pr created:2026-03-02", ["Gate login on granted scopes"]),
        ("is:pr created:2026-03-01..2026-03-02", ["Gate login on granted scopes"]),
        ("is:pr closed:<2026-03-12", []),
        ("is:pr updated:>2026-03-02T09:00:00Z", ["Late"]),
        ("is:pr draft:true", ["Late"]),
        ("is:pr sort:created-asc", ["Gate login on granted scopes", "Late"]),
    ],
)
def test_qualifiers_find_what_they_name(world: World, query: str, found: list[str]) -> None:
    answer = world.as_installation().get(f"/search/issues?q={quote(query)}").json()
    assert [item["title"] for item in answer["items"]] == found
    assert answer["total_count"] == len(found)


def test_what_may_not_be_seen_is_left_out_silently(world: World) -> None:
    path = "/search/issues?q=secret"
    assert world.as_installation(world.at_upstream).get(path).json()["total_count"] == 0
    assert world.as_installation(world.at_home).get(path).json()["total_count"] == 1


@pytest.mark.parametrize("query", ["x" * 257, "author:nobody-at-all", "created:>yesterday", ""])
def test_a_query_that_cannot_be_is_refused(world: World, query: str) -> None:
    answer = world.as_installation().get(f"/search/issues?q={query}")
    assert answer.status_code == 422


def test_a_thousand_results_are_shown_of_more() -> None:
    world = World()
    for number in range(1_001):
        world.people.open_issue(HOME, "yuvipanda", f"Many {number}")
    token = world.as_installation()
    last = token.get("/search/issues?q=many&per_page=100&page=10")
    assert len(last.json()["items"]) == 100
    assert last.json()["total_count"] == 1_001
    assert 'rel="next"' not in last.headers["link"]
    beyond = token.get("/search/issues?q=many&per_page=100&page=11")
    assert beyond.status_code == 422


def test_a_search_can_be_incomplete_and_has_a_limit_of_its_own(world: World) -> None:
    world.github.state.search_incomplete = True
    answer = world.as_installation().get("/search/issues?q=x")
    assert answer.json()["incomplete_results"] is True
    assert answer.headers["x-ratelimit-resource"] == "search"
    assert answer.headers["x-ratelimit-remaining"] == "29"
