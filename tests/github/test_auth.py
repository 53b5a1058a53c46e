import asyncio
from typing import Any

import httpx2
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1
from cryptography.hazmat.primitives.asymmetric.ec import generate_private_key as elliptic_key
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
)

from app.github.auth import load_key
from app.github.client import GitHub, Session
from app.github.errors import (
    Forbidden,
    GitHubError,
    NotFound,
    NotInstalled,
    ServerError,
    Suspended,
    Unauthorized,
)
from app.github.limits import MemoryBudgets
from tests.github.small_github import (
    API,
    WRITE,
    SmallGitHub,
    answer,
    client,
    comment,
    failing,
    html,
    pem,
    play,
    read,
    rsa_key,
)


def as_pem(key: Any, lock: KeySerializationEncryption | None = None) -> str:
    text: bytes = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, lock or NoEncryption())
    return text.decode()


def test_a_key_is_read_as_github_made_it_or_with_its_lines_written_as_one() -> None:
    for text in (pem(), pem().replace("\n", "\\n"), f"\n {pem()} \n", as_pem(rsa_key())):
        token = load_key(text).sign({"iss": "1"})
        assert jwt.decode(token, rsa_key().public_key(), algorithms=["RS256"]) == {"iss": "1"}
    assert pem()[40:60] not in repr(load_key(pem()))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "must begin with -----BEGIN"),
        ("private-key.pem", "must begin with -----BEGIN"),
        (pem()[:400], "damaged or cut"),
        (pem().replace("M", "!"), "damaged or cut"),
        (as_pem(rsa_key(), BestAvailableEncryption(b"word")), "locked with a password"),
        (as_pem(elliptic_key(SECP256R1())), "not an RSA key"),
        (as_pem(generate_private_key(65537, 1024)), "2048 bits or more"),  # noqa: S505 - refused
    ],
)
def test_an_unreadable_key_is_refused_with_a_sentence_that_shows_nothing_of_it(
    text: str, sentence: str
) -> None:
    with pytest.raises(ValueError, match=sentence) as caught:
        load_key(text)
    assert not text or text not in str(caught.value)
    assert caught.value.__cause__ is None


def test_a_jwt_is_used_for_some_minutes_and_then_signed_anew(github: SmallGitHub) -> None:
    async def scene(hub: GitHub, _: Session) -> None:
        for _minute in range(30):
            await hub.app_get("/app")
            github.clock.pass_by(minutes=1)

    play(github, scene)
    claims = [
        jwt.decode(token, options={"verify_signature": False})
        for token in sorted({sent.bearer for sent in github.sent})
    ]
    assert len(claims) == 5
    assert {claim["exp"] - claim["iat"] for claim in claims} == {600}


def test_a_token_is_minted_for_the_named_repositories_and_permissions(github: SmallGitHub) -> None:
    async def scene(hub: GitHub, session: Session) -> None:
        await read(session)
        everywhere = hub.installation(42, permissions={"metadata": "read"})
        await everywhere.get("/installation/repositories")

    play(github, scene)
    assert [minted.asked for minted in github.minted.values()] == [
        {"repository_ids": [7], "permissions": {"issues": "write"}},
        {"permissions": {"metadata": "read"}},
    ]
    assert [sent.bearer for sent in github.asked] == list(github.minted)


def test_a_token_serves_all_who_ask_for_the_same_until_five_minutes_before_its_end(
    github: SmallGitHub,
) -> None:
    async def scene(hub: GitHub, _: Session) -> None:
        sessions = [
            hub.installation(
                42, repository_ids=ids, permissions={"issues": "write", "pulls": "read"}
            )
            for ids in ((7, 8), (8, 7), (7, 8, 8))
        ]
        await asyncio.gather(*(read(session) for session in sessions * 10))
        github.clock.pass_by(minutes=54)
        await read(sessions[1])
        assert len(github.minted) == 1
        github.clock.pass_by(minutes=2)
        await read(sessions[2])
        assert len(github.minted) == 2

    play(github, scene)
    assert github.asked[-1].bearer == list(github.minted)[1]


@pytest.mark.parametrize("status", [401, 403, 404])
@pytest.mark.parametrize("seconds", [0.5, 2, 6])
def test_a_new_token_gets_some_seconds_to_become_known(
    github: SmallGitHub, status: int, seconds: float
) -> None:
    async def scene(_: GitHub, session: Session) -> None:
        github.fresh_status, github.fresh_for = status, seconds
        assert await comment(session) == {"fine": True}
        assert github.clock.seconds <= 7

    play(github, scene)
    assert len(github.minted) == 1


