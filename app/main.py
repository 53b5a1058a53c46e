"""The web application, composed."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from starlette.routing import Route

from app.settings import Settings
from app.store.engine import check_durability, open_engine, open_reader
from app.store.events import WANTED
from app.store.inbox import Inbox
from app.store.version import head_revision
from app.web.door import Door
from app.web.pages import operator_pages


def create_app(settings: Settings) -> FastAPI:
    """Compose the web application; it connects to the database when it starts.

    Without a webhook secret it refuses every delivery; `serve` doesn't start it so.
    """
    engine = open_engine(settings.database_url)
    reader = open_reader(settings.database_url, near=False)
    inbox = Inbox(engine)
    door = Door(inbox, app_id=settings.app_id or 0, secrets=settings.webhook_secrets, events=WANTED)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        try:
            await check_durability(engine)
            async with inbox:
                yield
        finally:
            await engine.dispose()
            await reader.dispose()

    # A redirect to the path without its slash would go to whatever host the sender named.
    app = FastAPI(title="good-citizen", lifespan=lifespan, openapi_url=None, redirect_slashes=False)
    app.router.routes.append(Route("/webhook", door, methods=["POST"]))
    app.include_router(operator_pages(reader, head=head_revision()))
    return app
