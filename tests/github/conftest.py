import pytest

from tests.github.small_github import SmallGitHub, VirtualClock


@pytest.fixture
def github() -> SmallGitHub:
    return SmallGitHub(VirtualClock())
