"""What a payload means for the home, as a value."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.policy.home import Commands, Home, Member, Tracker
from app.pump.effects import Effects, effects
from app.pump.payload import Payload, UnreadableError, read_payload

APP_ID = 12345
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOME = Home(
    name="Example",
    organisations=("example-org",),
    trackers=(Tracker("example-org/infrastructure", public=True),),
    members=(Member("yuvipanda", id=30430),),
)
MEMBER = {"id": 30430, "login": "YuviPanda", "type": "User"}
OUTSIDER = {"id": 7, "login": "somebody-else", "type": "User"}
BOT = {"id": 8, "login": "dependabot[bot]", "type": "Bot"}


def payload(**parts: Any) -> Payload:
    base: dict[str, Any] = {
        "action": "opened",
        "sender": OUTSIDER,
        "repository": {"id": 1, "full_name": "jupyterhub/oauthenticator"},
        "installation": {"id": 42},
    }
    return Payload.model_validate(base | parts)


def pull(author: dict[str, Any] | None, **more: Any) -> dict[str, Any]:
    return {"number": 719, "user": author, "updated_at": "2026-03-01T11:00:00Z"} | more


def meaning(event: str, **parts: Any) -> Effects:
    return effects(event, payload(**parts), HOME, received_at=NOW, app_id=APP_ID)


def test_a_members_pull_request_upstream_is_certainly_looked_at() -> None:
    found = meaning("pull_request", pull_request=pull(MEMBER))
    assert found.certain
    assert found.subject is not None
    assert (found.subject.repository_id, found.subject.number) == (1, 719)


def test_an_outsiders_pull_request_is_looked_at_only_if_it_is_known_already() -> None:
    found = meaning("pull_request", pull_request=pull(OUTSIDER))
    assert found.subject is not None
    assert not found.certain
    assert found.because == "nobody of the home has a part in it"


def test_a_members_review_makes_an_outsiders_pull_request_certain() -> None:
    found = meaning("pull_request_review", pull_request=pull(OUTSIDER), review={"user": MEMBER})
    assert found.certain


def test_everything_in_a_tracker_is_certain() -> None:
    found = meaning(
        "issues",
        issue=pull(OUTSIDER),
        repository={"id": 2, "full_name": "Example-Org/Infrastructure"},
    )
    assert found.certain


def test_the_homes_other_repositories_are_left_alone() -> None:
    found = meaning(
        "issues", issue=pull(MEMBER), repository={"id": 3, "full_name": "example-org/website"}
    )
    assert found.subject is None


def test_the_same_number_of_an_issue_and_of_a_pull_requests_comment_is_one_subject() -> None:
    comment = {"id": 1, "body": "hello", "user": MEMBER}
    by_comment = meaning("issue_comment", issue=pull(MEMBER), comment=comment)
    by_pull = meaning("pull_request", pull_request=pull(MEMBER))
    assert by_comment.subject == by_pull.subject


def test_what_the_app_wrote_itself_means_nothing() -> None:
    comment = {"id": 1, "body": "x", "user": BOT, "performed_via_github_app": {"id": APP_ID}}
    found = meaning("issue_comment", issue=pull(MEMBER), comment=comment, sender=BOT)
    assert found.subject is None
    assert found.because == "the app wrote this itself"


def test_a_label_of_ours_put_on_by_a_member_is_their_word() -> None:
    found = meaning(
        "pull_request",
        action="labeled",
        sender=MEMBER,
        label={"name": "Contribution: Tactical"},
        pull_request=pull(MEMBER),
    )
    assert [(word.verb, word.by.id, word.payload) for word in found.words] == [
        ("label", 30430, {"kind": "tactical"})
    ]


@pytest.mark.parametrize(("sender", "states"), [(OUTSIDER, ["refused"]), (BOT, [])])
def test_a_label_put_on_by_anybody_else_is_no_word(
    sender: dict[str, Any], states: list[str]
) -> None:
    found = meaning(
        "pull_request",
        action="labeled",
        sender=sender,
        label={"name": "contribution: tactical"},
        pull_request=pull(MEMBER),
    )
    assert [word.state for word in found.words] == states


def test_the_same_label_event_delivered_under_another_guid_is_the_same_word() -> None:
    parts: dict[str, Any] = {
        "action": "labeled",
        "sender": MEMBER,
        "label": {"name": "contribution: strategic"},
        "pull_request": pull(MEMBER),
    }
    first = effects("pull_request", payload(**parts), HOME, received_at=NOW, app_id=APP_ID)
    later = NOW.replace(hour=23)
    again = effects("pull_request", payload(**parts), HOME, received_at=later, app_id=APP_ID)
    assert first.words[0].source == again.words[0].source


def test_a_body_sent_under_another_events_name_means_nothing() -> None:
    found = meaning("issues", pull_request=pull(MEMBER))
    assert found.subject is None
    created = {"action": "created", "sender": MEMBER, "issue": pull(MEMBER)}
    assert meaning("repository", **created).subject is None
    deleted = {"action": "deleted", "sender": MEMBER, "issue": pull(MEMBER)}
    assert meaning("installation", **deleted).installation is None


def said(body: str, **more: Any) -> list[str | None]:
    comment = {"id": 5, "body": body, "user": MEMBER, "created_at": "2026-03-01T11:00:00Z"}
    parts: dict[str, Any] = {"action": "created", "sender": MEMBER} | more
    found = meaning("issue_comment", issue=pull(MEMBER), comment=comment, **parts)
    return [word.line for word in found.words]


def test_a_command_is_a_word_that_is_looked_at_later() -> None:
    assert said("Thanks!\n\n/tactical for EarthScope\n\n> /personal") == [
        "/citizen tactical for EarthScope"
    ]


def test_of_an_edited_comment_only_what_is_new_is_a_word() -> None:
    before = {"body": {"from": "/tactical"}}
    assert said("/tactical\n/value it works", action="edited", changes=before) == [
        "/citizen value it works"
    ]


def test_a_deleted_comment_takes_nothing_back_and_a_bots_is_no_word() -> None:
    assert said("/tactical", action="deleted") == []
    assert said("/tactical", sender=BOT) == []


@pytest.mark.parametrize(
    "sender",
    [
        BOT,
        {"id": 9, "login": "Example-Machine", "type": "User"},
        {"id": 10, "login": "jupyterhub", "type": "Organization"},
        {"id": 11, "login": "moved-in", "type": "Mannequin"},
    ],
    ids=lambda sender: str(sender["login"]),
)
def test_what_is_no_person_says_no_word(sender: dict[str, Any]) -> None:
    home = replace(HOME, bots=("example-machine",))
    comment = {"id": 5, "body": "/mute", "user": sender, "created_at": "2026-03-01T11:00:00Z"}
    parts = payload(action="created", sender=sender, issue=pull(MEMBER), comment=comment)
    assert effects("issue_comment", parts, home, received_at=NOW, app_id=APP_ID).words == ()


def test_a_deleted_account_s_comment_is_no_word_of_whoever_stands_in_for_it() -> None:
    comment = {"id": 5, "body": "/tactical", "user": None, "created_at": "2026-03-01T11:00:00Z"}
    found = meaning(
        "issue_comment", action="created", sender=MEMBER, issue=pull(MEMBER), comment=comment
    )
    assert found.words == ()


def test_the_short_form_is_another_bots_where_the_home_says_so() -> None:
    home = replace(HOME, commands=Commands(short_form=False))
    body = "/tactical\n/citizen why"
    comment = {"id": 5, "body": body, "user": MEMBER, "created_at": "2026-03-01T11:00:00Z"}
    parts = payload(action="created", sender=MEMBER, issue=pull(MEMBER), comment=comment)
    found = effects("issue_comment", parts, home, received_at=NOW, app_id=APP_ID)
    assert [word.line for word in found.words] == ["/citizen why"]


@pytest.mark.parametrize(
    ("body", "certain"),
    [("/mute", True), ("/citizen unmute", True), ("/tactical", False), ("Thank you!", False)],
)
def test_what_a_maintainer_may_say_is_heard_before_the_item_is_ours(
    body: str, *, certain: bool
) -> None:
    comment = {"id": 5, "body": body, "user": OUTSIDER, "created_at": "2026-03-01T11:00:00Z"}
    parts: dict[str, Any] = {"action": "created", "issue": pull(OUTSIDER), "comment": comment}
    assert meaning("issue_comment", **parts).certain is certain
    assert not meaning("issue_comment", **parts, installation=None).certain


@pytest.mark.parametrize(
    ("action", "change"),
    [("created", "present"), ("deleted", "removed"), ("suspend", "suspended"),
     ("unsuspend", "present")],
)  # fmt: skip
def test_installation_events_say_where_the_app_is(action: str, change: str) -> None:
    found = meaning(
        "installation", action=action, installation={"id": 42, "account": MEMBER}, repository=None
    )
    assert found.installation is not None
    assert (found.installation.id, found.installation.change) == (42, change)


@pytest.mark.parametrize(
    "body", [b"{", b"[]", b"", b'"x"', b"\xff", b"[" * 100_000, b'{"sender": 5}', b"NaN",
             b'{"repository": {"id": ' + b"9" * 5000 + b', "full_name": "a/b"}}']
)  # fmt: skip
def test_what_is_no_payload_is_told_in_a_sentence(body: bytes) -> None:
    with pytest.raises(UnreadableError, match=r"the body is no JSON|is not as GitHub sends it"):
        read_payload(body)


def test_text_that_no_database_stores_is_replaced() -> None:
    read = read_payload(b'{"comment": {"id": 1, "body": "a\\u0000b\\ud800c"}}')
    assert read.comment is not None
    assert read.comment.body == "a\ufffdb\ufffdc"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)
PARTS = ["action", "sender", "repository", "installation", "pull_request", "issue", "comment",
         "review", "label"]  # fmt: skip


EVENTS = ["pull_request", "issues", "issue_comment", "installation", "repository", "made_up"]


@given(st.dictionaries(st.sampled_from(PARTS), JSON), st.sampled_from(EVENTS))
def test_any_json_is_either_read_or_told(parts: dict[str, Any], event: str) -> None:
    body = json.dumps(parts).encode()
    try:
        read = read_payload(body)
    except UnreadableError as error:
        told = str(error)
    else:
        told = str(effects(event, read, HOME, received_at=NOW, app_id=APP_ID))
    assert told
