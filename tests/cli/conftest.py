from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.admin import Admin, set_up


@pytest.fixture
def admin(tmp_path: Path, sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Admin]:
    monkeypatch.chdir(tmp_path)
    with set_up(tmp_path, sqlite_url) as admin:
        yield admin
