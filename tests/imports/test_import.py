import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.imports import BusyError
from app.policy.home import Member
from app.policy.model import Act, Commit
from app.store import imports, ledger, subjects
from app.store.subjects import Key
from app.store.words import NewWord, say
from tests.imports.files import Fetched
from tests.imports.stage import HOME, HUB, INFRA, NOW, known_from_github, set_stage, some_file

pytestmark = pytest.mark.anyio
EXPECTED = {
    (719, "yuvipanda", "authored"): ("tactical", "tech-support"),
    (719, "GeorgianaElena", "merged"): ("tactical", "tech-support"),
    (720, "yuvipanda", "merged"): ("strategic", None),
    (723, "yuvipanda", "merged"): ("strategic", None),
    (724, "GeorgianaElena", "authored"): ("undecided", None),
}


async def test_members_acts_are_decided_from_the_file_and_the_rest_is_skipped(
    database_url: str, tmp_path: Path
) -> None:
    async with set_stage(database_url) as stage:
        report = await stage.take(some_file(tmp_path / "g.db").write())
        decided = await stage.decisions()
        assert decided == EXPECTED
        assert (report.in_file, report.by_members, report.trackers) == (7, 5, 1)
        assert (report.counts.recorded, report.counts.silent, report.counts.mentions) == (4, 1, 1)
        rows = await stage.rows()
        assert (rows["Subject"], rows["Snapshot"], rows["Serving"], rows["Mention"]) == (4, 4, 2, 1)


async def test_what_the_file_cannot_tell_is_named_and_decisions_over_it_are_provisional(
    sqlite_url: str, tmp_path: Path
) -> None:
    file = some_file(tmp_path / "g.db")
    file.pull(HUB, 730, "yuvipanda", "Only listed", whole=False, closed_at="2024-02-09T10:00:00Z")
    async with set_stage(sqlite_url) as stage:
        await stage.take(file.write())
        facts = await stage.facts(719)
        assert facts.could_not_read == {
            "commits", "files", "reviews", "linked issues", "backlinks"
        }  # fmt: skip
        assert facts.fetched_at is None
        assert (facts.subject.files, facts.subject.commits, facts.subject.branch) == (None,) * 3
        assert [item.labels for item in facts.backlinks] == [("support",)]
        assert "state" in (await stage.facts(730)).could_not_read
        assert (await stage.facts(730)).subject.closed_at is None
        assert [one.body for one in (await stage.facts(724)).comments] == ["I see it too."]
        async with stage.engine.connect() as connection:
            known = await imports.known_subjects(connection, stage.tenant, {(file.repo(HUB), 720)})
            (row,) = known.values()
            assert row.fetched_at == datetime(2024, 2, 9, 10, tzinfo=UTC) or row.fetched_at
            standing = await ledger.current(connection, row.id)
        assert all(one.provisional for one in standing.values())


async def test_what_a_text_links_to_is_read_in_the_file(sqlite_url: str, tmp_path: Path) -> None:
    file = Fetched(tmp_path / "g.db")
    file.issue(INFRA, 5, "yuvipanda", "Spawns time out", labels=("support",))
    closed = file.issue(HUB, 9, "outsider", "It is slow", "Very.")
    file.comment(closed, "yuvipanda", f"We see this in https://github.com/{INFRA}/issues/5")
    file.pull(HUB, 10, "yuvipanda", "Make it quick", "Fixes #9")
    file.pull(HUB, 11, "yuvipanda", "Add a thing", f"Ref {INFRA}#5")
    async with set_stage(sqlite_url) as stage:
        await stage.take(file.write())
        decided = await stage.decisions()
        assert decided[10, "yuvipanda", "authored"] == ("tactical", "tech-support")
        assert decided[11, "yuvipanda", "authored"] == ("tactical", "tech-support")


async def test_the_same_file_again_changes_nothing(database_url: str, tmp_path: Path) -> None:
    file = some_file(tmp_path / "g.db").write()
    async with set_stage(database_url) as stage:
        await stage.take(file)
        before = await stage.rows(), await stage.decisions()
        copy = tmp_path / "copy.db"
        copy.write_bytes(file.read_bytes())
        report = await stage.take(copy)
        assert report.finished_at == NOW
        assert (await stage.rows(), await stage.decisions()) == before


class KilledError(Exception):
    pass


async def test_an_import_that_is_stopped_goes_on_and_does_nothing_twice(
    database_url: str, tmp_path: Path
) -> None:
    file = Fetched(tmp_path / "g.db")
    for number in range(1, 700):
        file.pull(HUB, number, "yuvipanda", f"Fix it {number}")
    path = file.write()

    def stop_at(count: int) -> Callable[[str, int, int], None]:
        def progress(step: str, done: int, _: int) -> None:
            if step == "deciding" and done >= count:
                raise KilledError

        return progress

    async with set_stage(database_url) as stage:
        for count in (250, 500):
            with pytest.raises(KilledError):
                await stage.take(path, progress=stop_at(count))
        report = await stage.take(path)
        rows = await stage.rows()
        assert report.counts.recorded == 699
        assert {rows[name] for name in ("Subject", "Snapshot", "Contribution", "Decision")} == {699}
        assert rows["ImportedItem"] == 699


