import pytest

from app.github.finding import NotThere
from app.github.gather import Gathered
from app.policy.model import Act, ItemRef, SubjectType, Visibility
from app.publish.actions import marker
from tests.github.answering import (
    US,
    WHEN,
    Answering,
    Json,
    a_comment,
    a_commit,
    a_list,
    a_pull,
    a_repo,
    a_review,
    an_event,
    labels,
    user,
)
from tests.github.reading import (
    ERIK,
    HUB,
    LATER,
    LATEST,
    NOW,
    PULL,
    YUVI,
    acts,
    at,
    facts,
    gather,
    known,
)
from tests.github.stage import INFRA, set_stage


def test_one_call_reads_all_about_a_pull_request() -> None:
    inner = Answering(
        a_repo(
            HUB,
            a_pull(
                719,
                title="Gate login on granted scopes",
                body="Needed for EarthScope",
                headRefName="scopes",
                changedFiles=1,
                files=a_list(
                    [{"path": "oauthenticator/generic.py", "additions": 3, "deletions": 1}]
                ),
                commits=a_list([{"commit": a_commit(YUVI, "Gate login\n\nRef #1")}]),
                labels=a_list(labels("enhancement")),
                authorAssociation="MEMBER",
            ),
        )
    )
    found = gather(inner)
    assert isinstance(found, Gathered)
    subject = found.facts.subject
    assert inner.asked == ["Subject"]
    assert (subject.ref, subject.type, subject.title) == (
        PULL,
        SubjectType.PULL_REQUEST,
        "Gate login on granted scopes",
    )
    assert (subject.labels, subject.branch, subject.draft) == (("enhancement",), "scopes", False)
    assert subject.author is not None
    assert (subject.author.login, subject.author.id, subject.author.is_bot) == (
        "yuvipanda",
        30430,
        False,
    )
    assert subject.author_first_time is False
    assert subject.files is not None
    assert [(f.path, f.additions, f.deletions) for f in subject.files] == [
        ("oauthenticator/generic.py", 3, 1)
    ]
    assert subject.commits is not None
    assert [c.message for c in subject.commits] == ["Gate login\n\nRef #1"]
    assert (subject.n_files, subject.visibility, subject.is_fork) == (1, Visibility.PUBLIC, False)
    assert (subject.created_at, found.facts.fetched_at) == (at(WHEN), NOW)
    assert (found.facts.could_not_read, found.repository_id) == (frozenset(), 1000)
    assert acts(found.facts) == [(Act.AUTHORED, "yuvipanda", "2024-01-15")]


def test_everything_that_github_may_leave_null_is_survived() -> None:
    found = facts(
        author=None,
        labels=lambda *_, **__: None,
        files=lambda *_, **__: None,
        reviews=lambda *_, **__: None,
        closingIssuesReferences=lambda *_, **__: None,
        comments=a_list([None, a_comment(1, None, "from a ghost")]),
        commits=a_list([None, {"commit": a_commit(None)}]),
        timelineItems=a_list(
            [None, an_event("ClosedEvent", actor=None), an_event("ReferencedEvent", commit=None)]
        ),
    )
    assert (found.subject.author, found.subject.labels, found.subject.files) == (None, None, None)
    assert [comment.by for comment in found.comments] == [None]
    assert found.subject.commits is not None
    assert [commit.by for commit in found.subject.commits] == [None]


def test_half_a_surrogate_pair_in_a_text_is_survived() -> None:
    assert facts(title="broken \ud83d title").subject.title == "broken ? title"


@pytest.mark.parametrize(
    ("association", "merged", "first"),
    [
        ("FIRST_TIMER", None, True),
        ("FIRST_TIME_CONTRIBUTOR", None, True),
        ("NONE", None, True),
        ("CONTRIBUTOR", None, False),
        ("CONTRIBUTOR", LATER, None),
        ("FIRST_TIME_CONTRIBUTOR", LATER, True),
        ("COLLABORATOR", LATER, False),
    ],
)
def test_a_first_contribution_can_be_told_until_it_is_merged(
    association: str, merged: str | None, *, first: bool | None
) -> None:
    found = facts(authorAssociation=association, mergedAt=merged)
    assert found.subject.author_first_time is first


def test_co_authors_are_read_from_the_trailers() -> None:
    message = "Add it\n\nCo-authored-by: Erik Sundell <erik@example.org>\nSigned-off-by: X <x@y>"
    found = facts(commits=a_list([{"commit": a_commit(YUVI, message)}]))
    assert found.subject.commits is not None
    assert found.subject.commits[0].co_authors == ("Erik Sundell",)


def test_our_own_comments_are_no_evidence_but_the_state_of_the_target() -> None:
    ours = f"{marker(7)}\nThis serves a need."
    found = known(
        a_pull(
            719,
            comments=a_list(
                [
                    a_comment(11, ERIK, "See 2i2c-org/infrastructure#1"),
                    a_comment(12, US, ours),
                    a_comment(13, ERIK, marker(7) + "\nnot by the app"),
                    a_comment(14, user("good-citizen", 5), marker(7) + "\nlooks alike"),
                    a_comment(15, US, ours),
                    a_comment(16, US, marker(7, "reply:11") + "\nAn answer"),
                ]
            ),
        )
    )
    assert [comment.id for comment in found.facts.comments] == [11, 13, 14]
    assert found.target is not None
    assert found.target.comment is not None
    assert found.target.comment.id == 12
    assert [comment.id for comment in found.target.duplicates] == [15]
    assert [comment.id for comment in found.ours] == [12, 15, 16]


