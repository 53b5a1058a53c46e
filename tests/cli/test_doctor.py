"""The doctor against the demo GitHub, over loopback, as an admin meets it."""

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from app.cli.diagnosis import Check, State
from app.cli.registered import look_at_webhook
from app.demo.github import Fault
from app.github.registration import Owner, Registration, Webhook
from app.store.events import SUBSCRIBED
from tests.cli.admin import BOARD_WANTED, HOME, SECRET, Admin, beat, key, pem
from tests.contracts.contract import github_contract


def test_all_is_well_once_everything_is_set_up(admin: Admin, sqlite_url: str) -> None:
    beat(sqlite_url, datetime.now(UTC))
    admin.delivered(*[202] * 20)
    report = admin.ask()
    assert report.states() == dict.fromkeys(map(str, Check), "ok"), report.output
    assert report.exit_code == 0


def test_every_request_is_one_that_github_documents(admin: Admin) -> None:
    admin.delivered(202)
    admin.ask()
    contract = github_contract(admin.served.url)
    for asked in admin.demo.log:
        url = f"{admin.served.url}{asked.path}?{asked.query}"
        assert contract.request(asked.method, url, asked.body) == []
    assert {asked.method for asked in admin.demo.log} == {"GET"}
    assert len(admin.demo.log) == 4


def test_a_fresh_start_says_what_comes_next_and_makes_nothing(admin: Admin, tmp_path: Path) -> None:
    admin.environment["GOOD_CITIZEN_DATABASE_URL"] = f"sqlite:///{tmp_path / 'new.db'}"
    report = admin.ask()
    assert report.exit_code == 1
    states = report.states()
    assert {check for check, state in states.items() if state != "ok"} == {
        "deliveries",
        "database",
        "worker",
    }
    assert "good-citizen serve" in report.output
    assert not (tmp_path / "new.db").exists()


@pytest.mark.parametrize("check", Check)
def test_only_what_is_named_is_looked_at(admin: Admin, check: Check) -> None:
    assert set(admin.only(check).states()) == {check}


def test_an_unknown_name_is_refused_with_those_there_are(admin: Admin) -> None:
    report = admin.ask("--only", "weather")
    assert report.exit_code == 2
    assert "installations" in report.output


def test_another_app_s_key_is_told(admin: Admin) -> None:
    admin.environment["GOOD_CITIZEN_PRIVATE_KEY"] = pem(key("another"))
    report = admin.ask()
    assert report.states()["app"] == "problem"
    assert "The private key is another App's" in report.output
    assert report.states()["webhook"] == State.UNKNOWN


def test_another_app_s_id_is_told(admin: Admin) -> None:
    admin.environment["GOOD_CITIZEN_APP_ID"] = "999999999"
    report = admin.only(Check.APP)
    assert report.exit_code == 1
    assert "GitHub doesn't take the key for App 999999999" in report.output
    assert "GOOD_CITIZEN_APP_ID is another App's" in report.output


def test_a_missing_app_id_is_told(admin: Admin) -> None:
    del admin.environment["GOOD_CITIZEN_APP_ID"]
    assert "GOOD_CITIZEN_APP_ID is missing" in admin.only(Check.APP).output


def test_an_address_that_would_leak_tokens_is_told(admin: Admin) -> None:
    admin.environment["GOOD_CITIZEN_GITHUB_API_URL"] = "http://github.example.org"
    report = admin.only(Check.APP)
    assert report.exit_code == 1
    assert "must begin with https://" in report.output


def test_a_sick_github_is_no_problem_of_ours(admin: Admin) -> None:
    admin.demo.faults = lambda asked: (
        Fault("status", status=403, headers={"retry-after": "60"}, body=b'{"message": "limit"}')
        if asked.path == "/app/hook/config"
        else None
    )
    report = admin.ask()
    assert report.states()["webhook"] == State.UNKNOWN
    assert report.states()["installations"] == "ok"
    assert report.exit_code == 1


@pytest.mark.parametrize(
    ("permissions", "says"),
    [
        ({"issues": "read"}, "missing: issues: write"),
        ({"contents": "write"}, "more than is used: contents: write"),
        ({"pull_requests": "admin"}, "more than is used: pull_requests: admin"),
    ],
)
def test_permissions_are_compared_with_what_is_used(
    admin: Admin, permissions: dict[str, str], says: str
) -> None:
    admin.app.permissions |= permissions
    report = admin.only(Check.PERMISSIONS)
    assert report.exit_code == 1
    assert says in report.output
    assert "/organizations/example-org/settings/apps/good-citizen/permissions" in "".join(
        report.output.split()
    )


def test_the_board_s_permission_is_asked_for_only_where_there_is_a_board(admin: Admin) -> None:
    del admin.app.permissions["organization_projects"]
    assert admin.only(Check.PERMISSIONS).exit_code == 0
    admin.home_file.write_text(BOARD_WANTED)
    assert "missing: organization_projects: read" in admin.only(Check.PERMISSIONS).output


@pytest.mark.parametrize(
    ("events", "says"),
    [
        (SUBSCRIBED - {"issues"}, "not subscribed to: issues"),
        (SUBSCRIBED | {"push"}, "more than is used: push"),
    ],
)
def test_events_are_compared_with_what_is_used(
    admin: Admin, events: frozenset[str], says: str
) -> None:
    admin.app.events = tuple(events)
    report = admin.only(Check.EVENTS)
    assert report.exit_code == 1
    assert says in report.output


