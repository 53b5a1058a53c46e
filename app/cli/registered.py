"""The doctor's look at the App as GitHub knows it: who it is, what it may, where, its webhook."""

from collections import Counter
from collections.abc import Awaitable, Callable
from functools import partial
from typing import TypeVar
from urllib.parse import urlsplit

from app.cli.diagnosis import Check, Diagnosis, fine, problem, unknown
from app.cli.knock import knock
from app.github.auth import PrivateKey
from app.github.client import GitHub, Session
from app.github.clock import Clock
from app.github.errors import GitHubError, NotFound, Unauthorized
from app.github.limits import MemoryBudgets
from app.github.registration import (
    Attempt,
    Installed,
    Registration,
    Webhook,
    lacking,
    read_attempts,
    read_installations,
    read_registration,
    read_webhook,
)
from app.github.wanted import BOARD, PERMISSIONS
from app.policy.home import Home
from app.settings import Settings
from app.store.events import SUBSCRIBED

_ON_REGISTRATION = (
    Check.PERMISSIONS,
    Check.EVENTS,
    Check.INSTALLATIONS,
    Check.WEBHOOK,
    Check.DELIVERIES,
)
AT_GITHUB = frozenset({Check.APP, *_ON_REGISTRATION})
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}
_WHY = (
    ("could not be decoded", "The private key is another App's: generate one on this App's page."),
    ("issuer", "GOOD_CITIZEN_APP_ID is another App's: it is on the App's settings page, App ID."),
    ("claim", "This computer's clock is wrong: let it be set over the network (NTP)."),
)
_DELIVERED = {
    0: "GitHub doesn't reach the address: look at DNS, firewall and proxy, and that "
    "`good-citizen serve` runs.",
    401: "The secret is another one: GOOD_CITIZEN_WEBHOOK_SECRET has to be the one in the App's "
    "settings.",
    404: "Nothing is there: the webhook's address has to lead to /webhook.",
    408: "They took too long to arrive: look at the proxy in front.",
    413: "A proxy in front takes no bodies of 25 MB: raise its limit.",
    415: "Choose the content type application/json in the App's settings, under Webhook.",
    500: "The log of `good-citizen serve --web` says why.",
    502: "GitHub or the proxy in front doesn't reach `good-citizen serve --web`.",
    503: "The proxy reaches no web process, or the database doesn't keep up: look into both logs.",
    504: "No answer within 10 s: look at the proxy in front and at the log.",
}
T = TypeVar("T")


async def look_at_github(
    settings: Settings, key: PrivateKey | None, home: Home | None, clock: Clock | None = None
) -> list[Diagnosis]:
    """Ask GitHub about the App; nothing is changed there."""
    if settings.app_id is None:
        says = "GOOD_CITIZEN_APP_ID is missing"
        return _unasked(problem(Check.APP, says, "It is on the App's settings page: App ID."))
    if key is None:
        return _unasked(unknown(Check.APP, "GitHub can't be asked without the private key"))
    try:
        github = GitHub(
            api_url=settings.github_api_url,
            app_id=settings.app_id,
            private_key=key,
            timeout_seconds=settings.client_timeout,
            budgets=MemoryBudgets(),
            clock=clock,
        )
    except ValueError as error:
        return _unasked(problem(Check.APP, str(error), "Correct GOOD_CITIZEN_GITHUB_API_URL."))
    async with github:
        app = github.app()
        try:
            known = await read_registration(app)
        except GitHubError as error:
            return _unasked(_not_let_in(error, settings.app_id))
        return [
            fine(Check.APP, f"GitHub knows App {known.id} as {known.html_url}"),
            *look_at_permissions(known, home),
            look_at_events(known),
            *await _judged(
                Check.INSTALLATIONS,
                read_installations(app),
                partial(look_at_installations, known, home),
            ),
            *await _judged(Check.WEBHOOK, read_webhook(app), partial(look_at_webhook, known)),
            *await _judged(
                Check.DELIVERIES,
                _attempts(app, settings.client_timeout),
                lambda found: look_at_attempts(known, *found),
            ),
        ]


