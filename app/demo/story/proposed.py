"""The scene in which the organisation's own file is to change: it is tried on all that happened."""

from collections.abc import Sequence
from datetime import datetime

from app.config.place import HOME_PATH
from app.demo.github import DemoGitHub
from app.demo.github.model import File
from app.demo.story.scene import Scene
from app.demo.story.world import HOME_FILE, HOME_REPOSITORY

CHANGE = f"{HOME_REPOSITORY}#12"
_BEFORE, _AFTER = "'Engineering:SRE': internal-eng", "'Engineering:SRE': tech-support"
DIFFER = 1
"""Contributions that serve an item with that label."""


def _proposed(github: DemoGitHub, at: datetime) -> None:
    text = HOME_FILE.read_text(encoding="utf-8").replace(_BEFORE, _AFTER)
    github.people.open_pull_request(
        HOME_REPOSITORY,
        "GeorgianaElena",
        "Count what the SRE label asks for as support",
        files=[File(HOME_PATH, content=text)],
        branch="sre-is-support",
        number=12,
        at=at,
    )


def proposed(before: Sequence[Scene]) -> Scene:
    """Give the scene that comes after all that happens in `before`."""
    last = max(day for scene in before for day in scene.all_days)
    tried = sum(len(scene.expected) for scene in before)
    return Scene(
        CHANGE,
        "a change of the organisation's own file, tried on all that is recorded",
        {last + 1: _proposed},
        comments=(CHANGE,),
        gist=f"Of the {tried} latest recorded contributions {DIFFER} would be decided differently.",
    )
