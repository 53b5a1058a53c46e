"""gidgethub and aiohttp as in gidgethub's tutorial; run by a Python that has both."""

import os
import sys

from aiohttp import web
from gidgethub import routing, sansio

router = routing.Router()


@router.register("pull_request", action="opened")
async def opened(_: sansio.Event) -> None:
    """Do nothing."""


async def main(request: web.Request) -> web.Response:
    body = await request.read()
    event = sansio.Event.from_http(request.headers, body, secret=os.environ["WEBHOOK_SECRET"])
    await router.dispatch(event)
    return web.Response(status=200)


async def ready(_: web.Application) -> None:
    sys.stdout.write("ready\n")
    sys.stdout.flush()


if __name__ == "__main__":
    app = web.Application()
    app.router.add_post("/webhook", main)
    app.on_startup.append(ready)
    web.run_app(app, host="127.0.0.1", port=int(os.environ["PORT"]), print=None)
