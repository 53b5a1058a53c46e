"""The ledger's query, over facts recorded as the app records them; the same on both databases."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from app.commands.sayings import Logged, Overruled, Undone, ValueSaid
from app.policy.model import Act, Facts, Kind, Person
from app.reports import Author, Question, Standing, State, tally
from app.reports.counting import MENTORED
from app.store import report_rows
from app.store.report_words import as_groups, logged
from app.store.tables import LedgerLine, LedgerSort
from tests.policy.homes import RELEASE, comment, facts, mentioning, pull
from tests.store.ledgers import EVER, NOW, Ledger, at, done, explained, opened

YUVI, CHRIS = Person("yuvipanda", 30430), Person("choldgraf", 1839645)
MARCH = datetime(2024, 3, 6, 12, tzinfo=UTC)

pytestmark = pytest.mark.anyio


@pytest.fixture
async def ledger(database_url: str) -> AsyncIterator[Ledger]:
    async with opened(database_url) as ledger:
        yield ledger


def own(by: Person = YUVI, **fields: object) -> Facts:
    subject = replace(pull(by.login), author=by, **fields)  # type: ignore[arg-type]
    return facts(subject, done(by, Act.AUTHORED, MARCH))


async def test_a_row_tells_who_did_what_to_what_and_why(ledger: Ledger) -> None:
    told = replace(own(), backlinks=(mentioning(labels=("support",)),))
    await ledger.record(told, said=(ValueSaid("Students can log in."),))
    (row,) = await ledger.rows()
    decided = row.decided
    assert (row.person, row.act, str(row.item)) == ("yuvipanda", Act.AUTHORED, "upstream/hub#7")
    assert (decided.kind, decided.bucket) == (Kind.TACTICAL, "tech-support")
    assert decided.need == "example-org/infrastructure#12"
    assert decided.decided_by == "serves_a_community_need"
    assert "https://github.com/example-org/infrastructure/issues/12" in {
        seen.url for seen in decided.evidence
    }
    assert row.value == ("Students can log in.",)


async def test_a_persons_word_is_told_as_theirs(ledger: Ledger) -> None:
    await ledger.record(own(), said=(Overruled(Kind.STRATEGIC, activity="docs"),))
    (row,) = await ledger.rows()
    assert (row.decided.decided_by, row.decided.by_person) == ("yuvipanda", True)


async def test_evidence_that_comes_later_changes_only_what_is_asked_later(ledger: Ledger) -> None:
    await ledger.record(own(), NOW - timedelta(days=10))
    linked = replace(own(), backlinks=(mentioning(labels=("support",)),))
    await ledger.record(linked, NOW - timedelta(days=5))
    (before,) = await ledger.rows(Question(NOW - timedelta(days=7)))
    (after,) = await ledger.rows(Question(NOW), history=True)
    assert before.decided.kind is Kind.UNDECIDED
    assert before.decided.superseded_at is None
    assert after.decided.kind is Kind.TACTICAL
    assert [one.kind for one in after.earlier] == [Kind.UNDECIDED]


async def test_an_old_report_says_the_same_after_all_that_came_later(ledger: Ledger) -> None:
    await ledger.record(own(), NOW - timedelta(days=10), said=(ValueSaid("It helps."),))
    then = Question(NOW - timedelta(days=7))
    rows, groups = await ledger.rows(then), await ledger.groups(then)
    merged = own(merged_at=NOW, closed_at=NOW, title="Another title")
    subject_id = await ledger.record(replace(merged, backlinks=(mentioning(),)), NOW)
    await ledger.say(subject_id, Undone(), "undo")
    assert await ledger.rows(then) == rows
    assert await ledger.groups(then) == groups
    (now,) = await ledger.rows(Question(NOW))
    assert (now.title, now.value) == ("Another title", ())


async def test_a_merge_is_delivered_from_the_day_on_which_it_was_read(ledger: Ledger) -> None:
    await ledger.record(own(), NOW - timedelta(days=10))
    await ledger.record(own(merged_at=NOW, closed_at=NOW), NOW)
    before = tally(await ledger.groups(Question(NOW - timedelta(days=1))))
    after = tally(await ledger.groups(Question(NOW)))
    assert [c.delivered for c in before.kinds.values()] == [0]
    assert [c.delivered for c in after.kinds.values()] == [1]


async def test_a_superseded_pull_request_is_delivered_once(ledger: Ledger) -> None:
    closed = own(closed_at=NOW)
    await ledger.record(closed)
    await ledger.catch_up()
    merged = at("upstream/hub", 8, own(merged_at=NOW, closed_at=NOW, body="Supersedes #7").subject)
    await ledger.record(facts(merged, done(YUVI, Act.AUTHORED, MARCH)))
    elsewhere = at("upstream/lab", 7, closed.subject)
    await ledger.record(facts(elsewhere, done(YUVI, Act.AUTHORED, MARCH)), repository_id=2)
    (count,) = tally(await ledger.groups()).kinds.values()
    assert (count.acts, count.changes, count.delivered) == (3, 2, 1)


async def test_a_newcomer_is_one_though_the_merge_hides_it(ledger: Ledger) -> None:
    opened = replace(pull("minrk"), author_first_time=True)
    review = done(YUVI, Act.REVIEWED, MARCH)
    await ledger.record(facts(opened, review), NOW - timedelta(days=1))
    merged = replace(opened, author_first_time=None, merged_at=NOW)
    await ledger.record(facts(merged, review), NOW)
    (group,) = await ledger.groups()
    assert group.standing == Standing(opened.type, State.DONE, Author.NEWCOMER)


async def test_a_release_by_others_counts_once_for_all_who_helped(ledger: Ledger) -> None:
    release = pull("minrk", **{**RELEASE, "title": "Release 5.0.0", "labels": ()})
    helped = (done(YUVI, Act.REVIEWED, MARCH), done(CHRIS, Act.MERGED, MARCH))
    await ledger.record(facts(release, *helped))
    assert tally(await ledger.groups()).apart[MENTORED] == 1


async def test_the_same_rows_are_read_in_any_number_of_rounds(ledger: Ledger) -> None:
    for number in range(1, 8):
        subject = at("upstream/hub", number, own().subject)
        await ledger.record(facts(subject, done(YUVI, Act.AUTHORED, MARCH)))
    assert await ledger.catch_up(limit=2) == 4
    assert len(await ledger.rows()) == 7


async def test_days_are_days_and_the_newest_come_first(ledger: Ledger) -> None:
    for number in range(1, 4):
        when = MARCH + timedelta(days=number)
        subject = at("upstream/hub", number, own().subject)
        await ledger.record(facts(subject, done(YUVI, Act.AUTHORED, when)))
    span = replace(EVER, since=MARCH + timedelta(days=1), until=MARCH + timedelta(days=3))
    assert [row.item.number for row in await ledger.rows(span)] == [2, 1]
    assert [row.item.number for row in await ledger.rows(EVER, limit=1)] == [3]


FILTERED: tuple[tuple[dict[str, Any], list[int]], ...] = (
    ({"kind": Kind.TACTICAL}, [7]),
    ({"bucket": "tech-support"}, [7]),
    ({"bucket": "product-dev"}, []),
    ({"community": "CryoCloud"}, [7]),
    ({"activity": "review"}, [3]),
    ({"upstream": "upstream/*"}, [7]),
    ({"upstream": "JUPYTER/**"}, [3]),
    ({"upstream": "nobody/*"}, []),
    ({"people": frozenset({"1839645"})}, [3]),
    ({"people": frozenset()}, []),
)


async def test_each_filter_lets_through_what_it_names(ledger: Ledger) -> None:
    linked = mentioning(title="CryoCloud: log in", labels=("support",))
    await ledger.record(replace(own(), backlinks=(linked,)))
    review = facts(at("jupyter/nbdime", 3, pull("minrk")), done(CHRIS, Act.REVIEWED, MARCH))
    await ledger.record(review, repository_id=2)
    for asked, numbers in FILTERED:
        question = replace(EVER, **asked)
        assert [row.item.number for row in await ledger.rows(question)] == numbers, asked
        assert sum(group.n for group in await ledger.groups(question)) == len(numbers), asked


async def test_personal_work_is_counted_and_no_row(ledger: Ledger) -> None:
    await ledger.record(own(), said=(Overruled(Kind.PERSONAL), ValueSaid("For fun.")))
    assert await ledger.rows() == []
    (group,) = await ledger.groups()
    assert (group.kind, group.n) == (Kind.PERSONAL, 1)
    (shown,) = await ledger.rows(replace(EVER, personal=True))
    assert (shown.person, str(shown.item)) == ("yuvipanda", "upstream/hub#7")


async def test_a_colleagues_row_tells_nothing_of_the_authors_own_time(ledger: Ledger) -> None:
    both = (done(YUVI, Act.AUTHORED, MARCH), done(CHRIS, Act.REVIEWED, MARCH))
    told = facts(replace(pull(), author=YUVI), *both)
    await ledger.record(told, said=(ValueSaid("For fun."), Overruled(Kind.PERSONAL)))
    (row,) = await ledger.rows(EVER, history=True)
    assert (row.person, row.act, row.value) == ("choldgraf", Act.REVIEWED, ())
    assert "personal" not in repr(row)


async def test_what_was_personal_once_is_in_no_history(ledger: Ledger) -> None:
    await ledger.record(own(), NOW - timedelta(days=2), said=(Overruled(Kind.PERSONAL),))
    await ledger.record(own(), NOW, said=(Overruled(Kind.STRATEGIC),))
    (row,) = await ledger.rows(EVER, history=True)
    assert (row.decided.kind, row.earlier) == (Kind.STRATEGIC, ())


async def test_logged_work_is_a_row_until_it_is_taken_back(ledger: Ledger) -> None:
    subject_id = await ledger.record(own(), NOW - timedelta(days=3))
    meeting = Logged("meetings", 90, "jupyterhub/team-compass", "monthly meeting")
    await ledger.say(subject_id, meeting, "log", NOW - timedelta(days=2))
    await ledger.say(subject_id, Undone(), "undo", NOW)
    then = replace(EVER, as_of=NOW - timedelta(days=1), activity="meetings")
    (row,) = await ledger.rows(then)
    assert (row.act, row.minutes, row.item.repo) == (Act.LOGGED, 90, "jupyterhub/team-compass")
    assert await ledger.rows(replace(EVER, as_of=NOW, activity="meetings")) == []
    async with ledger.reader.connect() as connection:
        asked = await report_rows.ask(connection, ledger.tenant.id, "github.com", then)
        totals = tally(as_groups(await logged(connection, asked)))
    assert totals.activities["meetings"].minutes == 90


async def test_people_are_found_by_any_login_without_case(ledger: Ledger) -> None:
    await ledger.record(own())
    async with ledger.reader.connect() as connection:
        for called in ("YuviPanda", "yuvipanda"):
            keys = await report_rows.people_called(
                connection, ledger.tenant.id, "github.com", [called]
            )
            assert "30430" in keys


async def test_comments_of_others_do_not_make_rows(ledger: Ledger) -> None:
    await ledger.record(replace(own(), comments=(comment("Nice", by="minrk"),)))
    assert len(await ledger.rows()) == 1


DAY = timedelta(days=1)
QUESTIONS = {
    "ix_ledgerline_when": Question(NOW, NOW - 14 * DAY, NOW),
    "ix_ledgerline_who": Question(NOW, people=frozenset({"30430"})),
    "ix_ledgerline_where": Question(NOW, upstream="upstream/hub"),
    "ix_ledgerline_sort": Question(NOW, community="CryoCloud"),
}


async def test_each_question_is_answered_from_its_index(ledger: Ledger) -> None:
    """SQLite's planner has no statistics, as in operation; PostgreSQL gathers its own."""
    await ledger.record(replace(own(), backlinks=(mentioning(title="CryoCloud"),)))
    await ledger.catch_up()
    async with ledger.engine.begin() as connection:
        await _many_lines(connection)
    for index, question in QUESTIONS.items():
        # What days, people or places do not narrow is counted in the order of an index.
        sums = "ix_ledgerline_stands" if question.community else index
        async with ledger.reader.connect() as connection:
            asked = await report_rows.ask(connection, ledger.tenant.id, "github.com", question)
            counted = await explained(connection, report_rows.grouped(asked))
            listed = await explained(connection, report_rows.listed(asked, 100))
            items = await explained(connection, report_rows.items_counted(asked))
        assert sums in counted, (index, counted)
        assert index in listed, (index, listed)
        assert "ix_ledgerline_" in items, items
        for plan in (counted, listed, items):
            assert "Seq Scan on ledgerline" not in plan, (index, plan)
            assert "SCAN ledgerline" not in plan, (index, plan)