def test_a_404_is_believed_at_once_from_a_known_token_and_soon_from_one_that_has_worked(
    github: SmallGitHub,
) -> None:
    async def scene(_: GitHub, session: Session) -> None:
        await read(session)
        absent = answer({"message": "Not Found"}, 404)
        github.script += [absent, absent]
        with pytest.raises(NotFound):
            await read(session)
        assert github.clock.seconds == 1
        github.clock.pass_by(seconds=10)
        github.script.append(absent)
        with pytest.raises(NotFound):
            await read(session)
        assert github.clock.seconds == 11

    play(github, scene)


def test_a_revoked_token_is_replaced(github: SmallGitHub) -> None:
    async def scene(_: GitHub, session: Session) -> None:
        await read(session)
        github.clock.pass_by(minutes=10)
        github.minted.clear()
        assert await comment(session) == {"fine": True}

    play(github, scene)


def test_a_token_that_is_never_accepted_is_given_up_and_not_shown_again(
    github: SmallGitHub,
) -> None:
    async def scene(_: GitHub, session: Session) -> None:
        github.script += 4 * [answer({"message": "Bad credentials"}, 401)]
        with pytest.raises(Unauthorized) as caught:
            await read(session)
        assert not caught.value.final
        assert await read(session) == {"fine": True}

    play(github, scene)
    assert len(github.minted) == 2


@pytest.mark.parametrize(
    ("response", "kind"),
    [
        (answer({"message": "This installation has been suspended"}, 403), Suspended),
        (answer({"message": "The permissions requested are not granted"}, 422), Forbidden),
    ],
)
def test_an_installation_that_gives_no_token_says_why_for_good(
    github: SmallGitHub, response: httpx2.Response, kind: type[GitHubError]
) -> None:
    github.mint_script.append(response)
    error = failing(github, comment)
    assert type(error) is kind
    assert error.final
    assert github.asked == []


def test_of_an_installation_that_is_not_there_is_told_which_it_is(github: SmallGitHub) -> None:
    github.mint_script.append(answer({"message": "Not Found"}, 404))
    error = failing(github, comment)
    assert isinstance(error, NotInstalled)
    assert not error.final
    assert error.installation_id == 42
    assert github.asked == []


def test_what_a_new_token_does_not_find_is_asked_for_twice_once_it_was_introduced(
    github: SmallGitHub,
) -> None:
    async def scene(_: GitHub, session: Session) -> None:
        await session.introduce("/repos/{owner}/{repo}", owner="jupyterhub", repo="hub")
        await session.introduce("/repos/{owner}/{repo}", owner="jupyterhub", repo="hub")
        absent = answer({"message": "Not Found"}, 404)
        github.script += [absent, absent]
        with pytest.raises(NotFound):
            await read(session)
        assert github.clock.seconds == 1

    play(github, scene)
    assert len(github.asked) == 3


def test_a_sick_github_is_asked_again_for_a_token(github: SmallGitHub) -> None:
    async def scene(_: GitHub, session: Session) -> None:
        github.mint_script += [html(502), httpx2.ReadTimeout("slow")]
        assert await comment(session) == {"fine": True}
        github.clock.pass_by(hours=1)
        github.mint_script += 3 * [answer({"token": 1, "expires_at": "soon"}, 201)]
        with pytest.raises(ServerError, match="form that can't be read"):
            await comment(session)

    play(github, scene)


def test_a_key_of_another_app_is_unauthorized(github: SmallGitHub) -> None:
    other = load_key(as_pem(generate_private_key(65537, 2048)))

    async def scene() -> None:
        hub = GitHub(
            api_url=API,
            app_id=4711,
            private_key=other,
            timeout_seconds=5,
            budgets=MemoryBudgets(),
            transport=github,
            clock=github.clock,
        )
        async with hub:
            with pytest.raises(Unauthorized) as caught:
                await hub.app_get("/app")
            assert not caught.value.final

    asyncio.run(scene())


def test_a_grant_names_permissions_and_at_most_500_repositories(github: SmallGitHub) -> None:
    hub = client(github)
    with pytest.raises(ValueError, match="named permissions"):
        hub.installation(42, permissions={})
    with pytest.raises(ValueError, match="500"):
        hub.installation(42, repository_ids=tuple(range(501)), permissions=WRITE)
