"""Scenes of work for upstream's own sake: release, CI, documentation, review, stewardship."""

from datetime import datetime

from app.demo.github import DemoGitHub
from app.demo.github.model import File
from app.demo.story.scene import INFRASTRUCTURE, Expected, Scene
from app.policy.model import Act, Kind

RELEASE = "jupyterhub/kubespawner#927"
LINTER = "jupyterhub/grafana-dashboards#136"
BUMP = "jupyterhub/kubespawner#875"
COPY = "jupyterhub/nbgitpuller#349"
CLOUDS = "jupyterhub/oauthenticator#805"


def _release_opened(github: DemoGitHub, at: datetime) -> None:
    github.people.open_pull_request(
        "jupyterhub/kubespawner",
        "GeorgianaElena",
        "[Prepare for a new release] Update changelog",
        "New features and fixes since the last release, and who made them.",
        files=["docs/source/changelog.md"],
        commits=["Update changelog", "Update release date"],
        branch="changelog",
        number=927,
        at=at,
    )


def _linter_opened(github: DemoGitHub, at: datetime) -> None:
    github.people.open_pull_request(
        "jupyterhub/grafana-dashboards",
        "yuvipanda",
        "Remove always failing linter",
        "It fails whatever one does, so nobody looks at it.",
        files=[File(".github/workflows/test.yaml", 0, 16)],
        branch="no-linter",
        number=136,
        at=at,
    )


def _bump_opened(github: DemoGitHub, at: datetime) -> None:
    github.people.open_pull_request(
        "jupyterhub/kubespawner",
        "dependabot[bot]",
        "Bump codecov/codecov-action from 4 to 5",
        files=[".github/workflows/test.yaml"],
        branch="dependabot/github_actions/codecov/codecov-action-5",
        labels=["dependencies"],
        number=875,
        at=at,
    )


def _bump_merged(github: DemoGitHub, at: datetime) -> None:
    github.people.merge(BUMP, "GeorgianaElena", at=at)


def _copy_opened(github: DemoGitHub, at: datetime) -> None:
    github.people.open_pull_request(
        "jupyterhub/nbgitpuller",
        "jrdnbradford",
        "Add copy button for link generator",
        "One click instead of marking and copying.",
        files=["docs/_static/link_gen/link.js", "docs/link.rst"],
        branch="add-copy-btn",
        number=349,
        at=at,
    )


def _copy_reviewed(github: DemoGitHub, at: datetime) -> None:
    github.people.review(COPY, "yuvipanda", "APPROVED", "Lovely, and welcome!", at=at)


def _copy_merged(github: DemoGitHub, at: datetime) -> None:
    github.people.merge(COPY, "yuvipanda", at=at)


def _clouds_opened(github: DemoGitHub, at: datetime) -> None:
    github.people.open_pull_request(
        "jupyterhub/oauthenticator",
        "yauchinlam",
        "[AzureAD] Updated to use variable graph_url for different national clouds",
        "Other clouds have other addresses.",
        files=["oauthenticator/azuread.py", "oauthenticator/tests/test_azuread.py"],
        commits=["Updated azure ad with graph url parameter"],
        branch="main",
        number=805,
        at=at,
    )
    github.people.open_issue(
        INFRASTRUCTURE,
        "GeorgianaElena",
        "Review and merge https://github.com/jupyterhub/oauthenticator/pull/805",
        "Part of our open source contributions.",
        labels=["good-community-citizen"],
        number=7090,
        at=at,
    )


def _clouds_completed(github: DemoGitHub, at: datetime) -> None:
    github.people.review(CLOUDS, "GeorgianaElena", "CHANGES_REQUESTED", "I'll add the test.", at=at)
    github.people.push(
        CLOUDS,
        "GeorgianaElena",
        ("Test the address of the graph", "GeorgianaElena", at),
        files=["oauthenticator/tests/test_azuread.py"],
    )


STRATEGIC = (
    Scene(
        RELEASE,
        "a release: it carries features and adds none",
        {0: _release_opened},
        (Expected("GeorgianaElena", Act.AUTHORED, Kind.STRATEGIC, activity="release"),),
        Kind.STRATEGIC,
        (RELEASE,),
    ),
    Scene(
        LINTER,
        "what it mends is CI",
        {0: _linter_opened},
        (Expected("yuvipanda", Act.AUTHORED, Kind.STRATEGIC, activity="ci"),),
        Kind.STRATEGIC,
        (LINTER,),
    ),
    Scene(
        COPY,
        "an outsider's first pull request, reviewed and merged",
        {0: _copy_opened, 1: _copy_reviewed, 2: _copy_merged},
        (
            Expected("yuvipanda", Act.REVIEWED, Kind.STRATEGIC, activity="onboarding"),
            Expected("yuvipanda", Act.MERGED, Kind.STRATEGIC, activity="review"),
        ),
    ),
    Scene(
        CLOUDS,
        "an outsider's feature, completed as the tracker planned it",
        {0: _clouds_opened, 1: _clouds_completed},
        (
            Expected("GeorgianaElena", Act.REVIEWED, Kind.STRATEGIC, activity="review"),
            Expected("GeorgianaElena", Act.COMMITTED, Kind.STRATEGIC, activity="review"),
        ),
    ),
    Scene(
        BUMP,
        "a machine's pull request, merged by a member",
        {0: _bump_opened, 2: _bump_merged},
        (Expected("GeorgianaElena", Act.MERGED, Kind.STRATEGIC, activity="maintenance"),),
    ),
)
