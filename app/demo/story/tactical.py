"""Scenes of work that a need is behind: linked in a body, a commit, a comment or the tracker."""

from datetime import datetime

from app.demo.github import DemoGitHub
from app.demo.story.scene import BOARD, INFRASTRUCTURE, Expected, Said, Scene, tracker
from app.policy.model import Act, Bucket, Kind

SCOPES = "jupyterhub/oauthenticator#719"
PYC = "pangeo-data/pangeo-docker-images#426"
LANDING = "jupyter-book/myst-theme#531"
LATENCY = "jupyterhub/grafana-dashboards#59"
CHOICE = "jupyterhub/kubespawner#735"
WAY_BACK = "jupyterhub/nbgitpuller#380"

_LATENCY_COMMIT = f"""Exclude SpawnProgressAPIHandler from latency metrics

It keeps its connection open, so its time says nothing.

Ref https://github.com/{INFRASTRUCTURE}/issues/2127#issuecomment-1426182346"""


def _scopes_opened(github: DemoGitHub, at: datetime) -> None:
    github.people.open_pull_request(
        INFRASTRUCTURE,
        "yuvipanda",
        "Log people in to the EarthScope hub with Auth0",
        "Adds a small authenticator of our own, until upstream can do it.",
        files=["config/clusters/earthscope/common.values.yaml"],
        number=3618,
        at=at,
    )
    github.people.open_pull_request(
        "jupyterhub/oauthenticator",
        "yuvipanda",
        "Add `allowed_scopes` to all authenticators to allow some users based on granted scopes",
        "A provider may grant fewer scopes than were asked for. With this, a hub can let in those "
        "who were granted the ones that it names.",
        files=[
            "oauthenticator/oauth2.py",
            "oauthenticator/tests/mocks.py",
            "oauthenticator/tests/test_generic.py",
        ],
        commits=["Allow gating access based on scopes granted"],
        branch="required_scopes",
        number=719,
        at=at,
    )


def _scopes_tried_out(github: DemoGitHub, at: datetime) -> None:
    github.people.comment(
        SCOPES,
        "yuvipanda",
        f"I've a local version of this deployed in https://github.com/{INFRASTRUCTURE}/pull/3618",
        at=at,
    )


def _scopes_planned(github: DemoGitHub, at: datetime) -> None:
    issue = github.people.open_issue(
        INFRASTRUCTURE,
        "yuvipanda",
        "Upstream OAuthenticator features in use by Earthscope",
        "To be merged upstream, so that our own code for it can go:\n\n"
        "- [ ] Allowing login only when a specified set of scopes are granted "
        "https://github.com/jupyterhub/oauthenticator/pull/719",
        number=3637,
        at=at,
    )
    github.people.put_on_board(issue, BOARD, Bucket="partnership-support")


def _pyc_opened(github: DemoGitHub, at: datetime) -> None:
    issue = github.people.open_issue(
        INFRASTRUCTURE,
        "GeorgianaElena",
        "Debug intermittent failure of servers to start in LEAP hub",
        "Some servers take too long to start and are given up.",
        number=2047,
        at=at,
    )
    github.people.put_on_board(issue, BOARD, Bucket="tech-support")
    github.people.open_pull_request(
        "pangeo-data/pangeo-docker-images",
        "yuvipanda",
        "Don't delete *.pyc files from the image",
        "Without them two extensions take so long to import that a server can miss its deadline. "
        "The image grows but a little.\n\n"
        f"Ref https://github.com/{INFRASTRUCTURE}/issues/2047",
        files=["base-image/Dockerfile"],
        branch="yes-to-pyc",
        number=426,
        at=at,
    )


def _landing_opened(github: DemoGitHub, at: datetime) -> None:
    github.people.open_pull_request(
        "jupyter-book/myst-theme",
        "agoose77",
        "🛫 Add landing page blocks to book theme",
        "Blocks for a page that greets people: a title, a hero, columns of cards.",
        files=[
            ".changeset/blue-seals-arrive.md",
            "packages/landing-pages/package.json",
            "packages/landing-pages/src/BlockHeading.tsx",
            "packages/landing-pages/src/CenteredBlock.tsx",
        ],
        commits=["feat: add landing-pages renderers"],
        branch="landing-pages",
        number=531,
        at=at,
    )


def _landing_planned(github: DemoGitHub, at: datetime) -> None:
    issue = github.people.open_issue(
        INFRASTRUCTURE,
        "agoose77",
        "Build book-theme variant with landing page support",
        "CryoCloud wants a page that greets people, from the same sources as its book. Done when "
        "we have contributed it upstream in https://github.com/jupyter-book/myst-theme/pull/531",
        number=5482,
        at=at,
    )
    github.people.put_on_board(issue, BOARD, Bucket="product-dev")


def _latency_opened(github: DemoGitHub, at: datetime) -> None:
    github.people.open_issue(
        INFRASTRUCTURE,
        "yuvipanda",
        "Find out which requests to our hubs are slow",
        "The dashboards say that all of them are.",
        labels=["Engineering:SRE"],
        number=2127,
        at=at,
    )
    github.people.open_pull_request(
        "jupyterhub/grafana-dashboards",
        "yuvipanda",
        "Exclude SpawnProgressAPIHandler from latency metrics",
        files=["dashboards/jupyterhub.jsonnet"],
        commits=[_LATENCY_COMMIT],
        branch="latency",
        number=59,
        at=at,
    )


