"""Short ways to write the rows and groups of reports."""

from datetime import UTC, datetime
from typing import Any

from app.policy.model import Act, ItemRef, Kind, Strength, SubjectType, Where
from app.reports import Author, Decided, Group, Head, Row, Seen, Standing, State

WHEN = datetime(2026, 3, 6, 12, tzinfo=UTC)
HEAD = Head("Example", WHEN, WHEN, {"upstream": "jupyterhub/*"})
PULL = ItemRef("jupyterhub/oauthenticator", 719, SubjectType.PULL_REQUEST)


def stands(
    state: State = State.MERGED,
    author: Author = Author.COLLEAGUE,
    type_: SubjectType = SubjectType.PULL_REQUEST,
) -> Standing:
    return Standing(type_, state, author)


def group(kind: Kind = Kind.STRATEGIC, act: Act = Act.AUTHORED, **fields: Any) -> Group:
    told = {"standing": stands(), "people": frozenset({"30430"}), **fields}
    return Group(kind, act, **told)


def decided(kind: Kind = Kind.TACTICAL, **fields: Any) -> Decided:
    told: dict[str, Any] = {
        "because": "it is linked to a need",
        "decided_by": "serves_a_community_need",
        "decided_at": WHEN,
        "policy_version": "1-abcdef12",
        "community": "EarthScope",
        "need": "example-org/infrastructure#3837",
        "need_url": "https://github.com/example-org/infrastructure/issues/3837",
        "evidence": (
            Seen(
                Where.BODY,
                Strength.STATED,
                "example-org/infrastructure#3837",
                "https://github.com/example-org/infrastructure/issues/3837",
            ),
        ),
        **fields,
    }
    return Decided(kind, **told)


def row(title: str = "Gate login on granted scopes", **fields: Any) -> Row:
    told: dict[str, Any] = {
        "act": Act.AUTHORED,
        "at": WHEN,
        "item": PULL,
        "person": "yuvipanda",
        "person_key": "30430",
        "decided": decided(),
        "standing": stands(),
        **fields,
    }
    return Row(title=title, **told)
