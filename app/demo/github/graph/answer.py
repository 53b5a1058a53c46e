"""A GraphQL request answered: parsed and validated once for each text, then executed."""

from collections.abc import Awaitable
from functools import lru_cache
from typing import Any, TypeGuard

from graphql import (
    DocumentNode,
    ExecutionResult,
    GraphQLError,
    execute,
    parse,
    validate,
)

from app.demo.github.access import Actor, AsApp, Nobody
from app.demo.github.call import Answer
from app.demo.github.graph.context import Context
from app.demo.github.graph.cost import cost_of
from app.demo.github.graph.schema import load, type_of
from app.demo.github.limits import Meter
from app.demo.github.state import Rejected, State


class Graph:
    """The /graphql endpoint."""

    def __init__(self, state: State, meter: Meter) -> None:
        self._state, self._meter = state, meter

    def answer(self, actor: Actor, body: Any) -> Answer:  # noqa: ANN401 - whatever was sent
        """Answer one query; never anonymously. A spent limit is HTTP 200 with an error."""
        if isinstance(actor, Nobody | AsApp):
            raise Rejected(401, "This endpoint requires you to be authenticated.")
        if not isinstance(body, dict) or not isinstance(body.get("query"), str):
            raise Rejected(400, "A query attribute must be specified and must be a string.")
        if self._meter.spent(actor.name, "graphql"):
            message = f"API rate limit already exceeded for {actor.name}."
            return Answer(200, {"errors": [{"type": "RATE_LIMITED", "message": message}]})
        document = _read(body["query"])
        if not isinstance(document, DocumentNode):
            return Answer(200, {"errors": [dict(error) for error in document]})
        return self._execute(actor, document, body)

    def _execute(self, actor: Actor, document: DocumentNode, body: dict[str, Any]) -> Answer:
        variables = body.get("variables") or {}
        try:
            cost = cost_of(document, variables)
        except GraphQLError as error:
            return Answer(200, {"errors": [_formatted(error)]})
        self._meter.use(actor.name, "graphql", cost.points)
        context = Context(self._state, actor, self._meter, cost.points, cost.nodes)
        result = execute(
            load(),
            document,
            context_value=context,
            variable_values=variables,
            operation_name=body.get("operationName"),
            type_resolver=type_of,
            is_awaitable=_never,
        )
        if not isinstance(result, ExecutionResult):
            raise TypeError("a resolver was not synchronous")
        shown: dict[str, Any] = {"data": result.data}
        if result.errors:
            shown["errors"] = [_formatted(error) for error in result.errors]
        return Answer(200, shown)


@lru_cache(maxsize=256)
def _read(query: str) -> DocumentNode | tuple[tuple[tuple[str, Any], ...], ...]:
    """Parse and validate; the errors, where there are any, as items of GitHub's form."""
    try:
        document = parse(query)
    except GraphQLError as error:
        return (tuple(_formatted(error).items()),)
    errors = validate(load(), document)
    return tuple(tuple(_formatted(error).items()) for error in errors) if errors else document


def _formatted(error: GraphQLError) -> dict[str, Any]:
    """Give an error as GitHub does: its type stands beside the message."""
    shown: dict[str, Any] = {**error.formatted}
    kind = (shown.pop("extensions", None) or {}).get("type")
    if error.original_error is not None and kind is None:
        raise error.original_error
    return ({"type": kind} if kind else {}) | shown


def _never(_: object) -> TypeGuard[Awaitable[Any]]:
    """Tell graphql-core, which would look at every value, that no resolver is asynchronous."""
    return False
