import asyncio
from dataclasses import replace

import pytest

from app.demo.github import Fault, Request
from app.github.client import GitHub
from app.github.errors import GitHubError
from app.github.finding import NotThere
from app.github.follow import gather_items, with_items
from app.github.gather import Gathered, gather_subject
from app.github.perform import Looked, Outcome, WriteResult, look, perform, react
from app.github.target import Us, who_we_are
from app.policy.model import ItemRef, SubjectType
from app.publish import (
    Action,
    AddLabel,
    CreateComment,
    EditComment,
    RemoveLabel,
    marker,
)
from tests.github.stage import HOME, HUB, INFRA, NOW, PERMISSIONS, PULL, Stage, public, set_stage

TACTICAL = AddLabel("contribution: tactical", "1d76db", "Serves a need")


@pytest.fixture
def stage() -> Stage:
    return set_stage()


def outcomes(results: list[WriteResult]) -> list[Outcome]:
    return [result.outcome for result in results]


def test_the_app_knows_under_which_name_it_writes(stage: Stage) -> None:
    async def ask() -> Us:
        async with stage.github() as github:
            return await who_we_are(github.app())

    assert asyncio.run(ask()) == stage.us


def test_a_label_is_created_with_colour_and_description_and_put_on(stage: Stage) -> None:
    assert outcomes(stage.write(TACTICAL)) == [Outcome.DONE]
    assert stage.labels() == ["bug", "contribution: tactical"]
    label = stage.demo.people.repo(HUB).labels["contribution: tactical"]
    assert (label.color, label.description) == ("1d76db", "Serves a need")


def test_writing_again_writes_nothing(stage: Stage) -> None:
    first = stage.write(stage.comment(), TACTICAL)
    written = len(stage.demo.writes)
    again = stage.write(stage.comment(), TACTICAL)
    assert outcomes(again) == [Outcome.ALREADY, Outcome.ALREADY]
    assert again[0].comment_id == first[0].comment_id
    assert len(stage.demo.writes) == written


def test_a_label_that_exists_in_another_case_is_used_as_it_is(stage: Stage) -> None:
    stage.demo.people.create_label(HUB, "minrk", "Contribution: Tactical", color="ffffff")
    stage.write(TACTICAL)
    assert stage.labels() == ["bug", "Contribution: Tactical"]
    assert [request.path.rsplit("/", 1)[1] for request in stage.demo.writes] == ["labels"]


def test_a_label_that_somebody_creates_in_between_is_used(stage: Stage) -> None:
    target = stage.target()
    seen = stage.seen(target, TACTICAL)
    stage.demo.people.create_label(HUB, "minrk", "contribution: tactical")
    assert stage.perform(target, TACTICAL, seen).outcome is Outcome.DONE
    assert stage.labels() == ["bug", "contribution: tactical"]


def test_taking_a_label_off_leaves_the_others(stage: Stage) -> None:
    stage.write(TACTICAL)
    gone = RemoveLabel("Contribution: Tactical")
    assert outcomes(stage.write(gone)) == [Outcome.DONE]
    assert stage.labels() == ["bug"]
    assert outcomes(stage.write(gone)) == [Outcome.ALREADY]


def test_a_label_that_somebody_takes_off_in_between_is_no_error(stage: Stage) -> None:
    target = stage.target()
    gone = RemoveLabel("bug")
    seen = stage.seen(target, gone)
    stage.demo.people.unlabel(f"{HUB}#719", "minrk", "bug")
    assert stage.perform(target, gone, seen).outcome is Outcome.ALREADY


def test_a_comment_that_was_applied_though_github_said_502_is_not_doubled(stage: Stage) -> None:
    def fails(request: Request) -> Fault | None:
        return Fault("status", applied=True) if request.path.endswith("/comments") else None

    stage.demo.faults = fails
    with pytest.raises(GitHubError) as failed:
        stage.write(stage.comment())
    assert failed.value.maybe_applied
    stage.demo.faults = None
    (result,) = stage.write(stage.comment())
    assert result.outcome is Outcome.ALREADY
    assert len(stage.comments()) == 1


def test_without_the_look_the_same_comment_would_be_doubled(stage: Stage) -> None:
    target = stage.target()
    blind = replace(stage.seen(target), ours=())
    for _ in range(2):
        stage.perform(target, stage.comment(), blind)
    assert len(stage.comments()) == 2


def test_a_marker_that_somebody_else_typed_is_not_ours(stage: Stage) -> None:
    forged = f"{marker(stage.us.app_id)}\nI am the app."
    stage.demo.people.comment(f"{HUB}#719", "minrk", forged)
    assert outcomes(stage.write(stage.comment())) == [Outcome.DONE]
    assert stage.comments()[0] == forged
    assert len(stage.comments()) == 2


