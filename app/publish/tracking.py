"""The tracking issue's texts: its one comment says who did what for whom in an iteration. Pure.

Listed is what people did who agreed to be named; all else, and everything personal, is a count.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, LiteralString

from app.policy.home import Member
from app.policy.model import Act, ItemRef, Kind
from app.publish.actions import Action, CreateComment, EditComment, body_of, is_marked, marker
from app.publish.explain import MEANING
from app.publish.period import COMMENT, Period
from app.publish.render import because, named, question, repeated, tags, with_closing
from app.publish.target import OurComment, Served
from app.publish.wall import Pen, T

_SECTION: Final = 14_000
"""Characters of each of the four lists: together they stay below what GitHub takes."""
_ACTS: Final[dict[Act, LiteralString]] = {
    Act.AUTHORED: "authored",
    Act.COMMITTED: "pushed commits",
    Act.REVIEWED: "reviewed",
    Act.MERGED: "merged",
    Act.RELEASED: "released",
    Act.TRIAGED: "triaged",
    Act.LOGGED: "worked on",
}


@dataclass(frozen=True, slots=True)
class Deed:
    """One act in an iteration; `member` is who did it where they agreed to be named.

    Logged work has its `minutes`, and in `said` what it was: a tracker's words, told inside only.
    """

    served: Served
    member: Member | None = None
    minutes: int = 0
    said: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    """What the comment is made of; of personal acts it is known only how many there are."""

    period: Period
    deeds: tuple[Deed, ...] = ()
    personal: int = 0


def issue_text(period: Period, pen: Pen[T]) -> T:
    """Say in the issue itself what it is for."""
    return pen.phrase(
        "What people of {home} do upstream from {start} to {until} is noted here, in one comment "
        "that is kept up to date. This issue closes with these days.",
        home=pen.home(),
        start=pen.day(period.start),
        until=pen.day(period.until),
    )


def tracking_comment(note: Note, pen: Pen[T]) -> T:
    """Say what was done in an iteration: in four lists by person, all else as counts."""
    deeds = [one for one in note.deeds if _may_count(one, pen)]
    lists: list[tuple[T, T, list[Deed]]] = []
    for kind in (Kind.TACTICAL, Kind.STRATEGIC, Kind.UNDECIDED):
        of_kind = [d for d in deeds if d.served.decision.kind is kind and not _is_unlinked(d)]
        lists.append((pen.kind(kind), pen.phrase(MEANING[kind]), of_kind))
    unlinked = [one for one in deeds if _is_unlinked(one)]
    about = pen.phrase("{kind} by all signs, but no link says for what", kind=lists[0][0])
    lists.append((pen.phrase("not linked"), about, unlinked))
    head = pen.phrase(
        "**Upstream contributions from {start} to {until}**",
        start=pen.day(note.period.start),
        until=pen.day(note.period.until),
    )
    parts = [head, _counts([(name, len(them)) for name, _, them in lists], note.personal, pen)]
    parts += [_section(name, means, them, pen) for name, means, them in lists if them]
    parts.append(_foot(pen))
    return with_closing(pen.join("\n\n", parts), pen)


def tracking_actions(
    text: T, ours: Sequence[OurComment], pen: Pen[T], app_id: int
) -> tuple[Action, ...]:
    """Give what makes the oldest of our comments say `text`, and others that they are too many."""
    mark = marker(app_id, COMMENT)
    there = [one for one in ours if is_marked(one.body, app_id, COMMENT)]
    if not there:
        return (CreateComment(text, mark),)
    actions: tuple[Action, ...] = ()
    for comment in there:
        says = text if comment is there[0] else repeated(pen)
        if body_of(comment.body) != body_of(str(says)):
            actions += (EditComment(comment.id, says, mark),)
    return actions


def to_look_at(deeds: Iterable[Deed]) -> tuple[ItemRef, ...]:
    """Give the items that could be shown, whose visibility decides whether they are."""
    shown = [one.served for one in deeds if one.member is not None]
    needs = [need.evidence.ref for one in shown if (need := one.decision.need) is not None]
    refs = [one.subject for one in shown] + [ref for ref in needs if ref is not None]
    # Work can be logged for an account as a whole, whom nothing is to be looked at of.
    return tuple({ref.key: ref for ref in refs if "/" in ref.repo}.values())


def _may_count(deed: Deed, pen: Pen[T]) -> bool:
    """Leave a draft out where outsiders read: it is counted when it is merged."""
    if deed.served.decision.kind is Kind.PERSONAL:
        return False
    return not (pen.outsiders_read and deed.served.draft)


def _is_unlinked(deed: Deed) -> bool:
    decision = deed.served.decision
    if decision.kind is not Kind.TACTICAL or decision.by_word:
        return False
    seen = decision.need.evidence if decision.need else None
    return seen is None or (seen.ref is None and seen.url is None)


def _counts(counts: list[tuple[T, int]], personal: int, pen: Pen[T]) -> T:
    told = [pen.phrase("{n} {name}", n=pen.number(n), name=name) for name, n in counts if n]
    if personal:
        kind = pen.kind(Kind.PERSONAL)
        told.append(
            pen.phrase("{n} {kind} (counted, never listed)", n=pen.number(personal), kind=kind)
        )
    if not told:
        return pen.phrase("No contribution is known yet.")
    return pen.phrase("{told}.", told=pen.join(", ", told))


def _section(name: T, means: T, deeds: list[Deed], pen: Pen[T]) -> T:
    head = pen.phrase("**{name}** ({n}): {means}", name=name, n=pen.number(len(deeds)), means=means)
    lines, length, listed, last = [head], 0, 0, None
    for acts in _alike([one for one in deeds if pen.may_show(one.served.subject)], pen):
        who, row = pen.person(acts[0].member) if acts[0].member else None, _row(acts, pen)
        length += len(row) + 1
        if who is None or length > _SECTION:
            continue
        if who != last:
            lines.append(pen.phrase("- {who}", who=who))
            length += len(lines[-1]) + 1
        lines.append(row)
        listed, last = listed + len(acts), who
    if left := len(deeds) - listed:
        verb = pen.phrase("is") if left == 1 else pen.phrase("are")
        more = pen.phrase("more ") if listed else pen.phrase("")
        told = pen.phrase(
            "- {n} {more}{verb} counted only", n=pen.number(left), more=more, verb=verb
        )
        lines.append(told)
    return pen.join("\n", lines)


def _alike(deeds: Iterable[Deed], pen: Pen[T]) -> list[list[Deed]]:
    """Put one person's acts on one item together where the same is to be said of them."""
    groups: dict[object, list[Deed]] = {}
    for one in sorted((d for d in deeds if d.member is not None), key=_order):
        login = one.member.login.casefold() if one.member else ""
        said = (_because_and_tags(one, pen), question(one.served, pen), one.said)
        groups.setdefault((login, one.served.subject.key, said), []).append(one)
    return list(groups.values())


