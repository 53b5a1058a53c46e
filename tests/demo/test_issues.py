import pytest

from tests.demo.world import API, HOME, PRIVATE, UPSTREAM, World

ISSUE = f"/repos/{UPSTREAM}/issues/719"


def test_labels_are_compared_without_case_and_unknown_ones_created_grey() -> None:
    world = World()
    token = world.as_installation()
    named = token.post(f"{ISSUE}/labels", {"labels": ["BUG", "Brand new"]}).json()
    assert [(label["name"], label["color"]) for label in named] == [
        ("bug", "ededed"),
        ("Brand new", "ededed"),
    ]
    assert len(token.post(f"{ISSUE}/labels", {"labels": ["bug", "brand NEW"]}).json()) == 2
    assert token.get(f"/repos/{UPSTREAM}/labels/brand%20new").json()["name"] == "Brand new"


def test_removing_a_label_that_is_not_on_is_a_404() -> None:
    token = World().as_installation()
    token.post(f"{ISSUE}/labels", {"labels": ["a/b"]})
    assert token.delete(f"{ISSUE}/labels/A%2Fb").json() == []
    assert token.delete(f"{ISSUE}/labels/a%2Fb").status_code == 404


def test_setting_labels_leaves_no_others() -> None:
    token = World().as_installation()
    token.post(f"{ISSUE}/labels", {"labels": ["bug", "old"]})
    named = token.put(f"{ISSUE}/labels", {"labels": ["BUG", "new"]}).json()
    assert [label["name"] for label in named] == ["bug", "new"]
    assert token.delete(f"{ISSUE}/labels").status_code == 204
    assert token.get(f"{ISSUE}/labels").json() == []


def test_an_item_has_a_hundred_labels_at_most() -> None:
    world = World()
    token = world.as_installation()
    world.people.label(world.pull, "consideRatio", *(f"label {n}" for n in range(100)))
    assert token.post(f"{ISSUE}/labels", {"labels": ["one more"]}).status_code == 422
    assert token.post(f"{ISSUE}/labels", {"labels": ["label 1"]}).status_code == 200


def test_a_label_with_a_long_name_is_refused() -> None:
    token = World().as_installation()
    assert token.post(f"{ISSUE}/labels", {"labels": ["x" * 51]}).status_code == 422


def test_a_comment_is_written_edited_and_deleted_by_its_own_app() -> None:
    world = World()
    token = world.as_installation()
    written = token.post(f"{ISSUE}/comments", {"body": "first"})
    comment = written.json()
    assert written.headers["location"] == comment["url"]
    assert comment["user"]["login"] == "good-citizen[bot]"
    assert comment["performed_via_github_app"]["slug"] == "good-citizen"
    path = comment["url"].removeprefix(API)
    world.clock.forward(seconds=5)
    edited = token.patch(path, {"body": "second"}).json()
    assert (edited["body"], edited["updated_at"]) == ("second", "2026-03-02T09:00:05Z")
    assert [c["body"] for c in token.get(f"{ISSUE}/comments").json()] == ["second"]
    assert token.delete(path).status_code == 204
    assert token.patch(path, {"body": "third"}).status_code == 404


def test_the_comments_of_others_are_not_the_apps_to_edit() -> None:
    world = World()
    comment = world.people.comment(world.pull, "yuvipanda", "mine")
    token = world.as_installation()
    answer = token.patch(f"/repos/{UPSTREAM}/issues/comments/{comment.id}", {"body": "yours"})
    assert (answer.status_code, comment.body) == (403, "mine")


@pytest.mark.parametrize(
    ("body", "status"), [("x" * 65_536, 201), ("x" * 65_537, 422), ("  ", 422)]
)
def test_a_comment_has_65536_characters_at_most_and_some(body: str, status: int) -> None:
    assert World().as_installation().post(f"{ISSUE}/comments", {"body": body}).status_code == status


@pytest.mark.parametrize("how", ["locked", "archived"])
def test_what_is_locked_or_archived_takes_no_writes(how: str) -> None:
    world = World()
    token = world.as_installation()
    comment = token.post(f"{ISSUE}/comments", {"body": "before"}).json()
    if how == "locked":
        world.places.set_locked(world.pull, "consideRatio", locked=True)
    else:
        world.places.set_archived(UPSTREAM, archived=True)
    path = comment["url"].removeprefix(API)
    answers = [
        token.post(f"{ISSUE}/comments", {"body": "after"}),
        token.patch(path, {"body": "after"}),
        token.delete(path),
        token.post(f"{ISSUE}/labels", {"labels": ["bug"]}),
        token.patch(ISSUE, {"title": "after"}),
    ]
    assert [answer.status_code for answer in answers] == [403] * 5
    assert token.get(ISSUE).status_code == 200


def test_a_transferred_issue_leads_to_where_it_is() -> None:
    world = World()
    token = world.as_installation(world.at_home)
    world.places.repo("example-org/elsewhere")
    world.places.transfer_issue(world.issue, "yuvipanda", "example-org/elsewhere")
    answer = token.get(f"/repos/{HOME}/issues/5/comments?per_page=100")
    assert answer.status_code == 301
    path = answer.headers["location"].removeprefix(API)
    repo = world.people.repo("example-org/elsewhere")
    assert path == f"/repositories/{repo.id}/issues/1/comments?per_page=100"
    assert token.get(path).status_code == 200


