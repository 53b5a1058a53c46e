"""The GraphQL documents that lie beside this module, each with the fragments it spreads.

A fragment is written once, in fragments.graphql; GraphQL refuses unused ones, so each document
gets exactly those it needs.
"""

import re
from functools import cache
from importlib.resources import files

from app.policy.model import ItemRef

_FRAGMENT = re.compile(r"^fragment (\w+) on .*?^}$", re.MULTILINE | re.DOTALL)
_SPREAD = re.compile(r"\.\.\.(?!\s*on\b)\s*(\w+)")


@cache
def document(name: str) -> str:
    """Give the query in NAME.graphql, ready to be sent. Raises FileNotFoundError."""
    return with_fragments(_text(name))


def with_fragments(query: str) -> str:
    """Give `query` followed by the fragments that it spreads, directly or through others."""
    needed: dict[str, None] = {}
    todo = _SPREAD.findall(query)
    while todo:
        name = todo.pop()
        if name not in needed:
            needed[name] = None
            todo += _SPREAD.findall(_fragments()[name])
    return "\n\n".join([query.strip(), *(_fragments()[name] for name in sorted(needed))])


def items_query(
    refs: tuple[ItemRef, ...], field: str | None = None
) -> tuple[str, dict[str, str | int | bool]]:
    """Give one query for all these items, with its variables; the n-th answers under "iN".

    A ref with a number asks for the issue or pull request, one with a sha for the commit, any
    other for no more than who can read the repository. `field`: the board's, None: don't ask.
    """
    declared, asked, values = list[str](), list[str](), dict[str, str | int | bool]()
    if any(ref.number is not None for ref in refs):
        # GraphQL refuses a variable that is declared and not used.
        declared += ["$board: Boolean!", "$field: String!"]
        values |= {"board": field is not None, "field": field or ""}
    for n, ref in enumerate(refs):
        owner, _, name = ref.repo.partition("/")
        declared += [f"$owner{n}: String!", f"$name{n}: String!"]
        values |= {f"owner{n}": owner, f"name{n}": name}
        inner = ""
        if ref.number is not None:
            declared.append(f"$number{n}: Int!")
            values[f"number{n}"] = ref.number
            inner = f" item: issueOrPullRequest(number: $number{n}) {{ ...LinkedItem }}"
        elif ref.sha is not None:
            declared.append(f"$sha{n}: String!")
            values[f"sha{n}"] = ref.sha
            inner = f" commit: object(expression: $sha{n}) {{ ...LinkedCommit }}"
        asked.append(f"  i{n}: repository(owner: $owner{n}, name: $name{n}) {{ ...Place{inner} }}")
    head = f"query Items({', '.join(declared)}) {{"
    return with_fragments("\n".join([head, "  rateLimit { cost }", *asked, "}"])), values


@cache
def _fragments() -> dict[str, str]:
    return {match[1]: match[0] for match in _FRAGMENT.finditer(_text("fragments"))}


def _text(name: str) -> str:
    return files(__package__).joinpath(f"{name}.graphql").read_text("utf-8")
