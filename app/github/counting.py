"""How many items searches find, without reading any: many searches in one query, for one point."""

from collections.abc import Sequence

from app.github.errors import ServerError
from app.github.payloads import Node, at, parsed
from app.github.search import LIMIT, Ask


class _Counted(Node):
    issue_count: int


async def counts(ask: Ask, texts: Sequence[str]) -> tuple[int, ...]:
    """Give how many items each search finds.

    Raises ServerError where GitHub gave no answer to one of them.
    """
    declared = ", ".join(f"$q{n}: String!" for n in range(len(texts)))
    asked = [
        f"  s{n}: search(query: $q{n}, type: ISSUE, first: 1) {{ issueCount }}"
        for n in range(len(texts))
    ]
    query = "\n".join([f"query Counts({declared}) {{", f"  {LIMIT}", *asked, "}"])
    answer = await ask(query, **{f"q{n}": text for n, text in enumerate(texts)})
    found = [parsed(_Counted, at(answer.data, f"s{n}")) for n in range(len(texts))]
    if None in found:
        raise ServerError("GitHub did not answer one of the searches.")
    return tuple(one.issue_count for one in found if one)
