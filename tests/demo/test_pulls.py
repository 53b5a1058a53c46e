import pytest

from app.demo.github.model import File
from tests.demo.world import UPSTREAM, World

PULLS = f"/repos/{UPSTREAM}/pulls"


def test_a_pull_request_tells_what_it_changes() -> None:
    world = World()
    opened = world.people.open_pull_request(
        UPSTREAM,
        "GeorgianaElena",
        "Two files",
        "Closes #719",
        files=[File("a.py", 3, 1), "b.py"],
        commits=["one", ("two", "consideRatio"), ("three", None)],
        draft=True,
    )
    shown = world.as_installation().get(f"{PULLS}/{opened.number}").json()
    assert (shown["draft"], shown["changed_files"], shown["commits"]) == (True, 2, 3)
    assert (shown["additions"], shown["deletions"]) == (4, 1)
    assert shown["id"] > 2**31
    # The description says that an author may be null in a form that OpenAPI 3.0 doesn't allow.
    path = f"{PULLS}/{opened.number}/commits"
    commits = world.as_installation().ask("GET", path, None, {}, judged=False).json()
    authors = [commit["author"] and commit["author"]["login"] for commit in commits]
    assert authors == ["GeorgianaElena", "consideRatio", None]


def test_files_come_in_pages_of_thirty_and_three_thousand_at_most() -> None:
    world = World()
    files = [f"file{n}.py" for n in range(3_001)]
    large = world.people.open_pull_request(UPSTREAM, "yuvipanda", "Large", files=files)
    token = world.as_installation()
    path = f"{PULLS}/{large.number}"
    assert token.get(path).json()["changed_files"] == 3_001
    assert len(token.get(f"{path}/files").json()) == 30
    last = token.get(f"{path}/files?per_page=100&page=30")
    assert len(last.json()) == 100
    assert 'rel="next"' not in last.headers["link"]
    assert token.get(f"{path}/files?per_page=100&page=31").json() == []


def test_the_pages_of_a_list_lead_to_each_other() -> None:
    world = World()
    for number in range(5):
        world.people.open_pull_request(UPSTREAM, "yuvipanda", f"Number {number}")
    token = world.as_installation()
    path, seen = f"{PULLS}?state=all&per_page=2", []
    while path:
        answer = token.get(path)
        seen += [pull["number"] for pull in answer.json()]
        following = answer.links.get("next")
        path = str(following["url"]) if following else ""
    assert seen == [724, 723, 722, 721, 720, 719]


def test_a_merged_pull_request_closes_its_issue_and_makes_a_contributor() -> None:
    world = World()
    issue = world.people.open_issue(UPSTREAM, "consideRatio", "Broken")
    pull = world.people.open_pull_request(UPSTREAM, "jnywong", "Fix", f"Fixes #{issue.number}")
    token = world.as_installation()
    before = token.get(f"{PULLS}/{pull.number}").json()
    assert before["author_association"] == "FIRST_TIME_CONTRIBUTOR"
    world.people.merge(pull, "consideRatio")
    after = token.get(f"{PULLS}/{pull.number}").json()
    assert (after["merged"], after["merged_by"]["login"]) == (True, "consideRatio")
    assert after["author_association"] == "CONTRIBUTOR"
    closed = token.get(f"/repos/{UPSTREAM}/issues/{issue.number}").json()
    assert (closed["state"], closed["closed_by"]["login"]) == ("closed", "consideRatio")


def test_the_list_of_pull_requests_filters() -> None:
    world = World()
    other = world.people.open_pull_request(UPSTREAM, "yuvipanda", "x", branch="b", base="3.x")
    world.people.close(other, "yuvipanda")
    token = world.as_installation()

    def numbers(query: str) -> list[int]:
        return [pull["number"] for pull in token.get(f"{PULLS}?{query}").json()]

    assert numbers("state=closed") == [720]
    assert numbers("state=all&base=3.x") == [720]
    assert numbers("state=all&head=jupyterhub:b") == [720]
    assert numbers("sort=updated") == [719]


def test_reviews_are_listed_with_their_verdicts() -> None:
    world = World()
    world.people.review(world.pull, "consideRatio", "CHANGES_REQUESTED", "Please")
    world.people.review(world.pull, "consideRatio")
    reviews = world.as_installation().get(f"{PULLS}/719/reviews").json()
    assert [review["state"] for review in reviews] == ["CHANGES_REQUESTED", "APPROVED"]
    assert reviews[0]["author_association"] == "MEMBER"


def test_a_deleted_account_and_a_deleted_fork_are_null() -> None:
    world = World()
    ghost = world.people.open_pull_request(UPSTREAM, None, "Ghost", fork_deleted=True)
    # GitHub's description knows neither null; its documentation and its answers do.
    path = f"{PULLS}/{ghost.number}"
    shown = world.as_installation().ask("GET", path, None, {}, judged=False).json()
    assert (shown["user"], shown["head"]["repo"]) == (None, None)


@pytest.mark.parametrize("number", ["5", "0", "x", "9" * 30])
def test_what_is_no_pull_request_is_not_found(number: str) -> None:
    token = World().as_installation()
    assert token.ask("GET", f"{PULLS}/{number}", None, {}, judged=False).status_code == 404
