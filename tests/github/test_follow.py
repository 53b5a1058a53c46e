import asyncio
from dataclasses import replace
from datetime import UTC, datetime

from graphql import GraphQLError

from app.github.finding import NotThere
from app.github.follow import (
    MOST_ITEMS,
    Followed,
    TrackerItem,
    gather_items,
    gather_tracker_item,
    with_items,
)
from app.github.target import Us
from app.policy.home import Board, Home, Tracker
from app.policy.model import Facts, Item, ItemRef, Subject, SubjectType, Visibility
from app.publish.actions import marker
from tests.github.answering import (
    US,
    Answering,
    Json,
    a_comment,
    a_commit,
    a_list,
    a_pull,
    a_repo,
    an_issue,
    asking,
    failing,
    forbidden,
    labels,
    user,
)

INFRA = "2i2c-org/infrastructure"
HUB = "jupyterhub/oauthenticator"
NEED = ItemRef(INFRA, 3618, SubjectType.PULL_REQUEST)
PULL = ItemRef(HUB, 719, SubjectType.PULL_REQUEST)
WE = Us(7, "good-citizen[bot]")
HOME = Home(
    name="2i2c",
    organisations=("2i2c-org",),
    trackers=(Tracker(INFRA, public=True, aliases=("2i2c-org/pilot-hubs",)),),
)
BOARD = Board("orgs/2i2c-org/projects/57", "Bucket")
YUVI = user("yuvipanda", 30430)


def follow(inner: Answering, *refs: ItemRef, board: Board | None = None) -> Followed:
    async def ask() -> Followed:
        async with asking(inner) as session:
            return await gather_items(session, refs, home=HOME, us=WE, board=board)

    return asyncio.run(ask())


def read_item(inner: Answering, board: Board | None = None) -> TrackerItem | NotThere:
    async def ask() -> TrackerItem | NotThere:
        async with asking(inner) as session:
            return await gather_tracker_item(session, NEED, us=WE, board=board)

    return asyncio.run(ask())


def on_board(value: str | None, project: str = "/orgs/2i2c-org/projects/57") -> Json:
    field = {"__typename": "ProjectV2ItemFieldSingleSelectValue", "name": value}
    return {
        "project": {"resourcePath": project},
        "fieldValueByName": lambda _info, name: field if value and name == "Bucket" else None,
    }


def test_one_call_reads_all_that_is_linked() -> None:
    talk = [a_comment(1, YUVI, "Yes"), a_comment(2, US, "Me")]
    inner = Answering(
        a_repo(
            INFRA,
            a_pull(3618, title="EarthScope hub", body="Text", labels=a_list(labels("event"))),
            object=lambda _info, expression: a_commit(YUVI, "Bump\n\nBrings it in", oid=expression),
            visibility="PRIVATE",
        ),
        a_repo(HUB, an_issue(700, comments=a_list(talk))),
    )
    commit, repository = ItemRef(INFRA, sha="5340cb91bb"), ItemRef(HUB)
    issue = ItemRef("JupyterHub/OAuthenticator", 700)
    found = follow(inner, NEED, issue, commit, repository)
    assert inner.asked == ["Items"]
    assert (found.not_read, found.could_not_read) == ({}, frozenset())
    need = found.items[NEED.key]
    assert (need.ref, need.title, need.labels) == (NEED, "EarthScope hub", ("event",))
    assert need.visibility is Visibility.PRIVATE
    assert found.items[issue.key].ref == ItemRef(HUB, 700, SubjectType.ISSUE)
    assert [comment.body for comment in found.items[issue.key].comments] == ["Yes"]
    assert (found.items[commit.key].title, found.items[commit.key].body) == ("Bump", "Brings it in")
    assert found.items[repository.key].visibility is Visibility.PUBLIC


def test_nothing_to_follow_costs_nothing() -> None:
    inner = Answering()
    assert follow(inner) == Followed()
    assert inner.asked == []


def test_an_item_of_the_home_that_stays_dark_is_not_known_and_any_other_is_absent() -> None:
    elsewhere = ItemRef(HUB, 1)
    found = follow(Answering(), elsewhere)
    assert (set(found.not_read), found.could_not_read) == ({elsewhere.key}, frozenset())
    for name in (INFRA, "2i2c-org/Pilot-Hubs"):
        found = follow(Answering(a_repo(HUB, an_issue(1))), elsewhere, ItemRef(name, 9))
        assert found.could_not_read == {"linked issues"}
        assert set(found.items) == {elsewhere.key}


def test_what_github_broke_down_over_is_not_known_wherever_it_is() -> None:
    def breaks(name: str) -> GraphQLError | None:
        return GraphQLError("Something went wrong") if name == HUB else None

    inner = Answering(a_repo(INFRA, a_pull(3618)), breaks=breaks)
    found = follow(inner, NEED, ItemRef(HUB, 1))
    assert set(found.items) == {NEED.key}
    assert found.could_not_read == {"linked issues"}