def test_the_target_says_what_planning_has_to_know() -> None:
    pull = a_pull(719, state="MERGED", locked=True, isDraft=True, labels=a_list(labels("bug")))
    repo = a_repo(HUB, pull, visibility="INTERNAL", isArchived=True)
    found = gather(Answering(repo), installed=True)
    assert isinstance(found, Gathered)
    assert found.target is not None
    target = found.target
    assert (target.visibility, target.archived, target.locked, target.installed) == (
        Visibility.PRIVATE,
        True,
        True,
        True,
    )
    assert (target.state, target.draft, target.labels) == ("merged", True, ("bug",))
    assert target.updated_at == at(WHEN)


def test_reviews_with_words_are_comments_too_in_the_order_they_were_made() -> None:
    found = facts(
        comments=a_list([a_comment(1, ERIK, "second", LATER)]),
        reviews=a_list([a_review(ERIK, WHEN, body="first"), a_review(ERIK, LATEST)]),
    )
    assert [comment.body for comment in found.comments] == ["first", "second"]


def test_a_release_is_read_with_who_made_it() -> None:
    release = {
        "databaseId": 5,
        "name": None,
        "tagName": "1.3.0",
        "description": "Notes",
        "isDraft": False,
        "createdAt": WHEN,
        "publishedAt": LATER,
        "author": user("jnywong", 1),
    }
    repo = a_repo(HUB, release=lambda _info, tagName: release if tagName == "1.3.0" else None)  # noqa: N803
    found = gather(Answering(repo), ItemRef(HUB, tag="1.3.0"))
    assert isinstance(found, Gathered)
    assert found.facts.subject.ref == ItemRef(HUB, type=SubjectType.RELEASE, tag="1.3.0")
    assert (found.facts.subject.title, found.facts.subject.body) == ("1.3.0", "Notes")
    assert acts(found.facts) == [(Act.RELEASED, "jnywong", "2024-01-16")]
    assert found.target is None
    assert isinstance(gather(Answering(repo), ItemRef(HUB, tag="9.9.9")), NotThere)
    release["isDraft"] = True
    drafted = gather(Answering(repo), ItemRef(HUB, tag="1.3.0"))
    assert isinstance(drafted, Gathered)
    assert drafted.facts.acts == ()


def test_who_created_an_organisations_repository_is_not_guessed() -> None:
    name = "jupyterhub/grafana-dashboards"
    owners: tuple[tuple[Json, list[str]], ...] = (
        (user("jupyterhub", 2, "Organization"), []),
        (YUVI, ["yuvipanda"]),
    )
    for owner, authors in owners:
        found = gather(Answering(a_repo(name, owner=owner)), ItemRef(name))
        assert isinstance(found, Gathered)
        assert (found.facts.subject.type, found.facts.subject.is_new_repository) == (
            SubjectType.REPOSITORY,
            True,
        )
        assert [act.by.login for act in found.facts.acts] == authors


def test_the_demo_github_tells_the_same_story() -> None:
    stage = set_stage()
    people = stage.demo.people
    name = f"{HUB}#719"
    issue = people.open_issue(HUB, "minrk", "Gate by scope", "For EarthScope", number=700)
    people.edit(name, "yuvipanda", body=f"Fixes #{issue.number}")
    people.comment(name, "GeorgianaElena", "Thanks")
    stage.clock.pass_by(days=1)
    people.push(name, "consideRatio", "Add a test", files=("tests/test_generic.py",))
    people.review(name, "GeorgianaElena", body="Good")
    people.label(name, "manics", "enhancement")
    people.merge(name, "minrk")
    people.commit(INFRA, "yuvipanda", f"Require the scope\n\nBrings in {PULL.url}")
    found = stage.gather()
    assert isinstance(found, Gathered)
    facts = found.facts
    assert acts(facts) == [
        (Act.AUTHORED, "yuvipanda", "2026-11-02"),
        (Act.COMMITTED, "consideRatio", "2026-11-03"),
        (Act.REVIEWED, "GeorgianaElena", "2026-11-03"),
        (Act.MERGED, "minrk", "2026-11-03"),
        (Act.TRIAGED, "manics", "2026-11-03"),
    ]
    assert [comment.body for comment in facts.comments] == ["Thanks", "Good"]
    assert [(item.ref.number, item.body) for item in facts.linked] == [(700, "For EarthScope")]
    assert [(item.ref.repo, item.body) for item in facts.backlinks] == [
        (INFRA, f"Brings in {PULL.url}")
    ]
    assert facts.subject.labels == ("bug", "enhancement")
    assert facts.subject.n_files == 2
    assert found.target is not None
    assert (found.target.state, facts.could_not_read) == ("merged", frozenset())


def test_a_release_and_a_repository_are_read_from_the_demo_github() -> None:
    stage = set_stage()
    stage.demo.people.release(HUB, "consideRatio", "17.1.0", body="Notes")
    released = stage.gather(ItemRef(HUB, tag="17.1.0"))
    assert isinstance(released, Gathered)
    assert [(act.act, act.by.login) for act in released.facts.acts] == [
        (Act.RELEASED, "consideRatio")
    ]
    before = released.repository_id
    stage.demo.places.rename(HUB, "authenticator")
    stage.demo.places.repo(HUB)
    renamed = stage.gather(ItemRef(HUB), repository_id=before)
    assert isinstance(renamed, Gathered)
    assert renamed.facts.subject.title == "authenticator"