def _order(deed: Deed) -> tuple[str, str, int, str, int]:
    login = deed.member.login.casefold() if deed.member else ""
    ref = deed.served.subject
    return (login, ref.repo.lower(), ref.number or 0, str(ref), list(Act).index(deed.served.act))


def _row(acts: Sequence[Deed], pen: Pen[T]) -> T:
    served = acts[0].served
    done = [pen.phrase(_ACTS[act]) for act in dict.fromkeys(one.served.act for one in acts)]
    if minutes := sum(one.minutes for one in acts):
        done.append(pen.phrase("{n} minutes", n=pen.number(minutes)))
    if acts[0].said and not pen.outsiders_read:
        done.append(pen.phrase("“{said}”", said=pen.own(acts[0].said, served.subject)))
    asked = question(served, pen)
    return pen.phrase(
        "  - {item}, {done}{told}{asked}",
        item=named(served, pen),
        done=pen.join(", ", done),
        told=_because_and_tags(acts[0], pen),
        asked=pen.phrase("\n    {it}", it=asked) if asked is not None else pen.phrase(""),
    )


def _because_and_tags(deed: Deed, pen: Pen[T]) -> T:
    beside = [pen.phrase(" · {tag}", tag=tag) for tag in tags(deed.served, pen)]
    return pen.phrase(
        "{beside}: {because}", beside=pen.join("", beside), because=because(deed.served, pen)
    )


def _foot(pen: Pen[T]) -> T:
    return pen.phrase(
        "Named are people who agreed to it. This comment is kept up to date in place, at most "
        "once an hour; a comment that says {mute} stops it.",
        mute=pen.command("mute", None),
    )
