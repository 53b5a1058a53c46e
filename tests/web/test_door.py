"""Each answer of the door, over real sockets."""

import asyncio
import hashlib
import hmac
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

import httpx2
import pytest
from sqlalchemy import text
from sqlmodel import col, select

from app.store.engine import open_engine, open_reader
from app.store.tables import Body, Delivery
from app.web.door import LARGEST, is_signed

BODY = b'{"action": "opened"}'
SECRET = "it's a secret to everybody"
NEXT_SECRET = "the next secret that will be the only one"

Serving = Callable[..., AbstractAsyncContextManager[httpx2.AsyncClient]]
Signed = Callable[..., dict[str, str]]
Rows = list[tuple[str, str, str, bytes | None]]


def exchange(
    serving: Serving,
    database_url: str,
    talk: Callable[[httpx2.AsyncClient], Awaitable[Any]],
    **how: str,
) -> tuple[Any, Rows]:
    """Let `talk` talk to the running application; give what it gives, and the rows after it."""

    async def run() -> tuple[Any, Rows]:
        async with serving(database_url, **how) as client:
            said = await talk(client)
        return said, await rows(database_url)

    return asyncio.run(run())


async def execute(database_url: str, statement: str) -> None:
    engine = open_engine(database_url)
    async with engine.begin() as connection:
        await connection.execute(text(statement))
    await engine.dispose()


async def rows(database_url: str) -> Rows:
    reader = open_reader(database_url)
    async with reader.connect() as connection:
        found = await connection.execute(
            select(col(Delivery.guid), col(Delivery.event), col(Delivery.state), col(Body.raw))
            .join(Body, col(Body.delivery_id) == col(Delivery.id), isouter=True)
            .order_by(col(Delivery.id))
        )
        result = [(row.guid, row.event, row.state, row.raw) for row in found]
    await reader.dispose()
    return result


def test_githubs_own_example_of_a_signature_is_accepted() -> None:
    signature = "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
    assert is_signed([b"It's a Secret to Everybody"], b"Hello, World!", signature)
    assert not is_signed([b"It's a Secret to Everybody"], b"Hello, World?", signature)
    assert not is_signed([], b"Hello, World!", signature)


def test_a_signed_delivery_is_stored_as_it_came(
    serving: Serving, signed: Signed, database_url: str
) -> None:
    headers = signed(BODY)
    answer, stored = exchange(
        serving, database_url, lambda c: c.post("/webhook", content=BODY, headers=headers)
    )
    assert (answer.status_code, answer.text) == (202, "stored\n")
    assert stored == [(headers["x-github-delivery"], "pull_request", "pending", BODY)]


def test_the_same_guid_again_is_accepted_and_changes_nothing(
    serving: Serving, signed: Signed, database_url: str
) -> None:
    headers = signed(BODY)
    other = signed(b"{}", x_github_delivery=headers["x-github-delivery"].upper())

    async def talk(client: httpx2.AsyncClient) -> list[tuple[int, str]]:
        at_once = await asyncio.gather(
            *(client.post("/webhook", content=BODY, headers=headers) for _ in range(8))
        )
        later = await client.post("/webhook", content=b"{}", headers=other)
        return sorted((answer.status_code, answer.text) for answer in [*at_once, later])

    answers, stored = exchange(serving, database_url, talk)
    assert answers == [(202, "known\n")] * 8 + [(202, "stored\n")]
    assert stored == [(headers["x-github-delivery"], "pull_request", "pending", BODY)]


def test_an_event_that_nobody_wants_is_counted_and_its_body_not_kept(
    serving: Serving, signed: Signed, database_url: str
) -> None:
    headers = signed(BODY, x_github_event="star")
    answer, stored = exchange(
        serving, database_url, lambda c: c.post("/webhook", content=BODY, headers=headers)
    )
    assert (answer.status_code, answer.text) == (202, "ignored\n")
    assert stored == [(headers["x-github-delivery"], "star", "ignored", None)]


@pytest.mark.parametrize(
    ("change", "answer"),
    [
        ({"x_github_event": None}, (400, "X-GitHub-Event")),
        ({"x_github_event": "Pull Request"}, (400, "X-GitHub-Event")),
        ({"x_github_delivery": None}, (400, "X-GitHub-Delivery")),
        ({"x_github_delivery": "17"}, (400, "X-GitHub-Delivery")),
        ({"x_hub_signature_256": None}, (401, "X-Hub-Signature-256 is missing")),
        ({"x_hub_signature_256": "sha256="}, (401, "X-Hub-Signature-256")),
        ({"x_hub_signature_256": "sha256=" + "0" * 64}, (401, "doesn't fit")),
        ({"secret": "quite another secret"}, (401, "doesn't fit")),
        ({"content_type": "application/x-www-form-urlencoded"}, (415, "choose the content type")),
        ({"content_type": None}, (415, "application/json")),
    ],
)
def test_what_is_wrong_with_a_delivery_is_told_and_nothing_stored(
    serving: Serving,
    signed: Signed,
    sqlite_url: str,
    change: dict[str, str | None],
    answer: tuple[int, str],
) -> None:
    headers = signed(BODY, **change)
    told, stored = exchange(
        serving, sqlite_url, lambda c: c.post("/webhook", content=BODY, headers=headers)
    )
    assert told.status_code == answer[0]
    assert answer[1] in told.text
    assert stored == []


