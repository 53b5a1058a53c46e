"""Answers kept with their ETag, in rows: they outlive the process, and asking again is free."""

from datetime import timedelta

import pytest

from app.github.cache import Kept
from app.store.engine import open_engine
from app.store.etags import RowETagCache, forget_etags
from tests.github.small_github import START, VirtualClock
from tests.sweep.stage import HUB, set_stage

pytestmark = pytest.mark.anyio


async def test_what_is_asked_again_costs_nothing(database_url: str) -> None:
    async with set_stage(database_url) as stage:
        session = await stage.access.home()
        url = "/repos/{owner}/{repo}"
        owner, repo = HUB.split("/")
        first = await session.get(url, owner=owner, repo=repo)
        used = stage.demo.meter.window("installation 60000001", "core")[0]
        assert await session.get(url, owner=owner, repo=repo) == first
        assert session.usage.not_modified == 1
        assert stage.demo.meter.window("installation 60000001", "core")[0] == used
        stage.demo.places.set_archived(HUB, archived=True)
        assert (await session.get(url, owner=owner, repo=repo))["archived"] is True


async def test_the_newest_answer_is_kept_and_old_ones_are_forgotten(database_url: str) -> None:
    async with set_stage(database_url):
        engine, clock = open_engine(database_url), VirtualClock()
        cache = RowETagCache(engine, "github.com", clock)
        assert await cache.look("me https://api.github.com/x") is None
        await cache.keep("me https://api.github.com/x", Kept('"1"', b"one", "<next>"))
        await cache.keep("me https://api.github.com/x", Kept('"2"', b"two"))
        assert await cache.look("me https://api.github.com/x") == Kept('"2"', b"two")
        assert await cache.look("you https://api.github.com/x") is None
        other = RowETagCache(engine, "ghe.example.org", clock)
        assert await other.look("me https://api.github.com/x") is None
        async with engine.begin() as connection:
            assert await forget_etags(connection, START) == 0
            assert await forget_etags(connection, START + timedelta(seconds=1)) == 1
        await engine.dispose()
