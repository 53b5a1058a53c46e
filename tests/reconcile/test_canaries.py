"""A thousand canaries in a private tracker's texts: they help to decide, and nobody hears them."""

import re
from dataclasses import replace

import pytest

from app.policy.home import Iteration, Tracker
from app.reconcile.tracking import keep_tracking_issue
from app.store.tables import Mention
from app.sweep import sweep
from tests.reconcile.stage import HOME, HUB, INFRA, Stage, set_stage
from tests.reconcile.tracking_stage import ITERATION, START

pytestmark = pytest.mark.anyio
ITEMS, EACH, COMMENTS = 5, 200, 4
OPEN = Iteration("example-org/team", ITERATION.anchor)
PRIVATE = replace(
    HOME,
    trackers=(Tracker(INFRA), Tracker("example-org/team", public=True)),
    members=tuple(replace(one, agreed=True) for one in HOME.members),
    iteration=OPEN,
)


async def test_no_canary_of_1000_is_written_upstream_or_logged(
    sqlite_url: str, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    async with set_stage(sqlite_url, home=PRIVATE, now=START) as stage:
        stage.demo.people.repo(INFRA).private = True
        stage.demo.places.repo("example-org/team")
        planted = sum(_plant(stage, number) for number in range(1, ITEMS + 1))
        await stage.settle()
        await sweep(stage.access, worker="test")
        await stage.settle()
        stage.clock.pass_by(hours=1)
        assert (await keep_tracking_issue(stage.access)).state == "kept"
        assert planted == ITEMS * EACH
        assert await stage.count(Mention) == ITEMS * (1 + COMMENTS)
        kinds = {kind for kind, _, _ in (await stage.decisions()).values()}
        assert kinds == {"tactical"}
        outside = [one for one in stage.demo.writes if INFRA not in one.path]
        assert len([one for one in outside if one.path.endswith("/comments")]) == ITEMS + 1
    said = capsys.readouterr()
    for text in (*(f"{one.path} {one.body!r}" for one in outside), said.out, said.err, caplog.text):
        assert re.findall("canary[0-9]*", text) == []
    assert "wrote" in said.out + caplog.text


def _plant(stage: Stage, number: int) -> int:
    """Open a pull request and the tracker's item that it is for, whose texts hold canaries."""
    names = [f"canary{number}{n:03}" for n in range(EACH)]
    people, pull = stage.demo.people, f"https://github.com/{HUB}/pull/{number}"
    people.open_pull_request(HUB, "yuvipanda", "Gate login", files=("a.py",), number=number)
    label, title, *said = names
    people.create_label(INFRA, "sgibson91", label)
    body = f"Brings in {pull} for {' '.join(said[COMMENTS:])}"
    item = people.open_issue(
        INFRA, "sgibson91", f"{title} needs it", body,
        labels=("support", label), number=100 + number,
    )  # fmt: skip
    for name in said[:COMMENTS]:
        people.comment(item, "GeorgianaElena", f"{name} waits for {pull}, says {name}")
    return len(set(names))