def _choice_opened(github: DemoGitHub, at: datetime) -> None:
    github.people.open_pull_request(
        "jupyterhub/kubespawner",
        "batpad",
        "Allow end user to select a choice different from list of available choices in "
        "profile_list",
        "A profile can offer a text field beside its list of images.",
        files=[
            "kubespawner/spawner.py",
            "kubespawner/templates/form.html",
            "tests/test_profile.py",
        ],
        branch="allow-other",
        number=735,
        at=at,
    )
    github.people.open_issue(
        INFRASTRUCTURE,
        "GeorgianaElena",
        "Setup the profile list to allow a user specified image for leap.2i2c.cloud - for all "
        "server options",
        "Asked for in https://2i2c.freshdesk.com/a/tickets/386. It is being worked on in "
        "https://github.com/jupyterhub/kubespawner/pull/735, which we review and try out.",
        number=2146,
        at=at,
    )


def _choice_reviewed(github: DemoGitHub, at: datetime) -> None:
    github.people.review(
        CHOICE, "yuvipanda", "COMMENTED", "Works on a hub of ours, thank you!", at=at
    )


def _choice_merged(github: DemoGitHub, at: datetime) -> None:
    github.people.merge(CHOICE, "GeorgianaElena", at=at)


def _way_back_opened(github: DemoGitHub, at: datetime) -> None:
    github.people.open_pull_request(
        "jupyterhub/nbgitpuller",
        "cmarmo",
        "Add link to go back to root when an error is thrown",
        "So that nobody is left alone with an error.",
        files=["nbgitpuller/static/js/gitsyncview.js", "nbgitpuller/templates/status.html"],
        branch="proceedtotarget",
        number=380,
        at=at,
    )
    github.people.open_issue(
        INFRASTRUCTURE,
        "agoose77",
        "Add access to a Jupyter frontend following an nbgitpuller error",
        "Review https://github.com/jupyterhub/nbgitpuller/pull/380, which does it.",
        labels=["Contract Deliverable", "good-community-citizen"],
        number=7082,
        at=at,
    )


def _way_back_reviewed(github: DemoGitHub, at: datetime) -> None:
    github.people.review(WAY_BACK, "jnywong", "APPROVED", "Tried it on a hub, it works.", at=at)


TACTICAL = (
    Scene(
        SCOPES,
        "no link in it: a comment tells the need, a tracker issue five days later the bucket",
        {0: _scopes_opened, 1: _scopes_tried_out, 5: _scopes_planned},
        (
            Expected(
                "yuvipanda",
                Act.AUTHORED,
                Kind.TACTICAL,
                Bucket.PARTNERSHIP_SUPPORT,
                community="EarthScope",
            ),
        ),
        Kind.TACTICAL,
        (SCOPES, tracker(3618)),
    ),
    Scene(
        PYC,
        "its description links the ticket's issue",
        {0: _pyc_opened},
        (
            Expected(
                "yuvipanda", Act.AUTHORED, Kind.TACTICAL, Bucket.TECH_SUPPORT, community="LEAP"
            ),
        ),
        Kind.TACTICAL,
        (PYC, tracker(2047)),
    ),
    Scene(
        LANDING,
        "only the tracker mentions it",
        {0: _landing_opened, 1: _landing_planned},
        (
            Expected(
                "agoose77", Act.AUTHORED, Kind.TACTICAL, Bucket.PRODUCT_DEV, community="CryoCloud"
            ),
        ),
        Kind.TACTICAL,
        (LANDING, tracker(5482)),
    ),
    Scene(
        LATENCY,
        "an internal engineering need, linked in a commit message",
        {0: _latency_opened},
        (Expected("yuvipanda", Act.AUTHORED, Kind.TACTICAL, Bucket.INTERNAL_ENG),),
        Kind.TACTICAL,
        (LATENCY, tracker(2127)),
    ),
    Scene(
        CHOICE,
        "an outsider's feature, whose review and merge a need covers whatever its author says",
        {0: _choice_opened, 1: _choice_reviewed, 2: _choice_merged},
        tuple(
            Expected(who, act, Kind.TACTICAL, Bucket.TECH_SUPPORT, community="LEAP")
            for who, act in (("yuvipanda", Act.REVIEWED), ("GeorgianaElena", Act.MERGED))
        ),
        comments=(tracker(2146),),
        # Not before a member had a part in it: until then the item is none of the app's business.
        words=(Said(2, "batpad", "/strategic", heard=False),),
    ),
    Scene(
        WAY_BACK,
        "the tracker calls its review a need and stewardship: a person has to say which",
        {0: _way_back_opened, 1: _way_back_reviewed},
        (Expected("jnywong", Act.REVIEWED, Kind.TACTICAL, provisional=True),),
        comments=(tracker(7082),),
    ),
)
