from app.policy.model import Item, ItemRef, SubjectType, Visibility
from tests.github.answering import (
    Json,
    a_comment,
    a_commit,
    a_list,
    a_pull,
    a_repo,
    an_event,
    an_issue,
)
from tests.github.reading import ERIK, HUB, LATER, PULL, YUVI, at, facts, known


def mentioned_in(*repos: str) -> list[Json]:
    events = []
    for n, name in enumerate(repos, start=1):
        source = an_issue(n, body=f"see {HUB}#719")
        a_repo(name, source)
        events.append(an_event("CrossReferencedEvent", source=source))
    return events


def test_only_the_homes_trackers_give_backlinks_by_present_or_former_name() -> None:
    events = mentioned_in("2i2c-org/Infrastructure", "jupyterhub/jupyterhub", "2i2c-org/pilot-hubs")
    found = known(a_pull(719, timelineItems=a_list(events)))
    assert [(item.ref.repo, item.body) for item in found.facts.backlinks] == [
        ("2i2c-org/Infrastructure", f"see {HUB}#719"),
        ("2i2c-org/pilot-hubs", f"see {HUB}#719"),
    ]
    assert found.to_follow == tuple(item.ref for item in found.facts.backlinks)


def test_a_commit_of_the_tracker_that_mentions_it_is_a_backlink() -> None:
    event = an_event(
        "ReferencedEvent",
        commit=a_commit(YUVI, f"Require the scope\n\nBrings in {PULL.url}", LATER, "5340cb91bb"),
        commitRepository=a_repo("2i2c-org/infrastructure"),
    )
    found = known(a_pull(719, timelineItems=a_list([event])))
    (item,) = found.facts.backlinks
    assert (item.ref.sha, item.ref.type) == ("5340cb91bb", SubjectType.COMMIT)
    assert (item.title, item.body) == ("Require the scope", f"Brings in {PULL.url}")
    assert (item.at, item.by.login if item.by else None) == (at(LATER), "yuvipanda")
    assert found.to_follow == ()


def test_stored_mentions_are_joined_with_what_github_shows() -> None:
    tracker = ItemRef("2i2c-org/infrastructure", 1, SubjectType.ISSUE)
    same = Item(tracker, body=f"see {HUB}#719", bucket="Support")
    other = Item(tracker, body=f"a comment that names {HUB}#719")
    events = mentioned_in("2i2c-org/infrastructure")
    found = known(a_pull(719, timelineItems=a_list(events)), mentions=(same, other))
    assert [(item.body, item.bucket) for item in found.facts.backlinks] == [
        (f"see {HUB}#719", "Support"),
        (f"a comment that names {HUB}#719", None),
    ]


def test_the_issue_that_it_closes_comes_with_its_comments() -> None:
    issue = an_issue(
        700,
        title="Gate by scope",
        body="See 2i2c-org/infrastructure#3618",
        comments=a_list([a_comment(3, ERIK, "Asked for by EarthScope")]),
    )
    a_repo(HUB, issue)
    found = facts(closingIssuesReferences=a_list([issue, None]))
    (item,) = found.linked
    assert (item.ref, item.body, item.visibility) == (
        ItemRef(HUB, 700, SubjectType.ISSUE),
        "See 2i2c-org/infrastructure#3618",
        Visibility.PUBLIC,
    )
    assert [comment.body for comment in item.comments] == ["Asked for by EarthScope"]
    assert found.subject.closes == (item.ref,)


def test_more_closed_issues_than_are_read_are_said_to_be_incomplete() -> None:
    issues = [an_issue(n) for n in range(1, 26)]
    a_repo(HUB, *issues)
    assert facts(closingIssuesReferences=a_list(issues)).could_not_read == {"linked issues"}
    assert facts(closingIssuesReferences=a_list(issues[:20])).could_not_read == frozenset()
