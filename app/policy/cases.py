"""Cases: lines of JSON that tell one act upstream with what is known of it.

A line holds `subject` (repo, number or tag, type, title, body, labels, branch, draft, author,
files, commits, closes …), `act` (type, by, at), `comments`, `linked` (what its links lead to; `hop`
2: over another item, `via`), `backlinks` (items of the trackers that mention it) and, where people
gave one, the answer, `expected`. What is missing is unknown.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from app.policy import told
from app.policy.answers import Decision, Finding
from app.policy.decision import decide
from app.policy.home import Home
from app.policy.model import Act, Facts, Item, Kind, Performed, Person, Subject, SubjectType
from app.policy.scope import contributions


@dataclass(frozen=True, slots=True)
class Expected:
    """The answer that people gave. `kind` None: out of scope. `…_also` are right as well."""

    kind: Kind | None
    kinds_also: tuple[Kind | None, ...] = ()
    bucket: str | None = None
    buckets_also: tuple[str | None, ...] = ()
    activity: str | None = None
    activities_also: tuple[str | None, ...] = ()
    why: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """One case: the facts about a subject with the one act that is asked about."""

    id: str
    facts: Facts
    expected: Expected | None = None


@dataclass(frozen=True, slots=True)
class Classified:
    """A case and what the policy says of it; None: out of scope, nothing is decided."""

    id: str
    decision: Decision | None


def classify_case(case: Case, home: Home) -> Classified:
    """Decide a case for `home`."""
    asked = contributions(case.facts, home)
    return Classified(case.id, decide(asked[0]) if asked else None)


def as_json(classified: Classified) -> dict[str, object]:
    """Give the answer as plain values: the keys and nothing else that `classify --json` prints."""
    decision = classified.decision
    return {
        "id": classified.id,
        "kind": decision.kind.value if decision else None,
        "bucket": decision.bucket.value if decision and decision.bucket else None,
        "activity": decision.activity if decision else None,
        "provisional": decision.provisional if decision else False,
        "because": str(decision.because) if decision else OUT_OF_SCOPE,
        "findings": [_finding(one) for one in decision.findings] if decision else [],
    }


OUT_OF_SCOPE = "out of scope: not a member's act on that day, or not upstream"


def read_case(line: Mapping[str, object]) -> Case:
    """Read a case; what is missing is unknown.

    Raises ValueError with a sentence where the line is no case.
    """
    if not isinstance(line, Mapping):
        raise ValueError("a case is a JSON object")  # noqa: TRY004 - bad input
    subject = told.mapping(line, "subject")
    act = told.mapping(line, "act")
    closed = told.items(subject, "closes", SubjectType.ISSUE)
    backlinks = told.items(line, "backlinks")
    facts = Facts(
        subject=_subject(subject, closed),
        acts=(_act(act),),
        comments=told.comments(line),
        linked=_with_what_led_there((*told.items(line, "linked"), *closed), backlinks),
        backlinks=backlinks,
    )
    expected = line.get("expected")
    id_ = line.get("id") or f"{facts.subject.ref}:{facts.acts[0].act}:{facts.acts[0].by.login}"
    return Case(str(id_), facts, _expected(told.mapping(line, "expected")) if expected else None)


def _subject(line: Mapping[str, object], closed: tuple[Item, ...]) -> Subject:
    ref = told.reference(line)
    author = told.text(line, "author")
    type_ = ref.type or SubjectType.PULL_REQUEST
    labels = told.strings(line, "labels") if told.flag(line, "labels_known") is not False else None
    return Subject(
        ref=ref,
        type=type_,
        title=told.text(line, "title"),
        body=told.text(line, "body"),
        labels=labels,
        branch=told.text(line, "branch"),
        draft=told.flag(line, "draft"),
        author=Person(author, is_bot=told.flag(line, "author_is_bot")) if author else None,
        author_first_time=told.flag(line, "author_first_time"),
        # No pull request changes no file and holds no commit: an empty list is one not known.
        files=told.files(line) or None,
        n_files=told.number(line, "n_files"),
        commits=told.commits(line) or None,
        closes=tuple(item.ref for item in closed),
        created_at=told.instant(line, "created_at"),
        merged_at=told.instant(line, "merged_at"),
        closed_at=told.instant(line, "closed_at"),
        is_fork=told.flag(line, "is_fork"),
        is_new_repository=type_ is SubjectType.REPOSITORY,
    )


def _act(line: Mapping[str, object]) -> Performed:
    by = told.text(line, "by")
    if not by:
        raise ValueError("act.by is missing: nobody is named who did it")
    return Performed(told.one_of(Act, line, "type"), Person(by), told.instant(line, "at"))


def _with_what_led_there(linked: Sequence[Item], backlinks: Sequence[Item]) -> tuple[Item, ...]:
    """Give what was found over another item that item's full reference.

    `via` shortens commits, and says only "parent item" of a parent: that is the parent of the one
    item that the case is about inside the home, if there is but one.
    """
    near = {one.ref.key: one.ref for one in (*backlinks, *linked) if one.hop == 1}
    roots = {one.ref.key: one.ref for one in backlinks}
    alone = next(iter(roots.values())) if len(roots) == 1 else None
    items = []
    for item in linked:
        via = item.via
        if item.hop > 1 and via is None:
            via = alone
        elif via is not None and via.sha:
            start = via.sha
            via = next((ref for ref in near.values() if (ref.sha or "").startswith(start)), via)
        items.append(replace(item, via=via))
    return tuple(items)


def _expected(line: Mapping[str, object]) -> Expected:
    kind = told.text(line, "kind")
    return Expected(
        kind=told.one_of(Kind, line, "kind") if kind else None,
        kinds_also=tuple(Kind(one) for one in told.strings(line, "also_acceptable")),
        bucket=told.text(line, "bucket"),
        buckets_also=told.texts(line, "bucket_also"),
        activity=told.text(line, "activity"),
        activities_also=told.texts(line, "activity_also"),
        why=told.text(line, "why") or "",
    )


def _finding(finding: Finding) -> dict[str, object]:
    answer = finding.answer
    return {
        "rule": finding.rule,
        "answer": type(answer).__name__.lower(),
        "says": str(answer.says),
        "evidence": [
            {
                "where": one.where.value,
                "strength": one.strength.value,
                "item": str(one.ref) if one.ref else one.url,
                "verb": one.verb,
                "by": one.by.login if one.by else None,
                "at": one.at.isoformat() if one.at else None,
            }
            for one in answer.evidence
        ],
    }
