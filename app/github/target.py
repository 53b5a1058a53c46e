"""What planning looks at: an item's state, and the comments on it that are our own."""

from collections.abc import Iterable
from dataclasses import dataclass

from app.github.client import Session
from app.github.payloads import CommentNode, ItemNode, PlaceNode, label_names, ref_of, visibility
from app.github.payloads import person as person_of
from app.policy.model import ItemRef, SubjectType
from app.publish.actions import is_marked
from app.publish.target import OurComment, State, TargetState

_STATES: dict[str, State] = {"OPEN": "open", "CLOSED": "closed", "MERGED": "merged"}


@dataclass(frozen=True, slots=True)
class Us:
    """Our app as GitHub shows it: its id, and the login of its bot account, "SLUG[bot]".

    No person can have a login with brackets, so nobody else's comment is taken for ours.
    """

    app_id: int
    login: str


async def who_we_are(app: Session) -> Us:
    """Ask GitHub, as the App itself, under which name it writes."""
    said = await app.get("/app")
    return Us(int(said["id"]), f"{said['slug']}[bot]")


def is_ours(node: CommentNode, us: Us) -> bool:
    """Tell whether our own app wrote the comment."""
    by = person_of(node.author)
    return by is not None and by.is_bot is True and by.login.lower() == us.login.lower()


def our_comments(nodes: Iterable[CommentNode], us: Us) -> tuple[OurComment, ...]:
    """Give the comments by our own app, as ordered."""
    return tuple(
        OurComment(node.full_database_id, node.body)
        for node in nodes
        if node.full_database_id is not None and is_ours(node, us)
    )


def target_state(
    place: PlaceNode,
    node: ItemNode,
    asked: ItemRef,
    ours: tuple[OurComment, ...],
    us: Us,
    *,
    installed: bool,
    repository_has: tuple[str, ...] = (),
) -> TargetState:
    """Give what was seen of an item that may be written to."""
    marked = tuple(comment for comment in ours if is_marked(comment.body, us.app_id))
    is_pull = node.type is SubjectType.PULL_REQUEST
    state = node.pull_request_state if is_pull else node.issue_state
    return TargetState(
        repository_id=place.database_id or 0,
        ref=ref_of(node, place, asked.host),
        visibility=visibility(place),
        archived=place.is_archived,
        locked=node.locked,
        labels=label_names(node) or (),
        repository_has=repository_has,
        comment=marked[0] if marked else None,
        duplicates=marked[1:],
        installed=installed,
        title=node.title,
        state=_STATES.get(state or ""),
        draft=node.is_draft,
        updated_at=node.updated_at,
    )
