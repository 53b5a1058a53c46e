"""What stands on a tracking issue: gathered, planned and written as our one comment."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from app.commands.overrules import standing
from app.github.client import Session
from app.github.files import RepositorySeen
from app.github.finding import NotThere
from app.github.follow import MOST_ITEMS, TrackerItem
from app.github.issues import ISSUES
from app.github.tracking import Issue
from app.policy.answers import Decision, Sentence
from app.policy.home import Iteration
from app.policy.model import ItemRef, Person, SubjectType, Visibility
from app.policy.scope import member
from app.publish import (
    Action,
    AddLabel,
    InternalPen,
    PublicPen,
    RemoveLabel,
    Seen,
    Served,
    TargetState,
)
from app.publish.period import Period, title_of
from app.publish.tracking import (
    Deed,
    Note,
    issue_text,
    to_look_at,
    tracking_actions,
    tracking_comment,
)
from app.reconcile.access import Access
from app.reconcile.served import state_of
from app.reconcile.writing import write_and_note
from app.reports import Question, Row
from app.store import iterations, subjects
from app.store.iterations import OPEN, Done
from app.store.report_rows import Asked
from app.store.report_words import logged
from app.store.subjects import Key, Leased
from app.store.words import spoken_about
from app.store.writes import Write, note_writes

State: TypeAlias = Literal["off", "resting", "noted", "kept", "left alone", "put off"]


@dataclass(frozen=True, slots=True)
class TrackingOutcome:
    """What came of keeping the tracking issue, and the issue's number.

    off: no issue is wanted, or not yet. resting: it was looked at within the hour, or another
    process is at it. noted: a dry run. kept: it says what we believe. left alone: a person closed
    or muted it. put off: `why` tells what went wrong; it is tried again.
    """

    state: State
    issue: int | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Look:
    """One look at a tracker: who holds it, with what it is read, and the issues we opened there."""

    access: Access
    held: Leased
    session: Session
    tracker: RepositorySeen
    iteration: Iteration
    period: Period
    ours: tuple[Issue, ...]

    @property
    def is_dry(self) -> bool:
        """Say whether nothing may be written."""
        return self.access.tenant.writing_since is None

    def ref(self, number: int | None = None) -> ItemRef:
        """Give an issue of the tracker by its number; None: one that is not there yet."""
        host = self.access.tenant.host
        return ItemRef(self.tracker.full_name, number, SubjectType.ISSUE, host=host)

    def writing(self) -> Session:
        """Write issues of this one repository."""
        installation, only = self.held.installation_id or 0, (self.tracker.id,)
        return self.access.github.installation(
            installation, repository_ids=only, permissions=ISSUES
        )

    async def read(self, number: int) -> TrackerItem | NotThere:
        """Read one of its issues, with the comments on it that are ours."""
        return await self.access.tracker_item(self.ref(number), self.tracker.id)

    async def remember(
        self, action: str, period: Period, number: int, text: str | None = None
    ) -> None:
        """Note which issue is an iteration's, or that it is over; nothing in a dry run."""
        if not self.is_dry:
            await self.note([Write(action, period.days, text, number)])

    async def note(self, writes: Sequence[Write]) -> None:
        """Note what was written, or in a dry run what would be."""
        home_id, now = self.held.home_id, self.access.clock.now()
        async with self.access.engine.begin() as connection:
            await note_writes(connection, home_id, self.held.id, writes, now, dry=self.is_dry)


async def tell(look: Look, period: Period, read: TrackerItem | NotThere) -> TrackingOutcome:
    """Make our comment on an issue say what was done in `period`."""
    if isinstance(read, NotThere):
        return TrackingOutcome("left alone", why=read.says)
    target, number = read.target, read.target.ref.number
    if target.state != "open" or target.locked or target.archived:
        return TrackingOutcome("left alone", number, "it is closed, locked or archived")
    if number is not None and await _is_muted(look, number):
        return TrackingOutcome("left alone", number, "a person muted it")
    actions = await _plan(look, period, target, read)
    if look.is_dry:
        await look.note(_texts(target.title or "", actions))
        return TrackingOutcome("noted", number)
    await write_and_note(look.access, look.held, target, actions)
    return TrackingOutcome("kept", number)


