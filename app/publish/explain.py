"""The reasoning behind a decision, from its answers' own sentences: Markdown, tree, one line."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, LiteralString

from app.policy.answers import Decision, Evidence, Finding, No, Sentence, Yes
from app.policy.home import Home
from app.policy.model import ItemRef, Kind
from app.publish.inert import one_line
from app.publish.wall import Pen, T

MEANING: Final[dict[Kind, LiteralString]] = {
    Kind.TACTICAL: "done for communities that it serves or as planned work",
    Kind.STRATEGIC: "done for the health of the open source ecosystem",
    Kind.PERSONAL: "a valued contribution, on the person's own time",
    Kind.UNDECIDED: "not decided yet, a person can say",
}
"""What each kind means, in words for those who do not know the policy."""


@dataclass(frozen=True, slots=True)
class Branch:
    """A line of a tree and what hangs below it; plain text for those who may read everything."""

    label: str
    children: tuple["Branch", ...] = ()


def reason(decision: Decision) -> str:
    """Give the reason in one line of plain text, for those who may read everything."""
    return one_line(str(decision.because), longest=1_000)


def tree(decision: Decision, home: Home) -> Branch:
    """Give the whole reasoning as a tree: kind, reason, open questions, then rule by rule.

    For the command line and the person's own page; a terminal gets no control characters from it.
    """
    named = (home.shown(decision.kind), decision.bucket, decision.activity, decision.community)
    head = " · ".join(one_line(str(n)) for n in named if n)
    if decision.kind in (Kind.PERSONAL, Kind.UNDECIDED):
        head += f" ({MEANING[decision.kind]})"
    return Branch(head, (*_remarks(decision), *(_branch(f) for f in decision.findings)))


def explain(decision: Decision, pen: Pen[T], about: ItemRef) -> T | None:
    """Give the reasoning as a folded Markdown list of findings.

    None for a personal decision: on GitHub it never appears with a person or an item.
    """
    if decision.kind is Kind.PERSONAL:
        return None
    lines: list[T] = [_because(decision, pen, about)]
    lines += [_finding(f, pen, about) for f in decision.findings]
    return pen.phrase(
        "<details><summary>How this was decided</summary>\n\n{item}\n\n{lines}\n\n</details>",
        item=pen.item(about),
        lines=pen.join("\n", lines),
    )


def _because(decision: Decision, pen: Pen[T], about: ItemRef) -> T:
    return pen.phrase("- **because** {says}", says=pen.says(decision.because, about))


def _finding(finding: Finding, pen: Pen[T], about: ItemRef) -> T:
    answer = finding.answer
    line = pen.phrase(
        "- **{word}**, {rule}: {says}",
        word=pen.phrase(_word(finding)),
        rule=pen.rule(finding.rule),
        says=pen.says(answer.says, about),
    )
    sources = [s for e in answer.evidence if (s := pen.source(e)) is not None]
    if not sources:
        return line
    return pen.phrase("{line} (see {seen})", line=line, seen=pen.join(", ", sources))


def _word(finding: Finding) -> LiteralString:
    match finding.answer:
        case Yes():
            return "yes"
        case No():
            return "no"
        case _:
            return "could not look"


def _remarks(decision: Decision) -> Iterator[Branch]:
    yield Branch(f"because {reason(decision)}")
    if decision.provisional:
        yield Branch("provisional: something could not be read, or it rests on a hint alone")
    for word, sentence in (("conflict", decision.conflict), ("question", decision.question)):
        if sentence is not None:
            yield Branch(f"{word}: {_line(sentence)}")
    for flag in decision.flags:
        yield Branch(f"note: {_line(flag)}")


def _branch(finding: Finding) -> Branch:
    evidence = tuple(Branch(_seen(e)) for e in finding.answer.evidence)
    label = f"{_word(finding)}  {one_line(finding.rule)}: {_line(finding.answer.says)}"
    return Branch(label, evidence)


def _seen(evidence: Evidence) -> str:
    what = evidence.ref or evidence.url or "the item itself"
    at = f", in {evidence.seen_in}" if evidence.seen_in else ""
    return one_line(f"{evidence.strength} in the {evidence.where}: {what}{at}", longest=1_000)


def _line(sentence: Sentence) -> str:
    return one_line(str(sentence), longest=1_000)
