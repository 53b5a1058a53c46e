"""A made-up world on the demo GitHub, and what there is to be found in it by the rule.

The truth is read off the demo's own records, by code that shares nothing with the sweep's.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import TypeAlias

from app.demo.github import DemoGitHub
from app.demo.github.model import Account, Item, Repo
from app.policy.home import Home, Member, Needs, Tracker
from app.policy.model import Bucket

Fact: TypeAlias = tuple[int, str, int, str, int]
"""Whose act (account id), which, in which repository (id), space and number."""

DAYS = 90
TRACKER = "example-org/infrastructure"
OTHER = "example-org/website"
TITLES = (
    "Add a way to choose the profile",
    "Fix the crash on an empty name",
    "Explain how to log in",
    "Bump the base image",
    "Update the workflow that runs the tests",
    "Rewrite the landing page",
)
FILES = (
    "src/app.py",
    "docs/login.md",
    ".github/workflows/test.yml",
    "README.md",
    "tests/test_app.py",
    "environment.yml",
)
WORDS = "It was asked for at the last meeting; see the discussion. " * 4


@dataclass
class World:
    """Upstreams that the config lists, others that it doesn't, a tracker, and people."""

    demo: DemoGitHub
    home: Home
    now: datetime
    members: list[Account]
    listed: list[Repo]
    others: list[Repo]
    ignored: list[Repo]

    @property
    def start(self) -> datetime:
        return self.now - timedelta(days=DAYS)

    def truth(self) -> set[Fact]:
        """Everything that members did to what the rule finds."""
        ours = {account.id for account in self.members}
        mentioned = set(self._mentioned())
        facts: set[Fact] = set()
        for repo in (*self.listed, *self.others):
            listed = repo in self.listed
            for item in repo.items.values():
                done = set(_done(item))
                whose = {(who, act) for who, act in done if who in ours}
                recent = item.updated_at >= self.start
                searched = item.pull is not None and any(
                    account.id in ours for account in _in_search(item)
                )
                if item in mentioned or (recent and (searched or (listed and whose))):
                    facts |= {(who, act, repo.id, "item", item.number) for who, act in whose}
            for release in repo.releases if listed else ():
                if release.author.id in ours and (release.published_at or self.now) >= self.start:
                    facts.add((release.author.id, "released", repo.id, "release", release.id))
        return facts

    def _mentioned(self) -> Iterator[Item]:
        tracker = self.demo.people.repo(TRACKER)
        inside = {item for item in tracker.items.values() if item.updated_at >= self.start}
        for repo in (*self.listed, *self.others):
            for item in repo.items.values():
                if any(event.source in inside for event in item.events):
                    yield item


def _in_search(item: Item) -> Iterator[Account]:
    """Whom a search by author, reviewer or commenter finds the pull request by."""
    people = [item.author, *(comment.author for comment in item.comments)]
    people += [review.author for review in item.pull.reviews] if item.pull else []
    return (who for who in people if who is not None)


def _done(item: Item) -> Iterator[tuple[int, str]]:
    """Who did what, one entry for each person and sort."""
    author = item.author.id if item.author else 0
    if author:
        yield author, "authored"
    worked = {(who, act) for who, act in _worked(item) if who != author}
    yield from worked
    busy = {who for who, _ in worked}
    for event in item.events:
        who = event.actor.id if event.actor else 0
        if event.kind in {"labeled", "closed"} and who not in {0, author, *busy}:
            yield who, "triaged"


def _worked(item: Item) -> Iterator[tuple[int, str]]:
    if item.pull is None:
        return
    for commit in item.pull.commits:
        if commit.author:
            yield commit.author.id, "committed"
        for line in commit.message.splitlines():
            if line.startswith("Co-authored-by:"):
                yield int(line.split("<")[1].split("+")[0]), "committed"
    for review in item.pull.reviews:
        if review.author:
            yield review.author.id, "reviewed"
    if item.pull.merged_by:
        yield item.pull.merged_by.id, "merged"


