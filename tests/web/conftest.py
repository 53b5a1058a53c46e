"""The real web application on loopback, and a sender that signs as GitHub does."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import httpx2
import pytest

from app.main import create_app
from app.settings import Settings
from app.web.server import DEADLINE, address_of, listen, web_server
from tests.web.delivering import SECRET, signed

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


@pytest.fixture(name="signed")
def fixture_signed() -> Signed:
    """Give what makes the headers of a delivery."""
    return signed
