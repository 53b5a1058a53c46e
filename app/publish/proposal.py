"""What is said about a change of the home's own file: on its pull request, or on the tracker."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal, LiteralString, TypeAlias

from app.policy.answers import Decision
from app.policy.backtest import Backtest, Change
from app.policy.model import Act, ItemRef, Kind
from app.publish.render import cut
from app.publish.wall import Pen, T

MOST_ROWS: Final = 40
"""Contributions that are listed: as many as one call can read the visibility of."""

_FLAWS: Final = 10_000
_DIFFERENCES: Final = 14_000
_ROWS: Final = 34_000

Standing: TypeAlias = Literal["proposed", "refused"]
"""Where a version of the file stands: not merged yet, or merged although it can't be used."""

_HEADS: Final[dict[str, LiteralString]] = {
    "proposed": "**What this change of {path} would do**",
    "refused": "**This change of {path} is merged, and can't be used: the version before it stays "
    "in force**",
}
_ACTS: Final[dict[Act, LiteralString]] = {
    Act.AUTHORED: "author",
    Act.COMMITTED: "commits",
    Act.REVIEWED: "review",
    Act.MERGED: "merge",
    Act.RELEASED: "release",
    Act.TRIAGED: "triage",
    Act.LOGGED: "other work",
}


@dataclass(frozen=True, slots=True)
class Flaw:
    """A problem of the file; line and column count from 1, `says` is plain text."""

    line: int
    column: int
    says: str


@dataclass(frozen=True, slots=True)
class Setting:
    """A value that differs, as plain text; None: there is no such value before, or after."""

    key: str
    old: str | None
    new: str | None


@dataclass(frozen=True, slots=True)
class Proposal:
    """A version of the home's file on its way: `flaws` empty is a file that can be used.

    `differences` None: the present file can't be compared with. `backtest` None: not tried.
    """

    path: str
    standing: Standing = "proposed"
    flaws: tuple[Flaw, ...] = ()
    differences: tuple[Setting, ...] | None = None
    backtest: Backtest | None = None


def proposal_comment(proposal: Proposal, target: ItemRef, pen: Pen[T]) -> T:
    """Say on a pull request what it makes of the home's file: check, values, decisions."""
    parts = [pen.phrase(_HEADS[proposal.standing], path=pen.own(proposal.path, target))]
    parts += _check(proposal, target, pen)
    if not proposal.flaws:
        parts += _differences(proposal.differences, target, pen)
        if proposal.backtest is not None:
            parts += _decisions(proposal.backtest, pen)
    parts.append(pen.phrase("This comment is kept up to date in place."))
    return pen.join("\n\n", parts)


def fork_comment(path: str, target: ItemRef, pen: Pen[T]) -> T:
    """Say on a pull request from a fork that its version of the file was not looked at."""
    return pen.phrase(
        "This change of {path} comes from a fork, which is not read: it is neither checked nor "
        "tried on what is recorded. To have that, push the branch to this repository and open the "
        "pull request from there.",
        path=pen.own(path, target),
    )


def removal_comment(path: str, target: ItemRef, pen: Pen[T]) -> T:
    """Say on a pull request that takes the file away what then holds."""
    return pen.phrase(
        "Without {path} nothing new can be read: the last good version stays in force.",
        path=pen.own(path, target),
    )


def refusal_title(pen: Pen[T]) -> T:
    """Give the title of the issue that tells of a file that can't be used."""
    return pen.phrase("The organisation's good-citizen.yml can't be used")


def refusal_text(file: ItemRef, path: str, flaws: Sequence[Flaw], pen: Pen[T]) -> T:
    """Tell on the tracker that the newest file can't be used; problems only where it is read.

    `file` is the repository that holds it: a problem quotes the file.
    """
    head = pen.phrase(
        "The newest {path} can't be used, so the last good version stays in force. It has "
        "{problems}.",
        path=pen.own(path, file) if pen.may_show(file) else pen.phrase("file"),
        problems=_problems(len(flaws), pen),
    )
    if pen.may_show(file):
        listed = cut([_flaw(flaw, file, pen) for flaw in flaws], _FLAWS, pen)
    else:
        listed = pen.phrase("`good-citizen config check` tells where.")
    end = pen.phrase("This issue closes by itself once the file can be used.")
    return pen.join("\n\n", [head, listed, end])


def recovery_text(pen: Pen[T]) -> T:
    """Give the last words of that issue."""
    return pen.phrase("The organisation's good-citizen.yml can be used again, and is in force.")


