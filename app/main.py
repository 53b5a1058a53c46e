"""The web application, composed."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from app.settings import Settings
from app.store.engine import check_durability, open_engine, open_reader
from app.store.events import WANTED
from app.store.inbox import Inbox
from app.web.door import Door
from app.web.pages import operator_pages
from migrations import VERSIONS

WEBHOOK = "/webhook"


class WebApp(FastAPI):
    """FastAPI with a way to the door past all that the door needs nothing of.

    Its middleware and routing take a fifth of what a delivery costs here.
    """

    at_the_door: Door

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] == "http" and scope["path"] == WEBHOOK and scope["method"] == "POST":
            await self.at_the_door(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)


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
    app = WebApp(title="good-citizen", lifespan=lifespan, openapi_url=None, redirect_slashes=False)
    app.at_the_door = door
    app.router.routes.append(Route(WEBHOOK, door, methods=["POST"]))
    app.include_router(operator_pages(reader, head=VERSIONS[-1]))
    return app
