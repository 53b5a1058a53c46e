"""The reasoning of a decision as a tree of plain values, which any surface can draw."""

from typing import NamedTuple

from app.policy.answers import Decision, Evidence, Finding, Yes
from app.policy.home import Home
from app.policy.model import Strength


class Branch(NamedTuple):
    """One line of the reasoning and what stands below it."""

    label: str
    children: tuple["Branch", ...] = ()


def reasoning(decision: Decision, home: Home) -> Branch:
    """Give the answer, and below it every rule that was asked, in its order, with its evidence."""
    below = [_asked(finding) for finding in decision.findings]
    if decision.conflict:
        below.append(Branch(f"conflict: {decision.conflict}"))
    below += (Branch(f"note: {flag}") for flag in decision.flags)
    if decision.question:
        below.append(Branch(f"to ask: {decision.question}"))
    return Branch(answer_line(decision, home), tuple(below))


def answer_line(decision: Decision, home: Home) -> str:
    """Give the answer in one line: kind, bucket or activity, and whether it is provisional."""
    of_what = decision.bucket or decision.activity
    kind = home.shown(decision.kind)
    sure = ", provisional" if decision.provisional else ""
    return f"{kind}{f' ({of_what})' if of_what else ''}{sure}: {decision.because}"


def _asked(finding: Finding) -> Branch:
    answer = finding.answer
    label = f"{type(answer).__name__.lower()}: {finding.rule.replace('_', ' ')}: {answer.says}"
    if isinstance(answer, Yes) and answer.hint:
        label += " (a hint)"
    return Branch(label, tuple(Branch(_seen(one)) for one in answer.evidence))


def _seen(evidence: Evidence) -> str:
    bare = "a name" if evidence.strength is Strength.INFERRED else "a person's word"
    what = str(evidence.ref) if evidence.ref else evidence.url or bare
    words = [what, evidence.strength.value, f"in {evidence.where.value}"]
    if evidence.verb:
        words.insert(1, f'"{evidence.verb}"')
    if evidence.seen_in and evidence.seen_in != evidence.ref:
        words.append(f"of {evidence.seen_in}")
    if evidence.by:
        words.append(f"by {evidence.by.login}")
    if evidence.at:
        words.append(f"on {evidence.at.date().isoformat()}")
    return ", ".join(words)
