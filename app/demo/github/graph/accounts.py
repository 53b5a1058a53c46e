"""Users, bots, mannequins and organisations."""

from app.demo.github.graph.context import Args, Context, Fields, refused
from app.demo.github.ids import int32, node_id
from app.demo.github.model import Account, Repo
from app.demo.github.shapes.accounts import avatar_url


def find_repository(context: Context, owner: str, args: Args) -> Repo:
    """Find a repository that the asker may see, by a former name too; NOT_FOUND otherwise."""
    name = f"{owner}/{args['name']}"
    repo = context.state.repo(name)
    followed = args.get("followRenames", True)
    renamed = repo is not None and repo.full_name.lower() != name.lower()
    if repo is None or not context.sees(repo) or (renamed and not followed):
        message = f"Could not resolve to a Repository with the name '{name}'."
        raise refused("NOT_FOUND", message)
    return repo


def find_organization(context: Context, login: str) -> Account:
    """Find an organisation; NOT_FOUND otherwise."""
    account = context.state.account(login)
    if account is None or account.type != "Organization":
        message = f"Could not resolve to an Organization with the login of '{login}'."
        raise refused("NOT_FOUND", message)
    return account


def login(account: Account) -> str:
    """Give the login as GraphQL writes it: a bot's has no [bot]."""
    return account.login.removesuffix("[bot]")


def page(account: Account) -> str:
    """Give the path of an account's page."""
    return f"/apps/{login(account)}" if account.type == "Bot" else f"/{account.login}"


def _organization(account: Account, context: Context, args: Args) -> Account | None:
    org = find_organization(context, args["login"])
    return org if account.id in org.members else None


ACTOR: Fields = {
    "id": lambda account, _, __: node_id(account),
    "databaseId": lambda account, _, __: int32(account.id),
    "login": lambda account, _, __: login(account),
    "name": "name",
    "createdAt": "created_at",
    "url": lambda account, context, _: context.state.html_url + page(account),
    "resourcePath": lambda account, _, __: page(account),
    "avatarUrl": lambda account, _, __: avatar_url(account),
    "repository": lambda account, context, args: find_repository(context, account.login, args),
    "organization": _organization,
    "viewerIsAMember": lambda *_: False,
}
