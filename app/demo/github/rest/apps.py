"""What an app asks about itself: registration, installations, tokens, its webhook's deliveries."""

import json
from typing import Any

from app.demo.github import access, shapes
from app.demo.github.call import MOST_PER_PAGE, PER_PAGE, Answer, Call
from app.demo.github.hooks import Attempt
from app.demo.github.model import App, Installation
from app.demo.github.shapes.common import when
from app.demo.github.state import Rejected, not_found


def get_app(call: Call) -> Answer:
    """GET /app."""
    app = call.app()
    count = sum(i.app is app for i in call.state.installations.values())
    return Answer(200, shapes.app(call.state, app) | {"installations_count": count})


def list_installations(call: Call) -> Answer:
    """GET /app/installations."""
    app = call.app()
    own = [i for i in call.state.installations.values() if i.app is app]
    return call.page(own, lambda i: shapes.listed_installation(call.state, i))


def get_installation(call: Call) -> Answer:
    """GET /app/installations/{installation_id}."""
    return Answer(200, shapes.installation(call.state, _installation(call)))


def repo_installation(call: Call) -> Answer:
    """GET /repos/{owner}/{repo}/installation."""
    app = call.app()
    repo = call.state.repo(f"{call.params['owner']}/{call.params['repo']}")
    found = call.state.installation_on(app, repo) if repo else None
    if found is None:
        raise not_found()
    return Answer(200, shapes.installation(call.state, found))


def account_installation(call: Call) -> Answer:
    """GET /orgs/{org}/installation."""
    app = call.app()
    for installation in call.state.installations.values():
        if installation.app is app and installation.account is call.account("org"):
            return Answer(200, shapes.installation(call.state, installation))
    raise not_found()


def mint(call: Call) -> Answer:
    """POST /app/installations/{installation_id}/access_tokens."""
    installation = _installation(call)
    token = access.mint(call.state, installation, call.fields())
    files = installation.app.single_files
    body: dict[str, Any] = {
        "token": token.value,
        "expires_at": when(token.expires_at),
        "permissions": token.permissions,
        "repository_selection": "all" if installation.repos is None else "selected",
    }
    if files and "single_file" in token.permissions:
        body |= {
            "single_file": files[0],
            "has_multiple_single_files": len(files) > 1,
            "single_file_paths": list(files),
        }
    if token.repos is not None:
        body["repository_selection"] = "selected"
        repos = [call.state.repos[number] for number in sorted(token.repos)]
        body["repositories"] = [shapes.repository(call.state, repo) for repo in repos]
    return Answer(201, body)


def list_repositories(call: Call) -> Answer:
    """GET /installation/repositories."""
    token = call.token()
    reached = [repo for repo in call.state.repos.values() if token.covers(repo)]
    page, headers = call.slice(reached)
    body = {
        "total_count": len(reached),
        "repository_selection": "all" if token.installation.repos is None else "selected",
        "repositories": [shapes.repository(call.state, repo) for repo in page],
    }
    return Answer(200, body, headers)


def get_hook_config(call: Call) -> Answer:
    """GET /app/hook/config."""
    return Answer(200, _hook_config(call.app()))


def update_hook_config(call: Call) -> Answer:
    """PATCH /app/hook/config."""
    app, fields = call.app(), call.fields()
    app.webhook_url = call.text(fields, "url", app.webhook_url)
    app.webhook_secret = call.text(fields, "secret", app.webhook_secret)
    return Answer(200, _hook_config(app))


def list_deliveries(call: Call) -> Answer:
    """GET /app/hook/deliveries: newest first, by cursor."""
    attempts = call.hooks.listed(call.app())
    if wanted := call.query.get("status"):
        attempts = [a for a in attempts if a.ok == (wanted == "success")]
    if cursor := call.query.get("cursor"):
        below = cursor.removeprefix("v1_")
        if not below.isdigit():
            raise Rejected(422, "Invalid cursor")
        attempts = [a for a in attempts if a.id < int(below)]
    asked = call.query.get("per_page", "")
    size = min(int(asked) if asked.isdigit() else PER_PAGE, MOST_PER_PAGE)
    page, headers = attempts[:size], {}
    if len(attempts) > size:
        headers["Link"] = f'<{call.url(cursor=f"v1_{page[-1].id}")}>; rel="next"'
    return Answer(200, [_attempt(a) for a in page], headers)


def get_delivery(call: Call) -> Answer:
    """GET /app/hook/deliveries/{delivery_id}."""
    attempt = call.hooks.find(call.app(), call.number("delivery_id"))
    delivery = attempt.delivery
    sent = {"headers": delivery.headers(), "payload": json.loads(delivery.body)}
    got = {"headers": attempt.response_headers or None, "payload": attempt.response_body or None}
    url = delivery.app.webhook_url
    return Answer(200, _attempt(attempt) | {"url": url, "request": sent, "response": got})


def redeliver(call: Call) -> Answer:
    """POST /app/hook/deliveries/{delivery_id}/attempts."""
    call.hooks.redeliver(call.app(), call.number("delivery_id"))
    return Answer(202, {})


def rate_limit(call: Call) -> Answer:
    """GET /rate_limit, which costs nothing."""
    resources = call.meter.overview(call.actor.name)
    return Answer(200, {"resources": resources, "rate": resources["core"]})


def _installation(call: Call) -> Installation:
    found = call.state.installations.get(call.number("installation_id"))
    if found is None or found.app is not call.app():
        raise not_found()
    return found


def _hook_config(app: App) -> dict[str, str]:
    config = {"content_type": "json", "insecure_ssl": "0", "url": app.webhook_url}
    return config | ({"secret": "********"} if app.webhook_secret else {})


def _attempt(attempt: Attempt) -> dict[str, Any]:
    delivery = attempt.delivery
    return {
        "id": attempt.id,
        "guid": delivery.guid,
        "delivered_at": when(attempt.delivered_at),
        "redelivery": attempt.redelivery,
        "duration": attempt.duration,
        "status": attempt.status,
        "status_code": attempt.status_code,
        "event": delivery.event,
        "action": delivery.action,
        "installation_id": delivery.installation_id,
        "repository_id": delivery.repository_id,
        "throttled_at": None,
    }
