"""What a resolver is given beside its object: the state, and for whom the query runs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from graphql import GraphQLError

from app.demo.github.access import Actor, AsInstallation, check_read, guards, sees
from app.demo.github.limits import Meter
from app.demo.github.model import Account, BoardItem, Commit, Item, Repo
from app.demo.github.state import Rejected, State

Args: TypeAlias = dict[str, Any]


@dataclass(slots=True, frozen=True)
class Context:
    """One query's surroundings; `cost` in points and `node_count` as GitHub counts them."""

    state: State
    actor: Actor
    meter: Meter
    cost: int
    node_count: int

    def sees(self, repo: Repo) -> bool:
        """Tell whether the asker may know of `repo`."""
        return sees(self.actor, repo)

    def readable(self, item: Item) -> Item:
        """Give `item`; FORBIDDEN without the permission that guards it."""
        try:
            check_read(self.actor, item.repo, *guards(item))
        except Rejected as refusal:
            raise refused("FORBIDDEN", refusal.message) from refusal
        return item

    def may(self, permission: str, account: Account) -> bool:
        """Tell whether the asker is installed on `account` with `permission`."""
        if not isinstance(self.actor, AsInstallation):
            return False
        token = self.actor.token
        return token.installation.account is account and token.may(permission, "read")


Resolver: TypeAlias = Callable[[Any, Context, Args], Any]
Fields: TypeAlias = dict[str, str | Resolver]
"""Field name to a resolver, or to the path of attributes that leads to the value."""


def paged(of: Callable[[Any], str]) -> Fields:
    """Give url and resourcePath of what has the page `of`."""
    return {
        "url": lambda thing, context, _: context.state.html_url + of(thing),
        "resourcePath": lambda thing, _, __: of(thing),
    }


def refused(kind: str, message: str) -> GraphQLError:
    """Give an error with GitHub's type: NOT_FOUND, FORBIDDEN and so on."""
    return GraphQLError(message, extensions={"type": kind})


@dataclass(slots=True, frozen=True)
class Blob:
    """A file of a repository."""

    repo: Repo
    path: str


@dataclass(slots=True, frozen=True)
class Ref:
    """A branch of a repository."""

    repo: Repo
    name: str


@dataclass(slots=True, frozen=True)
class PullCommit:
    """A commit as part of a pull request."""

    item: Item
    commit: Commit


@dataclass(slots=True, frozen=True)
class GitActor:
    """Who a commit says wrote it; `account` is None for one that GitHub doesn't know."""

    name: str
    email: str
    account: Account | None
    date: str | None = None


@dataclass(slots=True, frozen=True)
class FieldValue:
    """The option chosen in one field of a board."""

    card: BoardItem
    field: str
    option: str


@dataclass(slots=True, frozen=True)
class Connection:
    """One page of a list; `between` counts what is left by after and before, `extra` the rest."""

    nodes: Sequence[Any]
    total: int
    between: int
    page_info: dict[str, Any]
    extra: dict[str, Any] = field(default_factory=dict)
