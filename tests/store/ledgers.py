"""A ledger to report on: facts recorded through the same functions as the app's own."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from app.commands.sayings import Overruled, Saying, to_payload
from app.policy.decision import decide
from app.policy.home import Home
from app.policy.model import Facts, Kind, Performed, Person, Subject
from app.policy.scope import contributions
from app.reports import Group, Question, Row
from app.store import ledger, places, report_rows, subjects, words
from app.store.engine import open_engine, open_reader
from app.store.ledger import Verdict
from app.store.ledger_lines import catch_up
from app.store.places import Tenant
from app.store.report_details import rows
from app.store.subjects import Key
from app.store.words import NewWord
from tests.policy.homes import HOME

NOW = datetime(2026, 3, 31, 12, tzinfo=UTC)
YUVI = Person("yuvipanda", 30430)
EVER = Question(NOW + timedelta(days=3650))


@dataclass(slots=True)
class Ledger:
    """A database with a home in it."""

    engine: AsyncEngine
    reader: AsyncEngine
    tenant: Tenant
    home: Home

    async def record(
        self,
        facts: Facts,
        now: datetime = NOW,
        *,
        repository_id: int = 1,
        said: tuple[Saying, ...] = (),
        by: Person = YUVI,
    ) -> int:
        """Record facts and the decisions made from them; give the subject's id."""
        ref = facts.subject.ref
        key = Key("github.com", repository_id, ref.number or 0)
        async with self.engine.begin() as connection:
            (marked,) = (await subjects.mark_stale(connection, self.tenant.id, [key])).values()
            await places.see_repository(connection, "github.com", repository_id, ref.repo, now)
            await self._say(connection, marked[0], said, by, now)
            held = await subjects.lease(connection, marked[0], "test", now, 60)
            assert held is not None
            snapshot, _ = await ledger.keep_snapshot(
                connection, self.tenant.id, held.id, facts, now
            )
            await ledger.record(
                connection,
                held,
                [_verdict(one, said, by, now) for one in contributions(facts, self.home)],
                snapshot_id=snapshot,
                config_digest=self.home.digest,
                now=now,
            )
            await subjects.settle(connection, held, now)
        return marked[0]

    async def say(self, subject_id: int, saying: Saying, verb: str, at: datetime = NOW) -> None:
        """Record a word of yuvipanda's about a subject."""
        async with self.engine.begin() as connection:
            word = NewWord(
                subject_id, f"comment:{verb}:{at}", verb, 30430, "yuvipanda", at,
                to_payload(saying),
            )  # fmt: skip
            await words.say(connection, self.tenant.id, "github.com", [word])

    async def _say(
        self,
        connection: AsyncConnection,
        subject_id: int,
        said: tuple[Saying, ...],
        by: Person,
        at: datetime,
    ) -> None:
        every = [
            NewWord(
                subject_id, f"comment:{n}:{at}", _verb(one), by.id or 0, by.login, at,
                to_payload(one),
            )
            for n, one in enumerate(said)
        ]  # fmt: skip
        await words.say(connection, self.tenant.id, "github.com", every)

    async def catch_up(self, limit: int = 1_000) -> int:
        """Make the lines; give how many rounds it took."""
        rounds = 0
        while True:
            async with self.engine.begin() as connection:
                if not await catch_up(connection, self.tenant.id, self.home, NOW, limit):
                    return rounds
            rounds += 1

    async def rows(self, question: Question = EVER, **more: Any) -> list[Row]:
        """Ask for lines."""
        await self.catch_up()
        async with self.reader.connect() as connection:
            asked = await report_rows.ask(connection, self.tenant.id, "github.com", question)
            return [row async for some in rows(connection, asked, **more) for row in some]

    async def groups(self, question: Question = EVER) -> list[Group]:
        """Ask for what is counted."""
        await self.catch_up()
        async with self.reader.connect() as connection:
            asked = await report_rows.ask(connection, self.tenant.id, "github.com", question)
            return await report_rows.groups(connection, asked)


@asynccontextmanager
async def opened(database_url: str, home: Home = HOME) -> AsyncIterator[Ledger]:
    """Open a ledger in a fresh database."""
    engine, reader = open_engine(database_url), open_reader(database_url)
    try:
        async with engine.begin() as connection:
            tenant = await places.enroll(connection, "github.com", home, NOW, dry_run=True)
        yield Ledger(engine, reader, tenant, home)
    finally:
        await engine.dispose()
        await reader.dispose()


def at(repo: str, number: int, subject: Subject) -> Subject:
    """Put a subject elsewhere."""
    return replace(subject, ref=replace(subject.ref, repo=repo, number=number))


def done(by: Person, act: Any, when: datetime) -> Performed:
    """Give an act."""
    return Performed(act, by, when)


def _verb(saying: Saying) -> str:
    return saying.kind.value if isinstance(saying, Overruled) else "value"


def _verdict(one: Any, said: tuple[Saying, ...], by: Person, now: datetime) -> Verdict:
    from app.commands.overrules import Spoken, standing  # noqa: PLC0415

    spoken = [Spoken(_verb(saying), saying, by, now, n) for n, saying in enumerate(said, 1)]
    person = Person(one.act.by.login, one.act.by.id)
    own = standing(spoken).words_on(person)
    personal = own and own[0].kind is Kind.PERSONAL and own[0].by.login != person.login
    decision = decide(one, words=() if personal else own, now=now)
    return Verdict(person, one.act.act, one.act.at, decision)


async def explained(connection: AsyncConnection, statement: Select[*tuple[Any, ...]]) -> str:
    """Give the database's plan for a statement."""
    words = "EXPLAIN" if connection.dialect.name == "postgresql" else "EXPLAIN QUERY PLAN"
    compiled = statement.compile(connection, compile_kwargs={"literal_binds": True})
    said = await connection.exec_driver_sql(f"{words} {compiled}")
    return "\n".join(" ".join(map(str, row)) for row in said)
