"""Cut GitHub's GraphQL schema down to the types and fields that the app reads.

Usage: `python tests/contracts/cut_graphql.py schema.graphql app/demo/github.graphql`, where
schema.graphql is that of the npm package @octokit/graphql-schema (MIT). Names, arguments and
nullability stay exactly as GitHub's, so a query that is valid on the cut is valid on the whole;
descriptions and directives other than `@deprecated` go. A field of an interface is kept on every
type that implements it; enums and input types are kept whole.
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TypeAlias

from graphql import (
    ConstDirectiveNode,
    DefinitionNode,
    EnumTypeDefinitionNode,
    FieldDefinitionNode,
    InputObjectTypeDefinitionNode,
    InputValueDefinitionNode,
    InterfaceTypeDefinitionNode,
    NamedTypeNode,
    ObjectTypeDefinitionNode,
    ScalarTypeDefinitionNode,
    TypeDefinitionNode,
    TypeNode,
    UnionTypeDefinitionNode,
    build_schema,
    parse,
    print_ast,
)

HEADER = """# Cut from @octokit/graphql-schema 15.26.1 (MIT, see LICENSE-octokit)
# by tests/contracts/cut_graphql.py"""
BUILT_IN = {"String", "Int", "Float", "Boolean", "ID"}

_ITEM = """id databaseId fullDatabaseId number title body state createdAt updatedAt closed closedAt
    locked activeLockReason url resourcePath author authorAssociation editor lastEditedAt
    repository labels comments timelineItems projectItems assignees"""
_COMMENT = """id databaseId fullDatabaseId body author authorAssociation createdAt updatedAt
    publishedAt lastEditedAt editor url resourcePath repository pullRequest"""
_ACTOR = "id databaseId login url resourcePath avatarUrl createdAt"
_LIST = "nodes pageInfo totalCount"

KEEP: dict[str, str] = {
    "Query": "node nodes organization rateLimit repository repositoryOwner resource search user",
    "RateLimit": "cost limit nodeCount remaining resetAt used",
    "PageInfo": "endCursor hasNextPage hasPreviousPage startCursor",
    "Node": "id",
    "UniformResourceLocatable": "resourcePath url",
    "Actor": "avatarUrl login resourcePath url",
    "Comment": """author authorAssociation body createdAt editor id lastEditedAt publishedAt
        updatedAt""",
    "Closable": "closed closedAt",
    "Labelable": "labels",
    "Lockable": "activeLockReason locked",
    "RepositoryNode": "repository",
    "RepositoryOwner": "id login avatarUrl resourcePath url repository",
    "GitObject": "id oid abbreviatedOid repository",
    "User": f"{_ACTOR} name organization",
    "Bot": _ACTOR,
    "Mannequin": _ACTOR,
    "Organization": f"{_ACTOR} name viewerIsAMember",
    "UserConnection": _LIST,
    "Repository": """id databaseId name nameWithOwner url resourcePath description isPrivate
        visibility isArchived isDisabled isFork isLocked hasIssuesEnabled owner viewerPermission
        createdAt updatedAt pushedAt archivedAt parent defaultBranchRef object label labels issue
        issueOrPullRequest issues pullRequest pullRequests release releases latestRelease""",
    "Ref": "id name prefix target repository",
    "Blob": "id oid abbreviatedOid repository byteSize isBinary isTruncated text",
    "Label": "id name color description isDefault createdAt updatedAt url resourcePath repository",
    "LabelConnection": _LIST,
    "PullRequest": f"""{_ITEM} isDraft merged mergedAt mergedBy mergeCommit headRefName headRefOid
        headRepository headRepositoryOwner baseRefName baseRepository isCrossRepository
        changedFiles additions deletions files commits reviews closingIssuesReferences""",
    "PullRequestConnection": _LIST,
    "PullRequestChangedFile": "additions changeType deletions path",
    "PullRequestChangedFileConnection": _LIST,
    "PullRequestCommit": "id commit pullRequest resourcePath url",
    "PullRequestCommitConnection": _LIST,
    "Commit": """id oid abbreviatedOid message messageHeadline messageBody author authors committer
        authoredDate committedDate url resourcePath repository associatedPullRequests
        authoredByCommitter""",
    "GitActor": "name email date user",
    "GitActorConnection": _LIST,
    "PullRequestReview": f"{_COMMENT} state submittedAt commit",
    "PullRequestReviewConnection": _LIST,
    "Issue": f"{_ITEM} stateReason closedByPullRequestsReferences",
    "IssueConnection": _LIST,
    "IssueOrPullRequest": "",
    "IssueComment": f"{_COMMENT} issue isMinimized minimizedReason",
    "IssueCommentConnection": _LIST,
    "PullRequestTimelineItems": "",
    "PullRequestTimelineItemsConnection": f"{_LIST} filteredCount updatedAt",
    "IssueTimelineItems": "",
    "IssueTimelineItemsConnection": f"{_LIST} filteredCount updatedAt",
    "ReferencedSubject": "",
    "CrossReferencedEvent": """id actor createdAt isCrossRepository referencedAt source target
        willCloseTarget url resourcePath""",
    "ReferencedEvent": """id actor commit commitRepository createdAt isCrossRepository
        isDirectReference subject""",
    "LabeledEvent": "id actor createdAt label labelable",
    "UnlabeledEvent": "id actor createdAt label labelable",
    "MergedEvent": "id actor commit createdAt mergeRefName pullRequest url resourcePath",
    "ClosedEvent": "id actor createdAt closable stateReason url resourcePath",
    "ReopenedEvent": "id actor createdAt closable stateReason",
    "ProjectV2": "id fullDatabaseId number title url resourcePath public closed closedAt",
    "ProjectV2Item": """id fullDatabaseId isArchived type content project fieldValueByName
        createdAt updatedAt""",
    "ProjectV2ItemConnection": _LIST,
    "ProjectV2ItemContent": "",
    "ProjectV2ItemFieldValue": "",
    "ProjectV2ItemFieldSingleSelectValue": "id name optionId createdAt updatedAt",
    "ProjectV2ItemFieldTextValue": "id text createdAt updatedAt",
    "Release": """id databaseId name tagName description url resourcePath createdAt publishedAt
        updatedAt isDraft isLatest isPrerelease author repository""",
    "ReleaseConnection": _LIST,
    "SearchResultItem": "",
    "SearchResultItemConnection": "nodes pageInfo issueCount repositoryCount userCount",
}
"""Type name to the names of its kept fields (a union has none: its kept members stay)."""

