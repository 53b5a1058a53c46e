"""A ledger of any length, made up: rows by table, for the benchmark."""

import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from app.policy.model import Act, Kind, Work
from app.reports import Standing
from app.reports.lines import Held, Sort, spans

START, DAYS = datetime(2016, 1, 1, tzinfo=UTC), 3652
NOW = START + timedelta(days=DAYS)
PEOPLE, UPSTREAMS, COMMUNITIES = 50, 400, 30
ACTS = ["authored"] * 8 + ["reviewed"] * 7 + ["merged"] * 3 + ["committed", "triaged"]
WORKS = ("feature", "bugfix", "documentation", "ci", "maintenance", "release")
HOW_OFTEN = (25, 25, 20, 10, 17, 3)
ACTIVITIES = {
    "authored": ("docs", "ci", "release", "maintenance"),
    "reviewed": ("review", "review", "review", "onboarding"),
    "merged": ("review",),
    "committed": ("review",),
    "triaged": ("triage",),
}
BUCKETS = ("product-dev", "internal-eng", "tech-support", "partnership-support", None)
OWN = (
    "pull_request merged colleague", "pull_request merged colleague",
    "pull_request closed colleague", "issue closed colleague",
)  # fmt: skip
OTHERS = (
    "pull_request merged newcomer", "pull_request merged returning",
    "pull_request merged returning", "pull_request merged colleague", "pull_request merged bot",
)  # fmt: skip
TABLES = {
    "subject": "id home_id host repository_id space number mark settled attempts title",
    "contribution": "id home_id subject_id account_key login act acted_at",
    "snapshot": "id home_id subject_id fetched_at digest facts standing",
    "decision": "id home_id contribution_id snapshot_id kind bucket activity community work need "
    "provisional by_word because decision policy_version config_digest decided_at superseded_at "
    "listed_at",
    "ledgersort": "id home_id key kind act bucket activity community standing is_release",
    "ledgerline": "home_id contribution_id decision_id subject_id repository_id sort_id "
    "account_key acted_at from_at until_at personal",
}
BATCH = 20_000
Batch = dict[str, list[tuple[object, ...]]]


def made_up(n: int) -> Iterator[Batch]:
    """Give `n` acts in batches of rows by table; a tenth of the decisions were made anew."""
    maker = _Maker()
    for first in range(1, n + 1, BATCH):
        batch: Batch = {name: [] for name in TABLES}
        for id_ in range(first, min(first + BATCH, n + 1)):
            maker.make(id_, batch)
        yield batch


class _Maker:
    def __init__(self) -> None:
        self.chance = random.Random(7)
        self.sorts: dict[str, int] = {}
        self.decision_id = 0

    def make(self, id_: int, batch: Batch) -> None:
        """Make the rows of one act."""
        chance = self.chance
        at = START + timedelta(days=DAYS * chance.random())
        repo = min(int(chance.expovariate(0.02)), UPSTREAMS - 1) + 1
        who = str(min(int(chance.expovariate(0.06)), PEOPLE - 1) + 1)
        act = chance.choice(ACTS)
        seen = chance.choice(OWN if act == "authored" else OTHERS)
        title = f"Change number {id_}"
        batch["subject"].append((id_, 1, "github.com", repo, "item", id_, 1, 1, 0, title))
        batch["contribution"].append((id_, 1, id_, who, f"person-{who}", act, at))
        batch["snapshot"].append((id_, 1, id_, at, "d" * 64, _facts(repo, id_), seen))
        history = list(self._history(id_, act, at, batch))
        for one in spans(Act(act), history, [(at, Standing.read(seen))]):
            sort_id, personal = self._sort_id(one.sort, batch), one.sort.kind is Kind.PERSONAL
            told = (one.decision_id, id_, repo, sort_id, who, at, one.from_at, one.until_at)
            batch["ledgerline"].append((1, id_, *told, personal))

    def _history(self, id_: int, act: str, at: datetime, batch: Batch) -> Iterator[Held]:
        for start, end in _times(at, again=id_ % 10 == 0):
            self.decision_id += 1
            told = _decided(self.chance, id_, act)
            batch["decision"].append((self.decision_id, 1, id_, id_, *told, start, end, NOW))
            kind, bucket, activity, community, work = told[:5]
            said = (Kind(kind), bucket, activity, community, Work(work))
            yield Held(self.decision_id, *said, start, end)

    def _sort_id(self, sort: Sort, batch: Batch) -> int:
        if sort.key not in self.sorts:
            self.sorts[sort.key] = len(self.sorts) + 1
            told = (sort.kind.value, sort.act.value, sort.bucket, sort.activity, sort.community)
            standing = (str(sort.standing), sort.is_release)
            batch["ledgersort"].append((self.sorts[sort.key], 1, sort.key, *told, *standing))
        return self.sorts[sort.key]


def _times(at: datetime, *, again: bool) -> list[tuple[datetime, datetime | None]]:
    later = at + timedelta(days=5)
    return [(at, later), (later, None)] if again else [(at, None)]


def _decided(chance: random.Random, id_: int, act: str) -> tuple[Any, ...]:
    kind = chance.choices(list(Kind), (40, 40, 5, 15))[0]
    tactical, strategic = kind is Kind.TACTICAL, kind is Kind.STRATEGIC
    bucket = chance.choice(BUCKETS) if tactical else None
    activity = chance.choice(ACTIVITIES[act]) if strategic else None
    community = f"Community {chance.randrange(COMMUNITIES)}" if tactical and id_ % 3 else None
    (work,) = chance.choices(WORKS, HOW_OFTEN)
    need = f"example-org/infrastructure#{id_}" if tactical else None
    said = "something that was read off the item, in a sentence of a usual length"
    finding = {"rule": "serves_a_community_need", "answer": {
        "says": {"template": said, "parts": {}}, "evidence": [], "answer": "no"}}  # fmt: skip
    decision = {
        "kind": kind, "because": {"template": said, "parts": {}}, "findings": [finding] * 8,
        "rule": "serves_a_community_need", "policy_version": "1",
    }  # fmt: skip
    return (kind.value, bucket, activity, community, work, need, False, False, said,
            json.dumps(decision), "1-abcdef12", "c" * 64)  # fmt: skip


def _facts(repo: int, id_: int) -> str:
    ref = {"repo": f"upstream/repo-{repo}", "number": id_, "type": "pull_request",
           "sha": None, "tag": None, "host": "github.com"}  # fmt: skip
    subject = {"ref": ref, "type": "pull_request", "title": f"Change number {id_}"}
    return json.dumps({"subject": subject | {"body": "What it changes, and why. " * 40}})
