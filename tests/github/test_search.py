"""Finding items by search, by walking and by name, on the demo GitHub and in made-up answers."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TypeVar

import pytest

from app.github import search, swept
from app.github.errors import ServerError
from app.github.graphql import GraphQLAnswer, Problem
from app.github.search import Ask, Listing
from app.policy.home import Home, Member
from app.policy.model import ItemRef, Person, SubjectType, Visibility
from tests.github.small_github import START
from tests.github.stage import HUB, INFRA, Stage, set_stage

T = TypeVar("T")


def asked(stage: Stage, act: Callable[[Ask], Awaitable[T]]) -> T:
    return stage.run(lambda session: act(session.graphql), stage.home_installation_id)


def scripted(data: dict[str, object], *problems: Problem) -> Ask:
    async def ask(_: str, /, **__: object) -> GraphQLAnswer:
        return GraphQLAnswer(data, problems)

    return ask


def test_several_searches_are_one_query_and_each_shows_what_it_finds() -> None:
    stage = set_stage()
    stage.demo.people.review(f"{HUB}#719", "sgibson91")
    before = len(stage.demo.log)
    texts = [(f"is:pr {who}", None) for who in ("author:yuvipanda", "reviewed-by:sgibson91")]
    pages = asked(stage, lambda ask: search.search(ask, [*texts, ("author:nobody-such", None)]))
    assert [(page.count, page.returned, page.after) for page in pages] == [
        (1, 1, None),
        (1, 1, None),
        (0, 0, None),
    ]
    seen = pages[0].items[0]
    assert (seen.ref, seen.type) == (
        ItemRef(HUB, 719, SubjectType.PULL_REQUEST),
        SubjectType.PULL_REQUEST,
    )
    assert seen.repository_id == stage.demo.people.repo(HUB).id
    assert (seen.visibility, seen.is_fork) == (Visibility.PUBLIC, False)
    assert [person.login for person in seen.people] == ["yuvipanda"]
    assert [r.path for r in stage.demo.log[before:]][-1] == "/graphql"
    assert sum(r.path == "/graphql" for r in stage.demo.log[before:]) == 1


def test_a_search_shows_a_thousand_and_counts_them_all() -> None:
    stage = set_stage()
    for number in range(1, 1003):
        stage.demo.people.open_pull_request(HUB, "sgibson91", "One of many", number=number + 1000)

    async def all_pages(ask: Ask) -> tuple[int, int]:
        after, seen, count = None, 0, 0
        while True:
            (page,) = await search.search(ask, [("is:pr author:sgibson91", after)])
            seen, count, after = seen + page.returned, page.count, page.after
            if after is None:
                return seen, count

    assert asked(stage, all_pages) == (1000, 1002)


def test_a_search_that_github_breaks_down_over_is_no_empty_one() -> None:
    broken = scripted({"s0": None}, Problem(None, ("s0",), "Something went wrong"))
    with pytest.raises(ServerError):
        asyncio.run(search.search(broken, [("is:pr", None)]))


def test_walking_shows_the_last_changed_first_and_says_where_it_goes_on() -> None:
    stage = set_stage()
    people = stage.demo.people
    for number in range(1, 121):
        at = START - timedelta(days=number)
        people.open_issue(HUB, "outsider", "A question", number=2000 + number, at=at)
    people.release(HUB, "yuvipanda", "v1")

    async def walked(ask: Ask) -> tuple[list[int], int]:
        (first,) = await search.walk(ask, [Listing(HUB, pulls=True, issues=True, releases=True)])
        assert first is not None
        assert first.issues is not None
        assert first.pulls is not None
        assert [one.ref.number for one in first.pulls.items] == [719]
        assert first.pulls.after is None
        assert [release.tag_name for release in first.releases] == ["v1"]
        after = {"i": first.issues.after or ""}
        (second,) = await search.walk(ask, [Listing(HUB, issues=True, after=after)])
        assert second is not None
        assert second.issues is not None
        assert (second.pulls, second.issues.after) == (None, None)
        numbers = [one.ref.number or 0 for one in (*first.issues.items, *second.issues.items)]
        return numbers, len(first.issues.items)

    numbers, first = asked(stage, walked)
    assert (numbers, first) == ([2000 + n for n in range(1, 121)], 100)


def test_what_is_not_to_be_seen_is_told_from_what_broke() -> None:
    stage = set_stage()
    listings = [Listing("example-org/nothing", pulls=True), Listing(HUB, pulls=True)]
    gone, there = asked(stage, lambda ask: search.walk(ask, listings))
    assert gone is None
    assert there is not None
    for act in (
        lambda ask: search.walk(ask, [Listing(HUB, pulls=True)]),
        lambda ask: search.look_up(ask, [HUB]),
        lambda ask: search.look_up_items(ask, [ItemRef(HUB, 1)]),
        lambda ask: search.people(ask, ["yuvipanda"]),
    ):
        broken = scripted({}, Problem(None, (), "Something went wrong"))
        with pytest.raises(ServerError):
            asyncio.run(act(broken))


def test_names_are_looked_up_wherever_the_repository_is_now() -> None:
    stage = set_stage()
    stage.demo.places.rename(HUB, "oauth")
    number = stage.demo.people.repo(HUB).id
    found, gone = asked(stage, lambda ask: search.look_up(ask, [HUB, "example-org/nothing"]))
    assert found is not None
    assert (found.name_with_owner, found.database_id, gone) == ("jupyterhub/oauth", number, None)
    refs = [ItemRef(HUB, 719), ItemRef(HUB, 9)]
    item, missing = asked(stage, lambda ask: search.look_up_items(ask, refs))
    assert item is not None
    assert (str(item.ref), missing) == ("jupyterhub/oauth#719", None)


def test_an_accounts_repositories_are_listed() -> None:
    stage = set_stage()
    found, after = asked(stage, lambda ask: search.repositories(ask, "jupyterhub"))
    assert {HUB, INFRA} >= {one.name_with_owner for one in found} >= {HUB}
    assert after is None


def test_people_are_known_by_login_without_case() -> None:
    stage = set_stage()
    number = stage.demo.people.user("yuvipanda").id
    found = asked(stage, lambda ask: search.people(ask, ["YuviPanda", "nobody-such"]))
    assert found == (Person("yuvipanda", number, is_bot=False), None)


def test_doers_are_committers_co_authors_and_those_who_label_or_close() -> None:
    stage = set_stage()
    people = stage.demo.people
    number = people.user("agoose77").id
    trailer = f"Co-authored-by: A <{number}+agoose77@users.noreply.github.com>"
    people.open_pull_request(
        HUB, "outsider", "Add a button", commits=("Do it", (f"Fix\n\n{trailer}", "sgibson91")),
        number=1,
    )  # fmt: skip
    people.label(f"{HUB}#1", "choldgraf", "bug")
    people.close(f"{HUB}#1", "jnywong")
    people.comment(f"{HUB}#1", "GeorgianaElena", "a word is no deed")

    async def doers(ask: Ask) -> tuple[swept.Doers, ...]:
        (seen,) = await search.look_up_items(ask, [ItemRef(HUB, 1)])
        assert seen is not None
        return await swept.read_doers(
            ask, seen.type, [seen.node_id], Home("2i2c", ("2i2c-org",), members=(Member("x"),))
        )

    (found,) = asked(stage, doers)
    assert {person.login for person in found.people} == {
        "outsider", "sgibson91", "agoose77", "choldgraf", "jnywong",
    }  # fmt: skip
    assert found.cut is False
