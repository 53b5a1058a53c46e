"""Scenes about which GitHub hears nothing: undecided, or not the organisation's at all."""

from datetime import datetime

from app.demo.github import DemoGitHub
from app.demo.story.scene import INFRASTRUCTURE, Expected, Scene
from app.policy.model import Act, Kind

PROJECT = "jupyterhub/grafana-dashboards"
PIN = "pangeo-data/pangeo-docker-images#389"
PYTHONS = "jupyterhub/chartpress#245"
PROFILES = "jupyterhub/kubespawner#919"


def _project_created(github: DemoGitHub, at: datetime) -> None:
    creator = github.people.user("yuvipanda")
    repo = github.places.repo(PROJECT, contributors=(creator,), at=at, by=creator)
    repo.description = "Dashboards for everybody who runs a JupyterHub"


def _pin_opened(github: DemoGitHub, at: datetime) -> None:
    github.people.open_pull_request(
        "pangeo-data/pangeo-docker-images",
        "ngam",
        "pin cuda-nvcc as a temporary workaround",
        files=["ml-notebook/environment.yml", "pytorch-notebook/environment.yml"],
        commits=["pin cuda-nvcc"],
        branch="pin-cuda",
        number=389,
        at=at,
    )


def _pin_brought_in(github: DemoGitHub, at: datetime) -> None:
    github.people.commit(
        INFRASTRUCTURE,
        "yuvipanda",
        "Use ML images with correct CUDA versions\n\n"
        "Brings in https://github.com/pangeo-data/pangeo-docker-images/pull/389",
        at=at,
    )


def _pythons_opened(github: DemoGitHub, at: datetime) -> None:
    github.people.open_pull_request(
        "jupyterhub/chartpress",
        "consideRatio",
        "ci: test against python 3.12 and 3.13",
        files=[".github/workflows/test.yaml"],
        branch="test-py312-py313",
        number=245,
        at=at,
    )


def _profiles_opened(github: DemoGitHub, at: datetime) -> None:
    github.people.open_pull_request(
        "jupyterhub/kubespawner",
        "GeorgianaElena",
        "Allow profile_list to be assigned a dictionary",
        "Besides a list it may then be a dictionary, whose keys name the profiles.",
        files=["kubespawner/spawner.py", "tests/test_spawner.py"],
        branch="profile-list-dict",
        labels=["enhancement"],
        number=919,
        at=at,
    )


SILENT = (
    Scene(
        PROFILES,
        "a feature without a known need",
        {0: _profiles_opened},
        (Expected("GeorgianaElena", Act.AUTHORED, Kind.UNDECIDED),),
    ),
    Scene(
        PROJECT,
        "a new project",
        {0: _project_created},
        (Expected("yuvipanda", Act.AUTHORED, Kind.UNDECIDED),),
    ),
    Scene(
        PIN,
        "an outsider's own work, though the organisation uses it",
        {0: _pin_opened, 1: _pin_brought_in},
    ),
    Scene(
        PYTHONS,
        "by somebody who left the organisation before",
        {0: _pythons_opened},
    ),
)
