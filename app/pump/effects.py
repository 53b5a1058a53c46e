"""What one webhook payload means for us, as a value: which subjects, which words, which names.

Pure. What only the event tells (who put a label on, who wrote a comment) is a word; everything
else in a payload is a hint that something may have changed, and facts are gathered afresh.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from typing import Any, Literal, TypeAlias

from app.commands import COMMANDS
from app.commands.declare import Who
from app.commands.grammar import Line, lines_of, new_lines
from app.config.place import HomePlace
from app.policy.home import Home
from app.policy.model import Person
from app.policy.scope import is_bot, is_home_repository, is_member, is_upstream, tracker_of
from app.pump.payload import Actor, Comment, Item, Payload, Repository
from app.store.words import ASKED, CREATED, REFUSED, SAID

ITEM_EVENTS = frozenset({"pull_request", "pull_request_review", "issues", "issue_comment"})
LABEL_ACTIONS = {"labeled": "label", "unlabeled": "unlabel"}


Change: TypeAlias = Literal["present", "removed", "suspended"]
CHANGES: dict[str | None, Change] = {"deleted": "removed", "suspend": "suspended"}


@dataclass(frozen=True, slots=True)
class SubjectKey:
    """Which issue, pull request or (space "repository", number 0) repository: by GitHub's ids."""

    repository_id: int
    number: int
    space: str = "item"


@dataclass(frozen=True, slots=True)
class Said:
    """A person's word, to be recorded once: `source` is what makes two deliveries of it one."""

    key: SubjectKey
    source: str
    verb: str
    by: Actor
    at: datetime
    payload: dict[str, Any]
    state: str = SAID
    line: str | None = None
    comment_id: int | None = None


@dataclass(frozen=True, slots=True)
class InstallationChange:
    """What an installation event says happened to one of the App's installations."""

    id: int
    account: Actor | None
    change: Change


@dataclass(frozen=True, slots=True)
class Effects:
    """What one delivery means. `certain` False: only if the subject is one we know already."""

    subject: SubjectKey | None = None
    certain: bool = False
    repository: Repository | None = None
    installation: InstallationChange | None = None
    words: tuple[Said, ...] = ()
    because: str = ""


def effects(
    event: str,
    payload: Payload,
    home: Home,
    *,
    received_at: datetime,
    app_id: int,
    place: HomePlace | None = None,
) -> Effects:
    """Tell what `payload` means for `home`; `because` says why where it means nothing.

    `place` is where the home's own file stands: a pull request there may change it.
    """
    if event in {"installation", "installation_repositories"}:
        return _installation(payload)
    if event == "repository":
        return _repository(payload, home, received_at)
    if event in ITEM_EVENTS:
        found = _item(event, payload, home, received_at, app_id)
        return _may_change_the_home(event, payload, found, place) or found
    return Effects(because=f"{event} events tell nothing that is acted on")


def _may_change_the_home(
    event: str, payload: Payload, found: Effects, place: HomePlace | None
) -> Effects | None:
    item, repository = payload.pull_request, payload.repository
    if event != "pull_request" or place is None or item is None or repository is None:
        return None
    if found.certain or not place.may_be_in(repository.full_name):
        return None
    key, installation = SubjectKey(repository.id, item.number), _present(payload)
    return Effects(key, True, repository, installation, found.words)  # noqa: FBT003


def _installation(payload: Payload) -> Effects:
    installation = payload.installation
    # The event's name is not signed: "deleted" of anything else names an installation by id alone.
    if installation is None or installation.account is None:
        return Effects(because="the event names no installation")
    change = CHANGES.get(payload.action, "present")
    return Effects(installation=InstallationChange(installation.id, installation.account, change))


def _repository(payload: Payload, home: Home, received_at: datetime) -> Effects:
    """Read a member's new upstream project: of an organisation's only the event tells by whom."""
    if payload.issue or payload.pull_request or payload.label:
        # The event's name is not signed: the comment was created, and not the repository.
        return Effects(because="the event is about an item and not about its repository")
    noted = Effects(repository=payload.repository, installation=_present(payload))
    repository, sender = payload.repository, payload.sender
    if payload.action != "created" or repository is None or repository.fork or sender is None:
        return noted
    if not (is_upstream(repository.full_name, home) and _member(sender, home, received_at)):
        return noted
    key = SubjectKey(repository.id, 0, "repository")
    word = Said(key, f"repository:{repository.id}", CREATED, sender, received_at, {}, CREATED)
    return replace(noted, subject=key, certain=True, words=(word,))


