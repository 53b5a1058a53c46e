"""What GitHub's GraphQL answers with, as far as we read it: where its bytes become values.

Nearly everything can be null: a deleted account, a deleted fork, a list that was too costly. Only
what the queries beside this module ask for is here.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Generic, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic.alias_generators import to_camel

from app.policy.model import Comment, Commit, ItemRef, Person, SubjectType, Visibility

_CO_AUTHOR = "co-authored-by:"


def _whole(value: object) -> object:
    """Replace halves of surrogate pairs, which JSON can carry and no database takes."""
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else value


Text = Annotated[str, BeforeValidator(_whole)]


class Node(BaseModel):
    """One object of an answer."""

    model_config = ConfigDict(frozen=True, alias_generator=to_camel, populate_by_name=True)

    typename: str = Field(default="", alias="__typename")


N = TypeVar("N", bound=Node)


class PageInfo(Node):
    """Where a list goes on."""

    has_next_page: bool = False
    end_cursor: str | None = None
    has_previous_page: bool = False
    start_cursor: str | None = None


class Connection(Node, Generic[N]):
    """A list, or its first page. A null in it is something that we may not see."""

    nodes: tuple[N | None, ...] | None = ()
    page_info: PageInfo = PageInfo()
    total_count: int | None = None

    @property
    def seen(self) -> tuple[N, ...]:
        """Give what we may see."""
        return tuple(node for node in self.nodes or () if node is not None)


class Who(Node):
    """An account: User, Bot, Mannequin, Organization."""

    login: Text = ""
    database_id: int | None = None


class PlaceNode(Node):
    """A repository."""

    database_id: int | None = None
    name_with_owner: str
    visibility: str | None = None
    is_archived: bool = False
    is_fork: bool = False


class LabelNode(Node):
    """A label."""

    name: Text


class CommentNode(Node):
    """A comment or a review."""

    full_database_id: int | None = None
    body: Text = ""
    created_at: datetime | None = None
    last_edited_at: datetime | None = None
    author: Who | None = None
    editor: Who | None = None
    state: str | None = None
    submitted_at: datetime | None = None


class FileNode(Node):
    """A path that a pull request changes."""

    path: Text
    additions: int | None = None
    deletions: int | None = None


class GitActor(Node):
    """The author in a commit; `user` is null if no account has the address."""

    name: Text | None = None
    user: Who | None = None


class ChangeNode(Node):
    """A commit."""

    oid: str = ""
    message: Text = ""
    message_headline: Text = ""
    message_body: Text = ""
    authored_date: datetime | None = None
    author: GitActor | None = None


class CommitNode(Node):
    """A commit's place in a pull request."""

    commit: ChangeNode


class ProjectNode(Node):
    """An organisation's project."""

    resource_path: str = ""


class FieldValue(Node):
    """The value of a single-select field."""

    name: Text | None = None


class BoardItem(Node):
    """An item's place on a board."""

    project: ProjectNode | None = None
    field_value_by_name: FieldValue | None = None


class ItemNode(Node):
    """An issue or a pull request; which fields are filled depends on the query."""

    id: str = ""
    number: int = 0
    title: Text | None = None
    body: Text | None = None
    issue_state: str | None = None
    pull_request_state: str | None = None
    locked: bool = False
    created_at: datetime | None = None
    updated_at: datetime | None = None
    closed_at: datetime | None = None
    author: Who | None = None
    author_association: str | None = None
    is_draft: bool | None = None
    merged_at: datetime | None = None
    merged_by: Who | None = None
    head_ref_name: Text | None = None
    changed_files: int | None = None
    repository: PlaceNode | None = None
    labels: Connection[LabelNode] | None = None
    files: Connection[FileNode] | None = None
    commits: Connection[CommitNode] | None = None
    reviews: Connection[CommentNode] | None = None
    comments: Connection[CommentNode] | None = None
    closing_issues_references: "Connection[ItemNode] | None" = None
    timeline_items: "Connection[EventNode] | None" = None
    project_items: Connection[BoardItem] | None = None

    @property
    def type(self) -> SubjectType:
        """Tell the two sorts apart."""
        pull = self.typename == "PullRequest"
        return SubjectType.PULL_REQUEST if pull else SubjectType.ISSUE


class EventNode(Node):
    """One event of the timeline: a reference from elsewhere, a label on or off, a closing."""

    created_at: datetime | None = None
    actor: Who | None = None
    label: LabelNode | None = None
    source: ItemNode | None = None
    commit_repository: PlaceNode | None = None
    commit: ChangeNode | None = None


class ReleaseNode(Node):
    """A release; `author` is null also when a bot made it."""

    database_id: int | None = None
    name: Text | None = None
    tag_name: Text
    description: Text | None = None
    is_draft: bool = False
    created_at: datetime | None = None
    published_at: datetime | None = None
    author: Who | None = None


class RepositoryNode(PlaceNode):
    """A repository as a subject of its own."""

    name: Text = ""
    description: Text | None = None
    created_at: datetime | None = None
    owner: Who | None = None


def person(who: Who | None) -> Person | None:
    """Give the account as REST names it: a bot's login ends in "[bot]"; None for a deleted one."""
    if who is None or not who.login or who.login.lower() == "ghost":
        return None
    bot = who.typename in {"Bot", "Mannequin"}
    suffix = "[bot]" if who.typename == "Bot" and not who.login.endswith("[bot]") else ""
    return Person(who.login + suffix, who.database_id, bot)


def visibility(place: PlaceNode | None) -> Visibility:
    """Tell who can read the repository; "internal" is private to an enterprise."""
    said = None if place is None else place.visibility
    if said is None:
        return Visibility.UNKNOWN
    return Visibility.PUBLIC if said == "PUBLIC" else Visibility.PRIVATE


def comment(node: CommentNode) -> Comment:
    """Give a comment, or the text of a review."""
    at = node.submitted_at or node.created_at
    return Comment(person(node.author), node.body, at, node.full_database_id)


def commit(node: ChangeNode) -> Commit:
    """Give a commit with the names in its co-author trailers."""
    return Commit(
        message=node.message,
        by=person(node.author.user if node.author else None),
        at=node.authored_date,
        sha=node.oid,
        co_authors=tuple(
            line[len(_CO_AUTHOR) :].partition("<")[0].strip()
            for line in map(str.strip, node.message.splitlines())
            if line.lower().startswith(_CO_AUTHOR)
        ),
    )


def label_names(node: ItemNode) -> tuple[str, ...] | None:
    """Give the names of the labels, None if they are not known."""
    return None if node.labels is None else tuple(label.name for label in node.labels.seen)


def ref_of(node: ItemNode, place: PlaceNode, host: str) -> ItemRef:
    """Give the reference by the present name."""
    return ItemRef(place.name_with_owner, node.number, node.type, host=host)


def board_value(node: ItemNode, project: str) -> str | None:
    """Give the single-select value that the item has on the board `project` ("orgs/O/…/N")."""
    if node.project_items is None:
        return None
    wanted = "/" + project.strip("/").lower()
    for place in node.project_items.seen:
        if place.project and place.project.resource_path.lower() == wanted:
            return place.field_value_by_name.name if place.field_value_by_name else None
    return None


def parsed(node_type: type[N], value: object) -> N | None:
    """Give the object, None for null and for what isn't of a type that was asked for."""
    return node_type.model_validate(value) if isinstance(value, Mapping) and value else None


def at(data: Mapping[str, Any], *path: str) -> object:
    """Give what stands at `path`, None as soon as something on the way is null."""
    here: object = data
    for key in path:
        here = here.get(key) if isinstance(here, Mapping) else None
    return here
