from collections.abc import Iterator
from contextlib import chdir
from pathlib import Path

import pytest

from tests.cli.admin import Admin, set_up


@pytest.fixture
def admin(tmp_path: Path, sqlite_url: str) -> Iterator[Admin]:
    with chdir(tmp_path), set_up(tmp_path, sqlite_url) as admin:
        yield admin
