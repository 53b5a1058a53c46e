"""A database with a home, a file to import, and what the ledger then says."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlmodel import SQLModel, col

from app.imports import Options, Report, import_file
from app.policy.home import Community, Home, Member, Needs, Tracker
from app.policy.model import Act, Bucket, ChangedFile, Commit, Facts, Performed, Person
from app.reconcile.recording import judged
from app.store import ledger, places, subjects
from app.store.engine import open_engine, open_reader
from app.store.places import Tenant
from app.store.subjects import Key
from app.store.tables import (
    Contribution,
    Decision,
    ImportedFile,
    ImportedItem,
    Mention,
    Serving,
    Snapshot,
    Subject,
)
from tests.imports.files import Fetched

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
HUB = "jupyterhub/oauthenticator"
INFRA = "example-org/infrastructure"
HOME = Home(
    name="Example",
    organisations=("example-org",),
    trackers=(Tracker(INFRA, public=True),),
    needs=Needs(labels=(("support", Bucket.TECH_SUPPORT),)),
    members=(
        Member("yuvipanda"),
        Member("GeorgianaElena", since=date(2021, 1, 1)),
        Member("sgibson91", until=date(2024, 1, 31)),
    ),
    communities=(Community("EarthScope", ("earthscope",), public=True),),
)
TABLES = (Subject, Snapshot, Contribution, Decision, Serving, Mention, ImportedFile, ImportedItem)


@dataclass
class Stage:
    engine: AsyncEngine
    reader: AsyncEngine
    tenant: Tenant

    async def take(self, file: Path, **how: Any) -> Report:
        options = replace(Options(now=lambda: NOW, processes=0), **how)
        return await import_file(self.engine, self.reader, self.tenant, file, options)

    async def decisions(self) -> dict[tuple[int, str, str], tuple[str, str | None]]:
        """Give (number, login, act) → (kind, bucket) of what stands."""
        async with self.engine.connect() as connection:
            rows = await connection.execute(
                select(
                    col(Subject.number), col(Contribution.login), col(Contribution.act),
                    col(Decision.kind), col(Decision.bucket),
                )
                .select_from(Decision)
                .join(Contribution, col(Contribution.id) == col(Decision.contribution_id))
                .join(Subject, col(Subject.id) == col(Contribution.subject_id))
                .where(col(Decision.superseded_at).is_(None))
            )  # fmt: skip
            return {(row.number, row.login, row.act): (row.kind, row.bucket) for row in rows}

    async def facts(self, number: int) -> Facts:
        async with self.engine.connect() as connection:
            subject = await connection.scalar(
                select(col(Subject.id)).where(col(Subject.number) == number)
            )
            found = await ledger.last_facts(connection, subject or 0)
        assert found is not None
        return found

    async def rows(self) -> dict[str, int]:
        async with self.engine.connect() as connection:
            return {table.__name__: await _count(connection, table) for table in TABLES}


async def _count(connection: Any, table: type[SQLModel]) -> int:
    return await connection.scalar(select(func.count()).select_from(table)) or 0


@asynccontextmanager
async def set_stage(database_url: str, home: Home = HOME) -> AsyncIterator[Stage]:
    engine, reader = open_engine(database_url), open_reader(database_url)
    try:
        async with engine.begin() as connection:
            tenant = await places.enroll(connection, "github.com", home, NOW, dry_run=True)
        yield Stage(engine, reader, tenant)
    finally:
        await engine.dispose()
        await reader.dispose()


def some_file(path: Path) -> Fetched:
    """Two members' pull requests, a review's worth of others, and what the tracker says."""
    file = Fetched(path)
    file.pull(HUB, 719, "yuvipanda", "[OAuthenticator] Gate login on granted scopes",
              "Adds a way to require scopes.", merged_by="GeorgianaElena",
              merged_at="2024-02-05T10:00:00Z", at="2024-01-30T10:00:00Z")  # fmt: skip
    file.pull(HUB, 720, "consideRatio", "Bump actions", merged_by="yuvipanda",
              merged_at="2024-02-06T10:00:00Z")  # fmt: skip
    file.pull(HUB, 721, "consideRatio", "Explain how to log in", "Docs only.")
    file.pull(HUB, 722, "sgibson91", "Fix a typo in the documentation", at="2024-02-01T09:00:00Z")
    file.pull(HUB, 723, "dependabot[bot]", "Bump things", merged_by="yuvipanda",
              merged_at="2024-02-07T10:00:00Z")  # fmt: skip
    talked = file.issue(HUB, 724, "GeorgianaElena", "Login fails for groups", "It does.")
    file.comment(talked, "consideRatio", "I see it too.")
    file.issue(INFRA, 12, "GeorgianaElena", "[EarthScope] Login needs scopes",
               f"Needed until https://github.com/{HUB}/pull/719 is merged", labels=("support",),
               at="2024-02-04T10:00:00Z", updated_at="2024-02-08T10:00:00Z")  # fmt: skip
    file.pull("yuvipanda/dotfiles", 1, "yuvipanda", "My own")
    file.pull("example-org/website", 1, "yuvipanda", "The home's own")
    return file


async def known_from_github(stage: Stage, file: Fetched, at: datetime) -> int:
    """Record #719 as GitHub would have told it at `at`: with a commit, files and a review."""
    facts = await stage.facts(719)
    subject = replace(
        facts.subject,
        commits=(Commit("Gate login"),),
        files=(ChangedFile("oauthenticator/generic.py"),),
        merged_at=None,
    )
    acts = (facts.acts[0], Performed(Act.REVIEWED, Person("GeorgianaElena"), at))
    told = replace(facts, subject=subject, acts=acts, could_not_read=frozenset(), fetched_at=at)
    async with stage.engine.begin() as connection:
        key = Key("github.com", file.repo(HUB), 719)
        await subjects.mark_stale(connection, stage.tenant.id, [key])
        ((subject_id, _),) = (
            await subjects.mark_stale(connection, stage.tenant.id, [key])
        ).values()
        held = await subjects.lease(connection, subject_id, "job", NOW, 60)
        assert held is not None
        standing = await ledger.current(connection, subject_id)
        judgement = judged(stage.tenant, told, (), standing)
        snapshot, _ = await ledger.keep_snapshot(connection, stage.tenant.id, subject_id, told, NOW)
        await ledger.record(connection, held, judgement.verdicts, snapshot_id=snapshot,
                            config_digest="", now=NOW)  # fmt: skip
        await subjects.settle(connection, held, NOW)
    return subject_id
