import asyncio
from collections.abc import Callable
from dataclasses import replace

import pytest

from app.github.finding import NotThere
from app.github.follow import TrackerItem, gather_tracker_item
from app.github.gather import Gathered
from app.github.limits import WriteRules
from app.github.perform import LOOK_ROUNDS, Looked, Outcome, WriteResult, look, perform
from app.github.target import Us
from app.policy.model import ItemRef, SubjectType, Visibility
from app.publish import (
    AddLabel,
    CreateComment,
    OurComment,
    RemoveLabel,
    TargetState,
    marker,
)
from app.publish.wall import InternalPen
from tests.github.answering import Answering, a_comment, a_list, a_repo, an_issue, asking
from tests.github.small_github import VirtualClock
from tests.github.stage import HOME, HUB, INFRA, PERMISSIONS, Stage, set_stage

TACTICAL = AddLabel("contribution: tactical", "1d76db", "Serves a need")


@pytest.fixture
def stage() -> Stage:
    return set_stage()


def outcomes(results: list[WriteResult]) -> list[Outcome]:
    return [result.outcome for result in results]


@pytest.mark.parametrize("was_private", [True, False])
def test_a_repository_that_turns_private_or_public_in_between_gets_nothing(
    stage: Stage, *, was_private: bool
) -> None:
    stage.demo.places.set_private(HUB, private=was_private)
    target = stage.target()
    stage.demo.places.set_private(HUB, private=not was_private)
    seen = stage.seen(target, TACTICAL)
    for action in (stage.comment(), TACTICAL):
        assert stage.perform(target, action, seen).outcome is Outcome.REFUSED
    assert stage.demo.writes == []


class Interrupted(VirtualClock):
    """A clock that lets something happen while somebody waits."""

    def __init__(self, happens: Callable[[], None]) -> None:
        super().__init__()
        self._happens = happens

    async def sleep(self, seconds: float) -> None:
        await super().sleep(seconds)
        self._happens()


def test_what_happens_while_waiting_for_the_turn_to_write_is_seen(stage: Stage) -> None:
    clock = Interrupted(lambda: stage.demo.places.set_private(HUB, private=True))
    stage.demo.state.clock, stage.clock = clock.now, clock
    target = stage.target()

    async def write_twice() -> list[Outcome]:
        async with stage.github(WriteRules(spacing=5)) as github:
            session = github.installation(stage.installation_id, permissions=PERMISSIONS)
            done = []
            for action in (RemoveLabel("bug"), stage.comment()):
                seen = await look(session, target, us=stage.us, actions=(action,))
                assert isinstance(seen, Looked)
                done.append((await perform(session, target, action, seen=seen, home=HOME)).outcome)
            return done

    assert asyncio.run(write_twice()) == [Outcome.DONE, Outcome.REFUSED]
    assert stage.comments() == []


def test_unknown_visibility_is_refused(stage: Stage) -> None:
    target = replace(stage.target(), visibility=Visibility.UNKNOWN)
    seen = replace(stage.seen(target), target=target)
    assert stage.perform(target, TACTICAL, seen).outcome is Outcome.REFUSED


def test_text_for_the_homes_own_people_never_reaches_a_public_place(stage: Stage) -> None:
    private = TargetState(1, ItemRef(INFRA, 1), Visibility.PRIVATE)
    pen = InternalPen(HOME, private)
    action = CreateComment(pen.phrase("Internal."), marker(stage.us.app_id))
    assert outcomes(stage.write(action)) == [Outcome.REFUSED]
    assert stage.demo.writes == []


def test_our_comment_is_found_below_a_hundred_others(stage: Stage) -> None:
    stage.write(stage.comment())
    for n in range(120):
        stage.demo.people.comment(f"{HUB}#719", "minrk", f"{n}")
    target = stage.target()
    asked = len(stage.demo.log)
    seen = stage.seen(target)
    assert [request.path for request in stage.demo.log[asked:]][-2:] == ["/graphql", "/graphql"]
    assert seen.complete
    assert [comment.body for comment in seen.ours] == [stage.comment().body]


def test_no_comment_is_created_where_ours_could_have_been_overlooked(stage: Stage) -> None:
    target = stage.target()
    seen = replace(stage.seen(target), complete=False)
    assert stage.perform(target, stage.comment(), seen).outcome is Outcome.REFUSED
    found = replace(seen, ours=(OurComment(1, stage.comment().body),))
    assert stage.perform(target, stage.comment(), found).outcome is Outcome.ALREADY


def test_a_renamed_repository_is_written_to_and_one_that_took_the_name_is_not(
    stage: Stage,
) -> None:
    target = stage.target()
    stage.demo.places.rename(HUB, "authenticator")
    seen = stage.seen(target, TACTICAL)
    assert seen.target.ref.repo == "jupyterhub/authenticator"
    assert stage.perform(target, TACTICAL, seen).outcome is Outcome.DONE
    stage.demo.places.repo(HUB)
    stage.demo.people.open_pull_request(HUB, "minrk", "Another", number=719)
    assert isinstance(stage.look(target), NotThere)
    found = stage.gather(repository_id=target.repository_id)
    assert isinstance(found, Gathered)
    assert found.facts.subject.ref.repo == "jupyterhub/authenticator"


def test_a_transferred_issue_is_read_where_it_is_and_not_written_to_where_it_was(
    stage: Stage,
) -> None:
    stage.demo.places.repo("jupyterhub/jupyterhub")
    stage.demo.people.open_issue(HUB, "yuvipanda", "A bug", number=720)
    ref = ItemRef(HUB, 720, SubjectType.ISSUE)
    target = stage.target(ref)
    stage.demo.places.transfer_issue(f"{HUB}#720", "minrk", "jupyterhub/jupyterhub")
    assert isinstance(stage.look(target), NotThere)
    now = stage.target(ref)
    assert (now.ref.repo, now.ref.number, now.title) == ("jupyterhub/jupyterhub", 1, "A bug")
    assert now.repository_id != target.repository_id


def test_a_tracker_item_is_read_from_the_demo_github_as_from_github(stage: Stage) -> None:
    issue = stage.demo.people.open_issue(INFRA, "yuvipanda", "A need", "Text", labels=("support",))
    stage.demo.people.comment(issue, "yuvipanda", "Said")
    ref = ItemRef(INFRA, issue.number, SubjectType.ISSUE)
    found = stage.run(
        lambda session: gather_tracker_item(session, ref, us=stage.us),
        stage.home_installation_id,
    )
    assert isinstance(found, TrackerItem)
    assert (found.item.title, found.item.body, found.item.labels) == (
        "A need",
        "Text",
        ("support",),
    )
    assert [comment.body for comment in found.item.comments] == ["Said"]
    assert (found.target.state, found.target.visibility) == ("open", Visibility.PUBLIC)


def test_a_thread_too_long_to_be_looked_through_is_said_to_be_so() -> None:
    talk = [a_comment(n, None, "") for n in range(LOOK_ROUNDS * 100 + 1)]
    inner = Answering(a_repo(HUB, an_issue(719, comments=a_list(talk))))

    async def look_through() -> Looked | NotThere:
        async with asking(inner) as session:
            return await look(
                session, TargetState(1000, ItemRef(HUB, 719)), us=Us(7, "good-citizen[bot]")
            )

    found = asyncio.run(look_through())
    assert isinstance(found, Looked)
    assert inner.asked == ["Look"] * LOOK_ROUNDS
    assert not found.complete
