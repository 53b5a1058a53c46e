from datetime import timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from app.policy.answers import Decision, Finding, Overrule, Yes
from app.policy.decision import decide, what_changed
from app.policy.model import Act, Kind, Person
from app.policy.scope import contributions
from tests.policy.homes import (
    BUGFIX,
    CI,
    DAY,
    DOCS,
    HOME,
    TRACKER,
    acted,
    decided,
    facts,
    mentioning,
    pull,
)

PIECES: dict[str, dict[str, Any]] = {
    "body": {"body": f"Ref {TRACKER}"},
    "example": {"body": f"e.g. {TRACKER}"},
    "community": {"body": "For the LEAP hub"},
    "draft": {"draft": True},
    "docs": DOCS,
    "ci": CI,
    "bug": BUGFIX,
}
MORE = {
    "backlink": mentioning(),
    "late": mentioning("see upstream/hub#7", at=DAY + timedelta(days=500)),
    "steward": mentioning("See upstream/hub#7", number=13, labels=("good-community-citizen",)),
    "both": mentioning(number=14, labels=("support", "good-community-citizen")),
    "support": mentioning(labels=("support",)),
}


def _grown(subject: set[str], more: set[str], unread: set[str], act: Act) -> Decision:
    fields: dict[str, Any] = {}
    for name in sorted(subject):
        fields |= PIECES[name]
    author = "yuvipanda" if act is Act.AUTHORED else "batpad"
    told = facts(
        pull(author, **fields),
        acted(act=act),
        backlinks=tuple(MORE[name] for name in sorted(more)),
        could_not_read=frozenset(unread),
    )
    (one,) = contributions(told, HOME)
    return decide(one)


GROWN = st.tuples(
    st.sets(st.sampled_from(sorted(PIECES))),
    st.sets(st.sampled_from(sorted(MORE))),
    st.sets(st.sampled_from(["linked issues", "comments"])),
)


@given(GROWN, GROWN, st.sampled_from([Act.AUTHORED, Act.REVIEWED]))
def test_learning_more_never_overturns_an_answer_silently(
    known: tuple[set[str], set[str], set[str]],
    learnt: tuple[set[str], set[str], set[str]],
    act: Act,
) -> None:
    before = _grown(*known, act)
    after = _grown(known[0] | learnt[0], known[1] | learnt[1], set(), act)
    changed = what_changed(before, after)
    same = (before.kind, before.bucket, before.activity) == (
        after.kind, after.bucket, after.activity,
    )  # fmt: skip
    assert (changed is None) == same
    if changed is not None:
        assert changed in after.findings
        assert changed not in before.findings or changed.rule == after.rule
        assert isinstance(changed.answer, Yes)


@given(st.sets(st.sampled_from(sorted(MORE))), st.sets(st.sampled_from(sorted(MORE))))
def test_a_known_need_is_not_lost_by_learning_more(known: set[str], learnt: set[str]) -> None:
    before = _grown({"body"}, known, set(), Act.AUTHORED)
    after = _grown({"body"}, known | learnt, set(), Act.AUTHORED)
    assert before.kind is after.kind is Kind.TACTICAL


def test_what_changed_names_the_finding_of_a_word() -> None:
    before = decided(facts())
    after = decided(facts(), words=(Overrule(Kind.PERSONAL, Person("yuvipanda"), DAY),))
    changed = what_changed(before, after)
    assert isinstance(changed, Finding)
    assert changed.rule == "was_said_by_a_person"
