import asyncio
import json
import time
from collections.abc import Callable, Mapping
from typing import Any

import httpx2
import pytest

from tests.contracts.contract import Contract, ContractTransport, github_contract
from tests.contracts.cut import OPERATIONS, cut, without_prose

API = "https://api.github.com"
ISSUE = f"{API}/repos/jupyterhub/oauthenticator/issues/719"
LABEL = {
    "id": 1,
    "node_id": "LA_1",
    "url": f"{API}/repos/jupyterhub/oauthenticator/labels/bug",
    "name": "bug",
    "description": None,
    "color": "ff0000",
    "default": False,
}


@pytest.fixture
def contract() -> Contract:
    return github_contract()


class Answering(httpx2.AsyncBaseTransport):
    def __init__(self, answer: Callable[[httpx2.Request], httpx2.Response]) -> None:
        self._answer = answer

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        return self._answer(request)


def as_bytes(value: object) -> bytes:
    return json.dumps(value).encode()


@pytest.mark.parametrize(
    ("method", "url", "body"),
    [
        ("GET", f"{API}/app", None),
        ("POST", f"{ISSUE}/labels", {"labels": ["contribution: tactical"]}),
        ("DELETE", f"{ISSUE}/labels/contribution%3A%20tactical", None),
        ("DELETE", f"{ISSUE}/labels/a%2Fb", None),
        ("POST", f"{ISSUE}/comments", {"body": "Thanks."}),
        ("GET", f"{ISSUE}/comments?per_page=100&page=2", None),
        ("GET", f"{API}/repos/o/r/contents/.github/good-citizen.yml", None),
        ("GET", f"{API}/repositories/94399580/issues/719", None),
        ("POST", f"{API}/app/hook/deliveries/12/attempts", None),
        (
            "POST",
            f"{API}/app/installations/7/access_tokens",
            {"repository_ids": [1], "permissions": {"issues": "write"}},
        ),
    ],
)
def test_what_github_documents_passes(
    contract: Contract, method: str, url: str, body: object
) -> None:
    assert contract.request(method, url, b"" if body is None else as_bytes(body)) == []


@pytest.mark.parametrize(
    ("method", "url", "body", "complaint"),
    [
        ("POST", f"{ISSUE}/labels", {"label": ["bug"]}, "$.label is not documented"),
        ("POST", f"{ISSUE}/labels", {"labels": "bug"}, "is not valid"),
        ("POST", f"{ISSUE}/comments", {"text": "hi"}, "'body' is a required property"),
        ("POST", f"{ISSUE}/comments", None, "needs a body"),
        ("POST", f"{ISSUE}/comments", "{", "is no JSON"),
        ("GET", f"{API}/app", {"a": 1}, "takes no body"),
        ("PATCH", f"{ISSUE}/labels", {"labels": []}, "is not documented"),
        ("POST", f"{API}/repos/o/r/issue/7/labels", {"labels": ["a"]}, "is not documented"),
        ("GET", f"{API}/repos/o/r/issues/seven", None, "not integer"),
        ("GET", f"{ISSUE}/comments?per_pages=10", None, "per_pages is not documented"),
        ("GET", f"{ISSUE}/comments?per_page=101", None, "per_page is 101"),
        ("GET", f"{API}/repos/o/r/pulls?state=merged", None, "is not one of"),
        ("GET", f"{API}/search/issues", None, "needs q"),
        ("GET", f"{API}/repositories/name/issues/7", None, "is not documented"),
        (
            "POST",
            f"{API}/app/installations/7/access_tokens",
            {"permissions": {"issue": "write"}},
            "$.permissions.issue is not documented",
        ),
        (
            "POST",
            f"{ISSUE}/labels",
            {"labels": [{"name": "bug", "colour": "red"}]},
            "$.labels[0].colour is not documented",
        ),
    ],
)
def test_what_github_does_not_document_is_refused(
    contract: Contract, method: str, url: str, body: object, complaint: str
) -> None:
    content = body.encode() if isinstance(body, str) else as_bytes(body) if body else b""
    assert complaint in "; ".join(contract.request(method, url, content))


