"""Repositories, their labels, files, roles and releases; users and organisations."""

from collections.abc import Callable
from typing import Any

from app.demo.github import access, labels, pulls, shapes
from app.demo.github.call import Answer, Call
from app.demo.github.model import Release, Repo
from app.demo.github.state import Rejected, not_found, role_of


def get_repo(call: Call) -> Answer:
    """GET /repos/{owner}/{repo}."""
    repo = call.repo()
    shape = shapes.full_repository(call.state, repo)
    if isinstance(call.actor, access.AsInstallation):
        inside = call.actor.token.covers(repo)
        shape["permissions"] = {
            "admin": False,
            "maintain": False,
            "push": inside and call.actor.token.may("contents", "write"),
            "triage": inside and call.actor.token.may("issues", "write"),
            "pull": True,
        }
    return Answer(200, shape)


def list_labels(call: Call) -> Answer:
    """GET /repos/{owner}/{repo}/labels."""
    repo = call.repo("issues")
    return call.page(list(repo.labels.values()), lambda x: shapes.label(call.state, x))


def get_label(call: Call) -> Answer:
    """GET /repos/{owner}/{repo}/labels/{name}."""
    label = labels.find(call.repo("issues"), call.params["name"])
    return Answer(200, shapes.label(call.state, label))


def create_label(call: Call) -> Answer:
    """POST /repos/{owner}/{repo}/labels."""
    repo = call.repo("issues")
    bot, _ = call.writer(repo, ("issues", "pull_requests"))
    fields = call.fields()
    name, color = call.text(fields, "name"), call.text(fields, "color", labels.GREY)
    description = _optional(call, fields, "description", None)
    new = labels.create(call.state, repo, name, color=color, description=description, by=bot)
    shape = shapes.label(call.state, new)
    return Answer(201, shape, {"Location": shape["url"]})


def update_label(call: Call) -> Answer:
    """PATCH /repos/{owner}/{repo}/labels/{name}."""
    repo = call.repo("issues")
    label = labels.find(repo, call.params["name"])
    bot, _ = call.writer(repo, ("issues", "pull_requests"))
    fields = call.fields()
    labels.edit(
        call.state,
        label,
        bot,
        name=call.text(fields, "new_name", label.name),
        color=call.text(fields, "color", label.color),
        description=_optional(call, fields, "description", label.description),
    )
    return Answer(200, shapes.label(call.state, label))


def delete_label(call: Call) -> Answer:
    """DELETE /repos/{owner}/{repo}/labels/{name}."""
    repo = call.repo("issues")
    label = labels.find(repo, call.params["name"])
    bot, _ = call.writer(repo, ("issues", "pull_requests"))
    labels.delete(call.state, label, bot)
    return Answer(204)


def get_content(call: Call) -> Answer:
    """GET /repos/{owner}/{repo}/contents/{path}: one file, of the default branch or at `ref`."""
    repo, path = call.repo(), call.params["path"]
    if repo.private and isinstance(call.actor, access.AsInstallation):
        token = call.actor.token
        listed = path in token.installation.app.single_files
        if not token.may("contents", "read") and not (listed and token.may("single_file", "read")):
            raise access.forbidden("contents=read", "single_file=read")
    ref = call.query.get("ref", repo.default_branch)
    text = (pulls.files_at(repo, ref) or {}).get(path)
    if text is None:
        raise not_found()
    return Answer(200, shapes.content(call.state, repo, path, text, ref))


def get_permission(call: Call) -> Answer:
    """GET /repos/{owner}/{repo}/collaborators/{username}/permission."""
    repo, account = call.repo(), call.account("username")
    if not (isinstance(call.actor, access.AsInstallation) and call.actor.token.covers(repo)):
        raise Rejected(403, "Must have push access to view collaborator permission.")
    role = role_of(repo, account)
    shown = {"triage": "read", "maintain": "write"}.get(role, role)
    levels = ("read", "triage", "write", "maintain", "admin")
    reached = levels[: levels.index(role) + 1] if role in levels else ()
    names = {"read": "pull", "write": "push"}
    permissions = {names.get(level, level): level in reached for level in levels}
    user = shapes.user(call.state, account) | {"role_name": role, "permissions": permissions}
    return Answer(200, {"permission": shown, "role_name": role, "user": user})


