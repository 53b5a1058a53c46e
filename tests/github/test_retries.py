import httpx2
import pytest

from app.github.client import GitHub, Session
from app.github.errors import (
    Archived,
    Forbidden,
    GitHubError,
    Gone,
    Locked,
    NotFound,
    Refused,
    ServerError,
    Unauthorized,
    Unprocessable,
    Unreachable,
)
from tests.github.small_github import (
    SmallGitHub,
    answer,
    comment,
    cut_json,
    failing,
    html,
    play,
    read,
)


@pytest.mark.parametrize(
    ("response", "kind", "final"),
    [
        (answer({"message": "Not Found"}, 404), NotFound, True),
        (answer({"message": "This issue was deleted"}, 410), Gone, True),
        (answer({"message": "Repository unavailable"}, 451), Gone, True),
        (answer({"message": "Resource not accessible by integration"}, 403), Forbidden, True),
        (
            answer({"message": "Unable to create comment because issue is locked."}, 403),
            Locked,
            True,
        ),
        (answer({"message": "Repository was archived so is read-only."}, 403), Archived, True),
        (answer({"message": "Validation Failed"}, 422), Unprocessable, True),
        (answer({"message": "Problems parsing JSON"}, 400), Refused, True),
        (answer({"message": "Conflict"}, 409), Refused, True),
        (answer({"message": "Server Error"}, 500), ServerError, False),
        (answer({"message": "Slow"}, 408), ServerError, False),
        (html(502), ServerError, False),
        (html(404), ServerError, False),
        (httpx2.Response(304), ServerError, False),
        (
            httpx2.Response(200, text="<html>", headers={"content-type": "text/html"}),
            ServerError,
            False,
        ),
        (cut_json(), ServerError, False),
        (httpx2.ReadError("reset"), Unreachable, False),
    ],
)
def test_an_answer_to_a_write_is_told_apart_by_whether_trying_again_can_help(
    github: SmallGitHub, response: httpx2.Response, kind: type[GitHubError], *, final: bool
) -> None:
    async def scene(_: GitHub, session: Session) -> None:
        await read(session)
        github.clock.pass_by(minutes=1)
        github.script.append(response)
        with pytest.raises(kind) as caught:
            await comment(session)
        assert type(caught.value) is kind
        assert caught.value.final == final

    play(github, scene)


def test_a_missing_permission_is_named(github: SmallGitHub) -> None:
    github.script += 4 * [
        answer({"message": "No"}, 403, x_accepted_github_permissions="issues=write")
    ]
    error = failing(github, comment)
    assert isinstance(error, Forbidden)
    assert error.needs == "issues=write"
    assert "issues=write" in error.sentence


def test_codes_say_why_something_is_unprocessable(github: SmallGitHub) -> None:
    errors = [{"resource": "Label", "code": "already_exists", "field": "name"}, "text"]
    github.script.append(answer({"message": "Validation Failed", "errors": errors}, 422))
    error = failing(github, comment)
    assert isinstance(error, Unprocessable)
    assert error.codes == {"already_exists"}


@pytest.mark.parametrize(
    "sick",
    [answer({"message": "x"}, 500), html(502), answer({}, 503), cut_json(), httpx2.ReadError("x")],
)
def test_a_read_is_tried_three_times(
    github: SmallGitHub, sick: httpx2.Response | Exception
) -> None:
    async def scene(_: GitHub, session: Session) -> None:
        github.script += [sick, sick]
        assert await read(session) == {"fine": True}
        assert github.clock.seconds == 3
        github.script += [sick, sick, sick]
        with pytest.raises((ServerError, Unreachable)):
            await read(session)

    play(github, scene)
    assert github.script == []


@pytest.mark.parametrize(
    "sick", [answer({"message": "x"}, 500), html(502), cut_json(), httpx2.ReadError("x")]
)
def test_a_write_that_may_have_been_applied_is_not_sent_again(
    github: SmallGitHub, sick: httpx2.Response | Exception
) -> None:
    github.script.append(sick)
    error = failing(github, comment)
    assert error.maybe_applied
    assert not error.final
    assert [sent.method for sent in github.asked] == ["POST"]


def test_a_write_that_never_left_is_sent_again(github: SmallGitHub) -> None:
    async def scene(_: GitHub, session: Session) -> None:
        github.script += [httpx2.ConnectError("refused"), httpx2.ConnectTimeout("slow")]
        assert await comment(session) == {"fine": True}
        github.script += 3 * [httpx2.ConnectError("refused")]
        with pytest.raises(Unreachable) as caught:
            await comment(session)
        assert not caught.value.sent
        assert not caught.value.maybe_applied

    play(github, scene)


def test_a_write_does_not_leave_when_it_took_too_long_to_begin(github: SmallGitHub) -> None:
    def dawdle(_: httpx2.Request) -> httpx2.Response:
        github.clock.pass_by(seconds=61)
        return answer({"token": "ghs_late", "expires_at": "2026-11-02T10:00:00Z"}, 201)

    github.mint_script.append(dawdle)
    error = failing(github, comment)
    assert isinstance(error, Unreachable)
    assert not error.maybe_applied
    assert github.asked == []


def test_a_person_whose_token_is_refused_is_told_so(github: SmallGitHub) -> None:
    async def scene(hub: GitHub, _: Session) -> None:
        with pytest.raises(Unauthorized):
            await hub.token("another-persons-token").get("/user")

    play(github, scene)
    assert len(github.sent) == 1
