import asyncio

import httpx2
import pytest

from app.github.auth import load_key
from app.github.cache import MemoryETagCache
from app.github.client import GitHub, Session
from app.github.errors import (
    ServerError,
)
from app.github.limits import MemoryBudgets
from tests.contracts.contract import ContractTransport, github_contract
from tests.github.small_github import (
    API,
    APP_ID,
    ISSUE,
    WHERE,
    WRITE,
    SmallGitHub,
    answer,
    client,
    comment,
    html,
    pem,
    play,
    read,
)


def test_the_verbs_reach_github_with_their_method_address_and_body(github: SmallGitHub) -> None:
    async def scene(_: GitHub, session: Session) -> None:
        assert await read(session) == {"fine": True}
        await comment(session)
        await session.patch("/repos/o/r/issues/comments/{id}", data={"body": "b"}, id=5)
        await session.put(ISSUE + "/labels", data={"labels": ["a"]}, **WHERE)
        await session.delete(ISSUE + "/labels/{name}", name="contribution: a/b 50%", **WHERE)
        await session.get("/repos/o/r/pulls{?state,head,draft}", state="all", draft=True, head=None)

    play(github, scene)
    at = f"{API}/repos/jupyterhub/oauthenticator/issues/719"
    assert [(sent.method, sent.url, sent.body) for sent in github.asked] == [
        ("GET", at, None),
        ("POST", f"{at}/comments", {"body": "Thanks."}),
        ("PATCH", f"{API}/repos/o/r/issues/comments/5", {"body": "b"}),
        ("PUT", f"{at}/labels", {"labels": ["a"]}),
        ("DELETE", f"{at}/labels/contribution%3A%20a%2Fb%2050%25", None),
        ("GET", f"{API}/repos/o/r/pulls?state=all&draft=true", None),
    ]
    assert {sent.headers["user-agent"] for sent in github.sent} == {"good-citizen"}


def test_the_app_and_a_person_ask_in_their_own_name(github: SmallGitHub) -> None:
    async def scene(hub: GitHub, _: Session) -> None:
        assert await hub.app_get("/app") == {"fine": True}
        await hub.app().post("/app/hook/deliveries/{id}/attempts", id=12)
        assert await hub.token("a-persons-own-token").get("/user") == {"fine": True}

    play(github, scene)
    assert [sent.url for sent in github.sent] == [
        f"{API}/app",
        f"{API}/app/hook/deliveries/12/attempts",
        f"{API}/user",
    ]


@pytest.mark.parametrize(
    ("url", "uri_vars"),
    [
        ("/repos/{owner}/{repo}", {"owner": "jupyterhub"}),
        ("/repos/{owner}/{repo}", {"owner": "jupyterhub", "repo": "hub", "number": 1}),
        ("/repos/{owner}/{repo}", {"owner": "..", "repo": "user"}),
        ("/repos/{owner}/{repo}", {"owner": "", "repo": "user"}),
        ("/repos/{owner}/{repo}", {"owner": None, "repo": "user"}),
    ],
)
def test_a_template_takes_exactly_its_own_values(
    github: SmallGitHub, url: str, uri_vars: dict[str, object]
) -> None:
    async def scene(_: GitHub, session: Session) -> None:
        with pytest.raises(ValueError, match=r"/repos/\{owner\}/\{repo\}"):
            await session.get(url, **uri_vars)

    play(github, scene)
    assert github.sent == []


def test_a_list_is_read_page_by_page_a_hundred_at_a_time(github: SmallGitHub) -> None:
    def link(page: int) -> str:
        return f'<{API}/repositories/7/labels?page={page}>; rel="next", <{API}/x>; rel="last"'

    github.script += [
        answer([1, 2], link=link(2)),
        answer({"total_count": 5, "incomplete_results": False, "items": [3, 4]}, link=link(3)),
        answer([5], link=f'<{API}/x>; rel="prev"'),
    ]

    async def scene(_: GitHub, session: Session) -> None:
        url = "/repos/{owner}/{repo}/labels"
        found = [item async for item in session.getiter(url, owner="o", repo="r")]
        assert found == [1, 2, 3, 4, 5]
        github.script.append(answer([]))
        assert [page async for page in session.getpages("/repos/o/r/labels?per_page=7")] == [[]]
        github.script.append(answer({"message": "no list"}))
        with pytest.raises(ServerError):
            [item async for item in session.getiter("/repos/o/r/labels")]

    play(github, scene)
    assert [sent.url.removeprefix(API) for sent in github.asked] == [
        "/repos/o/r/labels?per_page=100",
        "/repositories/7/labels?page=2",
        "/repositories/7/labels?page=3",
        "/repos/o/r/labels?per_page=7",
        "/repos/o/r/labels?per_page=100",
    ]


