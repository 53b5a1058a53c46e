"""What is there in the end, in the app's books and on the demo GitHub, held against the story."""

from asyncio import Runner
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Self, TypeAlias

from sqlalchemy import func, select
from sqlmodel import col

from app.demo.github import DemoGitHub
from app.demo.github.model import App, Comment
from app.demo.story import Expected, Scene
from app.policy.home import Home
from app.policy.model import Act, Bucket, Kind
from app.store.engine import open_reader
from app.store.figures import read_figures
from app.store.tables import Contribution, Decision, Repository, Subject

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
class Outcome:
    """The ledger, and what the app wrote where: labels of ours and comments of ours by item."""

    decided: dict[Who, Decided]
    labels: dict[str, tuple[str, ...]]
    comments: dict[str, tuple[Comment, ...]]


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
                (_name(row.full_name, row.number), row.login, row.act): Decided(
                    Expected(
                        row.login,
                        Act(row.act),
                        Kind(row.kind),
                        Bucket(row.bucket) if row.bucket else None,
                        row.activity,
                        row.community,
                        row.provisional,
                    ),
                    row.because,
                )
                for row in rows
            }


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


def read_outcome(ledger: Ledger, demo: DemoGitHub, app: App, home: Home) -> Outcome:
    """Read what was decided and what was written."""
    ours = {style.name.casefold() for style in home.publish.labels.values()}
    with demo.state.lock:
        items = {
            _name(item.repo.full_name, item.number): item for item in demo.state.items.values()
        }
        labels = {
            name: tuple(sorted(x.name for x in item.labels if x.name.casefold() in ours))
            for name, item in items.items()
        }
        comments = {
            name: tuple(one for one in item.comments if one.app is app)
            for name, item in items.items()
        }
    return Outcome(ledger.decided(), labels, comments)


def mismatches(story: Sequence[Scene], outcome: Outcome, home: Home) -> list[str]:
    """Say in sentences what is not as the story wants it; empty: all is."""
    return [
        *_wrong_decisions(story, outcome),
        *_wrong_labels(story, outcome, home),
        *_wrong_comments(story, outcome),
    ]


def _wrong_decisions(story: Sequence[Scene], outcome: Outcome) -> Iterator[str]:
    wanted = {
        (scene.item, one.who, one.act.value): one for scene in story for one in scene.expected
    }
    for who in sorted(wanted.keys() | outcome.decided.keys()):
        found = outcome.decided[who].found if who in outcome.decided else None
        if found != wanted.get(who):
            expected = _told(wanted.get(who))
            yield f"{who[0]}, {who[2]} by {who[1]}: {_told(found)}, expected {expected}"


def _told(one: Expected | None) -> str:
    if one is None:
        return "nothing is known"
    named = (one.kind, one.bucket, one.activity, one.community)
    says = " · ".join(str(name) for name in named if name)
    return f"{says} (provisional)" if one.provisional else says


def _wrong_labels(story: Sequence[Scene], outcome: Outcome, home: Home) -> Iterator[str]:
    wanted = {
        scene.item: (home.publish.labels[scene.label].name,) for scene in story if scene.label
    }
    for item, found in sorted(outcome.labels.items()):
        if found != wanted.get(item, ()):
            yield f"{item}: labels {list(found)}, expected {list(wanted.get(item, ()))}"


def _wrong_comments(story: Sequence[Scene], outcome: Outcome) -> Iterator[str]:
    wanted = {item for scene in story for item in scene.comments}
    for item, found in sorted(outcome.comments.items()):
        if len(found) != (item in wanted):
            yield f"{item}: {len(found)} comments by the app, expected {int(item in wanted)}"


def _name(repository: str, number: int) -> str:
    return f"{repository}#{number}" if number else repository
