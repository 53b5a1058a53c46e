"""What a query costs, by GitHub's published rule, and the limits on its pages and nodes."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLObjectType,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
    get_named_type,
)

from app.demo.github.graph.context import refused
from app.demo.github.graph.schema import load

MOST_NODES = 500_000
MOST_PER_PAGE = 100


@cache
def _connections() -> frozenset[str]:
    """Name the fields of the cut that are connections: they need first or last."""
    return frozenset(
        name
        for kind in load().type_map.values()
        if isinstance(kind, GraphQLObjectType)
        for name, field in kind.fields.items()
        if get_named_type(field.type).name.endswith("Connection")
    )


@dataclass(slots=True)
class Cost:
    """Requests that the connections need, and the nodes they may bring."""

    requests: int = 0
    nodes: int = 0

    @property
    def points(self) -> int:
        """Give the points: a hundredth of the requests, one at least."""
        return max(1, round(self.requests / 100))


def cost_of(document: DocumentNode, variables: dict[str, Any]) -> Cost:
    """Count; refuses pages without bounds, of more than 100, and more than 500,000 nodes."""
    fragments = {
        node.name.value: node
        for node in document.definitions
        if isinstance(node, FragmentDefinitionNode)
    }
    cost = Cost()
    for node in document.definitions:
        if isinstance(node, OperationDefinitionNode):
            _count(node.selection_set, 1, cost, fragments, _defaults(node) | variables)
    if cost.nodes > MOST_NODES:
        message = f"This query requests up to {cost.nodes:,} possible nodes which exceeds 500,000."
        raise refused("MAX_NODE_LIMIT_EXCEEDED", message)
    return cost


def _defaults(operation: OperationDefinitionNode) -> dict[str, Any]:
    return {
        definition.variable.name.value: int(definition.default_value.value)
        for definition in operation.variable_definitions or ()
        if isinstance(definition.default_value, IntValueNode)
    }


def _count(
    selection: SelectionSetNode,
    times: int,
    cost: Cost,
    fragments: dict[str, FragmentDefinitionNode],
    variables: dict[str, Any],
) -> None:
    for field in _fields(selection, fragments):
        inner = times
        if field.name.value in _connections():
            size = _size(field, variables)
            cost.requests += times
            cost.nodes += times * size
            inner = times * size
        if field.selection_set:
            _count(field.selection_set, inner, cost, fragments, variables)


def _fields(
    selection: SelectionSetNode, fragments: dict[str, FragmentDefinitionNode]
) -> Iterator[FieldNode]:
    for node in selection.selections:
        if isinstance(node, FieldNode):
            yield node
        elif isinstance(node, InlineFragmentNode):
            yield from _fields(node.selection_set, fragments)
        elif isinstance(node, FragmentSpreadNode):
            yield from _fields(fragments[node.name.value].selection_set, fragments)


def _size(field: FieldNode, variables: dict[str, Any]) -> int:
    name = field.name.value
    for argument in field.arguments or ():
        if argument.name.value not in {"first", "last"}:
            continue
        value: Any = None
        if isinstance(argument.value, IntValueNode):
            value = int(argument.value.value)
        elif isinstance(argument.value, VariableNode):
            value = variables.get(argument.value.name.value)
        if value is None:
            continue
        if not 1 <= value <= MOST_PER_PAGE:
            which = argument.name.value
            message = (
                f"Requesting {value} records on the `{name}` connection exceeds the `{which}` "
                "limit of 100 records."
            )
            raise refused("EXCESSIVE_PAGINATION", message)
        return int(value)
    message = (
        f"You must provide a `first` or `last` value to properly paginate the `{name}` connection."
    )
    raise refused("MISSING_PAGINATION_BOUNDARIES", message)
