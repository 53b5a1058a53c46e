"""Where the story takes place: organisations, repositories, the board, and who knows whom."""

from pathlib import Path

from app.config.place import HOME_PATH
from app.demo.github import DemoGitHub
from app.demo.github.model import App, Project
from app.demo.story.scene import BOARD, INFRASTRUCTURE

HOME = "2i2c-org"
HOME_REPOSITORY = f"{HOME}/.github"
HOME_FILE = Path(__file__).parents[1] / "home.yml"
"""What the organisation's good-citizen.yml says, in that repository."""
UPSTREAMS: dict[str, dict[str, tuple[str, ...]]] = {
    "jupyterhub": {
        "chartpress": ("consideRatio",),
        "kubespawner": ("yuvipanda", "GeorgianaElena", "batpad"),
        "nbgitpuller": ("yuvipanda", "jnywong"),
        "oauthenticator": ("yuvipanda", "GeorgianaElena"),
    },
    "jupyter-book": {"myst-theme": ("agoose77",)},
    "jupyter-server": {"jupyter_server": ("yuvipanda",)},
    "pangeo-data": {"pangeo-docker-images": ("yuvipanda", "ngam")},
}
"""Organisation → repository → who has contributed there before."""

_BOARD_NUMBER = 57


def build(demo: DemoGitHub) -> None:
    """Found organisations and repositories."""
    staff = ("yuvipanda", "GeorgianaElena", "jnywong", "agoose77")
    home = demo.people.org(HOME, members=staff)
    demo.places.repo(INFRASTRUCTURE, labels=("Engineering:SRE", "good-community-citizen"))
    demo.places.repo(HOME_REPOSITORY, files={HOME_PATH: HOME_FILE.read_text(encoding="utf-8")})
    board = Project(demo.state.ids.next("project"), home, _BOARD_NUMBER, BOARD)
    demo.state.projects[home.id, BOARD] = board
    for organisation, repositories in UPSTREAMS.items():
        demo.people.org(organisation)
        for name, contributors in repositories.items():
            demo.places.repo(f"{organisation}/{name}", contributors=contributors)


def install(demo: DemoGitHub, app: App) -> None:
    """Install the app at home and where upstream lets it in."""
    for account in (HOME, *UPSTREAMS):
        demo.places.install(app, account)
