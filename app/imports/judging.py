"""What a process of its own does with a range of items: read, decide, make ready to be recorded.

Deciding is what most of an import's time goes to, so that processes of their own do it; the one
that started them only writes.
"""

import multiprocessing
import os
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from app.imports.queries import Told
from app.imports.reading import Reader
from app.imports.source import Source
from app.imports.survey import Survey, moment
from app.policy.model import Item
from app.reconcile.recording import judged
from app.reconcile.tracker import FoundMention, mentioned_in
from app.store.bulk import NewDecision, NewSubject
from app.store.ledger import Verdict, columns_of, serves, written_down
from app.store.places import Tenant

T = TypeVar("T")
Backlinks = Mapping[tuple[int, int], list[Item]]


@dataclass(frozen=True, slots=True)
class TrackerTold:
    """A tracker's item as the file tells it, and the upstream items that its texts mention."""

    repository_id: int
    number: int
    title: str | None
    active_at: datetime | None
    mentions: tuple[tuple[FoundMention, int | None], ...]
    """Each with the mentioned repository's id, where the file knows it."""

    @property
    def key(self) -> tuple[int, int]:
        """Give its repository's id and its number."""
        return self.repository_id, self.number


class Judge:
    """Reads and decides items of one file for one home."""

    def __init__(self, source: Source, found: Survey, tenant: Tenant) -> None:
        self.reader = Reader(source, found, tenant.facts)
        self._tenant = tenant

    def items(self, first: int, last: int, backlinks: Backlinks) -> list[NewSubject]:
        """Decide the upstream items from `first` to `last`; nobody's acts give no decisions."""
        return [
            self._item(told, backlinks.get(told.key, []))
            for told in self.reader.rows.numbered(first, last)
        ]

    def trackers(self, first: int, last: int) -> list[TrackerTold]:
        """Read what the trackers' items from `first` to `last` mention."""
        home, found = self._tenant.facts, []
        for told in self.reader.rows.numbered(first, last):
            mentions = tuple(mentioned_in(self.reader.item(told), home))
            found.append(
                TrackerTold(
                    *told.key,
                    told.row["title"],
                    moment(told.row["updated_at"]),
                    tuple((one, self.reader.rows.repository_id(one.to.repo)) for one in mentions),
                )
            )
        return found

    def _item(self, told: Told, backlinks: list[Item]) -> NewSubject:
        facts = self.reader.facts(told, backlinks)
        document, digest = written_down(facts)
        verdicts = judged(self._tenant, facts, (), {}).verdicts
        return NewSubject(
            *told.key,
            facts.subject.title,
            moment(told.row["updated_at"]),
            document,
            digest,
            tuple(map(_decision, verdicts)),
        )


def _decision(verdict: Verdict) -> NewDecision:
    item = serves(verdict.decision)
    return NewDecision(
        verdict.account_key,
        verdict.person.login,
        verdict.act.value,
        verdict.at,
        columns_of(verdict),
        (item.repo.casefold(), item.number or 0) if item else None,
    )


class Pool:
    """Judges in `processes` processes of their own; 0: in this one, when asked."""

    def __init__(self, source: Source, found: Survey, tenant: Tenant, processes: int) -> None:
        self.judge = Judge(source, found, tenant)
        self._executor: Executor | None = None
        if processes:
            self._executor = ProcessPoolExecutor(
                processes,
                multiprocessing.get_context("spawn"),
                _begin,
                (source, found, tenant),
            )

    def items(self, first: int, last: int, backlinks: Backlinks) -> Future[list[NewSubject]]:
        """Have items decided."""
        if self._executor is None:
            return _done(lambda: self.judge.items(first, last, backlinks))
        return self._executor.submit(_items, first, last, backlinks)

    def trackers(self, first: int, last: int) -> Future[list[TrackerTold]]:
        """Have the mentions in trackers' items read."""
        if self._executor is None:
            return _done(lambda: self.judge.trackers(first, last))
        return self._executor.submit(_trackers, first, last)

    def close(self) -> None:
        """Stop the processes."""
        self.judge.reader.rows.close()
        if self._executor is not None:
            self._executor.shutdown(cancel_futures=True)


def _done(work: Callable[[], T]) -> Future[T]:
    future: Future[T] = Future()
    try:
        future.set_result(work())
    except Exception as error:  # noqa: BLE001 - told to whoever asks for the result
        future.set_exception(error)
    return future


_judges: list[Judge] = []
"""The one that this process judges with, made when it begins."""


def _begin(source: Source, found: Survey, tenant: Tenant) -> None:
    _judges.append(Judge(source, found, tenant))
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """End when whoever started us was killed: nobody else would."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _items(first: int, last: int, backlinks: Backlinks) -> list[NewSubject]:
    return _judges[0].items(first, last, backlinks)


def _trackers(first: int, last: int) -> list[TrackerTold]:
    return _judges[0].trackers(first, last)