_Fielded: TypeAlias = ObjectTypeDefinitionNode | InterfaceTypeDefinitionNode


def cut(source: str, keep: dict[str, str]) -> str:
    """Cut the SDL `source` down to `keep`; raises KeyError for what GitHub doesn't have."""
    types = {
        node.name.value: node
        for node in parse(source, no_location=True).definitions
        if isinstance(node, TypeDefinitionNode)
    }
    wanted = _with_interface_fields(types, {name: set(keep[name].split()) for name in keep})
    kept: dict[str, DefinitionNode] = {}
    todo = list(wanted)
    while todo:
        name = todo.pop()
        if name in kept or name in BUILT_IN:
            continue
        kept[name] = _cut_type(types[name], wanted)
        todo.extend(_leaves(kept[name], types, wanted))
    text = "\n\n".join(print_ast(kept[name]) for name in sorted(kept))
    build_schema(text)
    return f"{HEADER}\n\n{text}\n"


def _with_interface_fields(
    types: dict[str, TypeDefinitionNode], wanted: dict[str, set[str]]
) -> dict[str, set[str]]:
    for name, fields in wanted.items():
        node = types[name]
        if isinstance(node, _Fielded):
            for face in node.interfaces or ():
                fields.update(wanted.get(face.name.value, set()))
    return wanted


def _cut_type(node: TypeDefinitionNode, wanted: dict[str, set[str]]) -> DefinitionNode:
    name = node.name
    if isinstance(node, ScalarTypeDefinitionNode):
        return ScalarTypeDefinitionNode(name=name)
    if isinstance(node, EnumTypeDefinitionNode):
        values = tuple(type(v)(name=v.name) for v in node.values or ())
        return EnumTypeDefinitionNode(name=name, values=values)
    if isinstance(node, InputObjectTypeDefinitionNode):
        inputs = tuple(_cut_input(field) for field in node.fields or ())
        return InputObjectTypeDefinitionNode(name=name, fields=inputs)
    if isinstance(node, UnionTypeDefinitionNode):
        members = tuple(t for t in node.types or () if t.name.value in wanted)
        return UnionTypeDefinitionNode(name=name, types=members)
    if not isinstance(node, _Fielded):
        raise TypeError(f"{name.value} is a {node.kind}")
    missing = wanted[name.value] - {field.name.value for field in node.fields or ()}
    if missing:
        raise KeyError(f"GitHub's {name.value} has no {sorted(missing)}")
    faces = tuple(f for f in node.interfaces or () if f.name.value in wanted)
    fields = tuple(_cut_field(f) for f in node.fields or () if f.name.value in wanted[name.value])
    return type(node)(name=name, interfaces=faces, fields=fields)


def _cut_field(node: FieldDefinitionNode) -> FieldDefinitionNode:
    return FieldDefinitionNode(
        name=node.name,
        type=node.type,
        arguments=tuple(_cut_input(argument) for argument in node.arguments or ()),
        directives=_deprecated(node.directives or ()),
    )


def _cut_input(node: InputValueDefinitionNode) -> InputValueDefinitionNode:
    return InputValueDefinitionNode(
        name=node.name, type=node.type, default_value=node.default_value
    )


def _deprecated(directives: tuple[ConstDirectiveNode, ...]) -> tuple[ConstDirectiveNode, ...]:
    return tuple(d for d in directives if d.name.value == "deprecated")


def _leaves(
    node: DefinitionNode, types: dict[str, TypeDefinitionNode], wanted: dict[str, set[str]]
) -> Iterator[str]:
    """Yield the names a kept type needs; a composite type that nobody wanted is an error."""
    fields = getattr(node, "fields", ()) or ()
    for field in fields:
        yield from (_named(argument.type) for argument in getattr(field, "arguments", None) or ())
        name = _named(field.type)
        composite = isinstance(types.get(name), (*_Fielded.__args__, UnionTypeDefinitionNode))
        if composite and name not in wanted:
            raise KeyError(f"{field.name.value} leads to {name}, which is not kept")
        yield name


def _named(node: TypeNode) -> str:
    while not isinstance(node, NamedTypeNode):
        node = node.type  # type: ignore[attr-defined]  # a list or non-null wraps another type
    return node.name.value


if __name__ == "__main__":
    Path(sys.argv[2]).write_text(cut(Path(sys.argv[1]).read_text(), KEEP))
