"""Scenes in which members say what it is: one word stands, one is taken back."""

from datetime import datetime

from app.demo.github import DemoGitHub
from app.demo.story.scene import Expected, Said, Scene
from app.policy.model import Act, Bucket, Kind

METRICS = "jupyter-server/jupyter_server#1471"
WARNING = "jupyterhub/nbgitpuller#387"
VALUE = "Whoever runs a hub sees which servers nobody uses, and stops paying for them."


def _metrics_opened(github: DemoGitHub, at: datetime) -> None:
    github.people.open_pull_request(
        "jupyter-server/jupyter_server",
        "yuvipanda",
        "prometheus: Expose 3 activity metrics",
        "When a server started, when somebody last used it, and how many kernels it runs.",
        files=["jupyter_server/prometheus/metrics.py", "jupyter_server/serverapp.py"],
        branch="activity-metrics",
        labels=["enhancement"],
        number=1471,
        at=at,
    )


def _warning_opened(github: DemoGitHub, at: datetime) -> None:
    github.people.open_pull_request(
        "jupyterhub/nbgitpuller",
        "jnywong",
        "docs: Add warning about private tokens",
        "A token in a link is seen by everybody who has the link.",
        files=["docs/faq.md"],
        commits=["Add warning about private tokens", "Add how to share private content"],
        branch="docs-tokens",
        number=387,
        at=at,
    )


SPOKEN = (
    Scene(
        METRICS,
        "a feature without a known need, until its author tells it",
        {0: _metrics_opened},
        (
            Expected(
                "yuvipanda",
                Act.AUTHORED,
                Kind.TACTICAL,
                Bucket.TECH_SUPPORT,
                community="LEAP",
                by_word=True,
            ),
        ),
        Kind.TACTICAL,
        (METRICS,),
        (
            Said(1, "yuvipanda", "/tactical tech-support for LEAP"),
            Said(2, "GeorgianaElena", f"/value {VALUE}", value=VALUE),
        ),
    ),
    Scene(
        WARNING,
        "documentation, for a day a need",
        {0: _warning_opened},
        (Expected("jnywong", Act.AUTHORED, Kind.STRATEGIC, activity="docs"),),
        Kind.STRATEGIC,
        (WARNING,),
        (
            Said(1, "agoose77", "/tactical product-dev", stands=False),
            Said(2, "jnywong", "/undo"),
        ),
    ),
)
