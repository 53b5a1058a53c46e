from datetime import timedelta
from typing import Any

import httpx2
import pytest

from app.github.client import GitHub, Session
from app.github.errors import Limited, Refused, ServerError
from app.github.graphql import GraphQLAnswer, Problem
from tests.github.small_github import API, START, SmallGitHub, answer, cut_json, html, play

QUERY = "query ($query: String!) { search(query: $query) { issueCount } rateLimit { cost } }"
BROKEN = {"message": "Something went wrong while executing your query.", "locations": []}


def limited(**more: Any) -> dict[str, Any]:
    return {"errors": [{"type": "RATE_LIMITED", "message": "API rate limit exceeded"}], **more}


def test_a_query_and_its_variables_are_posted_and_its_cost_is_counted(github: SmallGitHub) -> None:
    data = {"search": {"issueCount": 3}, "rateLimit": {"cost": 2}}

    async def scene(_: GitHub, session: Session) -> None:
        github.script += [answer({"data": data}), answer({"data": data})]
        assert await session.graphql(QUERY, query="author:yuvipanda") == GraphQLAnswer(data, (), 2)
        await session.graphql(QUERY, query="author:choldgraf")
        assert session.usage.points == 4
        assert session.usage.writes == 0

    play(github, scene)
    assert github.asked[0].url == f"{API}/graphql"
    assert github.asked[0].body == {"query": QUERY, "variables": {"query": "author:yuvipanda"}}
    assert github.clock.seconds == 0


@pytest.mark.parametrize("kind", ["NOT_FOUND", "FORBIDDEN"])
def test_what_could_not_be_read_is_part_of_the_answer(github: SmallGitHub, kind: str) -> None:
    error = {"type": kind, "path": ["repository", "issue", 0], "message": "Could not\nresolve"}
    github.script.append(answer({"data": {"repository": None, "b": 1}, "errors": [error]}))

    async def scene(_: GitHub, session: Session) -> None:
        found = await session.graphql("{ repository { id } }")
        assert found.data == {"repository": None, "b": 1}
        problem = Problem(kind, ("repository", "issue", 0), "Could not resolve")
        assert found.errors == (problem,)
        assert found.problem("repository", "issue", 0) == problem
        assert found.problem("repository", "issue", 0, "title") == problem
        assert found.problem("repository") is None
        assert found.problem("b") is None

    play(github, scene)


def test_a_problem_without_a_place_may_concern_everything() -> None:
    problem = Problem(None, (), "timeout")
    assert GraphQLAnswer({"a": None}, (problem,)).problem("a") == problem


@pytest.mark.parametrize(
    ("response", "seconds"),
    [
        (
            answer(
                limited(),
                x_ratelimit_limit="5000",
                x_ratelimit_remaining="0",
                x_ratelimit_reset=str(int(START.timestamp()) + 900),
                x_ratelimit_resource="graphql",
            ),
            900,
        ),
        (answer(limited(data=None)), 60),
        (answer({"errors": [{"message": "You have exceeded a secondary rate limit."}]}), 60),
        (answer({"message": "You have exceeded a secondary rate limit."}, 403), 60),
    ],
)
def test_a_spent_limit_comes_as_a_good_answer_and_is_obeyed(
    github: SmallGitHub, response: httpx2.Response, seconds: int
) -> None:
    github.script.append(response)

    async def scene(_: GitHub, session: Session) -> None:
        for _time in range(2):
            with pytest.raises(Limited) as caught:
                await session.graphql(QUERY, query="x")
            assert caught.value.until == START + timedelta(seconds=seconds)

    hub = play(github, scene)
    assert len(github.asked) == 1
    assert hub.calls["POST /graphql", "limited"] == 1


def test_text_that_speaks_of_rate_limits_is_no_limit(github: SmallGitHub) -> None:
    data = {"repository": {"body": "You have exceeded a secondary rate limit. RATE_LIMITED"}}
    github.script.append(answer({"data": data}))

    async def scene(_: GitHub, session: Session) -> None:
        assert (await session.graphql("{ repository { body } }")).data == data

    play(github, scene)


@pytest.mark.parametrize(
    "sick",
    [
        answer({"data": None, "errors": [BROKEN]}),
        answer({"errors": [BROKEN]}),
        answer({}),
        answer([]),
        answer({"data": None, "errors": "?"}),
        html(502),
        cut_json(),
        httpx2.Response(200),
    ],
)
def test_a_query_that_broke_down_on_the_way_is_asked_again(
    github: SmallGitHub, sick: httpx2.Response
) -> None:
    async def scene(_: GitHub, session: Session) -> None:
        github.script += [sick, sick, answer({"data": {"fine": True}})]
        assert (await session.graphql("{ fine }")).data == {"fine": True}
        github.script += [sick, sick, sick]
        with pytest.raises(ServerError):
            await session.graphql("{ fine }")

    play(github, scene)


@pytest.mark.parametrize(
    "error",
    [
        {"type": "MAX_NODE_LIMIT_EXCEEDED", "message": "too many nodes"},
        {"extensions": {"code": "undefinedField"}, "message": "Field 'fime' doesn't exist"},
    ],
)
def test_a_faulty_query_is_refused_for_good(github: SmallGitHub, error: dict[str, Any]) -> None:
    github.script.append(answer({"errors": [error]}))

    async def scene(_: GitHub, session: Session) -> None:
        with pytest.raises(Refused, match=error["message"]) as caught:
            await session.graphql("{ fime }")
        assert caught.value.final

    play(github, scene)


@pytest.mark.parametrize("text", ["mutation { a }", "# a note\n  mutation M($x: Int) { a }"])
def test_nothing_is_written_through_graphql(github: SmallGitHub, text: str) -> None:
    async def scene(_: GitHub, session: Session) -> None:
        with pytest.raises(ValueError, match="Only queries"):
            await session.graphql(text)

    play(github, scene)
    assert github.sent == []