def test_what_github_refuses_to_show_elsewhere_is_absent() -> None:
    inner = Answering(breaks=lambda _: forbidden())
    assert follow(inner, ItemRef(HUB, 1)).could_not_read == frozenset()


def test_the_boards_field_gives_the_bucket() -> None:
    cards = [on_board("Elsewhere", "/orgs/2i2c-org/projects/5"), None, on_board("Support")]
    inner = Answering(a_repo(INFRA, a_pull(3618, projectItems=a_list(cards))))
    assert follow(inner, NEED, board=BOARD).items[NEED.key].bucket == "Support"
    assert follow(inner, NEED).items[NEED.key].bucket is None


def test_a_card_without_a_value_gives_no_bucket() -> None:
    inner = Answering(a_repo(INFRA, a_pull(3618, projectItems=a_list([on_board(None)]))))
    assert follow(inner, NEED, board=BOARD).items[NEED.key].bucket is None


def test_a_board_that_may_not_be_read_costs_the_bucket_and_nothing_else() -> None:
    inner = Answering(a_repo(INFRA, a_pull(3618, projectItems=failing(forbidden()))))
    found = follow(inner, NEED, board=BOARD)
    assert inner.asked == ["Items", "Items"]
    assert set(found.items) == {NEED.key}
    assert found.could_not_read == {"board"}


def test_a_changelog_with_hundreds_of_links_is_followed_up_to_a_bound() -> None:
    issues = [an_issue(n) for n in range(1, 61)]
    refs = [ItemRef(HUB, n) for n in range(1, 61)]
    found = follow(Answering(a_repo(HUB, *issues)), *refs, refs[0])
    assert len(found.items) == MOST_ITEMS
    assert set(found.not_read) == {ref.key for ref in refs[MOST_ITEMS:]}


def test_an_item_with_more_comments_than_are_read_leaves_a_doubt() -> None:
    talk = [a_comment(n, YUVI, "") for n in range(101)]
    assert follow(
        Answering(a_repo(INFRA, an_issue(3618, comments=a_list(talk)))), NEED
    ).could_not_read == {"linked issues"}


def some_facts(**more: Json) -> Facts:
    subject = Subject(PULL, SubjectType.PULL_REQUEST)
    return Facts(subject, fetched_at=datetime(2024, 2, 1, tzinfo=UTC), **more)


def test_what_was_followed_is_joined_with_how_it_was_reached() -> None:
    closed = Item(ItemRef(HUB, 700, SubjectType.ISSUE), title="Gate by scope")
    second = Item(ItemRef(INFRA, 9), title="A need")
    facts = with_items(
        some_facts(linked=(closed,)),
        Followed(
            {NEED.key: Item(NEED), second.ref.key: second, closed.ref.key: closed},
            could_not_read=frozenset({"board"}),
        ),
        via={second.ref.key: closed.ref},
    )
    assert [(item.ref, item.hop, item.via) for item in facts.linked] == [
        (closed.ref, 1, None),
        (NEED, 1, None),
        (second.ref, 2, closed.ref),
    ]
    assert facts.could_not_read == {"board"}


def test_a_backlink_keeps_its_text_and_gets_what_its_item_says() -> None:
    mention = Item(NEED, body="Needed until it is merged", at=datetime(2024, 1, 20, tzinfo=UTC))
    item = Item(NEED, title="EarthScope", body="Body", labels=("event",), bucket="Support")
    facts = with_items(some_facts(backlinks=(mention,)), Followed({NEED.key: item}))
    assert facts.linked == ()
    assert facts.backlinks == (
        replace(mention, title="EarthScope", labels=("event",), bucket="Support"),
    )


def test_a_tracker_item_comes_with_its_state_for_planning() -> None:
    ours = f"{marker(7)}\nUpstream work for this."
    talk = [a_comment(n, YUVI, f"{n}") for n in range(1, 121)] + [a_comment(500, US, ours)]
    pull = a_pull(
        3618,
        title="EarthScope hub",
        comments=a_list(talk),
        projectItems=a_list([on_board("Support")]),
    )
    inner = Answering(a_repo(INFRA, pull, visibility="PRIVATE"))
    found = read_item(inner, BOARD)
    assert isinstance(found, TrackerItem)
    assert inner.asked == ["TrackerItem", "More"]
    assert (found.item.ref, found.item.bucket, len(found.item.comments)) == (NEED, "Support", 120)
    assert (found.target.ref, found.target.title) == (NEED, "EarthScope hub")
    assert (found.target.visibility, found.target.installed) == (Visibility.PRIVATE, True)
    assert found.target.comment is not None
    assert found.target.comment.id == 500
    assert found.could_not_read == frozenset()


def test_a_tracker_item_is_read_without_a_board_that_is_closed_to_us() -> None:
    inner = Answering(a_repo(INFRA, a_pull(3618, projectItems=failing(forbidden()))))
    found = read_item(inner, BOARD)
    assert isinstance(found, TrackerItem)
    assert found.item.bucket is None
    assert found.could_not_read == {"board"}
    assert isinstance(read_item(Answering(), BOARD), NotThere)
