import re

from hypothesis import given
from hypothesis import strategies as st

from app.policy.model import Act, Kind, SubjectType
from app.reports import COUNTING, Author, Group, State, counting, tally
from tests.reports.made import group, stands

RULES = (
    counting.is_change,
    counting.is_replaced,
    counting.is_delivered,
    counting.is_on_a_machines,
    counting.is_among_colleagues,
    counting.helps_an_outsider,
    counting.is_mentored_release,
)
groups = st.builds(
    group,
    st.sampled_from(Kind),
    st.sampled_from(Act),
    n=st.integers(1, 9),
    bucket=st.sampled_from(["tech-support", None]),
    activity=st.sampled_from(["review", None]),
    community=st.sampled_from(["EarthScope", None]),
    standing=st.none()
    | st.builds(
        stands, st.sampled_from(State), st.sampled_from(Author), st.sampled_from(SubjectType)
    ),
    people=st.frozensets(st.sampled_from("123"), min_size=1),
    items=st.frozensets(st.integers(1, 3)),
    is_release=st.booleans(),
)


def test_every_rule_quotes_the_counting_rules() -> None:
    words = re.sub(r"\s+", " ", COUNTING)
    for rule in RULES:
        sentence = re.sub(r"\s+", " ", rule.__doc__ or "-").rstrip(".")
        assert sentence[1:] in words, rule.__name__


def test_a_superseded_pull_request_is_effort_and_its_delivery_counts_once() -> None:
    replaced = group(standing=stands(State.REPLACED))
    merged = group(standing=stands(State.MERGED))
    totals = tally([replaced, merged])
    count = totals.kinds[Kind.STRATEGIC]
    assert (count.acts, count.changes, count.delivered) == (2, 1, 1)
    assert totals.apart[counting.REPLACED] == 1


def test_what_was_closed_unmerged_for_good_is_a_change_and_no_delivery() -> None:
    count = tally([group(standing=stands(State.CLOSED))]).kinds[Kind.STRATEGIC]
    assert (count.acts, count.changes, count.delivered) == (1, 1, 0)


def test_a_bots_merge_is_counted_apart() -> None:
    totals = tally([group(act=Act.MERGED, standing=stands(author=Author.BOT), n=4)])
    assert totals.kinds == {}
    assert totals.apart[counting.MACHINES] == 4


def test_review_among_colleagues_is_one_number_that_tells_no_kind() -> None:
    reviews = [
        group(kind, act, standing=stands(author=Author.COLLEAGUE), bucket="tech-support")
        for kind in (Kind.TACTICAL, Kind.STRATEGIC)
        for act in (Act.REVIEWED, Act.MERGED)
    ]
    totals = tally(reviews)
    assert totals.apart[counting.COLLEAGUES] == 4
    assert (totals.kinds, totals.buckets) == ({}, {})


def test_newcomers_and_returning_outsiders_are_told_apart() -> None:
    totals = tally(
        [
            group(act=Act.REVIEWED, activity="onboarding", standing=stands(author=Author.NEWCOMER)),
            group(act=Act.REVIEWED, standing=stands(author=Author.RETURNING), n=3),
            group(act=Act.COMMITTED, standing=stands(author=Author.OUTSIDER), n=2),
        ]
    )
    assert totals.apart[counting.NEWCOMERS] == 1
    assert totals.apart[counting.RETURNING] == 3
    assert totals.apart[counting.NOT_KNOWN] == 2
    assert totals.kinds[Kind.STRATEGIC].acts == 6


def test_a_release_by_others_with_mentoring_counts_once_however_many_helped() -> None:
    outsiders = stands(author=Author.RETURNING)
    totals = tally(
        [
            group(act=Act.REVIEWED, standing=outsiders, is_release=True, items=frozenset({7}), n=2),
            group(act=Act.MERGED, standing=outsiders, is_release=True, items=frozenset({7})),
            group(act=Act.RELEASED, standing=stands(State.DONE), items=frozenset({8, 9}), n=2),
        ]
    )
    assert totals.apart[counting.MENTORED] == 1
    assert totals.apart[counting.RELEASES] == 2
    assert totals.kinds[Kind.STRATEGIC].delivered == 2


def test_an_issue_is_an_act_and_no_change() -> None:
    issue = group(standing=stands(State.CLOSED, type_=SubjectType.ISSUE))
    count = tally([issue]).kinds[Kind.STRATEGIC]
    assert (count.acts, count.changes, count.delivered) == (1, 0, 0)


def test_a_person_counts_once_for_each_kind() -> None:
    totals = tally([group(people=frozenset({"1", "2"})), group(people=frozenset({"2", "3"}))])
    assert totals.kinds[Kind.STRATEGIC].people == 3


def test_logged_work_keeps_its_minutes() -> None:
    told = group(act=Act.LOGGED, standing=None, activity="meetings", minutes=90)
    assert tally([told]).activities["meetings"].minutes == 90


def test_of_personal_work_nothing_is_told_but_its_number() -> None:
    totals = tally([group(Kind.PERSONAL, bucket="tech-support", community="EarthScope", n=5)])
    personal = totals.kinds[Kind.PERSONAL]
    assert (personal.acts, personal.people, personal.changes) == (5, None, 0)
    assert (totals.buckets, totals.communities) == ({}, {})


def test_where_it_could_be_laid_at_somebodys_door_personal_work_is_not_counted() -> None:
    assert tally([group(Kind.PERSONAL)], with_personal=False).kinds == {}


@given(st.lists(groups))
def test_every_act_is_counted_in_one_kind_or_apart(told: list[Group]) -> None:
    totals = tally(told)
    apart = totals.apart[counting.MACHINES] + totals.apart[counting.COLLEAGUES]
    assert sum(count.acts for count in totals.kinds.values()) + apart == sum(one.n for one in told)


@given(st.lists(groups), st.randoms())
def test_the_order_of_the_rows_does_not_matter(told: list[Group], chance: object) -> None:
    shuffled = sorted(told, key=lambda _: chance.random())  # type: ignore[attr-defined]
    assert tally(shuffled) == tally(told)


@given(st.lists(groups))
def test_personal_work_changes_no_other_number(told: list[Group]) -> None:
    others = [one for one in told if one.kind is not Kind.PERSONAL]
    assert tally(told, with_personal=False) == tally(others)
