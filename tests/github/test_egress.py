import asyncio

import pytest

from app.github.client import GitHub, Session
from app.github.errors import (
    EgressRefused,
    Moved,
    ServerError,
)
from tests.github.small_github import (
    API,
    WRITE,
    SmallGitHub,
    answer,
    client,
    comment,
    failing,
    play,
    read,
)


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_followed_with_method_and_body_within_the_sessions_repositories(
    github: SmallGitHub, status: int
) -> None:
    github.script.append(answer({}, status, location=f"{API}/repositories/7/issues/719/comments"))

    async def scene(_: GitHub, session: Session) -> None:
        assert await comment(session) == {"fine": True}

    play(github, scene)
    assert [(sent.method, sent.url[len(API) :], sent.body) for sent in github.asked] == [
        ("POST", "/repos/jupyterhub/oauthenticator/issues/719/comments", {"body": "Thanks."}),
        ("POST", "/repositories/7/issues/719/comments", {"body": "Thanks."}),
    ]


@pytest.mark.parametrize("target", ["/repositories/8/issues/5/comments", "/repos/o/r/issues/5"])
def test_a_write_never_follows_an_item_into_another_repository(
    github: SmallGitHub, target: str
) -> None:
    github.script.append(answer({}, 301, location=API + target))
    error = failing(github, comment)
    assert isinstance(error, Moved)
    assert not error.final
    assert len(github.asked) == 1


def test_a_read_follows_up_to_five_redirects(github: SmallGitHub) -> None:
    async def scene(_: GitHub, session: Session) -> None:
        github.script += 5 * [answer({}, 301, location="/repositories/8/issues/5")]
        assert await read(session) == {"fine": True}
        github.script += 18 * [answer({}, 301, location="/repositories/8/issues/5")]
        with pytest.raises(ServerError):
            await read(session)

    play(github, scene)
    assert {sent.url for sent in github.asked[1:6]} == {f"{API}/repositories/8/issues/5"}


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/repositories/7",
        "//evil.example/repositories/7",
        "http://api.github.com/repositories/7",
        "https://api.github.com:8443/repositories/7",
        "https://api.github.com@evil.example/repositories/7",
        "https://user:word@api.github.com/repositories/7",
        "https://api.github.com.evil.example/x",
        "https://api.github.com/repos/%2E./x",
        "https://api.github.com/repos\\..\\x",
        "https://[broken",
        "https://api.github.com/\0",
    ],
)
def test_no_token_leaves_for_another_address(github: SmallGitHub, elsewhere: str) -> None:
    async def scene(_: GitHub, session: Session) -> None:
        with pytest.raises(EgressRefused):
            await session.get(elsewhere)
        github.script.append(answer({}, 302, location=elsewhere))
        with pytest.raises(EgressRefused):
            await read(session)
        github.script.append(answer([], link=f'<{elsewhere}>; rel="next"'))
        with pytest.raises(EgressRefused):
            await anext(item async for item in session.getiter("/repos/o/r/labels"))

    play(github, scene)
    assert {sent.url.split("?")[0] for sent in github.asked} == {
        f"{API}/repos/jupyterhub/oauthenticator/issues/719",
        f"{API}/repos/o/r/labels",
    }


def test_on_enterprise_server_only_its_api_is_spoken_to(github: SmallGitHub) -> None:
    host = "https://github.example.org"

    async def scene() -> None:
        async with client(github, api_url=f"{host}/api/v3/") as hub:
            session = hub.installation(42, permissions=WRITE)
            await session.get("/repos/o/r")
            await session.get(f"{host}/api/v3/repositories/7")
            github.script.append(answer({"data": {}}))
            await session.graphql("{ viewer { login } }")
            for address in (f"{host}/login", f"{host}/api/v3/../v4", f"{host}/api/v33/x"):
                with pytest.raises(EgressRefused):
                    await session.get(address)

    asyncio.run(scene())
    assert [sent.url for sent in github.asked] == [
        f"{host}/api/v3/repos/o/r",
        f"{host}/api/v3/repositories/7",
        f"{host}/api/graphql",
    ]


@pytest.mark.parametrize(
    "address",
    ["http://github.example.org", "ftp://x", "api.github.com", "https://a:b@c", "", "https://\0"],
)
def test_an_api_address_that_would_leak_tokens_is_refused(
    github: SmallGitHub, address: str
) -> None:
    with pytest.raises(ValueError, match="The API's address must"):
        client(github, api_url=address)
