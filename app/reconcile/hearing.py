"""People's commands in the comments of an item: heard, and recorded as what they say.

Hearing happens before deciding, so that the decision knows the word; answering.py comes after it,
so that the answer can give reasons. Both may be repeated: a word is recorded once, and a reaction
is one reaction however often it is given.
"""

from dataclasses import dataclass, replace

import structlog

from app.commands import COMMANDS
from app.commands.authority import (
    CouldNotCheck,
    NotAllowed,
    Permission,
    Place,
    Silent,
    Speaker,
    needs_permission,
    place_of,
)
from app.commands.declare import UsageError
from app.commands.grammar import Line, lines_of
from app.commands.hearing import Heard, hear, is_elsewhere
from app.commands.replies import Done, Outcome, Reaction
from app.commands.sayings import Asked, HelpAsked, Logged, Muted, to_payload
from app.github.client import Session
from app.github.errors import GitHubError
from app.github.perform import react
from app.policy.answers import Sentence
from app.policy.model import Facts, ItemRef, Person
from app.policy.scope import is_member
from app.publish import Asks, TargetState
from app.reconcile.access import Access
from app.store import ledger, subjects, words
from app.store.subjects import Key, Leased
from app.store.tables import Word

PERMISSIONS: tuple[Permission, ...] = ("admin", "maintain", "write", "triage", "read", "none")
WHICH = Sentence(
    "Say which contribution you mean: put it first, as OWNER/NAME#NUMBER or its address."
)
NOT_HEARD = "nothing said here is heard"

log = structlog.get_logger("hearing")


@dataclass(frozen=True, slots=True)
class Understood:
    """A line and what came of it; `about` is the subject that it speaks of."""

    word: Word
    outcome: Outcome
    about: int


@dataclass(frozen=True, slots=True)
class Ears:
    """What hearing needs to know of the item that the comments stand on.

    `facts` tell who did something there, None where that is not known. `only`: on a tracker's item
    the one contribution that it tracks.
    """

    access: Access
    held: Leased
    target: TargetState
    facts: Facts | None
    only: ItemRef | None = None
    asks: Asks = "off"
    """How much writing is wanted here: reactions with "label", replies with "label+comment"."""


async def hear_comments(ears: Ears) -> tuple[Understood, ...]:
    """Hear every line that has no answer yet, and record what it says."""
    access, held = ears.access, ears.held
    async with access.reader.connect() as connection:
        rows = await words.unanswered(connection, held.id)
    if not rows:
        return ()
    place = place_of(
        ears.target.ref,
        access.tenant.facts,
        visibility=ears.target.visibility,
        installed=ears.target.installed,
    )
    if place is not None and may_speak(ears):
        await react_to(ears, {row.comment_id for row in rows}, Reaction.SEEN)
    return tuple([await _hear(ears, row, place) for row in rows])


async def pass_over(access: Access, held: Leased) -> None:
    """Refuse what was said where the app is not let in any more: it is not heard later either."""
    async with access.reader.connect() as connection:
        rows = await words.unanswered(connection, held.id)
    if not rows:
        return
    async with access.engine.begin() as connection:
        for row in rows:
            await words.heard(
                connection,
                row,
                state=words.REFUSED,
                payload={},
                verb=row.verb,
                about=held.id,
                reason=NOT_HEARD,
            )
        ids = [row.id for row in rows if row.id is not None]
        await words.answered(connection, ids, access.clock.now())


async def _hear(ears: Ears, row: Word, place: Place | None) -> Understood:
    access, held = ears.access, ears.held
    line = lines_of(row.line or "")[0]
    about, outcome = held.id, await _outcome(ears, row, line, place)
    if isinstance(outcome, Heard) and outcome.about is None and _needs_one(outcome, place):
        only = ears.only
        outcome = replace(outcome, about=only) if only else UsageError(WHICH, line.verb)
    if isinstance(outcome, Heard) and outcome.about and outcome.about.key != ears.target.ref.key:
        found = await _subject(access, outcome.about)
        about = found or held.id
        if found is None:
            says = Sentence("The contribution that you named can't be found.")
            outcome = UsageError(says, row.verb)
    is_said = isinstance(outcome, Heard)
    async with access.engine.begin() as connection:
        await words.heard(
            connection,
            row,
            state=words.SAID if is_said else words.REFUSED,
            payload=to_payload(outcome.saying) if isinstance(outcome, Heard) else {},
            verb=line.verb,
            about=about,
            reason=None if isinstance(outcome, Heard) else _why_not(outcome),
        )
        if about != held.id:
            await subjects.mark_again(connection, [about])
    # Not which command: /personal would say of an item what no log may say.
    log.info("heard", subject=about, outcome=type(outcome).__name__)
    return Understood(row, Done(outcome) if isinstance(outcome, Heard) else outcome, about)


