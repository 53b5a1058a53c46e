import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from app.store.events import WANTED
from tests.contracts.cut_nulls import cut

CUT = Path(__file__).with_name("nulls.json.gz")
USER = {"$ref": "#/components/schemas/user"}


def described(operation: str, **properties: Any) -> dict[str, Any]:
    body = {"content": {"application/json": {"schema": {"properties": properties}}}}
    return {"post": {"operationId": operation, "requestBody": body}}


WHOLE = {
    "components": {"schemas": {"user": {"properties": {
        "email": {"type": ["string", "null"]}, "login": {"type": "string"}, "boss": USER,
    }}}},
    "webhooks": {
        "a": described(
            "pull-request/ready-for-review",
            issue={"properties": {
                "user": {"oneOf": [{"type": "null"}, USER]},
                "why": {"enum": ["x", None]},
                "type": {"anyOf": [{"type": "string"}, {"type": "integer"}]},
                "people": {"type": "array", "items": USER},
            }},
        ),
        "b": described("pull-request/closed", number={"type": "integer"}),
        "c": described("star/created", starred_at={"type": "null"}),
    },
}  # fmt: skip


def test_the_cut_names_each_field_that_may_be_null_by_its_path() -> None:
    assert cut(WHOLE, {"pull_request"}) == {
        "pull_request": {
            "ready_for_review": [
                "issue.people.*.email",
                "issue.user",
                "issue.user.email",
                "issue.why",
            ],
            "closed": [],
        }
    }


def test_an_event_that_github_does_not_describe_is_an_error() -> None:
    with pytest.raises(KeyError, match="stars"):
        cut(WHOLE, {"pull_request", "stars"})


def test_the_committed_cut_has_the_wanted_events() -> None:
    assert json.loads(gzip.decompress(CUT.read_bytes())).keys() == WANTED