def test_a_sha1_signature_is_never_enough(
    serving: Serving, signed: Signed, sqlite_url: str
) -> None:
    sha1 = hmac.new(SECRET.encode(), BODY, hashlib.sha1).hexdigest()
    headers = signed(BODY, x_hub_signature_256=None, x_hub_signature=f"sha1={sha1}")
    answer, stored = exchange(
        serving, sqlite_url, lambda c: c.post("/webhook", content=BODY, headers=headers)
    )
    assert answer.status_code == 401
    assert stored == []


def test_headers_that_are_not_ascii_are_refused(
    serving: Serving, signed: Signed, sqlite_url: str
) -> None:
    async def talk(client: httpx2.AsyncClient) -> list[int]:
        answers = []
        for name in ("x-hub-signature-256", "x-github-event", "x-github-delivery"):
            headers = {key.encode(): value.encode() for key, value in signed(BODY).items()}
            headers[name.encode()] = b"sha256=\xc3\xa9\xff"
            answers.append(
                (await client.post("/webhook", content=BODY, headers=headers)).status_code
            )
        return answers

    answers, stored = exchange(serving, sqlite_url, talk)
    assert answers == [401, 400, 400]
    assert stored == []


def test_a_header_that_is_there_twice_is_refused(
    serving: Serving, signed: Signed, sqlite_url: str
) -> None:
    headers = signed(BODY)

    async def talk(client: httpx2.AsyncClient) -> set[tuple[int, str]]:
        answers = [
            await client.post("/webhook", content=BODY, headers=[*headers.items(), twice])
            for twice in headers.items()
        ]
        return {(answer.status_code, answer.text) for answer in answers}

    answers, stored = exchange(serving, sqlite_url, talk)
    assert answers == {(400, "A header of the delivery is there twice.\n")}
    assert stored == []


def test_two_secrets_are_accepted_during_rotation(
    serving: Serving, signed: Signed, sqlite_url: str
) -> None:
    async def talk(client: httpx2.AsyncClient) -> list[int]:
        return [
            (
                await client.post("/webhook", content=BODY, headers=signed(BODY, secret=secret))
            ).status_code
            for secret in (NEXT_SECRET, SECRET, "neither of the two")
        ]

    answers, _ = exchange(serving, sqlite_url, talk, secret=f"{NEXT_SECRET}, {SECRET}")
    assert answers == [202, 202, 401]


def test_only_post_is_answered(serving: Serving, sqlite_url: str) -> None:
    answer, _ = exchange(serving, sqlite_url, lambda c: c.get("/webhook"))
    assert answer.status_code == 405


def test_a_body_that_is_no_json_is_stored_all_the_same(
    serving: Serving, signed: Signed, sqlite_url: str
) -> None:
    answer, stored = exchange(
        serving, sqlite_url, lambda c: c.post("/webhook", content=b"{", headers=signed(b"{"))
    )
    assert answer.status_code == 202
    assert [body for *_, body in stored] == [b"{"]


def test_large_bodies_up_to_githubs_cap_are_stored(
    serving: Serving, signed: Signed, database_url: str
) -> None:
    bodies = [b"x" * LARGEST, b"y" * 2**18, b"z" * 2**20]

    async def talk(client: httpx2.AsyncClient) -> list[int]:
        answers = await asyncio.gather(
            *(client.post("/webhook", content=body, headers=signed(body)) for body in bodies)
        )
        return [answer.status_code for answer in answers]

    answers, stored = exchange(serving, database_url, talk)
    assert answers == [202, 202, 202]
    assert {body for *_, body in stored} == set(bodies)


@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_above_githubs_cap_is_refused(
    serving: Serving, signed: Signed, sqlite_url: str, *, chunked: bool
) -> None:
    body = b"x" * (LARGEST + 1)

    async def pieces() -> AsyncIterator[bytes]:
        for start in range(0, len(body), 2**20):
            yield body[start : start + 2**20]

    content = pieces() if chunked else body
    answer, stored = exchange(
        serving, sqlite_url, lambda c: c.post("/webhook", content=content, headers=signed(body))
    )
    assert (answer.status_code, answer.text) == (413, "The body is above 25 MiB.\n")
    assert stored == []


def test_a_database_that_fails_is_never_answered_with_a_2xx(
    serving: Serving, signed: Signed, database_url: str
) -> None:
    headers = signed(BODY)

    async def post(client: httpx2.AsyncClient) -> int:
        answer = await client.post("/webhook", content=BODY, headers=headers)
        return answer.status_code

    async def talk(client: httpx2.AsyncClient) -> list[int]:
        await execute(database_url, "ALTER TABLE delivery RENAME TO away")
        failed = await post(client)
        await execute(database_url, "ALTER TABLE away RENAME TO delivery")
        return [failed, await post(client)]

    answers, stored = exchange(serving, database_url, talk)
    assert answers == [500, 202]
    assert [guid for guid, *_ in stored] == [headers["x-github-delivery"]]
