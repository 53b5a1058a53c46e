from app.policy.model import Act, SubjectType
from tests.github.answering import (
    a_commit,
    a_list,
    a_review,
    an_event,
    an_issue,
    user,
)
from tests.github.reading import ERIK, LATER, LATEST, MIN, YUVI, acts, facts, known


def test_each_person_has_one_act_of_a_sort_at_its_first_date() -> None:
    found = facts(
        author=MIN,
        mergedAt=LATEST,
        mergedBy=YUVI,
        reviews=a_list(
            [a_review(ERIK, LATEST), a_review(ERIK, LATER, "COMMENTED"), a_review(MIN, LATER)]
        ),
        commits=a_list(
            [{"commit": a_commit(MIN)}, {"commit": a_commit(YUVI, "Add a test", LATER)}]
        ),
    )
    assert acts(found) == [
        (Act.AUTHORED, "minrk", "2024-01-15"),
        (Act.COMMITTED, "yuvipanda", "2024-01-16"),
        (Act.REVIEWED, "consideRatio", "2024-01-16"),
        (Act.MERGED, "yuvipanda", "2024-01-17"),
    ]


def test_merging_ones_own_pull_request_is_no_act_of_its_own() -> None:
    found = facts(mergedAt=LATER, mergedBy=YUVI)
    assert [act for act, *_ in acts(found)] == [Act.AUTHORED]


def test_a_review_that_was_not_submitted_is_no_act() -> None:
    found = facts(reviews=a_list([a_review(ERIK, state="PENDING", body="Draft")]))
    assert [act for act, *_ in acts(found)] == [Act.AUTHORED]
    assert found.comments == ()


def test_bringing_a_branch_up_to_date_is_no_commit_to_it() -> None:
    merge = a_commit(ERIK, "Merge branch 'main' into scopes", LATER)
    assert [act for act, *_ in acts(facts(commits=a_list([{"commit": merge}])))] == [Act.AUTHORED]


def test_commits_from_before_it_was_opened_were_not_pushed_to_it() -> None:
    backported = a_commit(ERIK, "Fix login", "2023-12-01T00:00:00Z")
    found = facts(commits=a_list([{"commit": backported}]))
    assert [act for act, *_ in acts(found)] == [Act.AUTHORED]
    assert found.subject.commits is not None
    assert found.subject.commits[0].by is not None


def test_what_bots_and_deleted_accounts_did_is_nobodys_act() -> None:
    bot = user("dependabot", 49699333, "Bot")
    found = facts(author=bot, mergedAt=LATER, mergedBy=None, reviews=a_list([a_review(None)]))
    assert found.acts == ()
    assert found.subject.author is not None
    assert (found.subject.author.login, found.subject.author.is_bot) == ("dependabot[bot]", True)


def test_labelling_somebodys_item_is_triage() -> None:
    event = an_event("LabeledEvent", actor=ERIK, label={"name": "documentation"})
    assert acts(facts(author=MIN, timelineItems=a_list([event])))[1:] == [
        (Act.TRIAGED, "consideRatio", "2024-01-15")
    ]


def test_closing_an_issue_of_somebody_else_is_triage_and_of_ones_own_is_not() -> None:
    for closer, expected in ((ERIK, [Act.AUTHORED, Act.TRIAGED]), (MIN, [Act.AUTHORED])):
        issue = an_issue(
            719, author=MIN, timelineItems=a_list([an_event("ClosedEvent", actor=closer)])
        )
        found = known(issue).facts
        assert found.subject.type is SubjectType.ISSUE
        assert [act.act for act in found.acts] == expected


def test_a_label_of_ours_put_on_by_hand_is_a_word_and_no_triage() -> None:
    event = an_event("LabeledEvent", actor=ERIK, label={"name": "Contribution: Tactical"})
    assert len(facts(author=MIN, timelineItems=a_list([event])).acts) == 1


def test_labels_put_on_by_who_merged_it_are_part_of_the_merge() -> None:
    event = an_event("LabeledEvent", actor=ERIK, label={"name": "bug"})
    found = facts(author=MIN, mergedAt=LATER, mergedBy=ERIK, timelineItems=a_list([event]))
    assert [act for act, *_ in acts(found)] == [Act.AUTHORED, Act.MERGED]
