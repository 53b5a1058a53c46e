"""The comments: upstream a short note, on a tracker's item what serves it and what is open."""

from collections.abc import Sequence
from typing import Final, LiteralString

from app.policy.model import Act, Bucket, ItemRef, Kind, SubjectType
from app.publish.explain import MEANING, explain
from app.publish.target import Served
from app.publish.wall import Pen, T

LONGEST_COMMENT: Final = 65_536
"""Characters GitHub takes; a longer comment is answered with 422."""

_ROWS: Final = 36_000
_QUESTIONS: Final = 10_000
_REASONING: Final = 16_000

_DONE: Final[dict[Act, LiteralString]] = {
    Act.AUTHORED: "by",
    Act.COMMITTED: "with commits by",
    Act.REVIEWED: "reviewed by",
    Act.MERGED: "merged by",
    Act.RELEASED: "released by",
    Act.TRIAGED: "triaged by",
    Act.LOGGED: "with work by",
}
_DEED: Final[dict[Act, LiteralString]] = {
    Act.AUTHORED: "work on",
    Act.COMMITTED: "commits to",
    Act.REVIEWED: "review of",
    Act.MERGED: "merging of",
    Act.RELEASED: "releasing of",
    Act.TRIAGED: "triage of",
    Act.LOGGED: "work on",
}
_STATES: Final[dict[str, LiteralString]] = {
    "open": "open",
    "closed": "closed",
    "merged": "merged",
}


def upstream_comment(served: Served, target: ItemRef, pen: Pen[T]) -> T:
    """Say in an upstream what a contribution is counted as, by whom, why, and how to stop this."""
    told = pen.phrase(
        "{home} counts {who}'s {deed} this {thing} as **{kind}** work, {meaning}. The reason: "
        "{because}\n\n"
        "This asks nothing of anyone here; maintainers can stop these notes on this {thing} with a "
        "comment that says {mute}.",
        home=pen.home(),
        who=pen.own(served.who.login, served.subject),
        deed=pen.phrase(_DEED[served.act]),
        thing=pen.phrase(_thing(target)),
        kind=pen.kind(served.decision.kind),
        meaning=pen.phrase(MEANING[served.decision.kind]),
        because=because(served, pen),
        mute=pen.command("mute", None),
    )
    return with_closing(told, pen)


def tracker_comment(served: Sequence[Served], pen: Pen[T]) -> T | None:
    """Say on a tracker's item which upstream work serves it, and ask what only people can say.

    None where nothing may or need be said. Personal contributions are left out altogether; drafts
    and what was not read as public in this run are left out where outsiders read.
    """
    rows = sorted((s for s in served if _may_list(s, pen)), key=_order)
    if not rows:
        return None
    parts = [
        pen.phrase("**Upstream work for this item**"),
        cut([_row(s, pen) for s in rows], _ROWS, pen),
    ]
    if questions := [q for s in rows for q in _questions(s, pen)]:
        asked = pen.phrase("**Only a person can say**")
        parts += [asked, cut(questions, _QUESTIONS, pen)]
    if not pen.outsiders_read:
        told = [e for s in rows if (e := explain(s.decision, pen, s.subject)) is not None]
        parts.append(cut(told, _REASONING, pen))
    parts.append(
        pen.phrase(
            "This comment is kept up to date in place; a comment that says {mute} stops it.",
            mute=pen.command("mute", None),
        )
    )
    return with_closing(pen.join("\n\n", parts), pen)


def nothing_left(pen: Pen[T]) -> T:
    """Say that a comment of ours has become empty: people may have linked to it, so it stays."""
    return pen.phrase("There is nothing to note here at present.")


def repeated(pen: Pen[T]) -> T:
    """Say that a second comment of ours is one too many."""
    return pen.phrase("This note stands in an earlier comment.")


def _may_list(served: Served, pen: Pen[T]) -> bool:
    if served.decision.kind is Kind.PERSONAL:
        return False
    return pen.may_show(served.subject) and not (pen.outsiders_read and served.draft)


def _order(served: Served) -> tuple[str, int, str, str, str]:
    ref = served.subject
    return (ref.repo.lower(), ref.number or 0, str(ref), served.act, served.who.login.lower())


