"""A 2xx is done, exactly once, at whatever step the process stops.

`python -m tests.chaos.stopping` stops before every single step, on both databases.
"""

import shutil
from itertools import count
from pathlib import Path

import pytest

from tests.chaos.stopping import STORIES, stop_everywhere

pytestmark = pytest.mark.anyio


@pytest.mark.long
@pytest.mark.parametrize("story", STORIES)
async def test_stopped_before_any_step_it_ends_as_if_it_had_not_been(
    tmp_path: Path, migrated_sqlite: Path, story: str
) -> None:
    numbers = count()

    def fresh() -> str:
        return f"sqlite:///{shutil.copy(migrated_sqlite, tmp_path / f'{next(numbers)}.db')}"

    found = await stop_everywhere(story, fresh, each=False)
    assert len(found.tried) >= 12
    assert found.wrong == {}