async def foretell(look: Look) -> TrackingOutcome:
    """Note what would be written if the issue were opened."""
    visibility = Visibility.PRIVATE if look.tracker.private else Visibility.PUBLIC
    target = TargetState(look.tracker.id, look.ref(), visibility, installed=True)
    title = title_of(look.iteration, look.period)
    intro = issue_text(look.period, PublicPen(look.access.tenant.facts, {}, look.ref()))
    actions = await _plan(look, look.period, target, None)
    await look.note([Write(OPEN, title, str(intro)), *_texts(title, actions)])
    return TrackingOutcome("noted")


async def _plan(
    look: Look, period: Period, target: TargetState, read: TrackerItem | None
) -> tuple[Action, ...]:
    access, ours = look.access, read.ours if read else ()
    home, app_id = access.tenant.facts, (await access.us()).app_id
    note = await _what_was_done(access, period)
    internal = InternalPen.for_target(home, target)
    if internal is not None:
        return tracking_actions(tracking_comment(note, internal), ours, internal, app_id)
    pen = PublicPen(home, await _seen(access, note), target.ref)
    return tracking_actions(tracking_comment(note, pen), ours, pen, app_id)


async def _what_was_done(access: Access, period: Period) -> Note:
    tenant = access.tenant
    since, until = period.bounds(tenant.facts.timezone)
    async with access.reader.connect() as connection:
        done = await iterations.done_between(connection, tenant.id, since, until)
        personal = await iterations.personal_between(connection, tenant.id, since, until)
        question = Question(access.clock.now(), since, until)
        logs = await logged(connection, Asked(tenant.id, tenant.host, question))
    deeds = [_deed(one, access) for one in done] + [_logged(one, access) for one in logs]
    return Note(period, tuple(deeds), personal)


def _deed(done: Done, access: Access) -> Deed:
    subject = done.facts.subject
    who = member(done.who, access.tenant.facts, done.at)
    served = Served(
        who=done.who,
        act=done.act,
        subject=subject.ref,
        decision=done.decision,
        title=subject.title,
        state=state_of(done.facts),
        visibility=subject.visibility,
        draft=subject.draft,
    )
    return Deed(served, who if who is not None and who.agreed else None)


def _logged(row: Row, access: Access) -> Deed:
    id_ = int(row.person_key) if row.person_key.isdecimal() else None
    by, decided = Person(row.person, id_), row.decided
    says = Sentence("it was logged")
    decision = Decision(decided.kind, says, (), activity=decided.activity, by_word=True)
    who = member(by, access.tenant.facts, row.at)
    served = Served(by, row.act, row.item, decision)
    agreed = who if who is not None and who.agreed else None
    return Deed(served, agreed, row.minutes or 0, row.title)


async def _seen(access: Access, note: Note) -> Seen:
    """Read who can read what could be shown: only what is public right now may be."""
    refs = to_look_at(note.deeds)
    private = {
        one.served.subject.key for one in note.deeds if one.served.visibility is Visibility.PRIVATE
    }
    seen: dict[tuple[str, str, int | str | None], Visibility] = {}
    for at in range(0, len(refs), MOST_ITEMS):
        found = await access.follow(refs[at : at + MOST_ITEMS])
        seen |= {key: one.visibility for key, one in found.items.items() if key not in private}
    return seen


async def _is_muted(look: Look, number: int) -> bool:
    tenant = look.access.tenant
    key = Key(tenant.host, look.tracker.id, number)
    async with look.access.reader.connect() as connection:
        subject_id = await subjects.id_of(connection, tenant.id, key)
        said = await spoken_about(connection, subject_id) if subject_id is not None else []
    return standing(said).muted


def _texts(title: str, actions: Sequence[Action]) -> list[Write]:
    """Give comments as they are noted in a dry run: told apart by the title of their issue."""
    return [
        Write("comment on the tracking issue", title, str(one.text))
        for one in actions
        if not isinstance(one, AddLabel | RemoveLabel)
    ]
