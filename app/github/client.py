"""The GitHub client: who asks (App, installation, a person with a token) and the verbs.

async with GitHub(api_url="https://api.github.com", …) as github:
    session = github.installation(42, repository_ids=(7,), permissions={"issues": "write"})
    labels = await session.get("/repos/{owner}/{repo}/labels", owner="jupyterhub", repo="hub")
"""

import hashlib
import json
import re
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from datetime import datetime, timedelta
from types import TracebackType
from typing import Self

import httpx2

from app.github.asker import Asker, Call, Usage
from app.github.auth import (
    AppCredentials,
    Credentials,
    Grant,
    InstallationCredentials,
    PersonalCredentials,
    PrivateKey,
    Token,
    TokenShelf,
)
from app.github.cache import ETagCache
from app.github.calls import Caller
from app.github.clock import Clock, SystemClock
from app.github.errors import NotFound, NotInstalled, ServerError
from app.github.graphql import GraphQLAnswer, read_graphql
from app.github.limits import APP_RULES, Budgets, MemoryBudgets
from app.github.redact import Redactor
from app.github.replies import Json, Page
from app.github.transport import Egress, Gate

MOST_PAGES = 1000
_MINT = "/app/installations/{installation_id}/access_tokens"
_QUERY_ONLY = re.compile(r"^\s*(mutation|subscription)\b", re.MULTILINE)


class GitHub:
    """One GitHub host as one App sees it; an async context manager.

    Built from values: `api_url` such as https://api.github.com or https://ghe.example.org/api/v3,
    `timeout_seconds` for one whole exchange, `budgets` per installation. A write leaves within
    `write_window_seconds` after its call began, or not at all: with the time-out and GitHub's lag
    this is what a lease has to outlast. Every token goes to that API only. `calls` counts requests
    by (operation, outcome).
    """

    def __init__(
        self,
        *,
        api_url: str,
        timeout_seconds: float,
        budgets: Budgets,
        app_id: int | None = None,
        private_key: PrivateKey | None = None,
        write_window_seconds: float = 60.0,
        cache: ETagCache | None = None,
        transport: httpx2.AsyncBaseTransport | None = None,
        clock: Clock | None = None,
        redactor: Redactor | None = None,
    ) -> None:
        self._clock = clock or SystemClock()
        self._budgets = budgets
        self._gate = Gate(api_url)
        self._egress = Egress(self._gate, timeout_seconds, transport)
        self._redactor = redactor or Redactor()
        window = timedelta(seconds=write_window_seconds)
        self._caller = Caller(self._egress, self._clock, cache, self._redactor, window)
        self._app_budgets = MemoryBudgets(APP_RULES, self._clock)
        self._person_budgets = MemoryBudgets(clock=self._clock)
        self._app = (
            AppCredentials(app_id, private_key, self._clock)
            if app_id is not None and private_key is not None
            else None
        )
        self._shelf = TokenShelf(self._mint, self._clock)

    async def __aenter__(self) -> Self:
        await self._egress.__aenter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._egress.__aexit__(kind, error, trace)

    @property
    def calls(self) -> Counter[tuple[str, str]]:
        """Requests sent so far by (operation, outcome), as ("GET /app", "ok")."""
        return self._caller.calls

    def redact(self, text: str) -> str:
        """Give the text without the tokens in use."""
        return self._redactor.clean(text)

    def app(self) -> "Session":
        """Ask as the App itself, as for /app/installations and /app/hook/deliveries.

        ValueError for a client that was built without an App: it asks with a person's token alone.
        """
        if self._app is None:
            raise ValueError("This client has no App's id and key.")
        return self._session(Asker("app", 0, self._app_budgets, self._app))

    async def app_get(self, url: str, /, **uri_vars: object) -> Json:
        """GET as the App itself."""
        return await self.app().get(url, **uri_vars)

    def installation(
        self,
        installation_id: int,
        *,
        repository_ids: tuple[int, ...] = (),
        permissions: Mapping[str, str],
    ) -> "Session":
        """Ask as an installation, for these repositories (none: all) and permissions only.

        ValueError without permissions or with more than 500 repositories. A token is minted when
        it is first needed: Suspended, Forbidden (not granted) and NotInstalled come from there.
        """
        grant = Grant.of(installation_id, repository_ids, permissions)
        return self._session(
            Asker(
                f"installation {installation_id}",
                installation_id,
                self._budgets,
                InstallationCredentials(grant, self._shelf),
                frozenset(repository_ids),
            )
        )

    def token(self, token: str) -> "Session":
        """Ask with a person's own token; it is used as given and kept nowhere."""
        digest = hashlib.sha256(token.encode()).hexdigest()
        credentials: Credentials = PersonalCredentials(token)
        return self._session(
            Asker(f"person {digest[:8]}", int(digest[:12], 16), self._person_budgets, credentials)
        )

    def _session(self, asker: Asker) -> "Session":
        return Session(self._caller, self._gate, asker)

    async def _mint(self, grant: Grant) -> Token:
        call = Call(
            "POST",
            f"POST {_MINT}",
            self._gate.fill(_MINT, {"installation_id": grant.installation_id}),
            _bytes(grant.body()),
            mint=True,
        )
        now = self._clock.now()
        try:
            page = await self._caller.perform(call, self.app().asker)
            expires = datetime.fromisoformat(page.data["expires_at"])
            token = Token(str(page.data["token"]), expires, now)
        except NotFound as error:
            raise NotInstalled(error.sentence, installation_id=grant.installation_id) from None
        except (KeyError, TypeError, ValueError):
            raise ServerError("GitHub minted a token in a form that can't be read.") from None
        self._redactor.add(token.value)
        return token


