from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from app.policy.home import Member
from app.policy.model import Act, ItemRef, Person, Subject, SubjectType
from app.policy.roster import is_bot, local_day, member
from app.policy.scope import contributions, is_home_repository, is_member, is_upstream, tracker_of
from tests.policy.homes import DAY, HOME, acted, facts, pull


@pytest.mark.parametrize(
    ("repo", "upstream"),
    [
        ("upstream/hub", True),
        ("anybody/else", True),
        ("example-org/anything", False),
        ("EXAMPLE-ORG/infrastructure", False),
        ("example-org/pilot", False),
        ("somebody/tool", False),
        ("YuviPanda/tool", False),
        ("georgiana/tool", False),
        ("consideRatio/left-long-ago", False),
        ("choldgraf/listed", True),
        ("choldgraf/unlisted", False),
    ],
)
def test_upstream_is_neither_the_homes_nor_one_persons_own(repo: str, *, upstream: bool) -> None:
    assert is_upstream(repo, HOME) is upstream


def test_a_tracker_is_found_by_its_present_and_its_old_name() -> None:
    for repo in ("example-org/infrastructure", "Example-Org/Pilot"):
        tracker = tracker_of(repo, HOME)
        assert tracker is not None
        assert tracker.repo == "example-org/infrastructure"
        assert is_home_repository(repo, HOME)
    assert tracker_of("example-org/landing-demo", HOME) is None


def test_logins_are_compared_without_case_and_former_ones_count() -> None:
    for login in ("YUVIPANDA", "georgianaelena", "Georgiana"):
        assert is_member(Person(login), HOME, DAY)
    assert not is_member(Person("batpad"), HOME, DAY)


def test_the_numeric_id_is_stronger_than_the_login() -> None:
    assert is_member(Person("renamed", id=30430), HOME, DAY)
    assert not is_member(Person("yuvipanda", id=1), HOME, DAY)
    assert is_member(Person("choldgraf", id=1), HOME, DAY)


def test_the_roster_is_dated_in_the_homes_time_zone() -> None:
    new_york = replace(HOME, timezone="America/New_York", digest="ny")
    just_after = datetime(2024, 12, 12, 3, tzinfo=UTC)
    assert local_day(just_after, new_york) == date(2024, 12, 11)
    assert is_member(Person("consideRatio"), new_york, just_after)
    assert not is_member(Person("consideRatio"), HOME, just_after)


def test_of_somebody_who_came_back_the_right_spell_is_found() -> None:
    spells = (
        Member("a", since=date(2020, 1, 1), until=date(2020, 12, 31)),
        Member("a", since=date(2024, 1, 1)),
    )
    home = replace(HOME, members=spells, digest="spells")
    assert member(Person("A"), home, DAY) is spells[1]
    assert member(Person("A"), home, datetime(2022, 1, 1, tzinfo=UTC)) is None


def test_an_act_of_unknown_time_is_dated_by_its_subject() -> None:
    late = datetime(2025, 5, 5, tzinfo=UTC)
    told = facts(pull("consideRatio", merged_at=late), acted("consideRatio", at=None))
    assert contributions(told, HOME) == ()
    told = facts(pull("consideRatio", merged_at=DAY), acted("consideRatio", at=None))
    assert len(contributions(told, HOME)) == 1


@pytest.mark.parametrize(
    "person",
    [Person("dependabot[bot]"), Person("JupyterHub-Bot"), Person("someone", is_bot=True)],
)
def test_a_machine_is_told_by_its_login_by_github_or_by_the_home(person: Person) -> None:
    assert is_bot(person, HOME)
    assert member(person, HOME, DAY) is None


def test_a_bots_pull_request_is_nobodys_authored_work() -> None:
    told = facts(pull("dependabot[bot]"), acted("yuvipanda"), acted("yuvipanda", Act.MERGED))
    assert [one.act.act for one in contributions(told, HOME)] == [Act.MERGED]


def test_a_forks_own_branch_is_out_of_scope_unless_it_is_listed() -> None:
    ref = ItemRef("batpad/hub", 1)
    fork = Subject(ref, SubjectType.PULL_REQUEST, author=Person("yuvipanda"), is_fork=True)
    listed = replace(fork, ref=ItemRef("upstream/forked-hub", 1))
    assert contributions(facts(fork), HOME) == ()
    assert len(contributions(facts(listed), HOME)) == 1


def test_each_act_of_each_member_counts_once_and_outsiders_never() -> None:
    told = facts(
        pull("yuvipanda"),
        acted("yuvipanda"),
        acted("choldgraf", Act.REVIEWED),
        acted("choldgraf", Act.REVIEWED),
        acted("Georgiana", Act.REVIEWED),
        acted("GeorgianaElena", Act.MERGED),
        acted("batpad", Act.REVIEWED),
    )
    assert [(one.member.login, one.act.act) for one in contributions(told, HOME)] == [
        ("yuvipanda", Act.AUTHORED),
        ("choldgraf", Act.REVIEWED),
        ("GeorgianaElena", Act.REVIEWED),
        ("GeorgianaElena", Act.MERGED),
    ]


def test_of_the_same_act_done_twice_the_first_time_counts_in_whatever_order_they_come() -> None:
    times = (DAY + timedelta(days=2), None, DAY, DAY + timedelta(days=1))
    acts = [acted("choldgraf", Act.REVIEWED, at=at) for at in times]
    (one,) = contributions(facts(pull("batpad"), *acts), HOME)
    assert one.act.at == DAY


@pytest.mark.parametrize("act", [Act.MERGED, Act.REVIEWED, Act.COMMITTED])
def test_looking_after_ones_own_pull_request_is_part_of_writing_it(act: Act) -> None:
    told = facts(pull(), acted(), acted(act=act))
    assert [one.act.act for one in contributions(told, HOME)] == [Act.AUTHORED]
