"""A demo GitHub full of members' pull requests that all end with one label and one comment."""

import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from app.demo.github import DemoGitHub, Limits
from app.demo.github.model import App, Item
from tests.chaos.machines import SECRET
from tests.github.small_github import rsa_key

HUB = "jupyterhub/oauthenticator"
INFRA = "example-org/infrastructure"
MEMBERS = ("yuvipanda", "sgibson91", "GeorgianaElena")
OUTSIDER = "manics"
OURS = "contribution: "
HOME = f"""\
version: 1
home: {{name: Example, organisations: [example-org]}}
trackers:
  - {{repo: {INFRA}, public: true}}
needs:
  labels: {{support: tech-support}}
upstreams: [jupyterhub/*]
members: [{", ".join(f"{{login: {login}, from: 2020-01-01}}" for login in MEMBERS)}]
publish: {{dry_run: false, upstream: label+comment, tracker: comment}}
"""
SORTS = (
    ("Document how to log in", "docs/source/login.md"),
    ("Fix the failing tests on main", ".github/workflows/test.yml"),
    ("Release 17.1", "docs/source/changelog.md"),
)
TRACKED = 4
"""Issues of the tracker; one pull request in ten names one of them as its reason."""


@dataclass
class World:
    """The demo GitHub, its app, and the items that are to be labelled and commented once each."""

    demo: DemoGitHub
    app: App
    items: list[str] = field(default_factory=list)
    tracked: list[str] = field(default_factory=list)
    upstreams: list[str] = field(default_factory=lambda: [HUB])
    """Where people work; each is an installation with limits of its own."""

    def add_upstream(self, name: str) -> None:
        """Make another repository whose organisation installed the app."""
        _open(self.demo, self.app, name)
        self.upstreams.append(name)

    def lost(self) -> list[str]:
        """Name the items that lack their label or comment."""
        return [
            name
            for name in self.items
            if not any(label.name.startswith(OURS) for label in self._item(name).labels)
            or not self._comments(name)
        ] + [name for name in self.tracked if not self._comments(name)]

    def doubled(self) -> list[str]:
        """Name the items that were labelled or commented more than once by us."""
        return [
            name
            for name in (*self.items, *self.tracked)
            if self._comments(name) > 1 or self._labelled(name) > 1
        ]

    def _item(self, name: str) -> Item:
        return self.demo.people.item(name)

    def _comments(self, name: str) -> int:
        return sum(
            comment.app is self.app and " reply:" not in comment.body
            for comment in self._item(name).comments
        )

    def _labelled(self, name: str) -> int:
        return sum(
            event.kind == "labeled" and event.app is self.app for event in self._item(name).events
        )

    def calls(self) -> Counter[str]:
        """Count the requests by what became of them."""
        return Counter(request.fault or "answered" for request in self.demo.log)


def empty_world() -> World:
    """An organisation with a tracker, and an upstream that let the app in; no limits on writing."""
    # GitHub's times are whole seconds, and the app writes only to what is active since its start.
    demo = DemoGitHub(
        clock=lambda: datetime.now(UTC) + timedelta(seconds=2), limits=Limits(enforced=False)
    )
    demo.people.org("example-org", members=MEMBERS)
    demo.places.repo(INFRA)
    app = demo.places.app("good-citizen", public_key=rsa_key().public_key(), secret=SECRET)
    _open(demo, app, HUB)
    demo.places.install(app, "example-org")
    return World(demo, app)


def _open(demo: DemoGitHub, app: App, name: str) -> None:
    owner, _, _ = name.partition("/")
    demo.people.org(owner)
    demo.places.repo(name, labels=("needs review",))
    demo.places.install(app, owner)


def populate(world: World, rng: random.Random, deliveries: int) -> None:
    """Let people do things until so many webhooks wait, four in five for a new pull request."""
    people, queue = world.demo.people, world.demo.hooks.queue
    needs = [
        people.open_issue(INFRA, rng.choice(MEMBERS), "Logins fail", labels=("support",)).number
        for _ in range(TRACKED)
    ]
    used = set()
    while len(queue) < deliveries:
        if world.items and rng.random() < 0.2:
            _happen(world, rng)
            continue
        title, file = rng.choice(SORTS)
        reason = ""
        if rng.random() < 0.1:
            reason = f"{INFRA}#{rng.choice(needs)}"
            used.add(reason)
        upstream = rng.choice(world.upstreams)
        item = people.open_pull_request(
            upstream, rng.choice(MEMBERS), title, f"For {reason}" if reason else "", files=(file,)
        )
        world.items.append(f"{upstream}#{item.number}")
    world.tracked += sorted(used)


def _happen(world: World, rng: random.Random) -> None:
    """Let somebody do something to a pull request that changes nothing about what it is."""
    people, name = world.demo.people, rng.choice(world.items)
    match rng.randrange(4):
        case 0:
            people.comment(name, rng.choice(MEMBERS), "Still at it \N{SNOWMAN}")
        case 1:
            people.review(name, OUTSIDER, body="Looks good to me")
        case 2:
            people.label(name, OUTSIDER, "needs review")
        case _:
            people.push(name, rng.choice(MEMBERS), "Fix a typo")
