import asyncio
import traceback

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.github.client import GitHub, Session
from app.github.errors import GitHubError, Unprocessable
from app.github.redact import Redactor
from tests.github.small_github import (
    WRITE,
    SmallGitHub,
    answer,
    client,
    comment,
    cut_json,
    html,
    play,
)

ENDINGS = [
    html(502),
    cut_json(),
    httpx2.ReadError("reset"),
    httpx2.ConnectError("refused"),
    answer({"message": "Not Found"}, 404),
    answer({"message": "slow down"}, 429),
    answer({}, 302, location="https://evil.example"),
    answer({}, 301, location="/repositories/8"),
]


def everything_in(error: BaseException | None) -> str:
    """All that a log or a page could show of an error and of those behind it."""
    text = ""
    while error is not None:
        text += "".join(traceback.format_exception(error)) + repr(error) + repr(vars(error))
        error = error.__context__
    return text


@pytest.mark.parametrize("ending", ENDINGS)
def test_no_error_holds_a_token(github: SmallGitHub, ending: httpx2.Response | Exception) -> None:
    shown: list[str] = []

    async def scene(_: GitHub, session: Session) -> None:
        github.script += 4 * [ending]
        with pytest.raises(GitHubError) as caught:
            await comment(session)
        shown.append(everything_in(caught.value))
        assert all(hidden not in repr(vars(caught.value)) for hidden in ("bearer", "Request"))

    play(github, scene)
    assert not [sent.bearer for sent in github.sent if sent.bearer in shown[0]]


def test_a_minted_token_is_known_to_whatever_cleans_the_logs(github: SmallGitHub) -> None:
    redactor = Redactor()
    token = "looks-like-nothing-that-is-known"
    github.mint_script.append(answer({"token": token, "expires_at": "2027-01-01T00:00:00Z"}, 201))

    async def scene() -> None:
        async with client(github, redactor=redactor) as hub:
            with pytest.raises(GitHubError):
                await comment(hub.installation(42, permissions=WRITE))

    asyncio.run(scene())
    assert redactor.clean(f"<{token}>") == "<[secret]>"


def test_an_error_leads_to_no_object_that_holds_the_request(github: SmallGitHub) -> None:
    async def scene(_: GitHub, session: Session) -> None:
        github.script.append(httpx2.ReadError("reset"))
        with pytest.raises(GitHubError) as caught:
            await comment(session)
        assert caught.value.__context__ is None
        assert caught.value.__cause__ is None

    play(github, scene)


def test_a_token_that_github_repeats_is_taken_out_of_its_words(github: SmallGitHub) -> None:
    def repeat(request: httpx2.Request) -> httpx2.Response:
        said = f"Your {request.headers['authorization']} \x1b[31mis\r\n odd"
        return answer({"message": said}, 422)

    async def scene(hub: GitHub, session: Session) -> None:
        github.script.append(repeat)
        with pytest.raises(Unprocessable) as caught:
            await comment(session)
        token = github.asked[0].bearer
        assert caught.value.sentence.endswith("Your bearer [secret] [31mis odd")
        assert str(caught.value) == caught.value.sentence
        assert hub.redact(f"<{token}>") == "<[secret]>"

    play(github, scene)


def test_who_asks_shows_no_secret(github: SmallGitHub) -> None:
    async def scene() -> None:
        async with client(github) as hub:
            person = hub.token("a-persons-own-token")
            app, installation = hub.app(), hub.installation(42, permissions={"issues": "read"})
            for session in (person, app, installation):
                await session.get("/rate_limit")
                token = await session.asker.credentials.token()
                shown = f"{session.asker} {token} {vars(session)}"
                assert not [sent for sent in github.sent if sent.bearer in shown]

    asyncio.run(scene())


def test_what_looks_like_one_of_githubs_tokens_is_taken_out_unseen() -> None:
    clean = Redactor().clean
    assert clean("a ghs_0123456789abcdef b") == "a [secret] b"
    assert clean("github_pat_11AAAAAAA0abcdefghij") == "[secret]"
    assert clean("eyJhbGciOi.eyJpc3Mi.c2ln-_x") == "[secret]"
    assert clean("ghost_writer, gh_pages") == "ghost_writer, gh_pages"


@given(st.lists(st.text(min_size=6), max_size=5), st.text())
def test_no_known_secret_is_left_in_a_text(secrets: list[str], text: str) -> None:
    redactor = Redactor()
    for secret in secrets:
        redactor.add(secret)
    found = redactor.clean(text.join(secrets))
    assert not [secret for secret in secrets if secret in found and secret not in "[secret]"]


def test_short_words_are_no_secrets_and_old_secrets_make_room() -> None:
    redactor = Redactor()
    redactor.add("issue")
    for number in range(5000):
        redactor.add(f"secret number {number}")
    assert redactor.clean("an issue, secret number 4999.") == "an issue, [secret]."
    assert redactor.clean("<secret number 0>") == "<secret number 0>"
