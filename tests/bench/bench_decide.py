"""How many decisions one core makes per second from facts in memory.

Run it as `python tests/bench/bench_decide.py [SUBJECTS]`. Every subject is another one, with texts,
paths, commits and items of the tracker like those of real pull requests. Printed is the first time
each is decided, and the time after that, as when a changed policy or config is tried on history;
and, on as many other subjects, how long it takes to tell what kind of work a change is, which may
take a millisecond of its own, and how many decisions are made once that is known.
"""

import sys
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

from app.policy.decision import decide
from app.policy.home import Community, Home, LinkPattern, Member, Needs, Stewardship, Tracker
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
from app.policy.reading import Reading
from app.policy.scope import contributions

DAY = datetime(2024, 3, 6, 12, tzinfo=UTC)
MEMBERS = ("yuvipanda", "choldgraf", "GeorgianaElena", "sgibson91", "agoose77", "jnywong")
HOME = Home(
    name="Example",
    organisations=("example-org",),
    trackers=(Tracker("example-org/infrastructure", public=True), Tracker("example-org/meta")),
    needs=Needs(
        labels=(("support", Bucket.TECH_SUPPORT), ("type:platform", Bucket.PRODUCT_DEV)),
        links=(
            LinkPattern("https://example.freshdesk.com/a/tickets/*", Bucket.TECH_SUPPORT),
            LinkPattern("https://example.slack.com/archives/**", Bucket.PARTNERSHIP_SUPPORT),
        ),
    ),
    stewardship=Stewardship(labels=("good-community-citizen",)),
    members=tuple(map(Member, MEMBERS)),
    communities=tuple(Community(f"Ocean{n} University", (f"ocean{n}",)) for n in range(50)),
)
SENTENCES = (
    "This lets an admin choose which groups may start a server.",
    "Until now the value was *replaced*, which is surprising; now `merge` does it.",
    "See the [documentation](https://upstream.example/docs) for the details.",
    "- the first thing that changes\n- the second thing that changes",
    "Tests are added, and the changelog is updated.",
    "Follow-up to https://github.com/upstream/hub/pull/12",
)
TITLES = (
    "Add a way to choose the profile",
    "Fix the crash on an empty name",
    "Explain how to log in",
    "ci: test against Python 3.13",
    "Bump traitlets to 5.1",
    "Add changelog for 5.0.0",
)
PATHS = (
    "hub/auth.py",
    "hub/spawner.py",
    "tests/test_auth.py",
    "docs/source/login.md",
    ".github/workflows/test.yml",
    "pyproject.toml",
    "docs/source/changelog.md",
)


def some_facts(number: int, random: Random) -> Facts:
    """Give facts about one pull request, with one to three members acting on it."""
    author, reviewer = random.sample((*MEMBERS, "batpad", "minrk"), 2)
    body = f"{number}: " + "\n\n".join(random.sample(SENTENCES, 3))
    if random.random() < 0.3:
        body += f"\n\nRef https://github.com/example-org/infrastructure/issues/{number}"
    at = DAY + timedelta(hours=number)
    ref = ItemRef("upstream/hub", number, SubjectType.PULL_REQUEST)
    commits = tuple(
        Commit(f"{random.choice(TITLES)} {number}-{n}\n\n{random.choice(SENTENCES)}", at=at)
        for n in range(random.randint(1, 8))
    )
    subject = Subject(
        ref,
        SubjectType.PULL_REQUEST,
        title=f"{random.choice(TITLES)} ({number})",
        body=body,
        author=Person(author),
        files=tuple(
            ChangedFile(path, random.randint(1, 90), 3)
            for path in random.sample(PATHS, random.randint(1, 5))
        ),
        commits=commits,
        created_at=at,
        merged_at=at,
    )
    acts = [(Act.AUTHORED, author), (Act.REVIEWED, reviewer), (Act.MERGED, reviewer)]
    return Facts(
        subject,
        tuple(Performed(act, Person(by), at) for act, by in acts[: random.randint(1, 3)]),
        comments=(Comment(Person(reviewer), f"{number}: looks good to me", at),),
        backlinks=_backlinks(ref, at, random),
    )


def _backlinks(ref: ItemRef, at: datetime, random: Random) -> tuple[Item, ...]:
    if random.random() > 0.3:
        return ()
    text = f"Brings in https://github.com/{ref.repo}/pull/{ref.number}\n\nFor the ocean3 hub"
    item = Item(
        ItemRef("example-org/infrastructure", ref.number, SubjectType.ISSUE),
        title=f"Bump the hub {ref.number}",
        body=text,
        by=Person("yuvipanda"),
        at=at,
    )
    return (item, replace(item, labels=("support",)))


def decisions_per_second(history: list[Facts]) -> tuple[float, int]:
    """Decide everything once; give decisions per second of processor time, and how many."""
    before = time.process_time()
    made = sum(len([decide(one) for one in contributions(facts, HOME)]) for facts in history)
    return made / (time.process_time() - before), made


def microseconds_per_change(history: list[Facts]) -> float:
    """Tell what kind of work each change is, and why, without deciding anything."""
    before = time.process_time()
    for facts in history:
        verdict = Reading(facts, HOME).verdict
        assert verdict is None or verdict.because
    return (time.process_time() - before) / len(history) * 1e6


def main() -> None:
    """Print all figures."""
    random = Random(7)
    subjects = int(sys.argv[1]) if len(sys.argv) > 1 else 3000
    numbers = range(1, 2 * subjects + 51)
    every = [some_facts(number, random) for number in numbers]
    warm, history, others = every[:50], every[50 : subjects + 50], every[subjects + 50 :]
    decisions_per_second(warm)
    first, made = decisions_per_second(history)
    again = max(decisions_per_second(history)[0] for _ in range(3))
    work = microseconds_per_change(others)
    rest, _ = decisions_per_second(others)
    sys.stdout.write(
        f"{made} decisions on {subjects} subjects, one core\n"
        f"first time: {first:,.0f} per second\n"
        f"again:      {again:,.0f} per second\n"
        f"the kind of work: {work:.0f} µs per change\n"
        f"once it is known: {rest:,.0f} per second\n"
    )


if __name__ == "__main__":
    main()
