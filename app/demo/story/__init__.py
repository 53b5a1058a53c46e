"""A story of real contributions: what people do day by day, and what must be there in the end.

Titles, paths and the line that is the evidence are those of the real items; the rest is ours. What
happened over years happens here within days that begin now: the app writes only to what is active
after its start, so the moments are handed over (`at`), and the clocks of both sides stay real.
"""

from datetime import datetime, timedelta

from app.demo.github import DemoGitHub
from app.demo.story.proposed import proposed
from app.demo.story.scene import Expected, Said, Scene
from app.demo.story.silent import SILENT
from app.demo.story.spoken import SPOKEN
from app.demo.story.strategic import STRATEGIC
from app.demo.story.tactical import SCOPES, TACTICAL
from app.demo.story.world import HOME, HOME_FILE, build, install

__all__ = [
    "DAYS",
    "HOME",
    "HOME_FILE",
    "SHOWN",
    "STORY",
    "Expected",
    "Said",
    "Scene",
    "build",
    "install",
    "play",
]

_WORK = (*SILENT, *TACTICAL, *STRATEGIC, *SPOKEN)
STORY: tuple[Scene, ...] = (*_WORK, proposed(_WORK))
DAYS: tuple[int, ...] = tuple(sorted({day for scene in STORY for day in scene.all_days}))
SHOWN = SCOPES
"""The item whose comment is shown in full at the end."""


def play(demo: DemoGitHub, day: int, start: datetime) -> None:
    """Let everything happen that happens on `day`, counted from `start`, a minute per scene."""
    for minute, scene in enumerate(STORY):
        scene.play(demo, day, start + timedelta(days=day, minutes=minute))