async def test_of_two_imports_of_one_file_one_stops(database_url: str, tmp_path: Path) -> None:
    path = some_file(tmp_path / "g.db").write()
    async with set_stage(database_url) as stage:

        async def overtaken(act: Callable[[], Awaitable[object]]) -> None:
            with suppress(BusyError):
                await act()

        await asyncio.gather(*(overtaken(lambda: stage.take(path)) for _ in range(2)))
        assert (await stage.decisions()).keys() == EXPECTED.keys()
        assert (await stage.rows())["Decision"] == len(EXPECTED)


async def test_processes_of_their_own_decide_the_same(sqlite_url: str, tmp_path: Path) -> None:
    async with set_stage(sqlite_url) as stage:
        await stage.take(some_file(tmp_path / "g.db").write(), processes=2)
        assert (await stage.decisions()).keys() == EXPECTED.keys()


async def test_a_dry_run_counts_the_same_and_keeps_nothing(sqlite_url: str, tmp_path: Path) -> None:
    path = some_file(tmp_path / "g.db").write()
    async with set_stage(sqlite_url) as stage:
        dry = await stage.take(path, dry=True)
        assert not any((await stage.rows()).values())
        real = await stage.take(path)
        assert (dry.counts.recorded, dry.counts.silent, dry.counts.mentions) == (4, 1, 1)
        assert dry.counts.kinds == real.counts.kinds


async def test_newer_facts_from_github_stay(database_url: str, tmp_path: Path) -> None:
    file = some_file(tmp_path / "g.db")
    file.write()
    async with set_stage(database_url) as stage:
        await stage.take(file.path)
        await known_from_github(stage, file, NOW - timedelta(days=1))
        file.issue(HUB, 800, "outsider", "Newer file", at="2024-03-01T10:00:00Z")
        report = await stage.take(file.write())
        assert report.counts.newer == 1
        assert (await stage.facts(719)).subject.commits is not None


async def test_what_changed_since_github_was_asked_is_joined_with_what_it_said(
    database_url: str, tmp_path: Path
) -> None:
    file = some_file(tmp_path / "g.db")
    file.write()
    async with set_stage(database_url) as stage:
        await stage.take(file.path)
        await known_from_github(stage, file, datetime(2024, 2, 1, tzinfo=UTC))
        file.issue(HUB, 800, "outsider", "Newer file", at="2024-03-01T10:00:00Z")
        await stage.take(file.write())
        facts = await stage.facts(719)
        assert facts.subject.merged_at == datetime(2024, 2, 5, 10, tzinfo=UTC)
        assert facts.subject.commits == (Commit("Gate login"),)
        assert {act.act for act in facts.acts} == {Act.AUTHORED, Act.MERGED, Act.REVIEWED}
        assert "commits" in facts.could_not_read


async def test_a_persons_word_outlasts_an_import(database_url: str, tmp_path: Path) -> None:
    file = some_file(tmp_path / "g.db")
    async with set_stage(database_url) as stage:
        async with stage.engine.begin() as connection:
            key = Key("github.com", file.repo(HUB), 719)
            ((subject_id, _),) = (
                await subjects.mark_stale(connection, stage.tenant.id, [key])
            ).values()
            word = NewWord(subject_id, "label:1", "label", file.user("yuvipanda"), "yuvipanda",
                           NOW, {"kind": "strategic"})  # fmt: skip
            await say(connection, stage.tenant.id, "github.com", [word])
        await stage.take(file.write())
        assert (await stage.decisions())[719, "yuvipanda", "authored"] == ("strategic", None)


async def test_a_later_file_of_the_tracker_decides_known_items_anew_without_a_call(
    database_url: str, tmp_path: Path
) -> None:
    upstream, tracker = some_file(tmp_path / "upstream.db"), some_file(tmp_path / "tracker.db")
    upstream.rows = [
        (table, row)
        for table, row in upstream.rows
        if not (table == "issues" and row["repo"] == upstream.repo(INFRA))
    ]
    async with set_stage(database_url) as stage:
        await stage.take(upstream.write())
        before = await stage.decisions()
        assert before[719, "yuvipanda", "authored"][0] != "tactical"
        tracker.rows = [
            (table, row)
            for table, row in tracker.rows
            if table != "pull_requests"
            and not (table == "issues" and row["repo"] == tracker.repo(HUB))
        ]
        report = await stage.take(tracker.write())
        assert report.counts.decided_anew == 1
        after = await stage.decisions()
        assert after[719, "yuvipanda", "authored"] == ("tactical", "tech-support")


async def test_another_roster_reads_the_same_file_again(database_url: str, tmp_path: Path) -> None:
    path = some_file(tmp_path / "g.db").write()
    async with set_stage(database_url) as stage:
        await stage.take(path)
        home = replace(HOME, members=(*HOME.members, Member("consideRatio")), digest="other")
        stage.tenant = replace(stage.tenant, facts=home)
        await stage.take(path)
        decided = await stage.decisions()
        assert decided.keys() - EXPECTED.keys() == {
            (720, "consideRatio", "authored"),
            (721, "consideRatio", "authored"),
        }
        assert (await stage.rows())["Subject"] == 5
