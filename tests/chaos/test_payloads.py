"""Any payload is survived: GitHub's own, with nulls where they may be, and with anything at all."""

import asyncio
import json
import random
import re
from multiprocessing.context import ForkServerContext
from pathlib import Path
from typing import Any, get_args
from uuid import UUID

import pytest
from pydantic import BaseModel
from sqlalchemy import select
from sqlmodel import col

from app.pump.payload import Payload, read_payload
from app.store import deliveries
from app.store.deliveries import PENDING
from app.store.inbox import Arrival
from app.store.tables import Delivery, Subject
from tests.chaos.loop import Loop, set_loop
from tests.chaos.onslaught import Onslaught, moments
from tests.chaos.payloads import (
    Example,
    may_be_null,
    mutant,
    nullable,
    nulled,
    real,
    wanted,
    with_value,
)
from tests.chaos.sites import run_site
from tests.chaos.world import HOME, World, empty_world
from tests.reconcile.stage import HUB, INFRA

MUTANTS = 2_000
HELLO, OCTO = "Codertocat/Hello-World", "octo-org/octo-repo"
THEIRS = (
    HOME.replace("members: [", "members: [{login: Codertocat, from: 2018-01-01}, ")
    .replace("upstreams: [", "upstreams: [Codertocat/*, ")
)  # fmt: skip
NOT_GITHUBS = re.compile(r"the payload's \S+ is not as GitHub sends it|the body is no JSON")
AN_EXCEPTION = re.compile(r"[A-Za-z]+(Error|Exception): ")


def of_the_examples() -> World:
    """A GitHub that has what the examples speak of, let in by their owner."""
    world = empty_world()
    places = world.demo.places
    world.demo.people.org("octo-org")
    places.repo(HELLO, github_id=186853002)
    places.repo("Octocoders/Hello-World", github_id=186853261)
    places.repo(OCTO, github_id=17273051)
    places.install(world.app, "Codertocat", github_id=1)
    return world


def happen(world: World) -> None:
    """Let that happen which the examples speak of."""
    people = world.demo.people
    people.open_issue(HELLO, "Codertocat", "Spelling error in the README file", number=1)
    people.open_pull_request(
        HELLO, "Codertocat", "Update the README with new information.", files=("README.md",),
        number=2,
    )  # fmt: skip
    people.open_issue(OCTO, "octo-org", "An issue", number=1)
    world.items = [f"{HELLO}#2"]


@pytest.mark.long
@pytest.mark.parametrize("case", [("sqlite", 1.0, 3), ("postgres", 0.2, 4)], ids=lambda one: one[0])
def test_githubs_examples_also_with_nulls_are_taken_and_worked_on_without_an_error(
    request: pytest.FixtureRequest,
    processes: ForkServerContext,
    tmp_path: Path,
    case: tuple[str, float, int],
) -> None:
    kind, share, seed = case
    database_url, rng = str(request.getfixturevalue(f"{kind}_url")), random.Random(seed)
    print(f"seed {seed}")  # noqa: T201
    every = nulled()
    examples = [*real(), *rng.sample(every, int(share * len(every)))]
    world = of_the_examples()
    with run_site(processes, tmp_path, database_url, world, home=THEIRS) as running:
        happen(world)
        for example in examples:
            world.demo.hooks.add(world.app, example.event, example.payload)
        storm = Onslaught(
            world,
            running.site,
            running.served,
            rng,
            moments(rng, 0, 100),
            moments(rng, 0, 100),
            duplicates=0,
        )
        with storm.begin():
            books = storm.until_rest(database_url, 120)
        log = "".join(machine.log.read_text() for machine in running.site.machines)
    assert storm.refused == []
    assert {attempt.status_code for attempt in world.demo.hooks.attempts} == {202}
    assert len(books.guids) >= len(examples) > 263
    assert books.figures.deliveries["buried"] == 0
    assert "Traceback" not in log
    assert world.lost() == world.doubled() == []
    assert {one.path.split("/issues")[0] for one in world.demo.writes} <= {
        f"/repos/{HELLO}", f"/repos/{HELLO}/labels",
    }  # fmt: skip


def models(annotation: Any) -> list[type[BaseModel]]:
    """Give the models that a field may hold."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for inside in get_args(annotation) for model in models(inside)]


def is_read(model: type[BaseModel], first: str, *rest: str) -> bool:
    """Tell if the pump's own description of a payload has this field."""
    if first == "*":
        return not rest or is_read(model, *rest)
    fields = {field.alias or name: field for name, field in model.model_fields.items()}
    return first in fields and (
        not rest or any(is_read(one, *rest) for one in models(fields[first].annotation))
    )


def test_each_field_is_nulled_that_may_be_null_and_that_is_read() -> None:
    """What no example has room for, such as the milestone of an item without, nobody reads."""
    sent = {(one.event, field) for one in wanted() for field in may_be_null(one)}
    described = {
        (event, field)
        for event, actions in nullable().items()
        for fields in actions.values()
        for field in fields
    }
    read = {(event, field) for event, field in described if is_read(Payload, *field.split("."))}
    assert {"issue.user", "issue.assignees.*", "comment.user"} <= {field for _, field in read}
    assert read <= sent
    assert len(described & sent) > len(described) / 2


