"""What people say in comments, from the webhook to the answer."""

import pytest

from app.demo.github.faults import Fault
from app.store.said import listed
from tests.reconcile.stage import HUB, INFRA, Stage, set_stage

pytestmark = pytest.mark.anyio
PULL = f"{HUB}#1"
JSON = {"content-type": "application/json"}
HIDDEN = Fault("status", status=404, headers=JSON, body=b'{"message": "Not Found"}')


async def a_feature(stage: Stage) -> None:
    stage.demo.people.open_pull_request(
        HUB,
        "yuvipanda",
        "Add allowed_scopes to all authenticators",
        files=("oauthenticator/oauth2.py",),
        number=1,
    )
    await stage.settle()


def replies(stage: Stage, item: str = PULL) -> list[str]:
    return [text for text in stage.comments(item) if " reply:" in text]


def reactions(stage: Stage, item: str = PULL) -> list[list[str]]:
    return [
        sorted(one.content for one in comment.reactions)
        for comment in stage.demo.people.item(item).comments
        if not comment.body.startswith("<!-- good-citizen")
    ]


async def test_a_member_overrules_says_the_value_and_undoes(database_url: str) -> None:
    async with set_stage(database_url) as stage:
        await a_feature(stage)
        stage.demo.people.comment(PULL, "yuvipanda", "/tactical tech-support for EarthScope")
        await stage.settle()
        assert await stage.decisions() == {
            ("yuvipanda", "authored"): ("tactical", "tech-support", "EarthScope")
        }
        assert stage.labels(PULL) == ["contribution: tactical"]
        assert len(replies(stage)) == 1
        stage.demo.people.comment(PULL, "sgibson91", "/value hubs start in half the time")
        stage.demo.people.comment(PULL, "sgibson91", "/undo")
        stage.demo.people.comment(PULL, "sgibson91", "/undo")
        await stage.settle()
        assert (await stage.decisions())["yuvipanda", "authored"][0] == "undecided"
        assert reactions(stage) == [["+1", "eyes"]] * 4


async def test_an_outsider_gets_the_reaction_alone(database_url: str) -> None:
    async with set_stage(database_url) as stage:
        await a_feature(stage)
        stage.demo.people.comment(PULL, "manics", "/tactical")
        await stage.settle()
        assert reactions(stage) == [["confused", "eyes"]]
        assert replies(stage) == []
        assert (await stage.decisions())["yuvipanda", "authored"][0] == "undecided"


async def test_a_command_delivered_five_times_acts_once(sqlite_url: str) -> None:
    async with set_stage(sqlite_url) as stage:
        await a_feature(stage)
        stage.demo.people.comment(PULL, "yuvipanda", "/strategic docs because it is")
        await stage.receive()
        for _ in range(4):
            await stage.receive(again=True)
        await stage.settle()
        assert len(replies(stage)) == 1
        assert (await stage.decisions())["yuvipanda", "authored"][0] == "strategic"


async def test_a_maintainer_upstream_is_obeyed_at_once(sqlite_url: str) -> None:
    async with set_stage(sqlite_url) as stage:
        stage.demo.places.set_member("jupyterhub", "minrk", "admin")
        await a_feature(stage)
        stage.demo.people.comment(PULL, "minrk", "/citizen mute")
        stage.demo.people.comment(PULL, "yuvipanda", "/tactical")
        await stage.settle()
        assert stage.labels(PULL) == []
        assert replies(stage) == []
        assert (await stage.decisions())["yuvipanda", "authored"][0] == "tactical"


async def test_whose_permission_could_not_be_read_is_refused_and_may_say_it_again(
    sqlite_url: str,
) -> None:
    async with set_stage(sqlite_url) as stage:
        stage.demo.places.set_member("jupyterhub", "minrk", "admin")
        await a_feature(stage)
        stage.demo.faults = lambda asked: HIDDEN if asked.path.endswith("/permission") else None
        stage.demo.people.comment(PULL, "minrk", "/mute")
        await stage.settle()
        stage.demo.faults = None
        stage.demo.people.comment(PULL, "minrk", "/mute")
        await stage.settle()
        assert reactions(stage) == [["confused", "eyes"], ["+1", "eyes"]]
        assert replies(stage) == []


async def test_a_wrong_word_gets_one_helpful_answer(sqlite_url: str) -> None:
    async with set_stage(sqlite_url) as stage:
        await a_feature(stage)
        stage.demo.people.comment(PULL, "yuvipanda", "/citizen tacitcal")
        await stage.settle()
        assert len(replies(stage)) == 1
        assert "tactical" in replies(stage)[0]


async def test_personal_is_answered_without_showing_it(database_url: str) -> None:
    async with set_stage(database_url) as stage:
        await a_feature(stage)
        stage.demo.people.comment(PULL, "yuvipanda", "/personal")
        stage.demo.people.comment(PULL, "sgibson91", "/personal")
        await stage.settle()
        assert (await stage.decisions())["yuvipanda", "authored"][0] == "personal"
        assert reactions(stage)[0] == ["+1", "eyes"]
        assert reactions(stage)[1] == ["confused", "eyes"]
        assert not any("personal" in text.lower() for text in replies(stage) if "yuvi" in text)


