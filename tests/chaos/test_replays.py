"""Duplicates and replays are harmless, and a fresh installation surprises nobody.

`python -m tests.chaos.full` has the full counts.
"""

import pytest

from tests.chaos.replays import replay
from tests.chaos.surprise import install
from tests.reconcile.stage import HUB

pytestmark = pytest.mark.anyio


async def test_five_copies_at_once_are_one_and_bytes_under_another_name_write_nothing(
    sqlite_url: str,
) -> None:
    found = await replay(sqlite_url, guids=20, replays=100, seed=3)
    assert found.rows == found.guids
    assert (found.lost, found.doubled) == (0, 0)
    assert found.extra == {"writes": 0, "words": 0, "decisions": 0}


async def test_a_fresh_installation_writes_to_nothing_old_and_then_what_was_listed(
    sqlite_url: str,
) -> None:
    found = await install(sqlite_url, items=20, active=4, seed=22)
    assert found.items >= 20
    assert found.in_dry_run == found.switched_on == 0
    assert found.unlisted == found.left_out == set()
    assert len({where for where, *_ in found.wrote if where.startswith(HUB)}) == 4
    assert found.on_github == {(where, text or label) for where, _, label, text in found.wrote}
