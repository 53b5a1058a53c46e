"""Fresh facts about one upstream subject: one wide query, a second one only to read lists on.

Costs one call for a pull request or issue with at most 100 files, commits, comments, reviews and
events each, and one more for every further 100 of the longest of them (finding.MORE_ROUNDS at
most; what is longer is named in `Facts.could_not_read`). An item that is no longer where it was
costs up to three more. What it links to is read by `follow.gather_items`, in one call for all.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeAlias

from app.github.client import Session
from app.github.documents import document
from app.github.errors import Gone, NotFound
from app.github.facts import facts_of, with_mentions
from app.github.finding import NotThere, complete, find, refuse_to_guess
from app.github.payloads import (
    PlaceNode,
    ReleaseNode,
    RepositoryNode,
    at,
    parsed,
    person,
    visibility,
)
from app.github.target import Us, our_comments, target_state
from app.policy.home import Home
from app.policy.model import Act, Facts, Item, ItemRef, Performed, Person, Subject, SubjectType
from app.publish.target import OurComment, TargetState


@dataclass(frozen=True, slots=True)
class Gathered:
    """What was read about a subject.

    `target` is its state for planning (None for a release or a repository, which carry neither
    label nor comment), `ours` all comments that our app wrote there. `repository_id` is where it
    is now: a transferred issue has another one than was asked for.
    """

    facts: Facts
    repository_id: int
    target: TargetState | None = None
    ours: tuple[OurComment, ...] = ()

    @property
    def to_follow(self) -> tuple[ItemRef, ...]:
        """Give the tracker's items that mention it and whose comments weren't read yet."""
        refs = {i.ref.key: i.ref for i in self.facts.backlinks if i.ref.number is not None}
        return tuple(refs.values())


async def gather_subject(
    read: Session,
    ref: ItemRef,
    *,
    home: Home,
    us: Us,
    now: datetime,
    repository_id: int | None = None,
    mentions: tuple[Item, ...] = (),
    installed: bool = False,
) -> Gathered | NotThere:
    """Read everything about one subject with a session that may read it.

    `ref` has a number (issue or pull request; which of them, GitHub says), a `tag` (release) or
    neither (a repository). `repository_id` guards against a name that another repository has
    taken. `mentions` are the stored backlinks. `now` is when it is read, UTC. `installed`: our app
    may write there. Raises the errors of app.github.errors.
    """
    if ref.number is None:
        return await _gather_other(read, ref, repository_id, mentions, now)
    found = await find(read, "subject", ref, repository_id=repository_id)
    if isinstance(found, NotThere):
        return found
    found = await complete(read, found)
    node = found.node
    ours = our_comments(node.comments.seen if node.comments else (), us)
    return Gathered(
        facts=facts_of(found, ref, home, us, mentions=mentions, now=now),
        repository_id=found.place.database_id or 0,
        target=target_state(found.place, node, ref, ours, us, installed=installed),
        ours=ours,
    )


async def _gather_other(
    read: Session,
    ref: ItemRef,
    repository_id: int | None,
    mentions: tuple[Item, ...],
    now: datetime,
) -> Gathered | NotThere:
    found = await _ask(read, ref)
    known = found is None or repository_id is None or found[0].database_id == repository_id
    if (found is None or not known) and repository_id is not None:
        found = await _ask_by_id(read, ref, repository_id)
    if found is None:
        return NotThere(f"{ref} is not there, or it is private and not visible to the app")
    return Gathered(facts_of_other(found, mentions, now), found[0].database_id or 0)


Other: TypeAlias = tuple[PlaceNode, Subject, tuple[Performed, ...]]
"""What is no item: where it is, what it is, and who did it."""


async def _ask_by_id(read: Session, ref: ItemRef, repository_id: int) -> Other | None:
    try:
        full_name = at(await read.get("/repositories/{id}", id=repository_id), "full_name")
    except (NotFound, Gone):
        return None
    if not isinstance(full_name, str) or full_name.lower() == ref.repo.lower():
        return None
    found = await _ask(read, replace(ref, repo=full_name))
    return found if found and found[0].database_id == repository_id else None


async def _ask(read: Session, ref: ItemRef) -> Other | None:
    owner, _, name = ref.repo.partition("/")
    if ref.tag is None:
        answer = await read.graphql(document("repository"), owner=owner, name=name)
        if repository := parsed(RepositoryNode, at(answer.data, "repository")):
            return repository_of(repository, ref.host)
        refuse_to_guess(answer, "repository")
        return None
    answer = await read.graphql(document("release"), owner=owner, name=name, tag=ref.tag)
    place = parsed(PlaceNode, at(answer.data, "repository"))
    release = parsed(ReleaseNode, at(answer.data, "repository", "release"))
    if place is None or release is None:
        refuse_to_guess(answer, "repository", "release")
        return None
    return release_of(place, release, ref.host)


def facts_of_other(other: Other, mentions: tuple[Item, ...], now: datetime) -> Facts:
    """Give the facts about a release or a repository as it was read."""
    place, subject, acts = other
    subject = replace(subject, visibility=visibility(place), is_fork=place.is_fork)
    return Facts(subject, acts, backlinks=with_mentions((), mentions), fetched_at=now)


def release_of(place: PlaceNode, node: ReleaseNode, host: str) -> Other:
    """Give a release as a subject, and its author's act; a draft is no act yet."""
    author = person(node.author)
    subject = Subject(
        ref=ItemRef(place.name_with_owner, type=SubjectType.RELEASE, tag=node.tag_name, host=host),
        type=SubjectType.RELEASE,
        title=node.name or node.tag_name,
        body=node.description,
        labels=(),
        draft=node.is_draft,
        author=author,
        created_at=node.published_at or node.created_at,
    )
    acts = () if node.is_draft else _act(Act.RELEASED, author, node.published_at)
    return place, subject, acts


def repository_of(node: RepositoryNode, host: str) -> Other:
    """Give a repository as a subject.

    GitHub does not say who created an organisation's repository; only the event's sender does.
    """
    author = person(node.owner) if node.owner and node.owner.typename == "User" else None
    subject = Subject(
        ref=ItemRef(node.name_with_owner, type=SubjectType.REPOSITORY, host=host),
        type=SubjectType.REPOSITORY,
        title=node.name,
        body=node.description,
        labels=(),
        draft=False,
        author=author,
        created_at=node.created_at,
        is_new_repository=not node.is_fork,
    )
    return node, subject, _act(Act.AUTHORED, author, node.created_at)


def _act(act: Act, by: Person | None, when: datetime | None) -> tuple[Performed, ...]:
    return () if by is None or by.is_bot else (Performed(act, by, when),)
