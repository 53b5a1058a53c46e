"""The demo GitHub as PyGithub sees it: a client that nobody here wrote, over a real socket."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from github import (
    Auth,
    Github,
    GithubException,
    GithubIntegration,
    GithubRetry,
    UnknownObjectException,
)

from app.demo.github import DemoGitHub, Served, serve_demo_github
from app.demo.github.faults import rate_limited
from app.demo.github.model import App
from tests.github.small_github import pem, rsa_key

HUB, SECRET_PLACE = "jupyterhub/oauthenticator", "jupyterhub/private"


@pytest.fixture
def served() -> Iterator[Served]:
    demo = DemoGitHub()
    demo.people.org("jupyterhub", members=("consideRatio",))
    demo.people.org("example-org")
    demo.places.repo(HUB, labels=("bug",), files={"README.md": "Hello"})
    demo.places.repo(SECRET_PLACE, private=True)
    app = demo.places.app("good-citizen", public_key=rsa_key().public_key())
    demo.places.install(app, "jupyterhub", repos=(HUB,))
    demo.people.open_pull_request(
        HUB, "yuvipanda", "Gate login on scopes", "For everyone", files=("a.py", "b.md"), number=719
    )
    demo.people.review(f"{HUB}#719", "consideRatio", "APPROVED", body="Thank you")
    with serve_demo_github(demo=demo) as served:
        yield served


def the_app(served: Served) -> App:
    return next(iter(served.demo.state.apps.values()))


def integration(served: Served) -> GithubIntegration:
    return GithubIntegration(
        auth=Auth.AppAuth(the_app(served).id, pem()),
        base_url=served.url,
        retry=GithubRetry(),
        seconds_between_requests=0,
        seconds_between_writes=0,
    )


def as_installation(served: Served) -> Github:
    us = integration(served)
    return us.get_github_for_installation(
        us.get_repo_installation("jupyterhub", "oauthenticator").id
    )


def test_it_is_an_app_with_installations_and_short_lived_tokens(served: Served) -> None:
    us = integration(served)
    assert us.get_app().slug == "good-citizen"
    (installation,) = us.get_installations()
    assert us.get_org_installation("jupyterhub").id == installation.id
    assert [repo.full_name for repo in installation.get_repos()] == [HUB]
    token = us.get_access_token(installation.id, permissions={"issues": "read"})
    assert token.permissions == {"issues": "read", "metadata": "read"}
    left = token.expires_at.replace(tzinfo=UTC) - datetime.now(UTC)
    assert timedelta(minutes=58) < left <= timedelta(hours=1)
    with pytest.raises(UnknownObjectException):
        us.get_org_installation("example-org")
    with pytest.raises(GithubException, match="422"):
        us.get_access_token(installation.id, permissions={"administration": "write"})


def test_it_reads_a_pull_request_with_files_commits_reviews_and_timeline(served: Served) -> None:
    repo = as_installation(served).get_repo(HUB)
    pull = repo.get_pull(719)
    assert (pull.title, pull.body, pull.user.login) == (
        "Gate login on scopes", "For everyone", "yuvipanda",
    )  # fmt: skip
    assert (pull.state, pull.merged, pull.draft, pull.changed_files) == ("open", False, False, 2)
    assert pull.base.repo.full_name == HUB
    assert [file.filename for file in pull.get_files()] == ["a.py", "b.md"]
    assert [commit.sha for commit in pull.get_commits()] == [pull.head.sha]
    assert [(one.user.login, one.state) for one in pull.get_reviews()] == [
        ("consideRatio", "APPROVED")
    ]
    assert "reviewed" in [event.event for event in repo.get_issue(719).get_timeline()]
    assert repo.get_contents("README.md").decoded_content == b"Hello"  # type: ignore[union-attr]
    served.demo.people.merge(f"{HUB}#719", "consideRatio")
    again = repo.get_pull(719)
    assert again.merged
    assert again.merged_by.login == "consideRatio"
    assert repo.get_collaborator_permission("consideRatio") in {"admin", "write", "read"}


def test_it_makes_puts_on_and_takes_off_labels(served: Served) -> None:
    repo = as_installation(served).get_repo(HUB)
    made = repo.create_label("contribution: strategic", "0e8a16", "Keeps upstream healthy")
    assert (made.name, made.color) == ("contribution: strategic", "0e8a16")
    with pytest.raises(GithubException) as twice:
        repo.create_label("Contribution: Strategic", "0e8a16")
    assert twice.value.status == 422
    assert twice.value.data["errors"][0]["code"] == "already_exists"
    issue = repo.get_issue(719)
    issue.add_to_labels(made, "nobody knows it")
    assert {one.name: one.color for one in issue.get_labels()} == {
        "contribution: strategic": "0e8a16", "nobody knows it": "ededed",
    }  # fmt: skip
    issue.remove_from_labels(made)
    with pytest.raises(GithubException) as absent:
        issue.remove_from_labels(made)
    assert absent.value.status == 404
    issue.set_labels("bug")
    assert [one.name for one in issue.get_labels()] == ["bug"]
    made.edit("contribution: kind", "111111", "Kinder")
    assert {one.name for one in repo.get_labels()} == {
        "bug", "contribution: kind", "nobody knows it",
    }  # fmt: skip


def test_it_writes_edits_and_deletes_comments_as_the_bot(served: Served) -> None:
    issue = as_installation(served).get_repo(HUB).get_issue(719)
    made = issue.create_comment("Counts as *strategic*")
    assert (made.user.login, made.user.type) == ("good-citizen[bot]", "Bot")
    made.edit("Counts as *tactical*")
    assert [one.body for one in issue.get_comments()] == ["Counts as *tactical*"]
    assert made.create_reaction("+1").content == "+1"
    assert [one.content for one in made.get_reactions()] == ["+1"]
    with pytest.raises(GithubException) as long:
        issue.create_comment("x" * 65_537)
    assert long.value.status == 422
    made.delete()
    with pytest.raises(UnknownObjectException):
        made.edit("Gone")


def test_it_goes_through_pages_by_their_links(served: Served) -> None:
    for number in range(65):
        served.demo.people.comment(f"{HUB}#719", "yuvipanda", f"Comment {number}")
        served.demo.people.open_issue(HUB, "yuvipanda", f"Issue {number}")
    repo = as_installation(served).get_repo(HUB)
    comments = repo.get_issue(719).get_comments()
    assert [one.body for one in comments] == [f"Comment {number}" for number in range(65)]
    assert comments.totalCount == 65
    titles = [one.title for one in repo.get_issues(state="open", direction="asc")]
    assert len(titles) == 66
    assert len([one for one in served.demo.log if one.path.endswith("/issues")]) == 3


def test_it_finds_nothing_where_the_app_may_not_look(served: Served) -> None:
    github = as_installation(served)
    for name in (SECRET_PLACE, "jupyterhub/missing"):
        with pytest.raises(UnknownObjectException):
            github.get_repo(name)
    with pytest.raises(UnknownObjectException):
        github.get_repo(HUB).get_issue(1)
    served.demo.places.set_locked(f"{HUB}#719", "consideRatio", locked=True)
    with pytest.raises(GithubException) as locked:
        github.get_repo(HUB).get_issue(719).create_comment("Hello?")
    assert locked.value.status == 403


def test_it_waits_as_long_as_a_secondary_limit_says(served: Served) -> None:
    issue = as_installation(served).get_repo(HUB).get_issue(719)
    limited = [rate_limited(retry_after=1)]
    served.demo.faults = lambda request: limited.pop() if request.is_write and limited else None
    issue.create_comment("After a second")
    first, second = [one.at for one in served.demo.writes][-2:]
    assert timedelta(seconds=1) <= second - first < timedelta(seconds=30)
    assert [one.body for one in issue.get_comments()] == ["After a second"]


def test_it_asks_graphql_and_is_told_its_limits(served: Served) -> None:
    github = as_installation(served)
    _, data = github.requester.graphql_query(
        'query($n: Int!) { repository(owner: "jupyterhub", name: "oauthenticator")'
        " { pullRequest(number: $n) { title author { login } } } }",
        {"n": 719},
    )
    assert data["data"]["repository"]["pullRequest"] == {
        "title": "Gate login on scopes", "author": {"login": "yuvipanda"},
    }  # fmt: skip
    left, limit = github.rate_limiting
    assert 0 < left < limit