class _Maker:
    """Fills repositories with what people do, the same for the same seed."""

    def __init__(self, world: World, seed: int) -> None:
        self.world, self.random = world, Random(seed)
        self.people = world.demo.people
        self.outsiders = [self.people.user(f"outsider-{n}") for n in range(40)]

    def somebody(self, share: float) -> Account:
        """A member with a chance of `share`, else an outsider."""
        ours = self.random.random() < share
        return self.random.choice(self.world.members if ours else self.outsiders)

    def moment(self) -> datetime:
        """Some time in the last 120 days."""
        seconds = self.random.randrange(60, 120 * 86400)
        return self.world.now - timedelta(seconds=seconds)

    def later(self, at: datetime) -> datetime:
        left = (self.world.now - at).total_seconds()
        return at + timedelta(seconds=self.random.random() * min(left, 20 * 86400))

    def pull(self, repo: Repo, share: float) -> Item:
        at, author = self.moment(), self.somebody(share)
        commits: list[tuple[str, Account, datetime]] = [("Do it", author, at)]
        if self.random.random() < 0.1:
            commits.append(("Fix what was asked for", self.somebody(share * 2), self.later(at)))
        if self.random.random() < 0.03:
            who = self.somebody(0.5)
            trailer = f"Co-authored-by: Somebody <{who.id}+{who.login}@users.noreply.github.com>"
            commits.append((f"Together\n\n{trailer}", author, self.later(at)))
        item = self.people.open_pull_request(
            repo,
            author,
            self.random.choice(TITLES),
            self.body(repo),
            files=self.random.sample(FILES, self.random.randint(1, 3)),
            commits=commits,
            at=at,
        )
        for _ in range(self.random.choice((0, 0, 1, 2))):
            self.people.review(item, self.somebody(share), body="Looks good", at=self.later(at))
        for _ in range(self.random.choice((0, 1, 1, 3))):
            self.people.comment(item, self.somebody(share), "I tried it", at=self.later(at))
        self.triage(item, at, share)
        if self.random.random() < 0.6:
            self.people.merge(item, self.somebody(share), at=self.later(at))
        return item

    def issue(self, repo: Repo, share: float) -> Item:
        at = self.moment()
        title = self.random.choice(TITLES)
        item = self.people.open_issue(repo, self.somebody(share), title, WORDS, at=at)
        for _ in range(self.random.choice((0, 1, 2))):
            self.people.comment(item, self.somebody(share), "Me too", at=self.later(at))
        self.triage(item, at, share)
        if self.random.random() < 0.3:
            self.people.close(item, self.somebody(share), at=self.later(at))
        return item

    def triage(self, item: Item, at: datetime, share: float) -> None:
        if self.random.random() < 0.2:
            self.people.label(item, self.somebody(share), "bug", at=self.later(at))

    def body(self, repo: Repo) -> str:
        tracker = self.people.repo(TRACKER)
        said = WORDS
        if tracker.items and self.random.random() < 0.05:
            said += f"\n\nRef {TRACKER}#{self.random.choice(list(tracker.items))}"
        issues = [number for number, item in repo.items.items() if item.pull is None]
        if issues and self.random.random() < 0.2:
            said += f"\n\nFixes #{self.random.choice(issues)}"
        return said

    def tracked(self, upstream: list[Item]) -> None:
        """An item of the tracker, now and then with a word about something upstream."""
        at, body = self.moment(), WORDS
        if self.random.random() < 0.3:
            target = self.random.choice(upstream)
            body += f"\n\nBrings in https://github.com/{target.repo.full_name}/pull/{target.number}"
        labels = ("support",) if self.random.random() < 0.3 else ()
        item = self.people.open_issue(
            TRACKER, self.somebody(1.0), "A thing to do", body, labels=labels, at=at
        )
        if self.random.random() < 0.1:
            target = self.random.choice(upstream)
            said = f"Pending {target.repo.full_name}#{target.number}"
            self.people.comment(item, self.somebody(1.0), said, at=self.later(at))


def make_world(
    demo: DemoGitHub,
    now: datetime,
    *,
    people: int,
    items: int,
    listed: int = 4,
    others: int = 6,
    share: float = 0.1,
    seed: int = 1,
) -> World:
    """Make `people` members and `items` upstream items; `share` is the members' part in them."""
    hands, places = demo.people, demo.places
    hands.org("example-org")
    hands.org("listed-hub")
    hands.org("elsewhere")
    logins = [f"member-{n}" for n in range(people)]
    where = [places.repo(f"listed-hub/project-{n}", at=now) for n in range(listed)]
    where_else = [places.repo(f"elsewhere/tool-{n}", at=now) for n in range(others)]
    ignored = [places.repo(OTHER), places.repo("elsewhere/secret", private=True)]
    ignored.append(places.repo("somebody/project-0", fork_of=where[0]))
    places.repo(TRACKER)
    home = Home(
        name="Example",
        organisations=("example-org",),
        trackers=(Tracker(TRACKER, public=True),),
        needs=Needs(labels=(("support", Bucket.TECH_SUPPORT),)),
        members=tuple(Member(login) for login in logins),
        upstreams=("listed-hub/*",),
    )
    members = [hands.user(login) for login in logins]
    world = World(demo, home, now, members, where, where_else, ignored)
    maker = _Maker(world, seed)
    made: list[Item] = []
    for n in range(items):
        if n % 10 == 9:
            maker.tracked(made)
        repo = maker.random.choice(where if n % 5 else where_else)
        make = maker.issue if n % 3 == 0 else maker.pull
        made.append(make(repo, share))
    for repo in ignored:
        maker.pull(repo, 1.0)
    for repo in (*where, *where_else):
        for n in range(6):
            at = maker.moment()
            hands.release(repo, maker.somebody(0.5), f"v{n}", body=WORDS, at=at)
    demo.hooks.queue.clear()
    return world
