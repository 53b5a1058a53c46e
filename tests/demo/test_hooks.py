import asyncio
import hashlib
import hmac
import json
import random
from typing import Any

import httpx2
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app.demo.github.hooks import Attempt, Delivery
from tests.demo.world import HOME, PRIVATE, UPSTREAM, World, key


class Receiver:
    """A webhook's other end: keeps what comes and answers as it is told."""

    def __init__(self, status: int = 202) -> None:
        self.status = status
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.app = Starlette(routes=[Route("/webhook", self._take, methods=["POST"])])

    async def _take(self, request: Request) -> Response:
        self.got.append((dict(request.headers), await request.body()))
        return Response("taken", self.status)

    def receive(self, world: World, **how: Any) -> list[Attempt]:
        async def run() -> list[Attempt]:
            transport = httpx2.ASGITransport(self.app)
            async with httpx2.AsyncClient(transport=transport, trust_env=False) as client:
                return await world.github.hooks.deliver(client=client, **how)

        return asyncio.run(run())


def queued(world: World) -> list[tuple[str, dict[str, Any]]]:
    found = [(d.event, json.loads(d.body)) for d, _ in world.github.hooks.queue]
    world.github.hooks.queue.clear()
    return found


def test_the_signature_is_that_of_githubs_own_example() -> None:
    world = World()
    world.app.webhook_secret = "It's a Secret to Everybody"
    delivery = Delivery("guid", world.app, "ping", None, None, None, b"Hello, World!")
    expected = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
    assert delivery.headers()["X-Hub-Signature-256"] == expected


def test_a_delivery_is_signed_over_its_bytes_and_names_its_target() -> None:
    world, receiver = World(), Receiver()
    world.people.comment(world.pull, "yuvipanda", "Grüße ☃")
    (attempt,) = receiver.receive(world)
    headers, body = receiver.got[0]
    digest = hmac.new(b"s", body, hashlib.sha256).hexdigest()
    assert headers["x-hub-signature-256"] == f"sha256={digest}"
    assert headers["x-github-event"] == "issue_comment"
    assert headers["x-github-delivery"] == attempt.delivery.guid
    assert headers["x-github-hook-installation-target-type"] == "integration"
    assert headers["x-github-hook-installation-target-id"] == str(world.app.id)
    assert headers["user-agent"].startswith("GitHub-Hookshot/")
    assert json.loads(body)["comment"]["body"] == "Grüße ☃"


def test_what_happens_is_told_where_the_app_is_installed_and_nowhere_else() -> None:
    world = World()
    world.places.repo("pangeo-data/pangeo-docker-images")
    elsewhere = world.people.open_issue("pangeo-data/pangeo-docker-images", "yuvipanda", "x")
    world.people.comment(elsewhere, "yuvipanda", "y")
    assert queued(world) == []
    world.people.comment(world.issue, "yuvipanda", "z")
    ((event, payload),) = queued(world)
    assert (event, payload["installation"]["id"]) == ("issue_comment", world.at_home.id)
    assert payload["organization"]["login"] == "example-org"
    assert payload["sender"]["login"] == "yuvipanda"
    assert payload["repository"]["full_name"] == HOME
    world.places.set_suspended(world.at_home, suspended=True)
    queued(world)
    world.people.comment(world.issue, "yuvipanda", "z")
    assert queued(world) == []


def test_the_events_of_a_pull_requests_life_come_in_order() -> None:
    world = World()
    people = world.people
    pull = people.open_pull_request(UPSTREAM, "jnywong", "Draft", draft=True, labels=["bug"])
    people.set_draft(pull, "jnywong", draft=False)
    people.edit(pull, "jnywong", title="Ready", body="Now")
    people.edit(pull, "jnywong", title="Ready")
    people.push(pull, "consideRatio", "Help", files=["b.py"])
    people.review(pull, "consideRatio")
    people.unlabel(pull, "consideRatio", "BUG")
    people.close(pull, "jnywong")
    people.reopen(pull, "jnywong")
    people.merge(pull, "consideRatio")
    told = [(event, payload["action"]) for event, payload in queued(world)]
    assert told == [
        ("pull_request", "opened"),
        ("pull_request", "labeled"),
        ("pull_request", "ready_for_review"),
        ("pull_request", "edited"),
        ("pull_request", "synchronize"),
        ("pull_request_review", "submitted"),
        ("pull_request", "unlabeled"),
        ("pull_request", "closed"),
        ("pull_request", "reopened"),
        ("pull_request", "closed"),
    ]