TEAM = {"id": 1, "node_id": "T_1", "name": "Reviewers", "slug": "reviewers"}
ENTERPRISE = {"id": 3, "node_id": "E_1", "name": "Example", "slug": "example"}


@pytest.mark.parametrize(
    ("event", "path", "value"),
    [
        ("pull_request", ("pull_request", "assignees"), [None]),
        ("pull_request", ("pull_request", "requested_reviewers"), [None, TEAM]),
        ("issues", ("issue", "assignees"), [None]),
        ("installation", ("installation", "account"), ENTERPRISE),
    ],
)
def test_what_githubs_description_allows_and_no_example_shows_is_read(
    event: str, path: tuple[str, str], value: object
) -> None:
    """As @octokit/openapi-webhooks 12.1.0 has it."""
    for example in wanted():
        if example.event == event:
            read_payload(with_value(example, path, value).body())


async def upstream_and_strangers(loop: Loop) -> tuple[list[Example], list[int]]:
    """Let a little happen where the app may write and where it has no business.

    Gives the payloads that came of it, and every id and number that there is.
    """
    demo = loop.stage.demo
    demo.places.repo("manics/toys")
    demo.places.install(next(iter(demo.state.apps.values())), "manics")
    demo.places.repo("example-org/secret", private=True)
    for repo in (HUB, "manics/toys", "example-org/secret"):
        by = "yuvipanda" if repo == HUB else "manics"
        demo.people.open_pull_request(repo, by, "Document it", files=("docs/a.md",), number=1)
        demo.people.open_pull_request(repo, "manics", "Add it", files=("a.py",), number=2)
        demo.people.label(f"{repo}#1", "sgibson91", "needs review")
        demo.people.unlabel(f"{repo}#1", "sgibson91", "needs review")
    demo.people.open_issue(INFRA, "sgibson91", "Needed", f"For {HUB}#1", number=1)
    made = [Example(hook.event, json.loads(hook.body)) for hook, _ in demo.hooks.queue]
    numbers = [*demo.state.repos, *demo.state.installations, *demo.state.accounts, 1, 2]
    return made, numbers


async def the_truth(loop: Loop, made: list[Example]) -> None:
    """Send what really happened: names and installations are as they were before the mutants."""
    stage = loop.stage
    app = next(iter(stage.demo.state.apps.values()))
    for installation in tuple(stage.demo.state.installations.values()):
        stage.demo.places.set_suspended(installation, suspended=False)
    for example in made:
        stage.demo.hooks.add(app, example.event, example.payload)
    await loop.until_rest()


@pytest.mark.anyio
@pytest.mark.parametrize("seed", [5])
async def test_mutants_of_payloads_raise_nothing_and_reach_no_other_repository(
    database_url: str, seed: int
) -> None:
    await survive(database_url, seed, MUTANTS)


async def survive(database_url: str, seed: int, mutants: int) -> None:
    """Send so many mutants, then the truth. AssertionError if they did any harm."""
    rng = random.Random(seed)
    random.seed(seed)
    print(f"seed {seed}")  # noqa: T201
    async with set_loop(database_url) as loop:
        stage = loop.stage
        made, numbers = await upstream_and_strangers(loop)
        examples = [*wanted(), *made * 5]
        events = sorted({one.event for one in examples})
        arrivals = [
            Arrival(
                stage.app_id,
                str(UUID(int=rng.getrandbits(128))),
                rng.choice(events),
                mutant(rng, examples, numbers),
                stage.clock.now(),
                PENDING,
            )
            for _ in range(mutants)
        ]
        for start in range(0, mutants, MUTANTS):
            batch = arrivals[start : start + MUTANTS]
            await asyncio.gather(*(stage.inbox.put(arrival) for arrival in batch))
        await loop.until_rest()
        forged = {"/".join(one.path.split("/")[2:4]) for one in stage.demo.writes}
        await the_truth(loop, made)
        async with stage.engine.connect() as connection:
            buried = await deliveries.buried(connection)
            unpumped = await deliveries.take_unpumped(connection, stage.clock.now(), 10)
            reasons = {
                reason or ""
                for table in (Delivery, Subject)
                for reason in await connection.scalars(select(col(table.reason)))
            }
        books = await stage.books()
    print(f"books {books}, writes {len(stage.demo.writes)}")  # noqa: T201
    assert unpumped == []
    assert "pending" not in books
    assert any(NOT_GITHUBS.match(one.reason) for one in buried)
    assert [reason for reason in reasons if AN_EXCEPTION.match(reason)] == []
    assert forged <= {HUB, INFRA}
    assert {"/".join(one.path.split("/")[2:4]) for one in stage.demo.writes} == {HUB, INFRA}
    assert len([body for body in stage.comments(f"{HUB}#1") if "good-citizen" in body]) == 1
    assert stage.comments(f"{HUB}#2") == []
