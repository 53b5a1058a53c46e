"""The app's database, looked into from outside: what it decided, keeps, and has to do."""

from asyncio import Runner
from dataclasses import dataclass
from typing import Self, TypeAlias

from sqlalchemy import func, select
from sqlmodel import col

from app.commands.sayings import ValueSaid
from app.demo.story import Expected
from app.policy.model import Act, Bucket, Kind
from app.store.engine import open_reader
from app.store.figures import read_figures
from app.store.tables import Contribution, Decision, Repository, Subject, Word
from app.store.words import SAID, spoken

Who: TypeAlias = tuple[str, str, str]
"""Item, login and act."""


@dataclass(frozen=True, slots=True)
class Decided:
    """A standing decision: what the ledger says about one act, and why."""

    found: Expected
    because: str


@dataclass(frozen=True, slots=True)
class Books:
    """What the app still has to do, and what it gave up."""

    pending: int
    stale: int
    buried: int

    @property
    def at_rest(self) -> bool:
        """Tell whether nothing is left to do."""
        return not self.pending and not self.stale


@dataclass(frozen=True, slots=True)
class Kept:
    """What the ledger keeps of a line that somebody said; `value` is of /value, word for word."""

    verb: str
    heard: bool
    stands: bool
    value: str | None = None


class Ledger:
    """The app's database, looked into from outside while the app works; a context manager."""

    def __init__(self, database_url: str) -> None:
        self._runner = Runner()
        self._reader = open_reader(database_url)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._runner.run(self._reader.dispose())
        self._runner.close()

    def books(self) -> Books:
        """Count what is pending, stale and buried."""
        return self._runner.run(self._books())

    def decided(self) -> dict[Who, Decided]:
        """Give the standing decisions."""
        return self._runner.run(self._decided())

    def kept(self) -> dict[int, tuple[Kept, ...]]:
        """Give what is kept of people's lines, by their comment's id, in their order."""
        return self._runner.run(self._kept())

    async def _books(self) -> Books:
        async with self._reader.connect() as connection:
            states = (await read_figures(connection)).deliveries
            unsettled = col(Subject.mark) > col(Subject.settled)
            given_up = col(Subject.buried_at).is_not(None)
            stale = await connection.scalar(
                select(func.count()).select_from(Subject).where(unsettled, ~given_up)
            )
            buried = await connection.scalar(
                select(func.count()).select_from(Subject).where(given_up)
            )
        return Books(states["pending"], stale or 0, states["buried"] + (buried or 0))

    async def _decided(self) -> dict[Who, Decided]:
        async with self._reader.connect() as connection:
            rows = await connection.execute(_STANDING)
            return {
                (name_of(row.full_name, row.number), row.login, row.act): Decided(
                    Expected(
                        row.login,
                        Act(row.act),
                        Kind(row.kind),
                        Bucket(row.bucket) if row.bucket else None,
                        row.activity,
                        row.community,
                        row.provisional,
                        row.by_word,
                    ),
                    row.because,
                )
                for row in rows
            }

    async def _kept(self) -> dict[int, tuple[Kept, ...]]:
        found: dict[int, tuple[Kept, ...]] = {}
        async with self._reader.connect() as connection:
            said = select(Word).where(col(Word.comment_id).is_not(None)).order_by(col(Word.id))
            for row in await connection.execute(said):
                word = Word.model_validate(row._mapping)  # noqa: SLF001  # Row's API
                comment = word.comment_id or 0
                found[comment] = (*found.get(comment, ()), _kept(word))
        return found


def _kept(word: Word) -> Kept:
    heard = word.state == SAID
    saying = spoken(word).saying if heard else None
    value = saying.text if isinstance(saying, ValueSaid) else None
    return Kept(word.verb, heard, heard and word.undone_at is None, value)


_STANDING = (
    select(
        col(Repository.full_name),
        col(Subject.number),
        col(Contribution.login),
        col(Contribution.act),
        col(Decision.kind),
        col(Decision.bucket),
        col(Decision.activity),
        col(Decision.community),
        col(Decision.provisional),
        col(Decision.by_word),
        col(Decision.because),
    )
    .select_from(Decision)
    .join(Contribution, col(Contribution.id) == col(Decision.contribution_id))
    .join(Subject, col(Subject.id) == col(Contribution.subject_id))
    .join(
        Repository,
        (col(Repository.id) == col(Subject.repository_id))
        & (col(Repository.host) == col(Subject.host)),
    )
    .where(col(Decision.superseded_at).is_(None))
)


def name_of(repository: str, number: int) -> str:
    """Give "owner/name#1", or "owner/name" for the repository itself."""
    return f"{repository}#{number}" if number else repository
