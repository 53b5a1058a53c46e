"""Cut GitHub's example webhook payloads down to two for each event and action.

Usage: `python tests/contracts/cut_webhooks.py index.json tests/contracts/webhooks.json.gz`, where
index.json is api.github.com/index.json of the npm package @octokit/webhooks-examples 7.6.1 (MIT,
see LICENSE-octokit). The payloads themselves are left as they are.
"""

import gzip
import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

EACH = 2


def cut(index: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Give [{"event": …, "payload": …}], the first EACH of every event and action."""
    seen: Counter[tuple[str, str | None]] = Counter()
    kept = []
    for entry in index:
        for payload in entry["examples"]:
            kind = (entry["name"], payload.get("action"))
            seen[kind] += 1
            if seen[kind] <= EACH:
                kept.append({"event": entry["name"], "payload": payload})
    return kept


if __name__ == "__main__":
    text = json.dumps(cut(json.loads(Path(sys.argv[1]).read_text())), separators=(",", ":"))
    Path(sys.argv[2]).write_bytes(gzip.compress(text.encode(), mtime=0))
