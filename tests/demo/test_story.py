"""`good-citizen demo`: the real command, once, and what its judgement of the outcome notices."""

import os
import re
import signal
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from threading import Timer

import httpx2
import psutil
import pytest
from rich.console import Console

from app.config import load_home
from app.demo.github import DemoGitHub
from app.demo.github.model import Comment
from app.demo.ledger import Decided
from app.demo.outcome import Outcome, mismatches, wanted_answer
from app.demo.story import DAYS, HOME_FILE, STORY, Scene, build, play
from app.demo.telling import WIDE, comment_panel, console, shown, told
from app.policy.model import Kind, Person
from app.policy.scope import is_member

HOME = load_home(HOME_FILE.read_bytes(), str(HOME_FILE))
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
LONGEST = 180.0
"""Seconds on a machine that has much else to do; on two free cores it takes about ten."""
MOST_WORK = 40.0
"""Seconds of processor time: so much on two cores is done well within a minute."""
SCOPES = "jupyterhub/oauthenticator#719"


def living_in(folder: Path) -> list[int]:
    """Give the processes that work in a folder."""
    return [
        process.pid
        for process in psutil.process_iter(["cwd"])
        if (process.info["cwd"] or "").startswith(str(folder))
    ]


def work() -> float:
    """Give the processor time of all processes that we started and that have ended."""
    used = getrusage(RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


@pytest.mark.long
def test_the_command_does_the_whole_job_and_leaves_nothing_behind(tmp_path: Path) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    wrong_settings = {"GOOD_CITIZEN_DRY_RUN": "true", "GOOD_CITIZEN_WEBHOOK_SECRET": "short"}
    said: list[str] = []
    before = work()
    # As a shell without job control starts what is to run in its background.
    ignoring_ctrl_c = ["sh", "-c", "trap '' INT; exec \"$@\"", "sh"]
    with subprocess.Popen(
        [*ignoring_ctrl_c, sys.executable, "-m", "app.cli", "demo", "--serve"],
        cwd=tmp_path,
        env=os.environ | wrong_settings | {"TMPDIR": str(temporary)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as demo:
        assert demo.stdout
        too_late = Timer(LONGEST, demo.terminate)
        too_late.start()
        try:
            for line in demo.stdout:
                said.append(line)
                if line.startswith("Ctrl-C"):
                    break
            whole = "".join(said)
            assert "All is as the story expects it." in whole, whole
            addresses = [word.rstrip(",.)") for word in whole.split() if word.startswith("http://")]
            door, alive, _, comments = addresses
            assert httpx2.get(alive).text == "alive\n"
            assert httpx2.post(door).status_code == 415
            assert httpx2.get(comments).json()[-1]["user"]["login"] == "good-citizen[bot]"
            assert living_in(temporary)
            demo.send_signal(signal.SIGINT)
            assert demo.wait(20) == 0
        finally:
            too_late.cancel()
            demo.terminate()
            demo.wait(20)
    assert work() - before < MOST_WORK
    rows = [
        line
        for scene in STORY
        for line in said
        if line.startswith((f"{scene.item},", f"{scene.item} "))
    ]
    assert len(rows) == sum((len(scene.expected) or 1) + len(scene.words) for scene in STORY)
    assert all(
        any(f"said by {word.who} " in row and f" {word.line} " in row for row in rows)
        for scene in STORY
        for word in scene.words
    )
    assert any(SCOPES in row and "comment on 2i2c-org/infrastructure#3618" in row for row in rows)
    [tried] = [scene for scene in STORY if scene.gist]
    assert any(row.startswith(tried.item) and f" {tried.gist} " in row for row in rows)
    assert "…" not in whole
    assert list(temporary.iterdir()) == []
    assert living_in(temporary) == []


def test_the_story_tells_of_real_contributions_of_every_sort() -> None:
    items = {scene.item for scene in STORY}
    assert len(items) == len(STORY) >= 14
    assert {
        SCOPES, "pangeo-data/pangeo-docker-images#426", "jupyter-book/myst-theme#531"
    } <= items  # fmt: skip
    expected = [one for scene in STORY for one in scene.expected]
    assert {"release", "review", "onboarding", "ci", "docs"} <= {one.activity for one in expected}
    assert len({one.bucket for one in expected if one.bucket}) == 4
    assert all(is_member(Person(one.who), HOME, NOW) for one in expected)
    assert any(not scene.expected for scene in STORY)


def test_the_days_of_the_story_can_happen_at_any_time() -> None:
    demo = DemoGitHub()
    build(demo)
    for day in DAYS:
        play(demo, day, NOW)
    for scene in STORY:
        if "#" not in scene.item:
            continue
        item = demo.people.item(scene.item)
        assert item.created_at >= NOW
        assert item.updated_at >= item.created_at
    issue = demo.people.item("2i2c-org/infrastructure#3637")
    assert (issue.created_at - demo.people.item(SCOPES).created_at).days == 5


def as_wanted() -> Outcome:
    wanted = {
        (scene.item, one.who, one.act.value): Decided(one, "so it is")
        for scene in STORY
        for one in scene.expected
    }
    demo = DemoGitHub()
    build(demo)
    for day in DAYS:
        play(demo, day, NOW)
    items = {f"{item.repo.full_name}#{item.number}": item for item in demo.state.items.values()}
    commented = {item for scene in STORY for item in scene.comments}
    labelled = {scene.item: scene.label for scene in STORY}
    labels, scenes = HOME.publish.labels, {scene.item: scene for scene in STORY}
    says = {scene.item: scene.gist or "x" for scene in STORY}
    return Outcome(
        wanted,
        {name: (labels[kind].name,) if (kind := labelled.get(name)) else () for name in items},
        {
            name: (Comment(1, item, None, says.get(name, "x"), NOW, NOW),)
            if name in commented
            else ()
            for name, item in items.items()
        },
        {
            name: tuple(wanted_answer(word) for word in scenes[name].words)
            if name in scenes
            else ()
            for name in items
        },
    )


def test_an_outcome_as_the_story_wants_it_is_no_mismatch() -> None:
    assert mismatches(STORY, as_wanted(), HOME) == []


@pytest.mark.parametrize("scene", STORY, ids=lambda scene: scene.item)
def test_whatever_is_not_as_expected_is_named(scene: Scene) -> None:
    outcome = as_wanted()
    twice = (outcome.comments.get(scene.item) or outcome.comments[SCOPES]) * 2
    wrong_label = ("contribution: tactical", "contribution: strategic")
    worse = replace(
        outcome,
        labels=outcome.labels | {scene.item: wrong_label},
        comments=outcome.comments | {scene.item: twice},
    )
    assert [line.partition(":")[0] for line in mismatches(STORY, worse, HOME)] == [scene.item] * 2
    for one in scene.expected:
        who = (scene.item, one.who, one.act.value)
        other = Decided(replace(one, kind=Kind.PERSONAL), "")
        for decided in (outcome.decided | {who: other}, {**outcome.decided}):
            if decided[who] is not other:
                del decided[who]
            [line] = mismatches(STORY, replace(outcome, decided=decided), HOME)
            assert line.startswith(f"{scene.item}, {one.act} by {one.who}: ")


def test_a_comment_that_says_something_else_is_named() -> None:
    [scene] = [scene for scene in STORY if scene.gist]
    outcome = as_wanted()
    [comment] = outcome.comments[scene.item]
    comment.body = "The file is valid."
    [line] = mismatches(STORY, outcome, HOME)
    assert line == f"{scene.item}: the app's comment does not say “{scene.gist}”"


SPOKEN = [(scene, number) for scene in STORY for number in range(len(scene.words))]


@pytest.mark.parametrize(
    ("scene", "number"), SPOKEN, ids=lambda one: getattr(one, "item", str(one))
)
def test_a_word_with_another_answer_is_named(scene: Scene, number: int) -> None:
    outcome = as_wanted()
    answered = outcome.answered[scene.item]
    one = answered[number]
    [kept] = one.kept
    for other in (
        replace(one, replies=one.replies + 1),
        replace(one, reactions=("eyes",)),
        replace(one, kept=()),
        replace(one, kept=(replace(kept, stands=not kept.stands),)),
        replace(one, kept=(replace(kept, value="something else"),)),
    ):
        changed = (*answered[:number], other, *answered[number + 1 :])
        worse = replace(outcome, answered=outcome.answered | {scene.item: changed})
        [line] = mismatches(STORY, worse, HOME)
        assert line.startswith(f"{scene.item}: “")
        assert f"“{one.says}” by {one.who}" in line


def test_an_answer_to_what_is_no_word_of_the_story_is_a_mismatch() -> None:
    outcome = as_wanted()
    [outsiders] = outcome.answered["jupyterhub/kubespawner#735"]
    more = replace(outcome, answered=outcome.answered | {SCOPES: (outsiders,)})
    [line] = mismatches(STORY, more, HOME)
    assert line.startswith(f"{SCOPES}: “/strategic” by batpad")
    assert line.endswith("expected no word")


def test_people_answer_back_in_the_story() -> None:
    words = [(word, scene) for scene in STORY for word in scene.words]
    assert any(one.by_word for scene in STORY for one in scene.expected)
    assert any(word.heard and not word.stands for word, _ in words)
    assert any(word.value and word.value in word.line for word, _ in words)
    assert any(word.line == "/undo" for word, _ in words)
    assert all(is_member(Person(word.who), HOME, NOW) == word.heard for word, _ in words)


def test_a_decision_that_nobody_expects_is_a_mismatch() -> None:
    outcome = as_wanted()
    one = STORY[0].expected[0]
    silent = "jupyterhub/chartpress#245"
    more = outcome.decided | {(silent, "consideRatio", "authored"): Decided(one, "")}
    [line] = mismatches(STORY, replace(outcome, decided=more), HOME)
    assert line.startswith(f"{silent}, authored by consideRatio: {one.kind}")
    assert line.endswith("expected nothing is known")


def test_a_comment_is_shown_without_what_github_hides() -> None:
    body = (
        "<!-- good-citizen 1 item -->\nSee [example-org/x#&#8203;1](https://example.org), @\u200ba."
    )
    assert shown(body) == "See [example-org/x#1](https://example.org), @a."
    outcome = as_wanted()
    comment = replace(outcome.comments[SCOPES][0], body=body, author=None)
    wide = console()
    assert wide.width == WIDE
    with wide.capture() as shot:
        wide.print(comment_panel(comment))
    assert f"ghost commented on {SCOPES}" in shot.get()
    assert "See example-org/x#1, @a." in shot.get()


@pytest.mark.parametrize("width", [80, 100])
def test_a_narrow_terminal_shows_every_name_whole(width: int) -> None:
    narrow = Console(width=width, force_terminal=True, color_system=None)
    with narrow.capture() as shot:
        narrow.print(told(narrow, STORY, as_wanted()))
    lines = shot.get().splitlines()
    assert max(map(len, lines)) <= width
    for item in (name for scene in STORY for name in (scene.item, *scene.comments)):
        assert any(re.search(rf"{re.escape(item)}(?!\S*\w)", line) for line in lines), item
