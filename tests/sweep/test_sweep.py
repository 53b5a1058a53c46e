"""What a sweep finds and follows, over the real client and the demo GitHub, on both databases."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlmodel import col

from app.policy.home import Member
from app.store import sweeps
from app.store.tables import Account, Decision, Mention, Sighting, Snapshot, Subject, SweepCursor
from app.sweep import BusyError, Options
from tests.github.small_github import START
from tests.sweep.stage import ELSEWHERE, HOME, HUB, INFRA, set_stage

pytestmark = pytest.mark.anyio
CI = (".github/workflows/test.yml",)


async def test_pull_requests_anywhere_are_found_by_author_and_reviewer(database_url: str) -> None:
    async with set_stage(database_url) as stage:
        people = stage.demo.people
        people.open_pull_request(ELSEWHERE, "yuvipanda", "Fix CI", files=CI)
        people.open_pull_request(ELSEWHERE, "outsider", "Add a button", files=("a.py",))
        people.review(f"{ELSEWHERE}#2", "sgibson91", body="good")
        people.open_pull_request(ELSEWHERE, "outsider", "Not ours", files=("a.py",))
        report = await stage.sweep()
        assert await stage.acts() == {
            ("yuvipanda", "authored", ELSEWHERE, 1),
            ("sgibson91", "reviewed", ELSEWHERE, 2),
        }
        assert report.acts == {"authored": 1, "reviewed": 1}
        assert (await stage.decisions())["yuvipanda", "authored"] == ("strategic", None)
        assert stage.demo.writes == []


async def test_a_second_sweep_with_nothing_new_reads_and_records_nothing(
    database_url: str,
) -> None:
    async with set_stage(database_url) as stage:
        stage.demo.people.open_pull_request(HUB, "yuvipanda", "Fix CI", files=CI)
        await stage.sweep()
        tables = (Subject, Snapshot, Decision, Mention, Sighting, SweepCursor)
        before = [await stage.count(table) for table in tables]
        stage.clock.pass_by(hours=1)
        report = await stage.sweep()
        assert [await stage.count(table) for table in tables] == before
        assert (report.read, report.recorded, report.changed) == (0, 0, 0)
        assert report.requests <= 60


async def test_merges_triage_and_releases_are_found_where_the_config_says(sqlite_url: str) -> None:
    async with set_stage(sqlite_url) as stage:
        people = stage.demo.people
        for where in (HUB, ELSEWHERE):
            people.open_pull_request(where, "outsider", "Add a button", number=1)
            people.merge(f"{where}#1", "yuvipanda")
            people.open_issue(where, "outsider", "It is broken", number=2)
            people.label(f"{where}#2", "sgibson91", "bug")
            people.release(where, "GeorgianaElena", "v1")
        await stage.sweep()
        acts = await stage.acts()
        assert {(login, act, where) for login, act, where, _ in acts} == {
            ("yuvipanda", "merged", HUB),
            ("sgibson91", "triaged", HUB),
            ("GeorgianaElena", "released", HUB),
        }
        assert (await stage.decisions())["GeorgianaElena", "released"] == ("strategic", None)


async def test_co_authors_are_known_by_the_address_or_the_name_they_sign_with(
    sqlite_url: str,
) -> None:
    home = replace(HOME, members=(*HOME.members[:2], Member("GeorgianaElena", names=("Georgi",))))
    async with set_stage(sqlite_url, home=home) as stage:
        number = stage.demo.people.user("sgibson91").id
        said = (
            "Do it together\n\n"
            f"Co-authored-by: S <{number}+sgibson91@users.noreply.github.com>\n"
            "Co-authored-by: georgi <private@example.org>\n"
            "Co-authored-by: Yuvi <private@example.org>"
        )
        stage.demo.people.open_pull_request(HUB, "outsider", "Add a button", commits=(said,))
        await stage.sweep()
        assert {(login, act) for login, act, *_ in await stage.acts()} == {
            ("sgibson91", "committed"),
            ("GeorgianaElena", "committed"),
        }


async def test_a_backlink_years_later_finds_the_contribution(database_url: str) -> None:
    async with set_stage(database_url) as stage:
        people = stage.demo.people
        people.open_pull_request(
            ELSEWHERE, "yuvipanda", "Add a button", files=("a.py",), number=1,
            at=START - timedelta(days=400),
        )  # fmt: skip
        await stage.sweep()
        assert await stage.acts() == set()
        stage.clock.pass_by(hours=1)
        people.open_issue(INFRA, "sgibson91", "A need", "See below", labels=("support",), number=1)
        people.comment(f"{INFRA}#1", "sgibson91", f"Pending {ELSEWHERE}#1")
        report = await stage.sweep()
        assert report.mentions == 1
        assert await stage.acts() == {("yuvipanda", "authored", ELSEWHERE, 1)}
        decisions = await stage.decisions()
        assert decisions["yuvipanda", "authored"][0] in {"tactical", "undecided"}


async def test_a_new_mention_has_a_known_contribution_decided_again(database_url: str) -> None:
    async with set_stage(database_url) as stage:
        people = stage.demo.people
        people.open_pull_request(
            ELSEWHERE, "yuvipanda", "Add a button", files=("a.py",), number=1,
            at=START - timedelta(days=2),
        )  # fmt: skip
        await stage.sweep()
        assert (await stage.decisions())["yuvipanda", "authored"] == ("undecided", None)
        stage.clock.pass_by(days=5)
        people.open_issue(
            INFRA, "sgibson91", "A button", f"Brings in https://github.com/{ELSEWHERE}/pull/1",
            labels=("support",), number=1,
        )  # fmt: skip
        await stage.sweep()
        assert (await stage.decisions())["yuvipanda", "authored"] == ("tactical", "tech-support")
        async with stage.engine.connect() as connection:
            stale = select(col(Subject.number)).where(col(Subject.mark) > col(Subject.settled))
            # The tracker's item alone: it has to tell what serves it.
            assert list(await connection.scalars(stale)) == [1]


async def test_who_renamed_themselves_is_found_by_id(database_url: str) -> None:
    async with set_stage(database_url) as stage:
        people, state = stage.demo.people, stage.demo.state
        await stage.sweep()
        account = people.user("yuvipanda")
        state.rename_account(account, "yuvi-the-second")
        people.user("yuvipanda")  # somebody else takes the old login
        people.open_pull_request(ELSEWHERE, account, "Fix CI", files=CI)
        people.open_pull_request(ELSEWHERE, "yuvipanda", "Not ours", files=CI)
        stage.clock.pass_by(hours=1)
        await stage.sweep()
        assert await stage.acts() == {("yuvi-the-second", "authored", ELSEWHERE, 1)}
        async with stage.engine.connect() as connection:
            logins = await connection.execute(select(col(Account.id), col(Account.login)))
            assert (account.id, "yuvi-the-second") in {tuple(row) for row in logins}


async def test_an_id_of_the_config_finds_who_has_another_login_by_now(sqlite_url: str) -> None:
    async with set_stage(sqlite_url) as stage:
        account = stage.demo.people.user("yuvipanda")
        stage.demo.state.rename_account(account, "yuvi-the-second")
        facts = replace(HOME, members=(Member("yuvipanda", id=account.id), Member("nobody-such")))
        stage.access.tenant = replace(stage.access.tenant, facts=facts)
        stage.demo.people.open_pull_request(ELSEWHERE, account, "Fix CI", files=CI)
        report = await stage.sweep()
        assert await stage.acts() == {("yuvi-the-second", "authored", ELSEWHERE, 1)}
        assert report.unknown == ["nobody-such"]


async def test_a_renamed_and_transferred_repository_stays_the_same(sqlite_url: str) -> None:
    async with set_stage(sqlite_url) as stage:
        people, places = stage.demo.people, stage.demo.places
        people.open_pull_request(HUB, "yuvipanda", "Fix CI", files=CI)
        await stage.sweep()
        places.rename(HUB, "oauth")
        places.transfer("jupyterhub/oauth", "pangeo-data")
        stage.clock.pass_by(hours=1)
        people.comment("pangeo-data/oauth#1", "yuvipanda", "it moved")
        stage.clock.pass_by(hours=1)
        await stage.sweep()
        assert await stage.acts() == {("yuvipanda", "authored", "pangeo-data/oauth", 1)}
        assert await stage.count(Subject) == 1


async def test_membership_is_dated_and_machines_are_nobody(sqlite_url: str) -> None:
    members = (
        Member("yuvipanda", until=date(2026, 10, 31)),
        Member("sgibson91", since=date(2026, 10, 15)),
        Member("dependabot[bot]"),
    )
    async with set_stage(sqlite_url, home=replace(HOME, members=members)) as stage:
        for login in ("yuvipanda", "sgibson91", "dependabot[bot]"):
            for day in (1, 20):
                at = datetime(2026, 10, day, 12, tzinfo=UTC)
                stage.demo.people.open_pull_request(HUB, login, "Fix CI", files=CI, at=at)
        stage.demo.people.open_pull_request(HUB, "yuvipanda", "Fix CI", files=CI)
        await stage.sweep()
        assert await stage.acts() == {
            ("yuvipanda", "authored", HUB, 1),
            ("yuvipanda", "authored", HUB, 2),
            ("sgibson91", "authored", HUB, 4),
        }


async def test_a_new_member_is_looked_for_in_what_was_read_before(sqlite_url: str) -> None:
    async with set_stage(sqlite_url) as stage:
        people = stage.demo.people
        people.open_pull_request(ELSEWHERE, "choldgraf", "Fix CI", files=CI)
        people.comment(f"{ELSEWHERE}#1", "yuvipanda", "nice")
        report = await stage.sweep()
        assert (report.read, await stage.acts()) == (1, set())
        facts = replace(HOME, members=(*HOME.members, Member("choldgraf")))
        stage.access.tenant = replace(stage.access.tenant, facts=facts)
        stage.clock.pass_by(hours=1)
        await stage.sweep()
        assert await stage.acts() == {("choldgraf", "authored", ELSEWHERE, 1)}


async def test_a_dry_run_tells_what_is_there_and_keeps_nothing(sqlite_url: str) -> None:
    async with set_stage(sqlite_url) as stage:
        people = stage.demo.people
        people.open_pull_request(HUB, "yuvipanda", "Add a button", files=("a.py",), number=1)
        people.open_issue(INFRA, "sgibson91", "A button", f"Brings in {HUB}#1", labels=("support",))
        report = await stage.sweep(Options(dry=True))
        assert (report.acts, report.kinds) == ({"authored": 1}, {"tactical": 1})
        for table in (Subject, Snapshot, Decision, Mention, Sighting, SweepCursor, Account):
            assert await stage.count(table) == 0


async def test_one_member_can_be_swept_for_without_moving_the_rest(sqlite_url: str) -> None:
    async with set_stage(sqlite_url) as stage:
        people = stage.demo.people
        people.open_pull_request(HUB, "yuvipanda", "Fix CI", files=CI)
        people.open_pull_request(HUB, "sgibson91", "Fix CI", files=CI)
        people.open_pull_request(HUB, "outsider", "Add a button")
        for login, number in (("yuvipanda", 3), ("sgibson91", 2)):
            people.merge(f"{HUB}#{number}", login)
        report = await stage.sweep(Options(member="YuviPanda"))
        assert {act for act in await stage.acts() if act[0] == "yuvipanda"} == {
            ("yuvipanda", "authored", HUB, 1),
            ("yuvipanda", "merged", HUB, 3),
        }
        assert report.acts["authored"] == 1
        await stage.sweep()
        assert ("sgibson91", "authored", HUB, 2) in await stage.acts()


async def test_since_goes_back_further(sqlite_url: str) -> None:
    async with set_stage(sqlite_url) as stage:
        at = START - timedelta(days=200)
        stage.demo.people.open_pull_request(ELSEWHERE, "yuvipanda", "Fix CI", files=CI, at=at)
        await stage.sweep()
        assert await stage.acts() == set()
        await stage.sweep(Options(since=START - timedelta(days=201)))
        assert await stage.acts() == {("yuvipanda", "authored", ELSEWHERE, 1)}


async def test_where_the_app_is_installed_a_job_does_it_all(sqlite_url: str) -> None:
    async with set_stage(sqlite_url) as stage:
        await stage.sweep()
        app = next(iter(stage.demo.state.apps.values()))
        stage.demo.places.install(app, "jupyterhub")
        stage.demo.people.open_pull_request(HUB, "yuvipanda", "Fix CI", files=CI)
        stage.clock.pass_by(hours=1)
        report = await stage.sweep()
        assert (report.left_to_jobs, report.recorded) == (1, 0)
        async with stage.engine.connect() as connection:
            marks = select(col(Subject.number), col(Subject.mark), col(Subject.settled))
            assert [tuple(row) for row in await connection.execute(marks)] == [(1, 1, 0)]


async def test_only_one_process_sweeps_at_a_time(database_url: str) -> None:
    async with set_stage(database_url) as stage:
        async with stage.engine.begin() as connection:
            assert await sweeps.take_turn(connection, stage.access.tenant.id, "other", START, 60)
        with pytest.raises(BusyError) as caught:
            await stage.sweep()
        assert caught.value.until == START + timedelta(seconds=60)
        stage.clock.pass_by(seconds=61)
        await stage.sweep()


async def test_none_of_its_tokens_could_write(sqlite_url: str) -> None:
    async with set_stage(sqlite_url) as stage:
        stage.demo.people.open_issue(INFRA, "sgibson91", "A need", f"Pending {HUB}#1", number=1)
        stage.demo.people.open_pull_request(HUB, "yuvipanda", "Fix CI", files=CI, number=1)
        report = await stage.sweep()
        tokens = stage.demo.state.tokens.values()
        assert report.read >= 1
        assert tokens
        assert {access for token in tokens for access in token.permissions.values()} == {"read"}


async def test_it_rests_while_less_than_a_fifth_of_the_limit_is_left(sqlite_url: str) -> None:
    async with set_stage(sqlite_url) as stage:
        stage.demo.people.open_pull_request(HUB, "yuvipanda", "Fix CI", files=CI)
        stage.demo.meter.use("installation 60000001", "graphql", 3998)
        report = await stage.sweep()
        assert report.rested >= 3500
        assert await stage.acts() == {("yuvipanda", "authored", HUB, 1)}
        used, _ = stage.demo.meter.window("installation 60000001", "graphql")
        assert used < report.points