class Session:
    """The verbs, as one asker. Errors: app.github.errors; `usage` counts what it cost.

    Addresses are GitHub's own templates ("/repos/{owner}/{repo}/pulls{?state,head}") with values
    as keywords (None: leave the query parameter out), or absolute ones of the same API.
    ValueError: a value is missing, has no place in the template, or is "." or "..".
    """

    def __init__(self, caller: Caller, gate: Gate, asker: Asker) -> None:
        self.asker = asker
        self._caller = caller
        self._gate = gate

    @property
    def usage(self) -> Usage:
        """What this session has used so far."""
        return self.asker.usage

    async def get(self, url: str, /, **uri_vars: object) -> Json:
        """Give the JSON found there; redirects are followed."""
        return (await self._read(url, uri_vars)).data

    async def getiter(self, url: str, /, **uri_vars: object) -> AsyncIterator[Json]:
        """Give the items of all pages, 100 a page; of {"total_count": …, "items": […]} too."""
        async for page in self.getpages(url, **uri_vars):
            for item in _items(page):
                yield item

    async def getpages(self, url: str, /, **uri_vars: object) -> AsyncIterator[Json]:
        """Give the JSON of page after page, for what stands beside the items."""
        operation = _operation("GET", url)
        target = self._gate.fill(url, uri_vars)
        if "per_page" not in target.params:
            target = target.copy_add_param("per_page", "100")
        for _ in range(MOST_PAGES):
            page = await self._caller.perform(Call("GET", operation, target), self.asker)
            yield page.data
            if page.next_url is None:
                return
            target = self._gate.check(page.next_url)
        raise ServerError("GitHub's list has no end.")

    async def status(self, url: str, /, **uri_vars: object) -> int:
        """GET for the status alone: 2xx, 302 (redirects are not followed here) or 404."""
        try:
            return (await self._read(url, uri_vars, follow=False)).status
        except NotFound:
            return 404

    async def introduce(self, url: str, /, **uri_vars: object) -> None:
        """GET what is surely there, unless this session's token is known to GitHub already.

        Optional. What a new token doesn't find is asked for again for seven seconds, only once
        more with one that has worked.
        """
        token = await self.asker.credentials.token()
        if token.minted_at is not None and not token.worked:
            await self._read(url, uri_vars)

    async def turn(self) -> None:
        """Wait for the slot of this session's next write, up to 10 s; Limited beyond that.

        Optional. Call it before what has to be read right before the write (visibility, lease):
        the write then leaves without waiting.
        """
        await self._caller.books.turn(self.asker)

    async def post(self, url: str, /, *, data: object = None, **uri_vars: object) -> Json:
        """Write with POST; give the answer's JSON. Not sent twice if it may have been applied."""
        return await self._write("POST", url, data, uri_vars)

    async def patch(self, url: str, /, *, data: object, **uri_vars: object) -> Json:
        """Write with PATCH."""
        return await self._write("PATCH", url, data, uri_vars)

    async def put(self, url: str, /, *, data: object = None, **uri_vars: object) -> Json:
        """Write with PUT."""
        return await self._write("PUT", url, data, uri_vars)

    async def delete(self, url: str, /, *, data: object = None, **uri_vars: object) -> Json:
        """Write with DELETE; what isn't there is NotFound."""
        return await self._write("DELETE", url, data, uri_vars)

    async def graphql(self, query: str, /, **variables: object) -> GraphQLAnswer:
        """Ask a GraphQL query; what could not be read is in the answer's `errors`, not raised.

        ValueError for a mutation: writes go through REST, where budgets count them.
        """
        if _QUERY_ONLY.search(query):
            raise ValueError("Only queries are asked in GraphQL.")
        body = _bytes({"query": query, "variables": variables})
        call = Call(
            "POST", "POST /graphql", self._gate.graphql, body, graphql=True, read=read_graphql
        )
        answer: GraphQLAnswer = (await self._caller.perform(call, self.asker)).data
        self.usage.points += answer.cost or 0
        return answer

    async def _read(self, url: str, uri_vars: Mapping[str, object], *, follow: bool = True) -> Page:
        call = Call("GET", _operation("GET", url), self._gate.fill(url, uri_vars), follow=follow)
        return await self._caller.perform(call, self.asker)

    async def _write(
        self, method: str, url: str, data: object, uri_vars: Mapping[str, object]
    ) -> Json:
        body = None if data is None else _bytes(data)
        target = self._gate.fill(url, uri_vars)
        call = Call(method, _operation(method, url), target, body, write=True)
        return (await self._caller.perform(call, self.asker)).data


def _operation(method: str, url: str) -> str:
    """Name what is asked for counts and logs: a template names nobody, an absolute URL might."""
    template = url.split("{?", maxsplit=1)[0]
    return f"{method} {template}" if url.startswith("/") else f"{method} by address"


def _bytes(data: object) -> bytes:
    return json.dumps(data).encode()


def _items(page: Json) -> list[Json]:
    if isinstance(page, dict):
        page = next((value for value in page.values() if isinstance(value, list)), None)
    if not isinstance(page, list):
        raise ServerError("GitHub's answer is no list.")
    return page
