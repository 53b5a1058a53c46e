from pathlib import Path

import pytest
from graphql import build_schema, parse, validate

from tests.contracts.cut_graphql import KEEP, cut

WHOLE = '''
directive @preview(toggledBy: String!) on FIELD_DEFINITION
"""Described"""
interface Node { id: ID! secret: Int }
"""Described"""
type Query { node(id: ID!, order: Order = {by: AGE}): Node! @preview(toggledBy: "x") other: Other }
input Order { by: By! }
enum By { AGE NAME }
type Other { id: ID! }
type Dog implements Node { id: ID! secret: Int name(loud: Boolean = false): [String!] @deprecated }
union Pet = Dog | Other
'''


def test_the_cut_keeps_names_arguments_and_nullability_and_drops_the_rest() -> None:
    text = cut(WHOLE, {"Query": "node", "Node": "id", "Dog": "name", "Pet": ""})
    assert "node(id: ID!, order: Order = { by: AGE }): Node!" in text
    assert "type Dog implements Node {" in text
    assert "name(loud: Boolean = false): [String!] @deprecated" in text
    assert "enum By" in text
    assert "union Pet = Dog\n" in text
    for gone in ("Described", "preview", "secret", "Other"):
        assert gone not in text


@pytest.mark.parametrize(
    "keep",
    [{"Query": "nothing"}, {"Query": "other"}, {"Query": "node", "Node": "id", "Cat": "id"}],
)
def test_what_github_does_not_have_or_what_leads_nowhere_is_an_error(keep: dict[str, str]) -> None:
    with pytest.raises(KeyError):
        cut(WHOLE, keep)


def test_the_schema_of_the_demo_is_a_cut_of_these_types() -> None:
    text = (Path(__file__).parents[2] / "app/demo/github.graphql").read_text()
    schema = build_schema(text)
    for name, fields in KEEP.items():
        present = getattr(schema.type_map[name], "fields", {}).keys()
        assert set(fields.split()) <= present, name
    assert cut(text, KEEP) == text
    assert validate(schema, parse('{ repository(owner: "a", name: "b") { nameWithOwner } }')) == []
