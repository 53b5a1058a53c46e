"""People, organisations, apps and where they are installed."""

from app.demo.github.ids import node_id
from app.demo.github.model import Account, App, Installation
from app.demo.github.shapes.common import Json, when
from app.demo.github.state import State


def avatar_url(account: Account) -> str:
    """Give the address of an account's picture."""
    return f"https://avatars.githubusercontent.com/u/{account.id}?v=4"


def user(state: State, account: Account) -> Json:
    """Give GitHub's simple-user, which organisations and bots have too."""
    path = f"{state.api_url}/users/{account.login}"
    page = f"apps/{account.login.removesuffix('[bot]')}" if account.type == "Bot" else account.login
    return {
        "login": account.login,
        "id": account.id,
        "node_id": node_id(account),
        "avatar_url": avatar_url(account),
        "gravatar_id": "",
        "url": path,
        "html_url": f"{state.html_url}/{page}",
        "followers_url": f"{path}/followers",
        "following_url": f"{path}/following{{/other_user}}",
        "gists_url": f"{path}/gists{{/gist_id}}",
        "starred_url": f"{path}/starred{{/owner}}{{/repo}}",
        "subscriptions_url": f"{path}/subscriptions",
        "organizations_url": f"{path}/orgs",
        "repos_url": f"{path}/repos",
        "events_url": f"{path}/events{{/privacy}}",
        "received_events_url": f"{path}/received_events",
        "type": account.type,
        "user_view_type": "public",
        "site_admin": False,
    }


def public_user(state: State, account: Account) -> Json:
    """Give GitHub's public-user."""
    public = [r for r in state.repos.values() if r.owner is account and not r.private]
    return user(state, account) | {
        "name": account.name,
        "company": None,
        "blog": None,
        "location": None,
        "email": None,
        "hireable": None,
        "bio": None,
        "twitter_username": None,
        "public_repos": len(public),
        "public_gists": 0,
        "followers": 0,
        "following": 0,
        "created_at": when(account.created_at),
        "updated_at": when(account.created_at),
    }


def organization(state: State, account: Account) -> Json:
    """Give GitHub's organization-simple."""
    path = f"{state.api_url}/orgs/{account.login}"
    return {
        "login": account.login,
        "id": account.id,
        "node_id": node_id(account),
        "url": path,
        "repos_url": f"{path}/repos",
        "events_url": f"{path}/events",
        "hooks_url": f"{path}/hooks",
        "issues_url": f"{path}/issues",
        "members_url": f"{path}/members{{/member}}",
        "public_members_url": f"{path}/public_members{{/member}}",
        "avatar_url": avatar_url(account),
        "description": "",
    }


def organization_full(state: State, account: Account) -> Json:
    """Give GitHub's organization-full as a stranger sees it."""
    public = [r for r in state.repos.values() if r.owner is account and not r.private]
    return organization(state, account) | {
        "name": account.name or account.login,
        "is_verified": False,
        "has_organization_projects": True,
        "has_repository_projects": True,
        "public_repos": len(public),
        "public_gists": 0,
        "followers": 0,
        "following": 0,
        "html_url": f"{state.html_url}/{account.login}",
        "type": "Organization",
        "created_at": when(account.created_at),
        "updated_at": when(account.created_at),
        "archived_at": None,
    }


def membership(state: State, org: Account, account: Account) -> Json:
    """Give GitHub's org-membership."""
    path = f"{state.api_url}/orgs/{org.login}"
    return {
        "url": f"{path}/memberships/{account.login}",
        "state": "active",
        "role": org.members[account.id],
        "organization_url": path,
        "organization": organization(state, org),
        "user": user(state, account),
    }


def app(state: State, app: App) -> Json:
    """Give GitHub's integration."""
    return {
        "id": app.id,
        "slug": app.slug,
        "node_id": f"A_{app.id}",
        "client_id": client_id(app),
        "owner": user(state, app.owner),
        "name": app.name,
        "description": None,
        "external_url": f"{state.html_url}/{app.owner.login}",
        "html_url": f"{state.html_url}/apps/{app.slug}",
        "created_at": when(app.created_at),
        "updated_at": when(app.created_at),
        "permissions": dict(app.permissions),
        "events": list(app.events),
    }


def client_id(app: App) -> str:
    """Give the id that stands for the app's number in newer set-ups."""
    return f"Iv23li{app.id:014d}"


def installation(state: State, installed: Installation) -> Json:
    """Give GitHub's installation."""
    account = installed.account
    app = installed.app
    settings = f"organizations/{account.login}/" if account.type == "Organization" else ""
    files = app.single_files
    return {
        "id": installed.id,
        "client_id": client_id(app),
        "account": user(state, account),
        "repository_selection": "all" if installed.repos is None else "selected",
        "access_tokens_url": f"{state.api_url}/app/installations/{installed.id}/access_tokens",
        "repositories_url": f"{state.api_url}/installation/repositories",
        "html_url": f"{state.html_url}/{settings}settings/installations/{installed.id}",
        "app_id": app.id,
        "app_slug": app.slug,
        "target_id": account.id,
        "target_type": account.type,
        "permissions": dict(installed.permissions),
        "events": list(installed.events),
        "created_at": when(installed.created_at),
        "updated_at": when(installed.updated_at),
        "single_file_name": files[0] if files else None,
        "has_multiple_single_files": len(files) > 1,
        "single_file_paths": list(files),
        "suspended_by": user(state, account) if installed.suspended_at else None,
        "suspended_at": when(installed.suspended_at),
    }


def listed_installation(state: State, installed: Installation) -> Json:
    """Give the form that the list of installations has.

    GitHub's description of the list is older than that of the single one, and asks for an account
    that is a user and an enterprise at once.
    """
    shape = installation(state, installed)
    account = installed.account
    del shape["client_id"]
    for person in filter(None, (shape["account"], shape["suspended_by"])):
        person.pop("user_view_type")
    shape["account"] |= {
        "name": account.name or account.login,
        "slug": account.login.lower(),
        "created_at": when(account.created_at),
        "updated_at": when(account.created_at),
    }
    return shape
