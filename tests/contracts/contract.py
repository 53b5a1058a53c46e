"""GitHub's own REST description as a judge of every exchange.

Stricter than the description: keys and query parameters that it does not document are violations
too. GitHub ignores them, so a typo such as {"label": [...]} would otherwise pass.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import parse_qsl, unquote, urlsplit

import httpx2
from openapi_schema_validator import OAS30Validator
from referencing import Registry
from referencing.jsonschema import DRAFT202012

Json: TypeAlias = Any
_HERE = "urn:github"
_MOST_PER_PAGE = 100
_SERVER_ERROR = 500
_ANYWHERE = frozenset({301, 302, 304, 307, 308, 401, 403, 404, 422, 429})
"""GitHub documents these once for all operations, so single operations often leave them out."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One documented operation, and the values that the address gives its path."""

    method: str
    path: str
    values: Mapping[str, str]
    described: Mapping[str, Json]

    @property
    def name(self) -> str:
        """Give it as GitHub's documentation writes it."""
        return f"{self.method} {self.path}"

    def pointer(self, *steps: str) -> str:
        """Give the JSON pointer to a place below the operation."""
        return _pointer("paths", self.path, self.method.lower(), *steps)


class Contract:
    """Judges requests and responses; each judgement is a list of violations, empty if none.

    `seen`: the operations that requests were made for, as "GET /app".
    """

    def __init__(self, description: Mapping[str, Json], base_url: str) -> None:
        self.description = _with_nullable_enums(description)
        self._prefix = urlsplit(base_url).path.rstrip("/")
        resource = DRAFT202012.create_resource(self.description)
        self._registry: Registry[Json] = Registry().with_resource(_HERE, resource)
        self._routes = sorted(
            ((path, _route(path)) for path in self.description["paths"]),
            key=lambda route: (route[0].count("{"), -len(route[0])),
        )
        self.seen: set[str] = set()

    def request(self, method: str, url: str, body: bytes = b"") -> list[str]:
        """Judge a request by its path, method, query and body."""
        operation = self._find(method, url)
        if operation is None:
            return [f"{method} {urlsplit(url).path} is not documented"]
        self.seen.add(operation.name)
        return [
            *self._judge_parameters(operation, parse_qsl(urlsplit(url).query, True)),  # noqa: FBT003 - blank values count
            *self._judge_request_body(operation, body),
        ]

    def response(self, method: str, url: str, status: int, body: bytes = b"") -> list[str]:
        """Judge a response by its status and body; undocumented keys in it are violations."""
        operation = self._find(method, url)
        if operation is None:
            return [f"{method} {urlsplit(url).path} is not documented"]
        if status >= _SERVER_ERROR:
            return []
        described = operation.described["responses"].get(str(status))
        if described is None:
            return _judge_common(operation, status, body)
        pointer = operation.pointer("responses", str(status))
        described, pointer = self._resolve(described, pointer)
        kind = next((kind for kind in described.get("content", ()) if "json" in kind), None)
        if kind is None:
            return [f"{status} has no body in {operation.name}"] if body else []
        return list(self._judge_json(body, pointer + _pointer("content", kind, "schema")))

    def _find(self, method: str, url: str) -> Operation | None:
        path = urlsplit(url).path.removeprefix(self._prefix)
        # Redirects lead to addresses by id, which have the same operations under another name.
        path = re.sub(r"^/repositories/(\d+)(?=/|$)", r"/repos/by-id/\1", path)
        for documented, route in self._routes:
            found = route.fullmatch(path)
            described = self.description["paths"][documented].get(method.lower())
            if found and described:
                values = {name: unquote(value) for name, value in found.groupdict().items()}
                return Operation(method, documented, values, described)
        return None

    def _judge_parameters(
        self, operation: Operation, query: Iterable[tuple[str, str]]
    ) -> Iterator[str]:
        asked = dict(query)
        known = set()
        for listed in operation.described.get("parameters", ()):
            parameter, _ = self._resolve(listed, "")
            name = parameter["name"]
            values = operation.values if parameter["in"] == "path" else asked
            if parameter["in"] == "query":
                known.add(name)
            if name in values:
                yield from self._judge_parameter(name, parameter["schema"], values[name])
            elif parameter.get("required"):
                yield f"{operation.name} needs {name}"
        yield from (f"query parameter {name} is not documented" for name in asked.keys() - known)
        if (size := asked.get("per_page", "1")).isdecimal() and int(size) > _MOST_PER_PAGE:
            yield f"per_page is {size}, at most {_MOST_PER_PAGE}"

    def _judge_parameter(self, name: str, schema: Mapping[str, Json], text: str) -> Iterator[str]:
        schema, _ = self._resolve(schema, "")
        value: Json = text
        if schema.get("type") in {"integer", "boolean"}:
            try:
                value = json.loads(text)
            except ValueError:
                yield f"{name} is {text!r}, not {schema['type']}"
                return
        for error in OAS30Validator(schema, registry=self._registry).iter_errors(value):
            yield f"{name}: {error.message}"

    def _judge_request_body(self, operation: Operation, body: bytes) -> Iterator[str]:
        described = operation.described.get("requestBody")
        if not body:
            if described and described.get("required"):
                yield f"{operation.name} needs a body"
        elif not described:
            yield f"{operation.name} takes no body"
        else:
            pointer = operation.pointer("requestBody", "content", "application/json", "schema")
            yield from self._judge_json(body, pointer)

    def _judge_json(self, body: bytes, pointer: str) -> Iterator[str]:
        try:
            data = json.loads(body)
        except ValueError:
            yield "the body is no JSON"
            return
        for error in self._validator(pointer).iter_errors(data):
            yield f"{error.json_path}: {error.message[:200]}"
        yield from self._undocumented([{"$ref": f"{_HERE}#{pointer}"}], data, "$")

    @cache  # noqa: B019 - a contract lives as long as its test
    def _validator(self, pointer: str) -> OAS30Validator:
        return OAS30Validator({"$ref": f"{_HERE}#{pointer}"}, registry=self._registry)

    def _undocumented(self, schemas: list[Json], data: Json, where: str) -> Iterator[str]:
        """Yield the keys in `data` that none of the schemas which may describe it knows."""
        branches = [branch for schema in schemas for branch in self._branches(schema)]
        if isinstance(data, list):
            items = [branch["items"] for branch in branches if "items" in branch]
            for number, item in enumerate(data):
                yield from self._undocumented(items, item, f"{where}[{number}]")
        elif isinstance(data, dict):
            is_open = any(_is_open(branch) for branch in branches)
            for key, value in data.items():
                below = [b["properties"][key] for b in branches if key in b.get("properties", {})]
                if below:
                    yield from self._undocumented(below, value, f"{where}.{key}")
                elif not is_open:
                    yield f"{where}.{key} is not documented"

    def _branches(self, schema: Mapping[str, Json]) -> Iterator[Mapping[str, Json]]:
        schema, _ = self._resolve(schema, "")
        yield schema
        for word in ("oneOf", "anyOf", "allOf"):
            for branch in schema.get(word, ()):
                yield from self._branches(branch)

    def _resolve(self, node: Mapping[str, Json], pointer: str) -> tuple[Mapping[str, Json], str]:
        """Follow references; give what they lead to, and its JSON pointer."""
        while "$ref" in node:
            pointer = node["$ref"].removeprefix(_HERE).removeprefix("#")
            node = self.description
            for step in pointer.split("/")[1:]:
                node = node[step.replace("~1", "/").replace("~0", "~")]
        return node, pointer