async def _outcome(
    ears: Ears, row: Word, line: Line, place: Place | None
) -> Heard | UsageError | NotAllowed | CouldNotCheck | Silent:
    if place is None:
        return Silent()
    home, elsewhere = ears.access.tenant.facts, is_elsewhere(line, ears.target.ref)
    person = Person(row.by_login, row.by_id)
    speaker = Speaker(
        is_member=is_member(person, home, row.said_at),
        is_act_person=await _acted(ears, line.about or ears.only, person),
    )
    if needs_permission(COMMANDS.get(line.verb), speaker, place, elsewhere=elsewhere):
        speaker = replace(speaker, permission=await _permission(ears, person))
    return hear(line, ears.target.ref, home, speaker, place)


def _needs_one(heard: Heard, place: Place | None) -> bool:
    """Tell whether a command on a tracker's item has to say which contribution it means."""
    on_tracker = place in {Place.TRACKER, Place.PRIVATE}
    return on_tracker and not isinstance(heard.saying, Logged | HelpAsked | Muted | Asked)


async def _acted(ears: Ears, about: ItemRef | None, person: Person) -> bool | None:
    """Tell whether an act on the contribution meant is this person's; None: it is not known."""
    facts = ears.facts
    if about is not None and about.key != ears.target.ref.key:
        found = await _subject(ears.access, about)
        if found is None:
            return None
        async with ears.access.reader.connect() as connection:
            facts = await ledger.last_facts(connection, found)
    if facts is None:
        return None
    return any(_same(act.by, person) for act in facts.acts)


def _same(one: Person, other: Person) -> bool:
    if one.id is not None and other.id is not None:
        return one.id == other.id
    return one.login.casefold() == other.login.casefold()


async def _permission(ears: Ears, person: Person) -> Permission | None:
    """Read somebody's permission live; None: it could not be read."""
    owner, _, repo = ears.target.ref.repo.partition("/")
    session = writing_here(ears)
    if session is None:
        return None
    try:
        said = await session.get(
            "/repos/{owner}/{repo}/collaborators/{username}/permission",
            owner=owner,
            repo=repo,
            username=person.login,
        )
    except GitHubError:
        return None
    role = said.get("role_name") if isinstance(said, dict) else None
    if role not in PERMISSIONS:
        role = said.get("permission") if isinstance(said, dict) else None
    return next((one for one in PERMISSIONS if one == role), None)


async def _subject(access: Access, about: ItemRef) -> int | None:
    """Give the subject of an item by its name, making one where there is none yet."""
    ids = await access.repository_ids(frozenset({about.repo}))
    repository_id = ids.get(about.repo.casefold())
    if repository_id is None or about.number is None:
        return None
    tenant = access.tenant
    key = Key(tenant.host, repository_id, about.number)
    async with access.engine.begin() as connection:
        found = await subjects.id_of(connection, tenant.id, key)
        if found is None:
            found = (await subjects.mark_stale(connection, tenant.id, [key]))[key][0]
    return found


def _why_not(outcome: UsageError | NotAllowed | CouldNotCheck | Silent) -> str:
    return NOT_HEARD if isinstance(outcome, Silent) else str(outcome.says)


def may_speak(ears: Ears) -> bool:
    """Tell whether anything may be written here: no dry run, let in, and asked to."""
    writing = ears.access.tenant.writing_since is not None
    return writing and ears.target.installed and ears.asks != "off"


def writing_here(ears: Ears) -> Session | None:
    """Give the session that may write on this item, None where there is none."""
    if ears.held.installation_id is None or not ears.target.installed:
        return None
    return ears.access.writing(ears.held.installation_id, ears.target)


async def react_to(ears: Ears, comment_ids: set[int | None], reaction: Reaction) -> None:
    """Put a reaction on each of these comments; twice is once."""
    session = writing_here(ears)
    for comment_id in comment_ids:
        if session is not None and comment_id is not None:
            await react(session, ears.target.ref, comment_id, reaction.value)