def _item(event: str, payload: Payload, home: Home, received_at: datetime, app_id: int) -> Effects:
    item = payload.issue if event in {"issues", "issue_comment"} else payload.pull_request
    repository = payload.repository
    if item is None or repository is None:
        return Effects(because=f"the {event} event names no item or no repository")
    if _written_by_us(payload, app_id):
        return Effects(because="the app wrote this itself")
    key = SubjectKey(repository.id, item.number)
    found = Effects(
        subject=key,
        repository=repository,
        installation=_present(payload),
        words=_words(key, payload, item, home, received_at),
    )
    if tracker_of(repository.full_name, home) is not None:
        return _replace(found, certain=True)
    if is_home_repository(repository.full_name, home):
        return Effects(because="it is in the home's own organisation and no tracker")
    if not is_upstream(repository.full_name, home):
        return Effects(because="the repository is not upstream")
    people = _people(payload, item)
    ours = any(_member(one, home, received_at) for one in people)
    return _replace(found, certain=ours or _may_be_a_maintainers(found))


def _may_be_a_maintainers(found: Effects) -> bool:
    """Tell whether a maintainer of an upstream that let us in may have said a word of theirs.

    /mute is to hold before anybody of the home has a part in the item. What outsiders say besides
    concerns nobody until then, so it is not answered later either.
    """
    theirs = (COMMANDS.get(word.verb) for word in found.words)
    said = any(command and command.who is Who.MEMBER_OR_MAINTAINER for command in theirs)
    return said and found.installation is not None


def _replace(found: Effects, *, certain: bool) -> Effects:
    because = "" if certain else "nobody of the home has a part in it"
    return Effects(
        found.subject, certain, found.repository, found.installation, found.words, because
    )


def _written_by_us(payload: Payload, app_id: int) -> bool:
    app = payload.comment and payload.comment.performed_via_github_app
    return bool(app and app.id == app_id and payload.sender and payload.sender.type == "Bot")


def _present(payload: Payload) -> InstallationChange | None:
    if payload.installation is None:
        return None
    account = payload.installation.account
    if account is None and payload.repository is not None:
        account = payload.repository.owner
    return InstallationChange(payload.installation.id, account, "present")


def _people(payload: Payload, item: Item) -> tuple[Actor, ...]:
    named = (
        payload.sender,
        item.user,
        item.merged_by,
        payload.review and payload.review.user,
        payload.comment and payload.comment.user,
        *item.assignees,
        *item.requested_reviewers,
    )
    return tuple(one for one in named if one)


def _member(actor: Actor, home: Home, at: datetime) -> bool:
    return actor.type != "Bot" and is_member(Person(actor.login, actor.id), home, at)


def _words(
    key: SubjectKey, payload: Payload, item: Item, home: Home, received_at: datetime
) -> tuple[Said, ...]:
    comment, sender = payload.comment, payload.sender
    if sender is None or not _is_a_person(sender, home):
        return ()
    if comment is not None and comment.user is None and payload.action == "created":
        return ()
    happened = (comment.updated_at or comment.created_at) if comment else item.updated_at
    at = happened if happened and happened.tzinfo else received_at
    if comment is None:
        return _label(key, payload, home, sender, at=at)
    lines = _lines(payload, comment, short_form=home.commands.short_form)
    return tuple(_command(key, comment, sender, line, at=at) for line in lines)


def _is_a_person(actor: Actor, home: Home) -> bool:
    """Tell a person from a machine, and from an organisation, which stands in for a ghost."""
    person = actor.type is None or actor.type == "User"
    return person and not is_bot(Person(actor.login, actor.id), home)


def _lines(payload: Payload, comment: Comment, *, short_form: bool) -> tuple[Line, ...]:
    """Read the commands of a comment; of an edited one those that were not there before.

    Deleting takes nothing back.
    """
    if payload.action == "created":
        return lines_of(comment.body or "", short_form=short_form)
    if payload.action == "edited" and payload.changes and payload.changes.body:
        before = payload.changes.body.from_
        return new_lines(before, comment.body or "", short_form=short_form)
    return ()


def _command(key: SubjectKey, comment: Comment, sender: Actor, line: Line, *, at: datetime) -> Said:
    """Give a line to be looked at. Who edited a comment said what is new in it, not its author."""
    digest = sha256(line.text.encode()).hexdigest()[:16]
    return Said(
        key,
        f"comment:{comment.id}:{digest}:{line.occurrence}",
        line.verb,
        sender,
        at,
        {},
        ASKED,
        " ".join(part for part in ("/citizen", line.verb, line.named, line.rest) if part),
        comment.id,
    )


def _label(
    key: SubjectKey, payload: Payload, home: Home, sender: Actor, *, at: datetime
) -> tuple[Said, ...]:
    """Read a label of ours put on or taken off by hand: a member's word, anybody else's is none."""
    verb = LABEL_ACTIONS.get(payload.action or "")
    if verb is None or payload.label is None:
        return ()
    state = SAID if _member(sender, home, at) else REFUSED
    for kind, style in home.publish.labels.items():
        if style.name.casefold() == payload.label.name.casefold():
            # GitHub gives the event no id of its own: sender, label and the item's time are one.
            source = (
                f"label:{key.repository_id}:{key.number}:{verb}:{kind}:{sender.id}:{at.isoformat()}"
            )
            return (Said(key, source, verb, sender, at, {"kind": kind.value}, state),)
    return ()