async def _judged(
    check: Check, reading: Awaitable[T], judge: Callable[[T], list[Diagnosis]]
) -> list[Diagnosis]:
    try:
        return judge(await reading)
    except GitHubError as error:
        return [unknown(check, error.sentence, "Look again in a minute.")]


async def _attempts(app: Session, timeout_seconds: float) -> tuple[list[Attempt], str]:
    """Read the latest deliveries; where there is none, tell what the webhook's address leads to."""
    if attempts := await read_attempts(app):
        return attempts, ""
    address = (await read_webhook(app)).url
    return [], f"; {address} {await knock(address, timeout_seconds)}" if address else ""


def look_at_permissions(known: Registration, home: Home | None) -> list[Diagnosis]:
    """Compare what the App may with what the code uses: no less, and no more."""
    where = f"{known.settings_url}/permissions"
    board = BOARD if home is None or home.needs.board else {}
    missing = lacking(known.permissions, PERMISSIONS | board)
    superfluous = lacking(PERMISSIONS | BOARD, known.permissions)
    if missing and home is None and missing == BOARD:
        says = "organization_projects: read is missing; only the home file says if it is needed"
        return [unknown(Check.PERMISSIONS, says, "Correct the home file first.")]
    found = []
    if missing:
        advice = f"Choose them at {where}; then every owner is asked to accept them."
        found.append(problem(Check.PERMISSIONS, f"missing: {_listed(missing)}", advice))
    if superfluous:
        says = f"more than is used: {_listed(superfluous)}"
        found.append(problem(Check.PERMISSIONS, says, f"Take it away at {where}."))
    return found or [fine(Check.PERMISSIONS, _listed(known.permissions))]


def look_at_events(known: Registration) -> Diagnosis:
    """Compare the events that the App is subscribed to with those that are pumped."""
    where = f"{known.settings_url}/permissions, under Subscribe to events"
    if missing := SUBSCRIBED - set(known.events):
        says = f"not subscribed to: {', '.join(sorted(missing))}"
        return problem(Check.EVENTS, says, f"Tick them at {where}.")
    if superfluous := set(known.events) - SUBSCRIBED:
        says = f"subscribed to more than is used: {', '.join(sorted(superfluous))}"
        return problem(Check.EVENTS, says, f"Untick them at {where}.")
    return fine(Check.EVENTS, ", ".join(sorted(known.events)))


def look_at_installations(
    known: Registration, home: Home | None, installed: list[Installed]
) -> list[Diagnosis]:
    """Tell of each of the home's organisations whether the App is installed there and may work."""
    by_login = {each.account.login.casefold(): each for each in installed if each.account}
    if home is None:
        names = ", ".join(sorted(each.account.login for each in installed if each.account))
        says = f"installed on {names or 'no account'}; the home file says whether that is right"
        return [unknown(Check.INSTALLATIONS, says, "Correct the home file first.")]
    needed = PERMISSIONS | (BOARD if home.needs.board else {})
    return [
        _installation(known, login, by_login.get(login.casefold()), needed)
        for login in home.organisations
    ]


def _installation(
    known: Registration, login: str, there: Installed | None, needed: dict[str, str]
) -> Diagnosis:
    if there is None:
        advice = f"Install it at {known.html_url}/installations/new, as an owner of {login}."
        return problem(Check.INSTALLATIONS, f"not installed on {login}", advice)
    if there.suspended_at is not None:
        says = f"the installation on {login} is suspended"
        return problem(Check.INSTALLATIONS, says, f"Unsuspend it at {there.html_url}.")
    wanted = {name: level for name, level in needed.items() if name in known.permissions}
    missing = _listed(lacking(there.permissions, wanted))
    missing = ", ".join(filter(None, [missing, *sorted(set(known.events) - set(there.events))]))
    if missing:
        says = f"{login} has not accepted yet: {missing}"
        return problem(Check.INSTALLATIONS, says, f"Accept it at {there.html_url}.")
    where = "all" if there.repository_selection == "all" else "selected"
    return fine(Check.INSTALLATIONS, f"installed on {where} repositories of {login}")


