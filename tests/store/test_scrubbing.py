import json

from hypothesis import given
from hypothesis import strategies as st

from app.policy.model import Act, Person
from app.store.ledger import FACTS
from app.store.scrubbing import SOMEBODY, Who, logins_in, scrubbed
from tests.policy.homes import DAY, comment, commits, facts, mentioning, pull
from tests.store.ledgers import done

YUVI = Who(frozenset({30430}), frozenset({"yuvipanda", "yuvi"}))


def as_stored(**fields: object) -> dict[str, object]:
    told = facts(pull(), done(Person("yuvipanda", 30430), Act.AUTHORED, DAY), **fields)
    document: dict[str, object] = FACTS.dump_python(told, mode="json")
    return document


def test_neither_name_nor_number_nor_what_they_wrote_upstream_is_left() -> None:
    document = as_stored(comments=(comment("I, Yuvi, need this"), comment("Thanks", by="minrk")))
    text = json.dumps(scrubbed(document, YUVI))
    assert "yuvi" not in text.lower()
    assert "30430" not in text
    assert "need this" not in text
    assert "Thanks" in text


def test_what_is_left_is_still_facts() -> None:
    document = as_stored(
        backlinks=(mentioning("Brings in https://github.com/upstream/hub/pull/7"),)
    )
    left = FACTS.validate_python(scrubbed(document, YUVI))
    assert left.acts[0].by == Person(SOMEBODY)
    assert left.backlinks[0].body == "Brings in https://github.com/upstream/hub/pull/7"


def test_names_in_what_others_wrote_go_and_addresses_of_repositories_stay() -> None:
    said = "Thanks @yuvipanda, see https://github.com/yuvipanda and yuvipanda/repo2docker#1"
    assert YUVI.without_name(said) == (
        "Thanks somebody, see https://github.com/somebody and yuvipanda/repo2docker#1"
    )


def test_a_short_login_that_is_a_common_word_is_left_in_prose() -> None:
    will = Who(frozenset({1}), frozenset({"will"}))
    assert will.without_name("I will ask @will") == "I will ask somebody"


def test_a_login_of_somebody_else_now_is_not_theirs() -> None:
    assert scrubbed({"login": "yuvipanda", "id": 999}, YUVI) == {"login": "yuvipanda", "id": 999}


def test_co_authors_are_taken_off_a_commit() -> None:
    document = {
        "message": "Fix",
        "by": None,
        "co_authors": ["Y <yuvipanda@example.org>", "M <m@x>"],
    }
    assert scrubbed(document, YUVI)["co_authors"] == ["M <m@x>"]
    assert commits("Fix")[0].co_authors == ()


def test_every_login_beside_the_number_is_found() -> None:
    stored = [{"by": {"login": "old-name", "id": 30430}}, {"login": "other", "id": 2}]
    assert list(logins_in(stored, {30430})) == ["old-name"]


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda inner: (
    st.lists(inner) | st.dictionaries(st.text(), inner)), max_leaves=20))  # fmt: skip
def test_scrubbing_twice_changes_nothing_more(document: object) -> None:
    once = scrubbed(document, YUVI)
    assert scrubbed(once, YUVI) == once
