"""Webhook deliveries as they go over the wire: real payloads, each with its own number and GUID."""

import hmac
import json
from dataclasses import dataclass
from itertools import count, islice
from uuid import UUID

from tests.chaos.machines import SECRET
from tests.chaos.payloads import real

FIRST = 310_000
"""Numbers of the pull requests begin here, so that all have six digits."""


@dataclass(frozen=True, slots=True)
class Where:
    """The fake GitHub and its app: address, id and key of the app, a repository, a member."""

    url: str
    app_id: int
    pem: str
    installation_id: int
    repository_id: int
    full_name: str
    member_id: int
    member: str


def letters(where: Where, path: str, how_many: int, *, stranger: bool = False) -> list[bytes]:
    """Give whole signed requests, each saying that a pull request was opened by a member.

    `stranger`: by somebody who is not in the roster.
    """
    body = _payload(where, stranger=stranger)
    return [_letter(body, path, number) for number in islice(count(FIRST), how_many)]


def _payload(where: Where, *, stranger: bool) -> bytes:
    """Take GitHub's example of an opened pull request: 24 KB; only ids and names are ours."""
    opened = (e for e in real() if e.event == "pull_request" and e.payload["action"] == "opened")
    payload = max(opened, key=lambda example: len(example.body())).payload
    payload = json.loads(json.dumps(payload).replace('"number": 2', f'"number": {FIRST}'))
    pull, repository = payload["pull_request"], payload["repository"]
    who = (1, "stranger") if stranger else (where.member_id, where.member)
    for one in (pull["user"], payload["sender"]):
        one["id"], one["login"] = who
    pull["title"] = "Fix the failing tests on main"
    repository["id"], repository["full_name"] = where.repository_id, where.full_name
    repository["owner"]["login"], repository["name"] = where.full_name.split("/")
    payload["installation"] = {"id": where.installation_id}
    assert payload["number"] == pull["number"] == FIRST
    return json.dumps(payload).encode()


def _letter(template: bytes, path: str, number: int) -> bytes:
    body = template.replace(b"%d" % FIRST, b"%d" % number)
    signature = hmac.digest(SECRET.encode(), body, "sha256").hex()
    head = (
        f"POST {path} HTTP/1.1\r\nhost: 127.0.0.1\r\naccept: */*\r\n"
        "content-type: application/json\r\nuser-agent: GitHub-Hookshot/044aadd\r\n"
        f"x-github-delivery: {UUID(int=number)}\r\nx-github-event: pull_request\r\n"
        f"x-hub-signature-256: sha256={signature}\r\ncontent-length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body