def _row(served: Served, pen: Pen[T]) -> T:
    told = [pen.phrase("**{kind}**", kind=pen.kind(served.decision.kind))]
    told += tags(served, pen)
    return pen.phrase(
        "- {item}, {done} {who}\n  {tags}: {because}",
        item=named(served, pen),
        done=pen.phrase(_DONE[served.act]),
        who=pen.own(served.who.login, served.subject),
        tags=pen.join(" · ", told),
        because=because(served, pen),
    )


def named(served: Served, pen: Pen[T]) -> T:
    """Give an item as a list names it: a link, the title, the state."""
    return pen.phrase(
        "{item}{title}{state}",
        item=pen.item(served.subject),
        title=_title(served, pen),
        state=_state(served, pen),
    )


def tags(served: Served, pen: Pen[T]) -> list[T]:
    """Give what is known beside the kind: how sure it is, bucket, activity, community."""
    decision = served.decision
    found = [pen.phrase("provisional")] if decision.provisional else []
    if decision.bucket is not None:
        found.append(pen.bucket(decision.bucket))
    if decision.activity and (activity := pen.activity(decision.activity)) is not None:
        found.append(activity)
    if decision.community and (community := pen.community(decision.community)) is not None:
        found.append(community)
    return found


def _title(served: Served, pen: Pen[T]) -> T:
    if not served.title:
        return pen.phrase("")
    return pen.phrase(" “{title}”", title=pen.own(served.title, served.subject))


def _state(served: Served, pen: Pen[T]) -> T:
    if served.draft:
        return pen.phrase(" (draft)")
    if served.state not in _STATES:
        return pen.phrase("")
    return pen.phrase(" ({state})", state=pen.phrase(_STATES[served.state]))


def _questions(served: Served, pen: Pen[T]) -> list[T]:
    asked = question(served, pen)
    if asked is None:
        return []
    return [pen.phrase("- {item}: {asked}", item=pen.item(served.subject), asked=asked)]


def question(served: Served, pen: Pen[T]) -> T | None:
    """Ask what only a person can say, and tell how to say it; None where nothing is open."""
    decision, about = served.decision, served.subject
    asked = [] if decision.question is None else [pen.says(decision.question, about)]
    if decision.conflict is not None:
        conflict = pen.says(decision.conflict, about)
        asked.insert(0, pen.phrase("{conflict}: which is it?", conflict=conflict))
    if not asked and decision.kind is Kind.TACTICAL and decision.bucket is None:
        buckets = pen.join(", ", [pen.bucket(b) for b in Bucket])
        asked.append(pen.phrase("which of {buckets} is this need from?", buckets=buckets))
    if not asked:
        return None
    answers = [pen.command("tactical", about, "BUCKET")]
    if decision.kind is Kind.TACTICAL and decision.need is None and decision.question is not None:
        answers = [pen.command("need", about, "LINK")]
    if decision.kind is Kind.UNDECIDED or decision.conflict is not None:
        answers.append(pen.command("strategic", about, "ACTIVITY"))
    return pen.phrase(
        "{asked} Say it with {answers}.",
        asked=pen.join(" ", asked),
        answers=pen.join(" or ", answers),
    )


def because(served: Served, pen: Pen[T]) -> T:
    """Give the reason of a decision as a sentence."""
    says = pen.says(served.decision.because, served.subject)
    return says if str(says).endswith((".", "!", "?")) else pen.phrase("{says}.", says=says)


def _thing(target: ItemRef) -> LiteralString:
    match target.type:
        case SubjectType.PULL_REQUEST:
            return "pull request"
        case SubjectType.ISSUE:
            return "issue"
        case SubjectType.RELEASE:
            return "release"
        case _:
            return "item"


def with_closing(text: T, pen: Pen[T]) -> T:
    """Put the home's own line below a text, if it has one."""
    closing = pen.closing()
    return text if closing is None else pen.phrase("{t}\n\n{c}", t=text, c=closing)


def cut(lines: Sequence[T], longest: int, pen: Pen[T]) -> T:
    """Put lines below each other while they fit, then say how many more there are."""
    length, fitting = 0, 0
    for line in lines:
        length += len(line) + 1
        if length > longest:
            break
        fitting += 1
    kept = list(lines[:fitting])
    if left := len(lines) - fitting:
        kept.append(pen.phrase("- … and {left} more", left=pen.number(left)))
    return pen.join("\n", kept)