def test_an_issue_transferred_out_of_sight_is_not_found() -> None:
    world = World()
    world.places.transfer_issue(world.issue, "yuvipanda", PRIVATE)
    assert world.anonymous().get(f"/repos/{HOME}/issues/5").status_code == 404


def test_a_deleted_issue_is_gone() -> None:
    world = World()
    world.places.delete_issue(world.issue, "yuvipanda")
    assert world.as_installation(world.at_home).get(f"/repos/{HOME}/issues/5").status_code == 410
    assert world.as_installation(world.at_home).get(f"/repos/{HOME}/issues/6").status_code == 404


def test_an_issue_is_opened_edited_and_closed_by_the_app() -> None:
    world = World()
    token = world.as_installation(world.at_home)
    wanted = {"title": "Upstream work", "body": "…", "labels": ["report"]}
    opened = token.post(f"/repos/{HOME}/issues", wanted).json()
    assert (opened["number"], opened["labels"][0]["name"]) == (6, "report")
    path = f"/repos/{HOME}/issues/6"
    closed = token.patch(path, {"title": "Done", "state": "closed", "labels": ["x"]}).json()
    assert (closed["title"], closed["state"], closed["state_reason"]) == (
        "Done",
        "closed",
        "completed",
    )
    assert [label["name"] for label in closed["labels"]] == ["x"]
    assert token.ask("PATCH", path, {"state": "ajar"}, {}, judged=False).status_code == 422
    assert token.post(f"/repos/{HOME}/issues", {"title": " "}).status_code == 422


def test_the_list_of_issues_has_pull_requests_and_filters() -> None:
    world = World()
    world.clock.forward(days=1)
    world.people.open_issue(UPSTREAM, "consideRatio", "later", labels=["bug"])
    token = world.as_installation()

    def numbers(query: str) -> list[int]:
        return [i["number"] for i in token.get(f"/repos/{UPSTREAM}/issues?{query}").json()]

    assert numbers("state=all") == [720, 719]
    assert numbers("sort=updated&direction=asc") == [719, 720]
    assert numbers("labels=BUG") == [720]
    assert numbers("creator=georgianaelena") == [719]
    assert numbers("since=2026-03-03T00:00:00Z") == [720]
    assert numbers("state=closed") == []


def test_a_reaction_is_given_once() -> None:
    world = World()
    comment = world.people.comment(world.pull, "yuvipanda", "/good-citizen help")
    token = world.as_installation()
    path = f"/repos/{UPSTREAM}/issues/comments/{comment.id}/reactions"
    assert token.post(path, {"content": "eyes"}).status_code == 201
    assert token.post(path, {"content": "eyes"}).status_code == 200
    assert [r["content"] for r in token.get(path).json()] == ["eyes"]
    assert token.get(f"{path}?content=heart").json() == []
    rollup = token.get(f"/repos/{UPSTREAM}/issues/comments/{comment.id}").json()["reactions"]
    assert (rollup["total_count"], rollup["eyes"]) == (1, 1)


def test_a_timeline_tells_of_mentions_that_the_asker_may_see() -> None:
    world = World()
    world.people.open_issue(HOME, "yuvipanda", "Brings in", f"{UPSTREAM}#719", number=9)
    world.people.open_issue(PRIVATE, "yuvipanda", "Secret", f"{UPSTREAM}#719")
    world.people.commit(UPSTREAM, "consideRatio", "Follow up on #719")
    world.people.label(world.pull, "consideRatio", "bug")
    world.people.review(world.pull, "consideRatio")
    events = world.as_installation().get(f"{ISSUE}/timeline").json()
    kinds = [event["event"] for event in events]
    assert sorted(kinds) == ["committed", "cross-referenced", "labeled", "referenced", "reviewed"]
    source = next(e for e in events if e["event"] == "cross-referenced")["source"]["issue"]
    assert (source["number"], source["repository"]["full_name"]) == (9, HOME)
    at_home = world.as_installation(world.at_home).get(f"{ISSUE}/timeline").json()
    assert [event["event"] for event in at_home].count("cross-referenced") == 2


@pytest.mark.parametrize(
    "text",
    [
        f"`{UPSTREAM}#719`",
        f"```\n{UPSTREAM}#719\n```",
        f"https://redirect.github.com/{UPSTREAM}/pull/719",
        f"x{UPSTREAM}/#719",
    ],
)
def test_code_and_redirects_leave_no_mention(text: str) -> None:
    world = World()
    world.people.open_issue(HOME, "yuvipanda", "No mention", text)
    assert world.pull.events == []


def test_comments_of_a_whole_repository_can_be_read_since_a_moment() -> None:
    world = World()
    world.people.comment(world.pull, "yuvipanda", "early")
    world.clock.forward(hours=1)
    world.people.comment(world.pull, "yuvipanda", "late")
    token = world.as_installation()
    path = f"/repos/{UPSTREAM}/issues/comments"
    since = token.get(f"{path}?since=2026-03-02T09:30:00Z").json()
    assert [comment["body"] for comment in since] == ["late"]
    newest = token.get(f"{path}?sort=updated&direction=desc").json()
    assert [comment["body"] for comment in newest] == ["late", "early"]


@pytest.mark.parametrize("body", [{"labels": "bug"}, {"labels": [1]}, {"label": ["bug"]}])
def test_a_misshapen_body_is_refused(body: dict[str, object]) -> None:
    token = World().as_installation()
    answer = token.ask("POST", f"{ISSUE}/labels", body, {}, judged=False)
    assert answer.status_code == 422