def _check(proposal: Proposal, target: ItemRef, pen: Pen[T]) -> list[T]:
    if not proposal.flaws:
        return [pen.phrase("The file is valid.")]
    head = pen.phrase("It has {problems}:", problems=_problems(len(proposal.flaws), pen))
    return [head, cut([_flaw(flaw, target, pen) for flaw in proposal.flaws], _FLAWS, pen)]


def _flaw(flaw: Flaw, about: ItemRef, pen: Pen[T]) -> T:
    return pen.phrase(
        "- line {line}, column {column}: {says}",
        line=pen.number(flaw.line),
        column=pen.number(flaw.column),
        says=pen.own(flaw.says, about),
    )


def _differences(differences: tuple[Setting, ...] | None, target: ItemRef, pen: Pen[T]) -> list[T]:
    if differences is None:
        return [pen.phrase("The file that stands now can't be read, so values aren't compared.")]
    if not differences:
        return [pen.phrase("No value changes.")]
    lines = [
        pen.phrase(
            "- {key}: {old} → {new}",
            key=pen.own(one.key, target),
            old=_value(one.old, target, pen),
            new=_value(one.new, target, pen),
        )
        for one in differences
    ]
    return [pen.phrase("**Values that change**"), cut(lines, _DIFFERENCES, pen)]


def _value(value: str | None, target: ItemRef, pen: Pen[T]) -> T:
    return pen.phrase("none") if value is None else pen.own(value, target)


def _decisions(backtest: Backtest, pen: Pen[T]) -> list[T]:
    differ = len(backtest.changes)
    told = pen.phrase(
        "**Decisions that change**\n\nOf the {tried} latest recorded contributions {differ} "
        "would be decided differently.",
        tried=pen.number(backtest.tried),
        differ=pen.number(differ),
    )
    if not differ:
        return [told]
    counts = [
        pen.phrase("- {before} → {after}: {n}", before=_kind(b, pen), after=_kind(a, pen), n=n)
        for (b, a), count in backtest.counts.items()
        for n in [pen.number(count)]
    ]
    return [told, pen.join("\n", counts)] + _table(backtest.changes, pen)  # noqa: RUF005


def _table(changes: Sequence[Change], pen: Pen[T]) -> list[T]:
    listed = [change for change in changes if _may_list(change, pen)][:MOST_ROWS]
    left = len(changes) - len(listed)
    tables: list[T] = []
    if listed:
        head = pen.phrase(
            "| contribution | by | as | before | after | because |\n|---|---|---|---|---|---|"
        )
        tables.append(pen.join("\n", [head, cut([_row(c, pen) for c in listed], _ROWS, pen)]))
    if left:
        tables.append(
            pen.phrase(
                "{left} {are} not listed: personal ones never are, others where readers may not "
                "see them or where there are too many.",
                left=pen.number(left),
                are=pen.phrase("is") if left == 1 else pen.phrase("are"),
            )
        )
    return tables


def _may_list(change: Change, pen: Pen[T]) -> bool:
    if change.is_personal or not pen.may_show(change.subject.ref):
        return False
    return not (pen.outsiders_read and change.subject.draft)


def _row(change: Change, pen: Pen[T]) -> T:
    ref = change.subject.ref
    because = change.after.because if change.after else None
    return pen.phrase(
        "| {item}{title} | {who} | {act} | {before} | {after} | {because} |",
        item=pen.item(ref),
        title=_title(change, pen),
        who=pen.own(change.who.login, ref),
        act=pen.phrase(_ACTS[change.act]),
        before=_verdict(change.before, pen),
        after=_verdict(change.after, pen),
        because=pen.says(because, ref) if because else pen.phrase("it is out of scope"),
    )


def _title(change: Change, pen: Pen[T]) -> T:
    title = change.subject.title
    if not title:
        return pen.phrase("")
    return pen.phrase(" “{title}”", title=pen.own(title, change.subject.ref))


def _verdict(decision: Decision | None, pen: Pen[T]) -> T:
    if decision is None:
        return _kind(None, pen)
    tags = [_kind(decision.kind, pen)]
    if decision.bucket is not None:
        tags.append(pen.bucket(decision.bucket))
    if decision.activity and (activity := pen.activity(decision.activity)) is not None:
        tags.append(activity)
    if decision.community and (community := pen.community(decision.community)) is not None:
        tags.append(community)
    return pen.join(" · ", tags)


def _kind(kind: Kind | None, pen: Pen[T]) -> T:
    return pen.phrase("not counted") if kind is None else pen.kind(kind)


def _problems(count: int, pen: Pen[T]) -> T:
    word = pen.phrase("problem") if count == 1 else pen.phrase("problems")
    return pen.phrase("{n} {word}", n=pen.number(count), word=word)
