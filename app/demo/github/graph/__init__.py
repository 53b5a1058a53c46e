"""GraphQL over the demo GitHub's memory: executed by graphql-core against a cut of the schema."""

from app.demo.github.graph.answer import Graph

__all__ = ["Graph"]