def test_the_events_of_repositories_and_installations_are_told() -> None:
    world = World()
    world.places.rename(UPSTREAM, "renamed")
    world.places.set_private("jupyterhub/renamed", private=True)
    world.places.set_archived("jupyterhub/renamed", archived=True)
    world.places.add_to_installation(world.at_upstream, PRIVATE)
    world.places.uninstall(world.at_upstream)
    told = [(event, payload["action"]) for event, payload in queued(world)]
    assert told == [
        ("repository", "renamed"),
        ("repository", "privatized"),
        ("repository", "archived"),
        ("installation_repositories", "added"),
        ("installation", "deleted"),
    ]


def test_two_apps_get_the_same_guid_each_with_its_own_secret() -> None:
    world = World()
    second = world.places.app("another", public_key=key().public_key(), secret="other")
    world.places.install(second, "example-org")
    world.github.hooks.queue.clear()
    world.people.comment(world.issue, "yuvipanda", "x")
    (one, _), (two, _) = world.github.hooks.queue
    assert one.guid == two.guid
    assert one.headers()["X-Hub-Signature-256"] != two.headers()["X-Hub-Signature-256"]


def test_deliveries_can_be_repeated_and_come_out_of_order() -> None:
    world, receiver = World(), Receiver()
    for number in range(10):
        world.people.comment(world.pull, "yuvipanda", str(number))
    receiver.receive(world, repeat=3, shuffle=random.Random(7), at_once=1)
    bodies = [json.loads(body)["comment"]["body"] for _, body in receiver.got]
    assert sorted(bodies) == sorted([str(n) for n in range(10)] * 3)
    assert bodies[::3] != [str(n) for n in range(10)]
    assert len({headers["x-github-delivery"] for headers, _ in receiver.got}) == 10


def test_what_failed_is_listed_and_delivered_again_with_its_guid() -> None:
    world, receiver = World(), Receiver(status=500)
    world.people.comment(world.pull, "yuvipanda", "lost")
    receiver.receive(world)
    asker = world.as_app()
    (failed,) = asker.get("/app/hook/deliveries?status=failure").json()
    assert (failed["status_code"], failed["event"]) == (500, "issue_comment")
    assert failed["repository_id"] == world.upstream.id
    shown = asker.get(f"/app/hook/deliveries/{failed['id']}").json()
    assert shown["request"]["payload"]["comment"]["body"] == "lost"
    assert shown["response"]["payload"] == "taken"
    receiver.status = 202
    assert asker.post(f"/app/hook/deliveries/{failed['id']}/attempts").status_code == 202
    receiver.receive(world)
    (again,) = asker.get("/app/hook/deliveries?status=success").json()
    assert (again["guid"], again["redelivery"]) == (failed["guid"], True)
    assert receiver.got[0][1] == receiver.got[1][1]


def test_deliveries_are_listed_newest_first_by_cursor_for_three_days() -> None:
    world, receiver = World(), Receiver()
    for number in range(5):
        world.people.comment(world.pull, "yuvipanda", str(number))
    receiver.receive(world, at_once=1)
    asker = world.as_app()
    path, seen = "/app/hook/deliveries?per_page=2", []
    while path:
        answer = asker.get(path)
        seen += [entry["id"] for entry in answer.json()]
        following = answer.links.get("next")
        path = str(following["url"]) if following else ""
    assert seen == sorted(seen, reverse=True)
    assert len(seen) == 5
    world.clock.forward(days=3, seconds=1)
    later = world.as_app()
    assert later.get("/app/hook/deliveries").json() == []
    assert later.post(f"/app/hook/deliveries/{seen[0]}/attempts").status_code == 404


def test_an_app_that_is_not_there_is_a_failed_attempt() -> None:
    world = World()
    world.people.comment(world.pull, "yuvipanda", "x")
    (attempt,) = asyncio.run(world.github.hooks.deliver())
    assert (attempt.status_code, attempt.ok) == (0, False)


@pytest.mark.parametrize("event", ["issues", "brand_new_event"])
def test_any_payload_can_be_sent(event: str) -> None:
    world, receiver = World(), Receiver()
    world.github.hooks.add(world.app, event, {"action": "x", "zen": "☃"})
    receiver.receive(world)
    assert receiver.got[0][0]["x-github-event"] == event
