from importlib.resources import files

import pytest
from graphql import parse, validate

from app.github.documents import document, items_query
from app.policy.model import ItemRef
from tests.github.answering import (
    github_schema,
)
from tests.github.reading import HUB, PULL

DOCUMENTS = (
    "subject",
    "more",
    "look",
    "tracker_item",
    "release",
    "repository",
    "swept_pulls",
    "swept_issues",
    "swept_closed",
    "swept_tracker",
    "said",
    "doers_pulls",
    "doers_issues",
)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_each_document_is_valid_by_githubs_schema(name: str) -> None:
    assert validate(github_schema(), parse(document(name))) == []


def test_no_document_goes_unchecked() -> None:
    lying = {file.name for file in files("app.github").iterdir() if file.name.endswith(".graphql")}
    assert lying == {f"{name}.graphql" for name in (*DOCUMENTS, "fragments")}


@pytest.mark.parametrize(
    "refs",
    [
        (PULL,),
        (ItemRef(HUB), ItemRef(HUB, sha="a" * 40)),
        (PULL, ItemRef(HUB, sha="a" * 40), ItemRef(HUB)),
    ],
)
def test_the_query_for_linked_items_is_valid_by_githubs_schema(refs: tuple[ItemRef, ...]) -> None:
    query, variables = items_query(refs, "Bucket")
    assert validate(github_schema(), parse(query)) == []
    assert {f"${name}" for name in variables} == {
        word.rstrip(":") for word in query.split(")")[0].replace("(", " ").split() if "$" in word
    }
