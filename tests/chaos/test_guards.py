"""Each guard matters: the same scene is harmless with it and does harm without it."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from multiprocessing.context import ForkServerContext
from pathlib import Path

import httpx2
import pytest

from app.settings import SettingsError, read_settings
from app.store.engine import open_reader
from tests.chaos import bounds, scenarios, scenes, unbound, unguarded, walls
from tests.chaos.machines import ROOT, Site, operate
from tests.chaos.onslaught import stored, until_answers
from tests.chaos.scenarios import applied_then_failed, late_comment, play, slow_call
from tests.chaos.world import HOME, empty_world
from tests.github.small_github import pem

CHILD = """
import sys
sys.path.insert(0, root)
from tests.chaos import test_guards
test_guards.build_of(build)()
result.send(test_guards.play(test_guards.scene_of(scene)))
"""


def scene_of(name: str) -> Callable[[str], Awaitable[int]]:
    found: Callable[[str], Awaitable[int]] = next(
        vars(module)[name] for module in (scenarios, scenes, walls, bounds) if name in vars(module)
    )
    return found


def build_of(name: str) -> Callable[[], None]:
    found: Callable[[], None] = vars(unbound if name in vars(unbound) else unguarded)[name]
    return found


def played_by(processes: ForkServerContext, build: str, scene: str) -> int:
    """Play a scene in a process of its own, where a guard is taken out."""
    receive, result = processes.Pipe(duplex=False)
    names = {"root": str(ROOT), "build": build, "scene": scene, "result": result}
    child = processes.Process(target=exec, args=(CHILD, names))
    child.start()
    result.close()
    try:
        return int(receive.recv())
    finally:
        child.join()
        receive.close()


def test_a_comment_that_github_creates_late_is_found_by_the_look_before_the_write() -> None:
    assert play(late_comment) == 1


def test_without_the_look_before_the_write_a_late_comment_is_doubled(
    processes: ForkServerContext,
) -> None:
    assert played_by(processes, "without_the_look", "late_comment") == 2


def test_a_comment_that_was_created_with_a_502_is_known_again() -> None:
    assert play(applied_then_failed) == 1


def test_without_knowing_our_comments_one_that_was_created_with_a_502_is_doubled(
    processes: ForkServerContext,
) -> None:
    assert played_by(processes, "without_knowing_our_comments", "applied_then_failed") > 1


def test_a_lease_that_outlasts_a_call_keeps_a_second_worker_off() -> None:
    assert play(partial(slow_call, lease=15)) == 1


def test_with_a_lease_shorter_than_a_call_two_workers_double_a_comment() -> None:
    assert play(partial(slow_call, lease=2)) == 2


@pytest.mark.parametrize(
    ("scene", "build", "guarded", "harm"),
    [
        ("same_guid", "without_guids", 3, 15),
        ("marked_meanwhile", "without_marks", 1, 0),
        ("command_replayed", "without_unique_words", 1, 0),
        ("slow_reply", "without_keeping_the_lease", 1, 2),
        ("turns_private", "without_the_look", 0, 1),
        ("another_bot", "without_telling_bots", 0, 5),
        ("old_item", "writing_to_what_is_old", 0, 3),
        ("outsiders_command", "obeying_anybody", 0, 1),
        ("private_tracker", "without_the_wall", 0, 1),
        ("unknown_token", "believing_a_new_token", 1, 0),
        ("elsewhere", "following_anywhere", 0, 2),
        ("two_that_read_first", "beginning_to_read", 0, 1),
        ("late_write", "without_the_window", 0, 1),
        ("unfinished", "without_deadlines", 0, 2),
        ("large_headers", "without_a_bound_of_headers", 0, 1),
        ("far_ahead", "without_a_bound_ahead", 0, 991),
        ("other_names", "believing_names", 0, 2),
        ("long_talk", "taking_what_was_read_for_all", 1, 2),
        ("lax_database", "without_durability", 0, 1),
        ("installed_anew", "believing_in_installations", 1, 0),
    ],
)
def test_with_the_guard_it_is_harmless_and_without_it_is_not(
    processes: ForkServerContext, scene: str, build: str, guarded: int, harm: int
) -> None:
    assert play(scene_of(scene)) == guarded
    assert played_by(processes, build, scene) == harm


def test_the_budget_is_what_keeps_many_writes_apart(processes: ForkServerContext) -> None:
    assert play(scenes.many_at_once) <= 60
    assert played_by(processes, "without_the_budget", "many_at_once") > 60


def test_taking_turns_is_what_keeps_the_quiet_one_from_waiting_for_all_of_the_noisy(
    processes: ForkServerContext,
) -> None:
    assert play(walls.quiet_beside_noise) < 12
    assert played_by(processes, "without_turns", "quiet_beside_noise") == 100


def test_waiting_is_what_keeps_requests_out_of_the_time_github_wants_none(
    processes: ForkServerContext,
) -> None:
    assert play(scenes.told_to_wait) == 0
    assert played_by(processes, "without_waiting", "told_to_wait") > 0


@pytest.mark.parametrize(
    ("scene", "build", "harm"),
    [
        ("repeated_token", "without_redaction", 2),
        ("one_that_fails", "without_going_on_one_by_one", 3),
    ],
)
def test_the_same_of_scenes_that_set_up_the_log_of_their_process(
    processes: ForkServerContext, scene: str, build: str, harm: int
) -> None:
    assert played_by(processes, "with_all_guards", scene) == 0
    assert played_by(processes, build, scene) == harm


def test_the_settings_refuse_a_lease_that_does_not_outlast_a_call() -> None:
    with pytest.raises(SettingsError, match="GOOD_CITIZEN_LEASE"):
        read_settings({"client_timeout": 5, "lease": 2, "_env_file": None})


async def lost_by_a_kill(site: Site, database_url: str, deliveries: int = 40) -> int:
    """Give how many acknowledged deliveries are not in the database after a kill."""
    world = empty_world()
    hooks = [world.demo.hooks.add(world.app, "issues", {"n": n}) for n in range(deliveries)]
    acknowledged = set()
    async with httpx2.AsyncClient(base_url=site.address, timeout=30, trust_env=False) as client:
        await until_answers(client, "/healthz", site)
        for hook in hooks:
            answer = await client.post("/webhook", content=hook.body, headers=hook.headers())
            assert answer.status_code == 202
            acknowledged.add(hook.guid)
        site.web.kill()
    reader = open_reader(database_url)
    found = await stored(reader)
    await reader.dispose()
    return len(acknowledged - found)


@pytest.mark.parametrize(("build", "lost"), [("", 0), ("without_the_disk", 40)])
def test_a_queue_in_memory_loses_what_it_acknowledged_and_the_inbox_on_disk_does_not(
    processes: ForkServerContext, tmp_path: Path, database_url: str, build: str, lost: int
) -> None:
    site = operate(
        processes,
        tmp_path,
        database_url=database_url,
        github_url="http://127.0.0.1:9",
        app_id=1,
        key=pem(),
        home=HOME,
        build=build,
        has_worker=False,
    )
    with site:
        assert asyncio.run(lost_by_a_kill(site, database_url)) == lost
