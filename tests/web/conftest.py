"""The real web application on loopback, and a sender that signs as GitHub does."""

import asyncio
import hmac
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import httpx2
import pytest

from app.main import create_app
from app.settings import Settings
from app.web.server import DEADLINE, address_of, listen, web_server

SECRET = "it's a secret to everybody"

Serving = Callable[..., AbstractAsyncContextManager[httpx2.AsyncClient]]
Signed = Callable[..., dict[str, str]]


@pytest.fixture
def serving() -> Serving:
    """`async with serving(database_url) as client:`; the client knows the address."""

    @asynccontextmanager
    async def serving(
        database_url: str, *, secret: str = SECRET, deadline: float = DEADLINE
    ) -> AsyncIterator[httpx2.AsyncClient]:
        settings = Settings(
            _env_file=None,
            app_id=1,
            webhook_secret=secret,
            database_url=database_url,
        )
        listener = listen("127.0.0.1", 0)
        server = web_server(create_app(settings), deadline=deadline)
        running = asyncio.create_task(server.serve(sockets=[listener]))
        try:
            async with httpx2.AsyncClient(
                base_url=address_of(listener), trust_env=False, timeout=30
            ) as client:
                yield client
        finally:
            server.should_exit = True
            await running

    return serving


@pytest.fixture
def signed() -> Signed:
    """Headers of a delivery of `body`; keyword arguments replace, None leaves out."""

    def signed(body: bytes, *, secret: str = SECRET, **other: str | None) -> dict[str, str]:
        headers = {
            "content-type": "application/json",
            "x-github-event": "pull_request",
            "x-github-delivery": str(uuid.uuid4()),
            "x-hub-signature-256": f"sha256={hmac.digest(secret.encode(), body, 'sha256').hex()}",
        }
        for name, value in other.items():
            headers.pop(name.replace("_", "-"), None)
            if value is not None:
                headers[name.replace("_", "-")] = value
        return headers

    return signed
