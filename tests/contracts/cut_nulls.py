"""Cut GitHub's description of its webhooks down to which fields of the wanted events may be null.

Usage: `python -m tests.contracts.cut_nulls api.github.com.json tests/contracts/nulls.json.gz`,
where api.github.com.json is generated/api.github.com.json of the npm package
@octokit/openapi-webhooks 12.1.0 (MIT, see LICENSE-octokit). Gives {event: {action: [path, …]}}; a
path is written with dots, with `*` for whatever is in a list. A wanted event that GitHub does not
describe is a KeyError.
"""

import gzip
import json
import sys
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

from app.store.events import WANTED

Nulls = dict[str, dict[str, list[str]]]


def cut(whole: Mapping[str, Any], events: Collection[str]) -> Nulls:
    """Give the paths that may be null, sorted, for each action of these events."""
    schemas = whole["components"]["schemas"]
    found: Nulls = {event: {} for event in sorted(events)}
    for described in whole["webhooks"].values():
        event, _, action = described["post"]["operationId"].replace("-", "_").partition("/")
        if event in found:
            body = described["post"]["requestBody"]["content"]["application/json"]["schema"]
            found[event][action] = sorted(
                {".".join(path) for path in _nulls(body, schemas, (), ())}
            )
    if bare := [event for event, actions in found.items() if not actions]:
        raise KeyError(*bare)
    return found


def _nulls(
    node: Mapping[str, Any],
    schemas: Mapping[str, Any],
    path: tuple[str, ...],
    above: tuple[str, ...],
) -> Iterator[tuple[str, ...]]:
    """Walk down; a schema within itself, named in `above`, says nothing new."""
    if (name := node.get("$ref")) is not None:
        if name not in above:
            target = schemas[name.removeprefix("#/components/schemas/")]
            yield from _nulls(target, schemas, path, (*above, name))
        return
    if "null" in node.get("type", ()) or None in node.get("enum", ()):
        yield path
    for kind in ("oneOf", "anyOf", "allOf"):
        for one in node.get(kind, ()):
            yield from _nulls(one, schemas, path, above)
    for step, inside in node.get("properties", {}).items():
        yield from _nulls(inside, schemas, (*path, step), above)
    if isinstance(node.get("items"), dict):
        yield from _nulls(node["items"], schemas, (*path, "*"), above)


if __name__ == "__main__":
    nulls = cut(json.loads(Path(sys.argv[1]).read_text()), WANTED)
    text = json.dumps(nulls, separators=(",", ":"))
    Path(sys.argv[2]).write_bytes(gzip.compress(text.encode(), mtime=0))