class ContractTransport(httpx2.AsyncBaseTransport):
    """Lets requests through to `inner` and fails on the first exchange that breaks the contract.

    GraphQL and OAuth are not in GitHub's REST description. `violations` keeps them too, for code
    under test that catches every exception.
    """

    def __init__(self, inner: httpx2.AsyncBaseTransport, contract: Contract) -> None:
        self._inner = inner
        self._contract = contract
        self.violations: list[str] = []

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Check the request, let `inner` answer it, and check the response."""
        if request.url.path.endswith("/graphql") or request.url.path.startswith("/login/"):
            return await self._inner.handle_async_request(request)
        method, url = request.method, str(request.url)
        self._expect_none(method, url, self._contract.request(method, url, await request.aread()))
        response = await self._inner.handle_async_request(request)
        body = await response.aread()
        self._expect_none(
            method, url, self._contract.response(method, url, response.status_code, body)
        )
        headers = [(k, v) for k, v in response.headers.items() if k != "content-encoding"]
        return httpx2.Response(response.status_code, headers=headers, content=body)

    async def aclose(self) -> None:
        """Close what is underneath."""
        await self._inner.aclose()

    def _expect_none(self, method: str, url: str, violations: list[str]) -> None:
        self.violations += violations
        if violations:
            raise AssertionError(f"{method} {url}: " + "; ".join(violations))


def github_contract(base_url: str = "https://api.github.com") -> Contract:
    """Load the cut that lies beside this file, for an API at `base_url`."""
    return Contract(_description(), base_url)


@cache
def _description() -> Mapping[str, Json]:
    found: Mapping[str, Json] = json.loads(Path(__file__).with_name("github-rest.json").read_text())
    return found


def _judge_common(operation: Operation, status: int, body: bytes) -> list[str]:
    if status not in _ANYWHERE:
        return [f"{operation.name} does not answer {status}"]
    if not body:
        return []
    try:
        said = json.loads(body)
    except ValueError:
        return ["the body is no JSON"]
    worded = isinstance(said, dict) and isinstance(said.get("message"), str)
    return [] if worded else [f"{status} has no message"]


def _route(path: str) -> re.Pattern[str]:
    parts = re.split(r"\{(\w+)\}", path)
    names = {name: ".+" if name in {"path", "ref"} else "[^/]+" for name in parts[1::2]}
    return re.compile(
        "".join(
            f"(?P<{part}>{names[part]})" if number % 2 else re.escape(part)
            for number, part in enumerate(parts)
        )
    )


def _pointer(*steps: str) -> str:
    return "".join("/" + step.replace("~", "~0").replace("/", "~1") for step in steps)


def _is_open(schema: Mapping[str, Json]) -> bool:
    """Tell whether an object may have keys that the description doesn't name."""
    if schema.get("type", "object") != "object":
        return False
    named = "properties" in schema or any(w in schema for w in ("oneOf", "anyOf", "allOf"))
    return bool(schema.get("additionalProperties", not named))


def _with_nullable_enums(node: Json) -> Json:
    """Give a copy in which a nullable enum has null: GitHub's description leaves it out."""
    if isinstance(node, list):
        return [_with_nullable_enums(item) for item in node]
    if not isinstance(node, dict):
        return node
    copy = {key: _with_nullable_enums(value) for key, value in node.items()}
    if copy.get("nullable") is True and isinstance(copy.get("enum"), list):
        copy["enum"] = [*copy["enum"], None]
    return copy