async def test_all_of_the_ledger_is_counted_without_sorting_its_lines(sqlite_url: str) -> None:
    async with opened(sqlite_url) as ledger:
        await ledger.record(own())
        await ledger.catch_up()
        async with ledger.engine.begin() as connection:
            await _many_lines(connection)
            asked = await report_rows.ask(connection, ledger.tenant.id, "github.com", EVER)
            plan = await explained(connection, report_rows.grouped(asked))
    stands, ended = (f"USING COVERING INDEX ix_ledgerline_{name}" for name in ("stands", "ended"))
    assert plan.index(stands) < plan.index("UNION ALL") < plan.index(ended)
    assert "TEMP B-TREE" not in plan[plan.index(stands) : plan.index(ended)]


async def _many_lines(connection: AsyncConnection) -> None:
    """Multiply the one line there is: over ten years, and by people, repositories and sorts."""
    (line,) = (await connection.execute(select(LedgerLine))).mappings()
    (sort,) = (await connection.execute(select(LedgerSort))).mappings()
    sorts = [{**sort, "id": n, "key": str(n), "community": None} for n in range(100, 160)]
    await connection.execute(insert(LedgerSort), sorts)
    others = [
        {
            **line,
            "id": 100 + n,
            "acted_at": NOW - n * DAY,
            "account_key": f"login:{n % 41}",
            "repository_id": 100 + n % 43,
            "sort_id": 100 + n % 60,
        }
        for n in range(6_000)
    ]
    await connection.execute(insert(LedgerLine), others)
    if connection.dialect.name == "postgresql":
        await connection.execute(text("ANALYZE"))