def test_a_comment_of_ours_that_says_something_else_is_edited_in_place(stage: Stage) -> None:
    (made,) = stage.write(stage.comment())
    (edited,) = stage.write(stage.comment("not needed"))
    assert (edited.outcome, edited.comment_id) == (Outcome.DONE, made.comment_id)
    assert made.comment_id is not None
    edit = EditComment(made.comment_id, public("needed"), marker(stage.us.app_id))
    (back,) = stage.write(edit)
    assert (back.outcome, back.comment_id) == (Outcome.DONE, made.comment_id)
    assert stage.comments() == [edit.body]


def test_an_answer_to_a_comment_stands_beside_the_comment_about_the_item(stage: Stage) -> None:
    answer = CreateComment(public("not needed"), marker(stage.us.app_id, "reply:5"))
    stage.write(stage.comment(), answer)
    assert outcomes(stage.write(stage.comment(), answer)) == [Outcome.ALREADY, Outcome.ALREADY]
    assert stage.comments() == [stage.comment().body, answer.body]


def test_editing_a_comment_that_was_deleted_says_so(stage: Stage) -> None:
    (made,) = stage.write(stage.comment())
    edit = EditComment(made.comment_id or 0, public("not needed"), marker(stage.us.app_id))
    target = stage.target()
    seen = stage.seen(target, edit)
    stage.demo.people.delete_comment(stage.demo.people.item(f"{HUB}#719").comments[0], "yuvipanda")
    assert stage.perform(target, edit, seen).outcome is Outcome.GONE
    written = len(stage.demo.writes)
    assert outcomes(stage.write(edit)) == [Outcome.GONE]
    assert len(stage.demo.writes) == written


@pytest.mark.parametrize("how", ["locked", "archived"])
def test_nothing_is_sent_to_what_is_locked_or_archived(stage: Stage, how: str) -> None:
    target = stage.target()
    seen = stage.seen(target)
    if how == "locked":
        stage.demo.places.set_locked(f"{HUB}#719", "minrk", locked=True)
    else:
        stage.demo.places.set_archived(HUB, archived=True)
    assert stage.perform(target, stage.comment(), seen).outcome is Outcome.CLOSED
    written = len(stage.demo.writes)
    assert outcomes(stage.write(stage.comment(), TACTICAL)) == [Outcome.CLOSED] * 2
    assert len(stage.demo.writes) == written
    assert stage.comments() == []


def test_an_issue_that_is_deleted_in_between_is_gone(stage: Stage) -> None:
    stage.demo.people.open_issue(HUB, "yuvipanda", "A bug", number=720)
    target = stage.target(ItemRef(HUB, 720, SubjectType.ISSUE))
    seen = stage.seen(target)
    stage.demo.places.delete_issue(f"{HUB}#720", "minrk")
    assert stage.perform(target, stage.comment(), seen).outcome is Outcome.GONE
    assert isinstance(stage.look(target), NotThere)


def test_a_reaction_is_there_once(stage: Stage) -> None:
    comment = stage.demo.people.comment(f"{HUB}#719", "yuvipanda", "/citizen explain")
    for _ in range(2):
        done = stage.run(lambda session: react(session, PULL, comment.id, "eyes"))
        assert done is Outcome.DONE
    assert [(r.user.login, r.content) for r in comment.reactions] == [("good-citizen[bot]", "eyes")]
    stage.demo.people.delete_comment(comment, "yuvipanda")
    assert stage.run(lambda session: react(session, PULL, comment.id, "eyes")) is Outcome.GONE


def test_a_relevant_pull_request_costs_six_calls_and_an_unchanged_one_two(stage: Stage) -> None:
    need = stage.demo.people.open_issue(
        INFRA, "yuvipanda", "EarthScope hub", f"- [ ] {PULL.url}", labels=("support",)
    )
    stage.demo.people.edit(f"{HUB}#719", "yuvipanda", body=f"Ref {INFRA}#{need.number}")

    async def a_round(github: GitHub) -> list[Outcome]:
        read = github.installation(stage.installation_id, permissions=PERMISSIONS)
        home = github.installation(stage.home_installation_id, permissions=PERMISSIONS)
        gathered = await gather_subject(read, PULL, home=HOME, us=stage.us, now=NOW, installed=True)
        assert isinstance(gathered, Gathered)
        assert gathered.target is not None
        followed = await gather_items(home, gathered.to_follow, home=HOME, us=stage.us)
        facts = with_items(gathered.facts, followed)
        assert [item.labels for item in facts.backlinks] == [("support",)]
        if gathered.target.comment:
            return []
        actions: tuple[Action, ...] = (stage.comment(), TACTICAL)
        seen = await look(read, gathered.target, us=stage.us, actions=actions)
        assert isinstance(seen, Looked)
        return [
            (await perform(read, gathered.target, action, seen=seen, home=HOME)).outcome
            for action in actions
        ]

    async def two_rounds() -> tuple[int, int]:
        async with stage.github() as github:
            sent = []
            for expected in ([Outcome.DONE, Outcome.DONE], []):
                asked = len(stage.demo.log)
                assert await a_round(github) == expected
                sent += [sum(not r.path.endswith("/access_tokens") for r in stage.demo.log[asked:])]
            return sent[0], sent[1]

    assert asyncio.run(two_rounds()) == (6, 2)