async def test_on_a_tracking_issue_the_only_contribution_is_meant(database_url: str) -> None:
    async with set_stage(database_url) as stage:
        await a_feature(stage)
        stage.demo.people.open_issue(
            INFRA, "sgibson91", "Copy links on the EarthScope hub", f"Brings in {HUB}#1", number=1
        )
        await stage.settle()
        stage.demo.people.comment(f"{INFRA}#1", "sgibson91", "/tactical partnership-support")
        await stage.settle()
        assert (await stage.decisions())["yuvipanda", "authored"][1] == "partnership-support"
        assert len(replies(stage, f"{INFRA}#1")) == 1


async def test_a_label_put_on_by_an_outsider_is_set_back_once(sqlite_url: str) -> None:
    async with set_stage(sqlite_url) as stage:
        stage.demo.people.open_pull_request(
            HUB, "yuvipanda", "Document how to log in", files=("docs/login.md",), number=1
        )
        await stage.settle()
        for expected in (["contribution: strategic"], []):
            stage.demo.people.unlabel(PULL, "manics", "contribution: strategic")
            await stage.settle()
            assert stage.labels(PULL) == expected


async def test_an_edited_comment_s_new_command_is_answered_in_the_reply_that_is_there(
    database_url: str,
) -> None:
    async with set_stage(database_url) as stage:
        await a_feature(stage)
        comment = stage.demo.people.comment(PULL, "yuvipanda", "/value it works\n/citizen tacitcal")
        await stage.settle()
        [first] = replies(stage)
        assert "the nearest is tactical" in first
        stage.demo.people.edit_comment(comment, "yuvipanda", "/value it works\n/citizen tactical")
        await stage.settle()
        [now] = replies(stage)
        assert now.split("\n")[0] == first.split("\n")[0]
        assert "Noted: **tactical**" in now
        assert "the nearest" not in now
        assert "word for word" not in now
        assert (await stage.decisions())["yuvipanda", "authored"][0] == "tactical"


async def test_of_two_who_disagree_the_later_stands_and_a_deleted_comment_takes_nothing_back(
    database_url: str,
) -> None:
    async with set_stage(database_url) as stage:
        await a_feature(stage)
        stage.demo.people.comment(PULL, "sgibson91", "/strategic because it is our turn")
        stage.clock.pass_by(seconds=5)
        later = stage.demo.people.comment(PULL, "yuvipanda", "/tactical because they asked for it")
        await stage.settle()
        stage.demo.people.delete_comment(later, "yuvipanda")
        await stage.settle()
        assert (await stage.decisions())["yuvipanda", "authored"][0] == "tactical"
        async with stage.engine.connect() as connection:
            said = await listed(connection, most=9)
        assert [(one.by, one.became) for one in said] == [
            ("yuvipanda", "stands"),
            ("sgibson91", "a later word stands"),
        ]


async def test_a_maintainer_s_mute_holds_before_anybody_of_the_home_has_a_part_in_it(
    database_url: str,
) -> None:
    async with set_stage(database_url) as stage:
        people = stage.demo.people
        stage.demo.places.set_member("jupyterhub", "minrk", "admin")
        people.open_pull_request(HUB, "manics", "Document logins", files=("docs/a.md",), number=1)
        people.comment(PULL, "manics", "/tactical")
        people.comment(PULL, "minrk", "/mute")
        await stage.settle()
        assert reactions(stage) == [["confused", "eyes"], ["+1", "eyes"]]
        people.comment(PULL, "yuvipanda", "/why")
        people.comment(PULL, "yuvipanda", "/tactical")
        people.merge(PULL, "yuvipanda")
        await stage.settle()
        assert (await stage.decisions())["yuvipanda", "merged"][0] == "tactical"
        assert stage.labels(PULL) == []
        assert [text for text in stage.comments(PULL) if text.startswith("<!--")] == []


async def test_why_about_another_contribution_explains_that_one(database_url: str) -> None:
    async with set_stage(database_url) as stage:
        await a_feature(stage)
        stage.demo.people.open_pull_request(
            HUB, "sgibson91", "Document logins", files=("docs/login.md",), number=2
        )
        stage.demo.people.open_issue(INFRA, "sgibson91", "What we did", number=1)
        await stage.settle()
        for item in (PULL, f"{INFRA}#1"):
            stage.demo.people.comment(item, "yuvipanda", f"/why {HUB}#2")
        await stage.settle()
        for item in (PULL, f"{INFRA}#1"):
            [reply] = replies(stage, item)
            assert f"(https://redirect.github.com/{HUB}/pull/2): **strategic**, because" in reply
            assert "undecided" not in reply
