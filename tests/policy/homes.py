"""A small home and short ways to write facts about an upstream pull request."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from app.policy.answers import Decision
from app.policy.decision import decide
from app.policy.home import (
    Board,
    Community,
    Home,
    LinkPattern,
    Member,
    Needs,
    Rules,
    Stewardship,
    Strategic,
    Tracker,
)
from app.policy.model import (
    Act,
    Bucket,
    ChangedFile,
    Comment,
    Commit,
    Facts,
    Item,
    ItemRef,
    Performed,
    Person,
    Subject,
    SubjectType,
)
from app.policy.scope import contributions

DAY = datetime(2024, 3, 6, 12, tzinfo=UTC)
HUB = ItemRef("upstream/hub", 7, SubjectType.PULL_REQUEST)
TRACKER = "https://github.com/example-org/infrastructure/issues/12"

HOME = Home(
    name="Example",
    organisations=("example-org",),
    trackers=(
        Tracker("example-org/infrastructure", public=True, aliases=("example-org/pilot",)),
        Tracker("example-org/meta"),
    ),
    not_trackers=("example-org/landing-demo", "example-org/*-image"),
    not_upstream=("somebody/*",),
    upstreams=("upstream/*", "choldgraf/listed"),
    needs=Needs(
        board=Board("orgs/example-org/projects/57", "Bucket"),
        labels=(
            ("support", Bucket.TECH_SUPPORT),
            ("type:platform", Bucket.PRODUCT_DEV),
            ("Contract Deliverable", None),
        ),
        titles=(("[[]Incident Action[]]*", Bucket.INTERNAL_ENG),),
        links=(
            LinkPattern(
                "https://example.freshdesk.com/a/tickets/*", Bucket.TECH_SUPPORT, private=True
            ),
            LinkPattern(
                "https://example.freshdesk.com/helpdesk/tickets/*",
                Bucket.TECH_SUPPORT,
                private=True,
            ),
            LinkPattern(
                "https://example.slack.com/archives/**", Bucket.PARTNERSHIP_SUPPORT, private=True
            ),
            LinkPattern("https://example.productboard.com/**", Bucket.PRODUCT_DEV, private=True),
            LinkPattern("https://github.com/*/*/security/advisories/*", None, private=True),
        ),
    ),
    stewardship=Stewardship(labels=("good-community-citizen",)),
    strategic=Strategic(upstreams=("planned/*",), operated=("upstream/service-deploy",)),
    members=(
        Member("yuvipanda", id=30430, names=("Yuvi Panda",), since=date(2020, 6, 18)),
        Member("GeorgianaElena", former_logins=("georgiana",), names=("Georgiana Dolocan",)),
        Member("consideRatio", id=3837114, until=date(2024, 12, 11)),
        Member("choldgraf"),
    ),
    bots=("jupyterhub-bot",),
    communities=(
        Community("CryoCloud", aliases=("nasa-cryo",), public=True),
        Community("LEAP", aliases=("leap", "leap-stc")),
        Community("Openscapes", aliases=("openscapes",)),
        Community("Temple University", aliases=("temple",)),
        Community("Upstream Institute", aliases=("upstream",)),
    ),
    never_communities=("Jupyter",),
)


def with_rules(**changes: Any) -> Home:
    """The home with other choices."""
    return replace(HOME, rules=Rules(**changes))


def files(*paths: str, lines: int = 40) -> tuple[ChangedFile, ...]:
    """Changed paths of some size."""
    return tuple(ChangedFile(path, lines, 3) for path in paths)


FEATURE: dict[str, Any] = {
    "title": "Add support for a new way to log in",
    "labels": ("enhancement",),
    "files": files("hub/auth.py", "hub/login.py", "tests/test_auth.py", lines=120),
}
BUGFIX: dict[str, Any] = {
    "title": "Fix crash when the name is empty",
    "labels": ("bug",),
    "files": files("hub/auth.py", "tests/test_auth.py", lines=9),
}
DOCS: dict[str, Any] = {
    "title": "Explain how to log in",
    "labels": ("documentation",),
    "files": files("docs/howto/login.md", "docs/index.md"),
}
CI: dict[str, Any] = {
    "title": "Fix failing workflow",
    "labels": ("ci",),
    "files": files(".github/workflows/test.yml", lines=4),
}
UPKEEP: dict[str, Any] = {
    "title": "Bump traitlets from 5.0 to 5.1",
    "labels": ("maintenance",),
    "files": files("requirements.txt", lines=1),
}
RELEASE: dict[str, Any] = {
    "title": "Add changelog for 5.0.0",
    "body": "## New features\n\n- Allow to log in with a badge #12\n- Add a new spawner #13",
    "files": files("docs/source/changelog.md"),
}


def pull(author: str = "yuvipanda", **fields: Any) -> Subject:
    """A pull request of `author`'s, a feature unless told otherwise."""
    told = {"author": Person(author), "created_at": DAY, **FEATURE, **fields}
    return Subject(HUB, SubjectType.PULL_REQUEST, **told)


OTHERS = pull("batpad", **FEATURE)
"""What somebody wrote who is no member."""


def acted(by: str = "yuvipanda", act: Act = Act.AUTHORED, at: datetime | None = DAY) -> Performed:
    """An act on a day in March 2024."""
    return Performed(act, Person(by), at)


def facts(subject: Subject | None = None, *acts: Performed, **fields: Any) -> Facts:
    """Facts about `subject`, authored by its author unless acts are given."""
    subject = subject or pull()
    author = subject.author.login if subject.author else "yuvipanda"
    return Facts(subject, acts or (acted(author),), **fields)


def decided(told: Facts, home: Home = HOME, **more: Any) -> Decision:
    """The decision on the only contribution in scope."""
    (contribution,) = contributions(told, home)
    return decide(contribution, **more)


def comment(body: str, by: str = "yuvipanda", at: datetime | None = DAY) -> Comment:
    """A comment on a day in March 2024."""
    return Comment(Person(by), body, at)


def commits(*messages: str) -> tuple[Commit, ...]:
    """Commits of unknown authors."""
    return tuple(map(Commit, messages))


def tracked(number: int = 12, **fields: Any) -> Item:
    """An item of the home's tracker."""
    ref = ItemRef("example-org/infrastructure", number, SubjectType.ISSUE)
    return Item(**{"ref": ref, "by": Person("yuvipanda"), "at": DAY, **fields})


def mentioning(
    body: str = "Brings in https://github.com/upstream/hub/pull/7", **fields: Any
) -> Item:
    """An item of the home's tracker whose text mentions the pull request."""
    return tracked(body=body, **fields)