def look_at_webhook(known: Registration, hook: Webhook) -> list[Diagnosis]:
    """Tell what is wrong with the webhook's address and form."""
    url = urlsplit(hook.url or "")
    if not hook.url:
        says = "the App has no webhook address"
        advice = f"At {known.settings_url} write it below Webhook URL and tick Active."
        return [problem(Check.WEBHOOK, says, advice)]
    found = []
    if url.scheme != "https" and url.hostname not in _LOOPBACK:
        found.append((f"{hook.url} is not encrypted", "Choose an address with https://"))
    if hook.content_type != "json":
        says = f"deliveries come as {hook.content_type or 'form'}, which is refused"
        advice = "Choose the content type application/json (or PATCH /app/hook/config)"
        found.append((says, advice))
    if str(hook.insecure_ssl) not in {"0", "0.0"}:
        says = "GitHub does not verify the certificate of the address"
        found.append((says, "Choose Enable SSL verification"))
    if not hook.secret:
        says = "GitHub has no secret to sign with, so that everything is refused"
        found.append((says, "Write GOOD_CITIZEN_WEBHOOK_SECRET's value below Webhook secret"))
    return [
        problem(Check.WEBHOOK, says, f"{advice}, at {known.settings_url}.")
        for says, advice in found
    ] or [fine(Check.WEBHOOK, f"{hook.url}, JSON, signed")]


def look_at_attempts(
    known: Registration, attempts: list[Attempt], address: str = ""
) -> list[Diagnosis]:
    """Tell how many of the latest deliveries failed, why, and what heals them.

    One that arrived when it was sent again is not counted: the newest attempt of a GUID holds.
    `address` is what was found at the webhook's address where there is none to look at.
    """
    if not attempts:
        says = f"GitHub has delivered nothing in the last days{address}"
        advice = (
            f"Look whether Active is ticked at {known.settings_url}, put a label on a pull request "
            "where the App is installed, and look again."
        )
        return [unknown(Check.DELIVERIES, says, advice)]
    newest: dict[str, Attempt] = {}
    for attempt in attempts:
        newest.setdefault(attempt.guid, attempt)
    failed = Counter(
        (attempt.status_code, attempt.status) for attempt in newest.values() if not attempt.arrived
    )
    if not failed:
        says = f"the last {len(newest)} arrived, the newest at {attempts[0].delivered_at:%F %R} UTC"
        return [fine(Check.DELIVERIES, says)]
    return [_failed(known, *why, count, len(newest)) for why, count in failed.most_common()]


def _failed(known: Registration, code: int, status: str, count: int, of: int) -> Diagnosis:
    says = (
        f"{count} of the last {of} failed: {code} {status}"
        if code
        else (f"{count} of the last {of} failed: {status}")
    )
    heal = _DELIVERED.get(code, "The log of `good-citizen serve --web` says more.")
    again = f"Then choose Redeliver at {known.settings_url}/advanced, within three days."
    return problem(Check.DELIVERIES, says, f"{heal} {again}")


def _not_let_in(error: GitHubError, app_id: int) -> Diagnosis:
    if isinstance(error, NotFound):
        says = f"GitHub knows no App {app_id}"
        return problem(Check.APP, says, "Set GOOD_CITIZEN_APP_ID to the App's own: App ID there.")
    if not isinstance(error, Unauthorized):
        advice = (
            "Look whether GOOD_CITIZEN_GITHUB_API_URL can be reached from here, and look again."
        )
        return unknown(Check.APP, error.sentence, advice)
    said = error.sentence.lower()
    both = "GOOD_CITIZEN_APP_ID and the private key have to be the same App's."
    advice = next((advice for words, advice in _WHY if words in said), both)
    return problem(Check.APP, f"GitHub doesn't take the key for App {app_id}", advice)


def _unasked(first: Diagnosis) -> list[Diagnosis]:
    says = "GitHub has to let the App in first"
    return [first, *(unknown(check, says) for check in _ON_REGISTRATION)]


def _listed(permissions: dict[str, str]) -> str:
    return ", ".join(f"{name}: {level}" for name, level in sorted(permissions.items()))