@pytest.mark.parametrize(
    ("status", "body", "complaint"),
    [
        (200, [LABEL], ""),
        (200, [{**LABEL, "id": "one"}], "$[0].id"),
        (200, [{**LABEL, "colour": "red"}], "$[0].colour is not documented"),
        (200, {"labels": []}, "is not of type 'array'"),
        (403, {"message": "Resource not accessible by integration"}, ""),
        (403, {"error": "no"}, "has no message"),
        (418, {}, "does not answer 418"),
        (502, "<html>", ""),
    ],
)
def test_a_response_is_judged_by_its_status_and_every_key(
    contract: Contract, status: int, body: object, complaint: str
) -> None:
    found = "; ".join(contract.response("POST", f"{ISSUE}/labels", status, as_bytes(body)))
    assert complaint in found
    assert bool(found) == bool(complaint)


def test_a_status_documented_without_a_body_has_none(contract: Contract) -> None:
    member = f"{API}/orgs/2i2c-org/members/yuvipanda"
    assert contract.response("GET", member, 204) == []
    assert contract.response("GET", member, 302) == []
    assert contract.response("GET", member, 204, b"{}") == [
        "204 has no body in GET /orgs/{org}/members/{username}"
    ]


def test_a_nullable_enum_may_be_null(contract: Contract) -> None:
    nullable = [
        node
        for node in _nodes(contract.description)
        if node.get("nullable") is True and isinstance(node.get("enum"), list)
    ]
    assert nullable
    assert all(None in node["enum"] for node in nullable)


def test_enterprise_servers_prefix_is_part_of_the_base_address() -> None:
    contract = github_contract("https://github.example.org/api/v3")
    assert contract.request("GET", "https://github.example.org/api/v3/app") == []
    assert contract.seen == {"GET /app"}


def test_every_listed_operation_is_in_the_cut(contract: Contract) -> None:
    listed = [line.split() for line in OPERATIONS.splitlines() if line.strip()]
    assert listed
    assert all(method.lower() in contract.description["paths"][path] for method, path in listed)


def test_cutting_keeps_what_is_referred_to_and_drops_prose() -> None:
    title = {"type": "string", "description": "for people", "example": "x"}
    whole: dict[str, Any] = {
        "openapi": "3.0.3",
        "info": {"title": "t", "version": "1", "license": {"name": "MIT"}, "contact": {}},
        "paths": {"/a": {"get": {"summary": "s", "responses": {"200": _ref("one")}}, "put": {}}},
        "components": {
            "schemas": {
                "one": {"properties": {"title": title, "x-y": _ref("two")}},
                "two": {"x-internal": 1},
                "three": {},
            }
        },
    }
    found = cut(whole, "GET /a")
    assert found["paths"] == {"/a": {"get": {"responses": {"200": _ref("one")}}}}
    assert found["components"] == {
        "schemas": {
            "one": {"properties": {"title": {"type": "string"}, "x-y": _ref("two")}},
            "two": {},
        }
    }
    with pytest.raises(KeyError):
        cut(whole, "GET /b")


def test_the_committed_cut_holds_no_prose(contract: Contract) -> None:
    paths = contract.description["paths"]
    assert without_prose(paths, names=True) == paths


def test_a_judgement_takes_under_five_milliseconds(contract: Contract) -> None:
    contract.request("POST", f"{ISSUE}/labels", as_bytes({"labels": ["bug"]}))
    took = []
    for _ in range(50):
        began = time.process_time()
        contract.request("POST", f"{ISSUE}/labels", as_bytes({"labels": ["bug"]}))
        took.append(time.process_time() - began)
    assert min(took) < 0.005


def test_the_transport_fails_on_the_first_exchange_that_breaks_the_contract() -> None:
    def github(request: httpx2.Request) -> httpx2.Response:
        wrong = request.url.path.endswith("labels") and request.method == "GET"
        return httpx2.Response(200, json=[{"name": 1}] if wrong else [LABEL])

    async def scene() -> None:
        transport = ContractTransport(Answering(github), github_contract())
        async with httpx2.AsyncClient(transport=transport) as client:
            answer = await client.post(f"{ISSUE}/labels", json={"labels": ["bug"]})
            assert answer.json() == [LABEL]
            with pytest.raises(AssertionError, match=r"\$\.label is not documented"):
                await client.post(f"{ISSUE}/labels", json={"label": ["bug"]})
            with pytest.raises(AssertionError, match="is a required property"):
                await client.get(f"{ISSUE}/labels")
            assert (await client.post(f"{API}/graphql", json={})).status_code == 200
        assert transport.violations

    asyncio.run(scene())


def _ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def _nodes(node: object) -> list[Mapping[str, Any]]:
    if isinstance(node, list):
        return [found for item in node for found in _nodes(item)]
    if isinstance(node, dict):
        return [node, *(found for item in node.values() for found in _nodes(item))]
    return []
