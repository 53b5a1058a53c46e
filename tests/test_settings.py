"""Settings: from the environment or `.env`, options win, nothing written is nothing said."""

import os
from collections.abc import Iterator
from contextlib import chdir
from pathlib import Path

import pytest

from app.settings import PREFIX, SettingsError, read_settings


@pytest.fixture(autouse=True)
def _in_a_directory_of_its_own(tmp_path: Path) -> Iterator[None]:
    assert not [name for name in os.environ if name.startswith(PREFIX)]
    with chdir(tmp_path):
        yield


def test_an_option_goes_before_the_file_and_the_file_before_the_default() -> None:
    Path(".env").write_text("GOOD_CITIZEN_PORT=9000\nGOOD_CITIZEN_HOST=::1\n")
    settings = read_settings({"port": 9001, "host": None})
    assert (settings.port, settings.host, settings.lease) == (9001, "::1", 60.0)


def test_a_setting_left_empty_is_not_set() -> None:
    Path(".env").write_text("GOOD_CITIZEN_PRIVATE_KEY=\nGOOD_CITIZEN_PORT=\nGOOD_CITIZEN_APP_ID=\n")
    settings = read_settings()
    assert (settings.private_key, settings.port, settings.app_id) == (None, 8000, None)


def test_every_bad_setting_is_named_at_once() -> None:
    Path(".env").write_text("GOOD_CITIZEN_PORT=99999\nGOOD_CITIZEN_LEASE=soon\n")
    with pytest.raises(SettingsError) as error:
        read_settings({"webhook_secret": "short"})
    assert [problem.partition(":")[0] for problem in error.value.problems] == [
        f"{PREFIX}{name}" for name in ("WEBHOOK_SECRET", "PORT", "LEASE")
    ]


def test_two_secrets_are_the_newer_and_the_older_one() -> None:
    settings = read_settings({"webhook_secret": "the-newer-one-of-two, the-older-one-of-two"})
    assert settings.webhook_secrets == ("the-newer-one-of-two", "the-older-one-of-two")
