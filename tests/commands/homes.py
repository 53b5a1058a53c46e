"""A home whose facts the examples of the commands fit."""

from app.policy.home import Community, Home, Member, Publish, Tracker
from app.policy.model import Bucket, ItemRef, Kind, SubjectType, Visibility
from app.publish import InternalPen, PublicPen, TargetState

HOME = Home(
    "2i2c",
    ("2i2c-org",),
    kind_names={Kind.TACTICAL: "Directed", Kind.STRATEGIC: "Foundational"},
    bucket_names={
        Bucket.INTERNAL_ENG: "Internal engineering",
        Bucket.PARTNERSHIP_SUPPORT: "Support for partners",
    },
    trackers=(Tracker("2i2c-org/infrastructure", public=True), Tracker("2i2c-org/meta")),
    publish=Publish(upstream="label+comment"),
    members=(Member("yuvipanda", id=30430), Member("choldgraf")),
    communities=(
        Community("CryoCloud", aliases=("nasa-cryo",), public=True),
        Community("Project Pythia", aliases=("pythia",), public=True),
        Community("EarthScope", public=False),
    ),
)
PULL = ItemRef("jupyterhub/oauthenticator", 719, SubjectType.PULL_REQUEST)
OTHER = ItemRef("jupyterhub/jupyterhub", 4000)
TRACKED = ItemRef("2i2c-org/infrastructure", 1234, SubjectType.ISSUE)
SECRET = ItemRef("2i2c-org/meta", 2, SubjectType.ISSUE)
TICKET = "https://example.freshdesk.com/a/tickets/12"
SEEN = {PULL.key: Visibility.PUBLIC, TRACKED.key: Visibility.PUBLIC}


def outside(home: Home = HOME) -> PublicPen:
    """A pen for the upstream pull request."""
    return PublicPen(home, SEEN, PULL)


def inside(home: Home = HOME) -> InternalPen:
    """A pen for an item of the private tracker."""
    return InternalPen(home, TargetState(2, SECRET, Visibility.PRIVATE))