def test_a_list_without_end_ends(github: SmallGitHub) -> None:
    def another(_: httpx2.Request) -> httpx2.Response:
        github.script.append(another)
        return answer([1], link=f'<{API}/repositories/7/labels?page=2>; rel="next"')

    github.script.append(another)

    async def scene(_: GitHub, session: Session) -> None:
        with pytest.raises(ServerError, match="no end"):
            [item async for item in session.getiter("/repos/o/r/labels")]

    play(github, scene)


@pytest.mark.parametrize(
    ("response", "status"),
    [
        (httpx2.Response(204), 204),
        (answer({}, 302, location=f"{API}/orgs/o/public_members/u"), 302),
        (answer({"message": "Not Found"}, 404), 404),
    ],
)
def test_membership_is_told_by_the_status_alone(
    github: SmallGitHub, response: httpx2.Response, status: int
) -> None:
    async def scene(_: GitHub, session: Session) -> None:
        await read(session)
        github.clock.pass_by(minutes=1)
        github.script.append(response)
        assert await session.status("/orgs/{org}/members/{user}", org="o", user="u") == status

    play(github, scene)
    assert len(github.asked) == 2


def test_an_answer_kept_by_its_etag_is_used_when_github_says_it_still_holds(
    github: SmallGitHub,
) -> None:
    link = f'<{API}/repositories/7/labels?page=2>; rel="next"'

    async def scene() -> None:
        async with client(github, cache=MemoryETagCache()) as hub:
            one = hub.installation(42, permissions=WRITE)
            other = hub.installation(43, permissions=WRITE)
            github.script += [answer([1], etag='"v1"', link=link), answer([2])]
            assert [i async for i in one.getiter("/repos/o/r/labels")] == [1, 2]
            github.script += [httpx2.Response(304), answer([2])]
            assert [i async for i in one.getiter("/repos/o/r/labels")] == [1, 2]
            github.script += [answer([9], etag='"v2"'), answer([8])]
            assert [i async for i in one.getiter("/repos/o/r/labels")] == [9]
            assert [i async for i in other.getiter("/repos/o/r/labels")] == [8]
            assert one.usage.not_modified == 1

    asyncio.run(scene())
    first_pages = [sent for sent in github.asked if sent.url.endswith("per_page=100")]
    assert [sent.headers.get("if-none-match") for sent in first_pages] == [
        None,
        '"v1"',
        '"v1"',
        None,
    ]


def test_a_full_cache_drops_what_was_used_least_lately(github: SmallGitHub) -> None:
    async def scene() -> None:
        async with client(github, cache=MemoryETagCache(most_bytes=40)) as hub:
            session = hub.installation(42, permissions=WRITE)
            for path in ("/a", "/b", "/a", "/c", "/a", "/b"):
                github.script.append(answer(["0123456789"], etag=f'"{path}"'))
                await session.get(path)
            github.script.append(answer(["x" * 300_000], etag='"large"'))
            await session.get("/large")
            await session.get("/large")

    asyncio.run(scene())
    assert [sent.headers.get("if-none-match") for sent in github.asked] == [
        None,
        None,
        '"/a"',
        None,
        '"/a"',
        None,
        None,
        None,
    ]


def test_calls_are_counted_by_operation_and_outcome_and_name_nobody(github: SmallGitHub) -> None:
    async def scene(_: GitHub, session: Session) -> None:
        github.script += [html(), answer({}, 301, location="/repositories/7/issues/1")]
        await read(session)
        await comment(session)
        assert (session.usage.requests, session.usage.writes) == (4, 1)

    hub = play(github, scene)
    assert hub.calls == {
        ("POST /app/installations/{installation_id}/access_tokens", "ok"): 1,
        ("GET " + ISSUE, "server_error"): 1,
        ("GET " + ISSUE, "redirect"): 1,
        ("GET " + ISSUE, "ok"): 1,
        ("POST " + ISSUE + "/comments", "ok"): 1,
    }


def test_what_the_client_asks_of_its_own_accord_is_documented(github: SmallGitHub) -> None:
    async def scene() -> None:
        contract = github_contract()
        hub = GitHub(
            api_url=API,
            app_id=APP_ID,
            private_key=load_key(pem()),
            timeout_seconds=5,
            budgets=MemoryBudgets(clock=github.clock),
            transport=ContractTransport(github, contract),
            clock=github.clock,
        )
        async with hub:
            session = hub.installation(42, repository_ids=(7,), permissions=WRITE)
            github.script += [answer([]), answer({"total_count": 0, "repositories": []})]
            assert [i async for i in session.getiter("/repos/o/r/labels")] == []
            assert [i async for i in session.getiter("/installation/repositories")] == []
        assert contract.seen == {
            "POST /app/installations/{installation_id}/access_tokens",
            "GET /repos/{owner}/{repo}/labels",
            "GET /installation/repositories",
        }

    asyncio.run(scene())
