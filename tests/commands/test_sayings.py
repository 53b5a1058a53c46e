import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.commands import COMMANDS
from app.commands.sayings import (
    Asked,
    HelpAsked,
    Json,
    Labelled,
    Logged,
    Muted,
    NeedNamed,
    Overruled,
    Reconsidered,
    Saying,
    Undone,
    ValueSaid,
    from_payload,
    link_from_json,
    to_payload,
)
from app.policy.model import Bucket, ItemRef, Kind, SubjectType

TEXT = st.text(max_size=20)
MAYBE = st.none() | TEXT
ITEMS = st.builds(
    ItemRef,
    TEXT,
    st.none() | st.integers(1, 10**9),
    st.none() | st.sampled_from(SubjectType),
    MAYBE,
    MAYBE,
    TEXT,
)
LINKS = ITEMS | TEXT
KINDS = st.sampled_from([Kind.TACTICAL, Kind.STRATEGIC, Kind.PERSONAL])
SAID = st.one_of(
    st.builds(
        Overruled,
        KINDS,
        st.none() | st.sampled_from(Bucket),
        MAYBE,
        st.none() | LINKS,
        MAYBE,
        MAYBE,
    ).map(lambda said: (said.kind.value, said)),
    st.tuples(st.just("need"), st.builds(NeedNamed, LINKS, MAYBE)),
    st.tuples(st.just("value"), st.builds(ValueSaid, TEXT)),
    st.builds(Muted, st.booleans(), st.booleans()).map(
        lambda said: ("mute" if said.on else "unmute", said)
    ),
    st.tuples(st.just("log"), st.builds(Logged, TEXT, st.integers(1, 6000), TEXT, TEXT)),
    st.tuples(st.just("help"), st.builds(HelpAsked, MAYBE)),
    st.sampled_from([("why", Asked()), ("reconsider", Reconsidered()), ("undo", Undone())]),
    st.builds(Labelled, st.sampled_from(Kind), st.booleans()).map(
        lambda said: ("label" if said.on else "unlabel", said)
    ),
)


@settings(max_examples=300)
@given(SAID)
def test_a_saying_is_read_back_from_its_row_as_it_was(said: tuple[str, Saying]) -> None:
    verb, saying = said
    row = json.loads(json.dumps(to_payload(saying)))
    assert from_payload(verb, row) == saying
    assert from_payload(verb, {**row, "something": "else"}) == saying


def read_or_none(verb: str, payload: dict[str, Json]) -> Saying | None:
    try:
        return from_payload(verb, payload)
    except ValueError:
        return None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=4,
)
KEYS = st.sampled_from(
    ["kind", "bucket", "activity", "link", "community", "because", "text", "minutes", "verb"]
)


@settings(max_examples=300)
@given(st.sampled_from([*COMMANDS, "label", "unlabel", "x"]), st.dictionaries(KEYS, JSON))
def test_what_is_no_payload_is_a_value_error_and_nothing_worse(
    verb: str, payload: dict[str, Json]
) -> None:
    saying = read_or_none(verb, payload)
    assert saying is None or from_payload(verb, to_payload(saying)) == saying


def test_every_verb_has_its_saying() -> None:
    with pytest.raises(ValueError, match="no word is called 'shout'"):
        from_payload("shout", {})
    with pytest.raises(ValueError, match="a link is a text or an object"):
        link_from_json(5)
    with pytest.raises(ValueError, match="minutes is missing"):
        from_payload("log", {"activity": "review", "upstream": "x", "text": "y"})
    for verb in ("tactical", "strategic", "personal"):
        assert from_payload(verb, {}) == Overruled(Kind(verb))
