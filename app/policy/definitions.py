"""The policy as data: what is asked in which order, and what the answer makes of a contribution.

The order is the policy's order of decision. Scope comes before it (scope.py), a person's word
before everything else (decision.py).

How it is read where the organisation's own text leaves a choice:

- General maintenance is undecided. Upstreams under `strategic.upstreams` are those where the home
  plans stewardship, so upkeep there is part of what the team has taken on: strategic, but
  provisional, since nobody said it of this very change. `rules.general_maintenance: strategic`
  says it for all of them, firmly.
- Repairs (bug fixes) and features are never strategic by themselves, wherever they are made.
- A service that the home lists under `strategic.operated` is run, not maintained: undecided, except
  what is documentation, CI or a release.
"""

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from importlib.resources import files
from typing import LiteralString, TypeAlias

from app.policy import rules
from app.policy.answers import Answer
from app.policy.contribution import Contribution
from app.policy.model import Kind

Rule: TypeAlias = Callable[[Contribution], Answer]


@dataclass(frozen=True, slots=True)
class Definition:
    """One step of the order: the first of its rules that holds makes a contribution `kind`.

    `asks` is what only a person can say where it holds.
    """

    kind: Kind
    heading: LiteralString
    rules: tuple[Rule, ...]
    asks: LiteralString | None = None


POLICY: tuple[Definition, ...] = (
    Definition(Kind.TACTICAL, "A need is known", (rules.serves_a_community_need,)),
    Definition(Kind.STRATEGIC, "The team planned it", (rules.is_planned_stewardship,)),
    Definition(
        Kind.TACTICAL,
        "A need is likely",
        (rules.is_linked_in_passing, rules.names_a_community),
        asks="Which ticket or item is it for?",
    ),
    Definition(
        Kind.UNDECIDED,
        "It is on neither list",
        (rules.is_about_its_author, rules.operates_a_service),
    ),
    Definition(
        Kind.UNDECIDED,
        "It is excluded from strategic work",
        (rules.creates_a_new_project, rules.adds_a_feature),
        asks="Which need does it serve? Without one it is personal time.",
    ),
    Definition(
        Kind.STRATEGIC,
        "It is on the strategic list",
        (
            rules.helps_making_a_release,
            rules.helps_onboard_new_contributors,
            rules.finishes_what_a_bot_proposed,
            rules.provides_code_review,
            rules.triages,
            rules.fixes_broken_ci,
            rules.writes_documentation,
            rules.runs_meetings,
        ),
    ),
    Definition(
        Kind.STRATEGIC,
        "It was assigned, or is upkeep that the team took on",
        (rules.was_assigned, rules.maintains_a_planned_upstream),
    ),
    Definition(
        Kind.UNDECIDED,
        "Everything else",
        (rules.is_left_to_people,),
        asks="Does it serve a need, or was it assigned?",
    ),
)

DEFINITIONS: str = (files("app.policy") / "definitions.md").read_text(encoding="utf-8")
"""The organisation's own words, as Markdown."""

REVISION = 3
"""Raised by hand when rules decide differently though neither their names nor the words changed."""


def _version() -> str:
    names = [rule.__name__ for step in POLICY for rule in step.rules]
    digest = sha256("\n".join([DEFINITIONS, *names]).encode())
    return f"{REVISION}-{digest.hexdigest()[:8]}"


POLICY_VERSION: str = _version()
"""Which policy a decision was made under: the hand-raised revision, and a digest of the words of
definitions.md and of the rules' names in their order."""