def test_an_organisation_without_the_app_is_told(admin: Admin) -> None:
    admin.home_file.write_text(HOME.replace("[example-org]", "[example-org, Other-Org]"))
    report = admin.only(Check.INSTALLATIONS)
    assert report.exit_code == 1
    assert "not installed on Other-Org" in report.output
    assert "/apps/good-citizen/installations/new" in report.output


def test_a_suspended_installation_is_told(admin: Admin) -> None:
    admin.demo.places.set_suspended(admin.installation, suspended=True)
    assert "example-org is suspended" in admin.only(Check.INSTALLATIONS).output


def test_permissions_that_the_owner_has_not_accepted_are_told(admin: Admin) -> None:
    admin.installation.permissions = {**admin.installation.permissions, "issues": "read"}
    admin.installation.events = tuple(SUBSCRIBED - {"repository"})
    report = admin.only(Check.INSTALLATIONS)
    assert "example-org has not accepted yet: issues: write, repository" in report.output


REGISTRATION = Registration(
    id=1,
    slug="good-citizen",
    html_url="https://github.com/apps/good-citizen",
    owner=Owner(login="example-org", type="Organization"),
    permissions={},
    events=(),
)
GOOD = {"url": "https://example.org/webhook", "content_type": "json", "secret": "********"}


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"url": ""}, "no webhook address"),
        ({"url": "http://example.org/webhook"}, "not encrypted"),
        ({"content_type": "form"}, "come as form"),
        ({"content_type": None}, "come as form"),
        ({"insecure_ssl": "1"}, "does not verify the certificate"),
        ({"insecure_ssl": 1}, "does not verify the certificate"),
        ({"secret": None}, "no secret to sign with"),
    ],
)
def test_each_fault_of_the_webhook_is_told(wrong: dict[str, Any], says: str) -> None:
    found = look_at_webhook(REGISTRATION, Webhook.model_validate(GOOD | wrong))
    assert [(each.state, says in each.says, bool(each.advice)) for each in found] == [
        (State.PROBLEM, True, True)
    ]


def test_a_webhook_as_it_should_be_is_fine() -> None:
    for ssl in ("0", 0, 0.0):
        (found,) = look_at_webhook(REGISTRATION, Webhook(**GOOD, insecure_ssl=ssl))
        assert found.state is State.OK


def test_failed_deliveries_are_counted_by_their_answer(admin: Admin) -> None:
    admin.delivered(202, 202, 202)
    admin.delivered(401, 401, status="Invalid HTTP Response: 401")
    report = admin.only(Check.DELIVERIES)
    assert report.exit_code == 1
    assert "2 of the last 5 failed: 401" in report.output
    assert "The secret is another one" in report.output


def test_only_the_last_twenty_deliveries_count(admin: Admin) -> None:
    admin.delivered(500)
    admin.delivered(*[202] * 20)
    assert admin.only(Check.DELIVERIES).exit_code == 0


def test_what_arrived_when_it_was_sent_again_has_not_failed(admin: Admin) -> None:
    admin.delivered(202, 502)
    admin.delivered(202, again=True)
    assert "the last 2 arrived" in admin.only(Check.DELIVERIES).output


def test_an_address_that_nobody_listens_at_is_told(admin: Admin) -> None:
    for _ in range(len(admin.demo.hooks.queue) - 1):
        admin.demo.hooks.queue.pop()
    admin.served.deliver()
    report = admin.only(Check.DELIVERIES)
    assert "1 of the last 1 failed: failed to connect to host" in report.output
    assert "GitHub doesn't reach the address" in report.output


@pytest.mark.parametrize(
    ("path", "says"),
    [
        (None, "can't be reached from here (All connection attempts failed)"),
        ("/app", "leads from here to something else, which answers 401"),
    ],
)
def test_before_anything_was_delivered_the_address_itself_is_tried(
    admin: Admin, path: str | None, says: str
) -> None:
    if path:
        admin.app.webhook_url = admin.served.url + path
    report = admin.only(Check.DELIVERIES)
    assert f"{admin.app.webhook_url} {says}" in report.output
    assert report.states() == {"deliveries": State.UNKNOWN}


def test_nothing_is_cut_off_where_the_output_is_no_terminal(admin: Admin) -> None:
    name = f"{'a-long-name-' * 20}.yml"
    assert name in admin.ask("--home", name).output


def test_what_is_to_be_done_is_shown_whole_in_a_narrow_terminal(admin: Admin) -> None:
    admin.environment |= {"FORCE_COLOR": "1", "TERM": "xterm", "COLUMNS": "60"}
    shown = re.sub(r"\x1b\[[\d;]*m", "", admin.ask("--only", "worker").output)
    assert max(map(len, shown.splitlines())) <= 60
    assert "or `good-citizen serve --worker`" in " ".join(shown.split())


def test_no_secret_is_shown(admin: Admin) -> None:
    output = admin.ask().output
    assert SECRET not in output
    assert "BEGIN" not in output
    assert "eyJ" not in output