def list_releases(call: Call) -> Answer:
    """GET /repos/{owner}/{repo}/releases, newest first."""
    return call.page(_releases(call.repo("contents")), _shape(call))


def latest_release(call: Call) -> Answer:
    """GET /repos/{owner}/{repo}/releases/latest."""
    for release in _releases(call.repo("contents")):
        if not release.prerelease:
            return Answer(200, shapes.release(call.state, release))
    raise not_found()


def get_release(call: Call) -> Answer:
    """GET /repos/{owner}/{repo}/releases/{release_id}."""
    number = call.number("release_id")
    for release in _releases(call.repo("contents")):
        if release.id == number:
            return Answer(200, shapes.release(call.state, release))
    raise not_found()


def create_release(call: Call) -> Answer:
    """POST /repos/{owner}/{repo}/releases."""
    repo = call.repo("contents")
    bot, _ = call.writer(repo, ("contents",))
    fields = call.fields()
    new = pulls.publish(
        call.state,
        repo,
        bot,
        call.text(fields, "tag_name"),
        name=_optional(call, fields, "name", None),
        body=call.text(fields, "body", ""),
        draft=bool(fields.get("draft")),
        prerelease=bool(fields.get("prerelease")),
    )
    shape = shapes.release(call.state, new)
    return Answer(201, shape, {"Location": shape["url"]})


def get_user(call: Call) -> Answer:
    """GET /users/{username}."""
    return Answer(200, shapes.public_user(call.state, call.account("username")))


def get_user_by_id(call: Call) -> Answer:
    """GET /user/{account_id}: whoever has this id, under the present login."""
    account = call.state.accounts.get(call.number("account_id"))
    if account is None or account.type == "Organization":
        raise not_found()
    return Answer(200, shapes.public_user(call.state, account))


def get_org(call: Call) -> Answer:
    """GET /orgs/{org}."""
    org = call.account("org")
    if org.type != "Organization":
        raise not_found()
    return Answer(200, shapes.organization_full(call.state, org))


def list_members(call: Call) -> Answer:
    """GET /orgs/{org}/members, for those who may see them."""
    org = call.account("org")
    if not _sees_members(call):
        return Answer(200, [])
    role = call.query.get("role", "all")
    ids = [number for number, has in org.members.items() if role in {"all", has}]
    accounts = [call.state.accounts[number] for number in ids]
    return call.page(accounts, lambda account: shapes.user(call.state, account))


def check_member(call: Call) -> Answer:
    """GET /orgs/{org}/members/{username}: 204, 404, or 302 where the asker is no member."""
    org = call.account("org")
    if not _sees_members(call):
        public = f"{call.state.api_url}/orgs/{org.login}/public_members/{call.params['username']}"
        return Answer(302, None, {"Location": public})
    found = call.state.account(call.params["username"])
    return Answer(204 if found and found.id in org.members else 404)


def get_membership(call: Call) -> Answer:
    """GET /orgs/{org}/memberships/{username}."""
    org = call.account("org")
    if not _sees_members(call):
        raise access.forbidden("members=read")
    account = call.account("username")
    if account.id not in org.members:
        raise not_found()
    return Answer(200, shapes.membership(call.state, org, account))


def _sees_members(call: Call) -> bool:
    if not isinstance(call.actor, access.AsInstallation):
        return False
    token = call.actor.token
    return token.installation.account is call.account("org") and token.may("members", "read")


def _releases(repo: Repo) -> list[Release]:
    published = [release for release in repo.releases if not release.draft]
    return sorted(published, key=lambda release: release.created_at, reverse=True)


def _shape(call: Call) -> Callable[[Release], dict[str, Any]]:
    return lambda release: shapes.release(call.state, release)


def _optional(call: Call, fields: dict[str, Any], key: str, default: str | None) -> str | None:
    return default if fields.get(key) is None else call.text(fields, key)
