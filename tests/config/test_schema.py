import json
from importlib import resources
from typing import Any

import pytest
from openapi_schema_validator import OAS31Validator

from app.config import config_schema, resolved
from app.config.reading import read_tree

FOLDER = resources.files("app.config")
EXAMPLE = FOLDER.joinpath("example.yml").read_bytes()


def test_the_committed_schema_is_current() -> None:
    committed = FOLDER.joinpath("good-citizen.schema.json").read_text("utf-8")
    assert committed == json.dumps(config_schema(), indent=2, ensure_ascii=False) + "\n", (
        "run: good-citizen config schema > app/config/good-citizen.schema.json"
    )


def test_the_schema_takes_the_example_and_refuses_an_unknown_key() -> None:
    schema = config_schema()
    OAS31Validator.check_schema(schema)
    example = json.loads(json.dumps(read_tree(EXAMPLE, "example.yml").value, default=str))
    assert [error.message for error in OAS31Validator(schema).iter_errors(example)] == []
    assert not OAS31Validator(schema).is_valid(example | {"membres": []})


def test_every_key_is_described() -> None:
    schema = config_schema()
    sections = schema["$defs"]
    assert isinstance(sections, dict)
    bare = [
        f"{name}.{key}"
        for name, section in sections.items()
        for key, value in section.get("properties", {}).items()
        if not (
            value.get("description")
            or section.get("description", "").startswith("How the")
            or sections[value.get("$ref", "/").rpartition("/")[2]].get("description")
        )
    ]
    assert bare == []


def test_every_value_that_holds_is_shown_with_its_line_or_as_default() -> None:
    text = (
        "version: 1\n"
        "home: {name: Example, organisations: [example-org]}\n"
        "needs:\n"
        "  labels:\n"
        "    Contract Deliverable: null\n"
        "members:\n"
        "- {login: yuvipanda, from: 2020-06-18}\n"
    )
    rows = {key: (value, origin) for key, value, origin in resolved(text, "home.yml")}
    assert rows["home.organisations"] == (("example-org",), "home.yml:2")
    assert rows['needs.labels["Contract Deliverable"]'] == (None, "home.yml:5")
    assert str(rows["members[0].from"][0]) == "2020-06-18"
    assert rows["members[0].from"][1] == "home.yml:7"
    assert rows["members[0].agreed"] == (False, "default")
    assert rows["publish.dry_run"] == (True, "default")
    assert rows["publish.labels.tactical.color"] == ("1d76db", "default")
    assert rows["iteration"] == (None, "default")
    assert rows["communities"] == ((), "default")


@pytest.mark.parametrize("key", ["version", "home", "members", "publish", "iteration"])
def test_the_schema_names_the_sections(key: str) -> None:
    properties = config_schema()["properties"]
    assert isinstance(properties, dict)
    assert key in properties


@pytest.mark.parametrize(
    ("choice", "keys"),
    [
        ("the kinds' display names", "home.names.tactical"),
        ("the day's time zone", "home.timezone"),
        ("the activities", "strategic.activities"),
        ("the buckets' names", "home.bucket_names.tech-support"),
        ("a bucket by the board's field", "needs.board.field"),
        ("a bucket by a label", "needs.labels"),
        ("a bucket by a title", "needs.titles"),
        ("a bucket by a ticket's address", "needs.links.bucket"),
        ("planned stewardship by its label", "stewardship.labels"),
        ("services that are operated", "strategic.operated"),
        ("communities, and whether outsiders may read of them", "communities.public"),
        ("what is never a community", "never_communities"),
        ("the roster with its dates", "members.until"),
        ("machines", "bots"),
        ("the trackers", "trackers.repo"),
        ("upstreams, private accounts listed too", "upstreams"),
        ("what is not upstream", "not_upstream"),
        ("the labels", "publish.labels.tactical.name"),
        ("writing upstream", "publish.upstream"),
        ("writing on the trackers", "publish.tracker"),
        ("the dry run", "publish.dry_run"),
        ("the closing line", "publish.closing"),
        ("the short form of commands", "commands.short_form"),
        ("features without a need", "rules.unlinked_feature"),
        ("the days of grace", "rules.grace_days"),
        ("general maintenance", "rules.general_maintenance"),
    ],
)
def test_what_the_policy_leaves_to_the_organisation_is_a_key(choice: str, keys: str) -> None:
    schema = config_schema()
    section: dict[str, Any] = schema
    for key in keys.split("."):
        assert key in section["properties"], choice
        section = _section(section["properties"][key], schema["$defs"])


def _section(value: dict[str, Any], sections: Any) -> dict[str, Any]:
    """The section that a key holds, or a list of which it holds; of any other value itself."""
    for one in (value, value.get("items", {}), *value.get("anyOf", ())):
        if "$ref" in one:
            return dict(sections[one["$ref"].rpartition("/")[2]])
    return value
